"""Where a project's Python files and tests are, in one pass over the repository's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.pipeline.detect.draft import at, parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pitstop.pipeline.files import Files


class Sources:
    """What one project has, without the projects inside it. Folders are relative to the project."""

    def __init__(self) -> None:
        self.count = 0
        self.tests: dict[str, None] = {}
        """Folders that hold files called `test_*.py` or `*_test.py`."""
        self.test_files: list[str] = []
        """Those files, relative to the repository."""
        self.has_conftest = False
        self.folders: dict[str, None] = {}
        """Folders that hold a Python file."""
        self.packages: dict[str, None] = {}
        """Folders that hold an `__init__.py`."""


def find_sources(files: Files, projects: Iterable[str]) -> dict[str, Sources]:
    """Return the sources of each of the `projects`, by folder."""
    found = {folder: Sources() for folder in projects}
    owners: dict[str, str | None] = {}

    def owner(folder: str) -> str | None:
        if folder not in owners:
            owners[folder] = folder if folder in found else owner(parent(folder)) if folder else None
        return owners[folder]

    if not found:
        return found
    for path in files.paths:
        if not path.endswith((".py", ".pyi")):
            continue
        folder, _, name = path.rpartition("/")
        mine = owner(folder)
        if mine is None:
            continue
        sources = found[mine]
        sources.count += 1
        inner = folder[len(mine) + 1 :] if mine else folder
        sources.folders[inner] = None
        if name == "__init__.py":
            sources.packages[inner] = None
        elif name == "conftest.py":
            sources.has_conftest = True
        elif name.startswith("test_") or name.endswith("_test.py"):
            sources.tests[inner] = None
            sources.test_files.append(path)
    return found


def nested(folder: str, projects: Mapping[str, object]) -> list[str]:
    """Return the outermost projects inside `folder`, relative to it, sorted."""
    start = folder + "/" if folder else ""
    found: list[str] = []
    for other in sorted(projects):
        if other != folder and other.startswith(start):
            inner = other[len(start) :]
            if not any(inner.startswith(outer + "/") for outer in found):
                found.append(inner)
    return found


def import_paths(files: Files, folder: str) -> str:
    """Return the folder, relative to the repository, from which the packages of a project are imported."""
    return at(folder, "src") if files.below(at(folder, "src")) else folder
