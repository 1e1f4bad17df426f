"""A repository that exists only in memory, and what is found in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pitstop.pipeline.detect import detect
from pitstop.pipeline.files import Files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.core.package import Package
    from pitstop.core.task import TaskSpec
    from pitstop.pipeline.detect import Found

Content = str | bytes | dict[str, object]


class MemoryFiles(Files):
    """Files whose bytes are given."""

    def __init__(self, content: Mapping[str, Content], *, ignored: tuple[str, ...] = ()) -> None:
        super().__init__("/repo", sorted(path for path in content if path not in ignored))
        self.content = {path: _bytes(value) for path, value in content.items()}

    def read(self, path: str) -> bytes | None:
        self.reads.add(path)
        return self.content.get(path)


def _bytes(value: Content) -> bytes:
    if isinstance(value, dict):
        return json.dumps(value).encode()
    return value.encode() if isinstance(value, str) else value


def found_in(content: Mapping[str, Content], *, ignored: tuple[str, ...] = ()) -> Found:
    """Return what is found in a repository with these files; a dictionary is written as JSON."""
    return detect(MemoryFiles(content, ignored=ignored))


def packages_in(content: Mapping[str, Content], *, ignored: tuple[str, ...] = ()) -> dict[str, Package]:
    """Return the packages by id."""
    return {package.id: package for package in found_in(content, ignored=ignored).packages}


def tasks_of(package: Package) -> dict[str, TaskSpec]:
    """Return the tasks of a package by name."""
    return {spec.name: spec for spec in package.tasks}


def needs_in(packages: Mapping[str, Package]) -> dict[str, tuple[str, ...]]:
    """Return what each package needs, the repository itself left out."""
    return {name: package.needs for name, package in packages.items() if name != "//"}
