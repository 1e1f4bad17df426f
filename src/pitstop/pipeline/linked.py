"""What lies behind the symbolic links of a package that lead out of it: its tools read that as if it were its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.core.package import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.core.package import Package
    from pitstop.pipeline.files import Files


def with_linked(packages: tuple[Package, ...], files: Files, links: Iterable[str]) -> tuple[Package, ...]:
    """Return the packages, with the files outside of them that `links` (paths of symbolic links) in them lead to.

    A link to a folder stands for every file in it. One to a folder around itself is a circle, which tools do not follow;
    what lies outside the repository is watched by nobody.
    """
    found = _outside(files, links, {package.root for package in packages if package.id != REPOSITORY})
    return tuple(
        package._replace(shared=tuple(sorted({*package.shared, *found[package.root]})))
        if package.root in found and package.id != REPOSITORY
        else package
        for package in packages
    )


def _outside(files: Files, links: Iterable[str], roots: set[str]) -> dict[str, set[str]]:
    whole = os.path.join(os.path.realpath(files.root), "")
    found: dict[str, set[str]] = {}
    for link in links:
        owner = _owner(link, roots)
        target = os.path.realpath(f"{files.root}/{link}")
        place = target[len(whole) :]
        if owner is None or not target.startswith(whole) or f"{link}/".startswith(f"{place}/"):
            continue
        behind = [place] if os.path.isfile(target) else files.below(place)
        found.setdefault(owner, set()).update(path for path in behind if _owner(path, roots) != owner)
    return found


def _owner(path: str, roots: set[str]) -> str | None:
    """Return the folder of the package that has the file at `path`, None where none has."""
    while path:
        path = path.rpartition("/")[0]
        if path in roots:
            return path
    return None
