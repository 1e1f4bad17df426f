"""The entries of lock files, name to versions, and how they differ between two versions of one file."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING, Any

from pitstop.explain.compare.differences.values import LOCK, Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST = 32 << 20  # bytes of a lock file that is read


def is_lock(path: str) -> bool:
    """Return whether `path` is named like a lock file whose entries can be read."""
    return basename(path) in _READERS


def differing_entries(path: str, before: bytes | None, after: bytes | None) -> list[Difference]:
    """Return the entries that differ between two versions of the lock file `path`, sorted by name; None: no such file.

    A file that cannot be read has no entries.
    """
    old, new = entries(path, before or b""), entries(path, after or b"")
    return [
        Difference(LOCK, name, ", ".join(sorted(old.get(name, ()))), ", ".join(sorted(new.get(name, ()))), path)
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def entries(path: str, data: bytes) -> dict[str, set[str]]:
    """Return the versions by name that the lock file `path` with the bytes `data` holds; empty when it is no such file."""
    read = _READERS.get(basename(path))
    found: dict[str, set[str]] = {}
    if read is None or not data or len(data) > _MOST:
        return found
    try:
        for name, version in read(data.decode("utf-8", "replace")):
            found.setdefault(name, set()).add(version)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):  # whatever a strange file makes of it
        return {}
    return found


def _toml(text: str) -> Iterator[tuple[str, str]]:
    """Cargo.lock, uv.lock, poetry.lock, pdm.lock: an array of tables `package` with `name` and `version`."""
    from tomllib import loads

    for package in loads(text).get("package", ()):
        yield package["name"], str(package.get("version", ""))


def _npm(text: str) -> Iterator[tuple[str, str]]:
    """package-lock.json: `packages` by path since version 2, `dependencies` by name before."""
    from json import loads

    held = loads(text)
    if "packages" in held:
        for path, package in held["packages"].items():
            if path and "version" in package:
                yield path.rpartition("node_modules/")[2], package["version"]
    else:
        yield from _npm_tree(held.get("dependencies", {}))


def _npm_tree(held: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, package in held.items():
        yield name, str(package.get("version", ""))
        yield from _npm_tree(package.get("dependencies", {}))


def _json_list(text: str) -> Iterator[tuple[str, str]]:
    """composer.lock: two lists of packages."""
    from json import loads

    held = loads(text)
    for package in (*held.get("packages", ()), *held.get("packages-dev", ())):
        yield package["name"], package["version"]


def _pipfile(text: str) -> Iterator[tuple[str, str]]:
    """Pipfile.lock: `default` and `develop` by name."""
    from json import loads

    held = loads(text)
    for part in ("default", "develop"):
        for name, package in held.get(part, {}).items():
            yield name, str(package.get("version", "")).removeprefix("==")


def _by_line(pattern: str) -> Callable[[str], Iterator[tuple[str, str]]]:
    def read(text: str) -> Iterator[tuple[str, str]]:
        import re

        for found in re.finditer(pattern, text, re.MULTILINE):
            yield found[1], found[2]

    return read


_READERS: dict[str, Callable[[str], Iterator[tuple[str, str]]]] = {
    **dict.fromkeys(("Cargo.lock", "uv.lock", "poetry.lock", "pdm.lock"), _toml),
    **dict.fromkeys(("package-lock.json", "npm-shrinkwrap.json"), _npm),
    "composer.lock": _json_list,
    "Pipfile.lock": _pipfile,
    "pnpm-lock.yaml": _by_line(r"^  ['\"]?/?(@?[\w./-]+?)[@/](\d[^:('\"\s]*)[^:\n]*:\s*$"),
    "yarn.lock": _by_line(r"^\"?(@?[^@\s\"]+)@[^\n]*:\n  version:? \"?([^\"\s]+)"),
    "go.sum": _by_line(r"^(\S+) (v[^\s/]+) h1:"),
    "go.mod": _by_line(r"^(?:require )?\s*(\S+\.\S+) (v\d\S*)"),
    "Gemfile.lock": _by_line(r"^    (\S+) \(([^)\s]+)\)$"),
    "requirements.txt": _by_line(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]\n]*\])?==([^\s;\\]+)"),
    "gradle.lockfile": _by_line(r"^([\w.-]+:[\w.-]+):([^=\s]+)="),
    "packages.lock.json": _by_line(r"^      \"([^\"]+)\": \{\s*\n(?:[^{}]*\n)?\s*\"resolved\": \"([^\"]+)\""),
}
