"""go.sum: the lines of what a module requires."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from pitstop.pipeline.detect.draft import at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.pipeline.detect.go.modules import Module
    from pitstop.pipeline.files import Files


class Sums:
    """The checksums of a repository's modules.

    A go.mod of 1.17 or later requires everything its packages are built from, so its lines say enough. In a go.work
    the highest version that any of the modules requires is taken: where that is not what a module asks for itself,
    every requirement of the workspace counts for it.
    """

    def __init__(self, files: Files, modules: Mapping[str, Module]) -> None:
        self._lines: dict[str, dict[str, list[str]]] = {}
        self._highest: dict[str, dict[str, str]] = {}
        self._members: dict[str, int] = {}
        for module in modules.values():
            lines = self._lines.setdefault(module.top, _read(files, at(module.top, "go.work.sum")))
            for key, found in _read(files, at(module.folder, "go.sum")).items():
                lines.setdefault(key, []).extend(found)
            highest = self._highest.setdefault(module.top, {})
            for name, version in module.requires.items():
                if name not in highest or order(version) > order(highest[name]):
                    highest[name] = version
            self._members[module.top] = self._members.get(module.top, 0) + 1

    def of(self, module: Module) -> str:
        """Return a hex SHA-256 over what `module` requires."""
        highest = self._highest[module.top]
        requires = module.requires
        if any(highest[name] != version for name, version in requires.items()):
            requires = highest
        lines = self._lines[module.top]
        digest = sha256()
        for name, version in sorted(requires.items()):
            digest.update(f"{name} {version}\n".encode())
            for line in sorted({*lines.get(f"{name} {version}", ()), *lines.get(f"{name} {version}/go.mod", ())}):
                digest.update(f"{line}\n".encode())
        for name, target in sorted(module.replaces.items()):
            digest.update(f"{name} => {target}\n".encode())
            for line in sorted(lines.get(target, ())):
                digest.update(f"{line}\n".encode())
        return digest.hexdigest()


def _read(files: Files, path: str) -> dict[str, list[str]]:
    """Return the checksums by `module version` and `module version/go.mod`."""
    found: dict[str, list[str]] = {}
    for line in (files.read(path) or b"").decode("utf-8", "replace").splitlines():
        words = line.split()
        if len(words) == 3:
            found.setdefault(f"{words[0]} {words[1]}", []).append(words[2])
    return found


def order(version: str) -> tuple[object, ...]:
    """Return a key that sorts semantic versions as https://semver.org says, a pre-release before its release."""
    core, _, pre = version.removeprefix("v").partition("+")[0].partition("-")
    numbers = tuple(int(part) if part.isdecimal() else 0 for part in core.split("."))
    parts = tuple((0, int(part), "") if re.fullmatch(r"\d+", part) else (1, 0, part) for part in pre.split("."))
    return numbers, not pre, parts
