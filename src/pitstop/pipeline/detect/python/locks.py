"""uv.lock by what a project's dependencies reach; other lock files as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.links.formats import read_toml
from pitstop.pipeline.detect.draft import at
from pitstop.pipeline.detect.python.projects import LOCKS
from pitstop.pipeline.detect.python.requirements import normal
from pitstop.pipeline.detect.reach import Entry, combined, digests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.links.formats import Table
    from pitstop.pipeline.detect.python.projects import Project
    from pitstop.pipeline.files import Files


class UvLock:
    """The digests of the entries of one uv.lock."""

    def __init__(self, table: Table) -> None:
        listed = table.get("package")
        packages = [
            item
            for item in (listed if isinstance(listed, list) else ())
            if isinstance(item, dict) and isinstance(item.get("name"), str)
        ]
        self._names: dict[str, list[str]] = {}
        keys = []
        for package in packages:
            key = f"{package['name']} {package.get('version', '')} {_source(package)}"
            keys.append(key)
            self._names.setdefault(package["name"], []).append(key)
        self._direct: dict[str, tuple[set[str], set[str]]] = {}
        entries: dict[str, Entry] = {}
        for key, package in zip(keys, packages, strict=True):
            hashes = _hashes(package)
            entries[key] = Entry(f"{key} {hashes}", tuple(self._needs(package.get("dependencies"))))
            needs, dev = self._direct.setdefault(package["name"], (set(), set()))
            needs |= _names(package.get("dependencies"))
            for kind, mark in (("optional-dependencies", "extra"), ("dev-dependencies", "group")):
                groups = package.get(kind)
                for group, items in groups.items() if isinstance(groups, dict) else ():
                    dev |= _names(items)
                    entries[f"{key} {mark}:{group}"] = Entry("", tuple(self._needs(items)))
        self._digests = digests(entries)

    def members_of(self, name: str) -> tuple[set[str], set[str]]:
        """Return the names of what a project needs, and of what only its extras and groups need."""
        return self._direct.get(normal(name), (set(), set()))

    def _needs(self, items: Any) -> Iterator[str]:
        """Yield the keys that a list of dependencies means, with the extras they ask for."""
        for item in items if isinstance(items, list) else ():
            if not isinstance(item, dict) or not isinstance(item.get("name"), str):
                continue
            found = self._names.get(item["name"], [])
            if isinstance(item.get("version"), str):
                found = [key for key in found if key.startswith(f"{item['name']} {item['version']} ")] or found
            for key in found:
                yield key
                extras = item.get("extra")
                for extra in extras if isinstance(extras, list) else ():
                    yield f"{key} extra:{extra}"

    def of(self, name: str, *, tools_only: bool = False) -> list[bytes]:
        """Return the digests of a project: its own, its extras' and its groups', or only the groups'."""
        found = []
        for key in self._names.get(normal(name), []):
            mine = [other for other in self._digests if other.startswith(f"{key} ")]
            if tools_only:
                mine = [other for other in mine if other.startswith(f"{key} group:")]
            else:
                mine.append(key)
            found += [self._digests[other] for other in mine]
        return found


def _names(items: Any) -> set[str]:
    listed = items if isinstance(items, list) else ()
    return {item["name"] for item in listed if isinstance(item, dict) and isinstance(item.get("name"), str)}


def _source(package: Table) -> str:
    source = package.get("source")
    if not isinstance(source, dict):
        return ""
    return " ".join(f"{key}={value}" for key, value in sorted(source.items()))


def _hashes(package: Table) -> str:
    wheels = package.get("wheels")
    files = [package.get("sdist"), *(wheels if isinstance(wheels, list) else ())]
    return " ".join(sorted(str(file.get("hash", file.get("url", ""))) for file in files if isinstance(file, dict)))


class Locks:
    """The lock files of a repository's projects."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._uv: dict[str, UvLock | None] = {}

    def uv(self, top: str) -> UvLock | None:
        """Return the uv.lock of the workspace in `top`, if there is one."""
        if top not in self._uv:
            path = at(top, "uv.lock")
            data = self._files.read(path)
            self._uv[top] = None if data is None else UvLock(read_toml(data, path))
        return self._uv[top]

    def of(self, project: Project, root: Project | None) -> str:
        """Return the hex digest over what `project` reaches, and over the tools that its workspace shares."""
        lock = self.uv(project.top)
        if lock is not None:
            parts = lock.of(project.name)
            if root is not None and root is not project:
                parts += lock.of(root.name, tools_only=True)
            return combined(parts) if parts else ""
        from hashlib import sha256

        paths = [path for name in LOCKS if (path := at(project.folder, name)) in self._files]
        parts = [sha256(self._files.read(path) or b"").digest() for path in (*paths, *project.texts)]
        return combined(parts) if parts else ""
