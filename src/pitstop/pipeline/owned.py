"""Whose file is whose: the rows of a snapshot by folder and package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.globs import literal_prefix, matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pitstop.core.package import Package
    from pitstop.pipeline.index import Snapshot

Rows = tuple[range, ...] | tuple[int, ...]
"""Rows of a snapshot."""


def absolute(pattern: str, base: str) -> str:
    """Return a pattern of a package in the folder `base` (empty, or with its slash) as one of the repository."""
    negated = "!" if pattern.startswith("!") else ""
    pattern = pattern.removeprefix("!")
    return negated + (pattern[2:] if pattern.startswith("//") else base + pattern.removeprefix("./"))


def each(rows: Sequence[range | int]) -> list[int]:
    """Return rows one by one."""
    found: list[int] = []
    for row in rows:
        if isinstance(row, range):
            found.extend(row)
        else:
            found.append(row)
    return found


def below(snapshot: Snapshot, folder: str) -> range:
    """Return the rows of all that lies in `folder`."""
    from bisect import bisect_left

    if not folder:
        return range(len(snapshot.paths))
    return range(bisect_left(snapshot.paths, folder + "/"), bisect_left(snapshot.paths, folder + "0"))


def in_order(roots: Iterable[str]) -> list[str]:
    """Return folders so that what lies inside one follows right behind it: `a-b`, `a`, `a/b`."""
    return sorted(set(roots), key=lambda one: one and one + "/")


def spans_of(snapshot: Snapshot, roots: Sequence[str], root: str) -> tuple[range, ...]:
    """Return the rows of what lies in `root` and in none of the `roots` further down."""
    from bisect import bisect_left

    whole = below(snapshot, root)
    parts: list[range] = []
    start = whole.start
    at = bisect_left(roots, root and root + "/", key=lambda one: one and one + "/") + 1
    while at < len(roots) and (not root or roots[at].startswith(root + "/")):
        inner = below(snapshot, roots[at])
        if inner.start >= start:
            parts.append(range(start, inner.start))
            start = inner.stop
        at += 1
    parts.append(range(start, whole.stop))
    return tuple(part for part in parts if part)


def less_outputs(snapshot: Snapshot, package: Package, owned: tuple[range, ...]) -> Rows:
    """Leave out what tasks of the package itself make, where git does not ignore that."""
    base = f"{package.root}/" if package.root else ""
    globs = [absolute(glob, base) for spec in package.tasks for glob in spec.outputs]
    prefixes = {literal_prefix(glob) for glob in globs if not glob.startswith("!")}
    if not any(prefix == package.root or snapshot.row(prefix) >= 0 or below(snapshot, prefix) for prefix in prefixes):
        return owned
    made = matcher(globs)
    return tuple(row for row in each(owned) if not made(snapshot.paths[row]))
