"""The files of a repository as planning sees them: a sorted list of paths, and bytes on demand."""

from __future__ import annotations

import os
from bisect import bisect_left
from typing import NamedTuple

_INSIDE = "0"  # the character after "/"


class Note(NamedTuple):
    """Something a person should know about a file that did not stop the planning."""

    path: str
    message: str


class Files:
    """What git would not ignore below `root`, and a memory of what was read.

    Paths are POSIX, relative to `root`, decoded with `surrogateescape`, sorted. `reads` names each file whose bytes
    were asked for, present or not: a plan made from this object holds until the list of paths or one of these changes.
    """

    def __init__(self, root: str, paths: list[str]) -> None:
        self.root = root
        self.paths = paths
        self.reads: set[str] = set()
        self._known: frozenset[str] | None = None
        self._named: dict[str, list[str]] | None = None
        self._top: dict[str, list[str]] | None = None

    def read(self, path: str) -> bytes | None:
        """Return the bytes of `path`, or None where there is no such readable file. It need not be in the list."""
        self.reads.add(path)
        try:
            with open(os.path.join(self.root, path), "rb") as file:
                return file.read()
        except OSError:
            return None

    def __contains__(self, path: str) -> bool:
        if self._known is None:
            self._known = frozenset(self.paths)
        return path in self._known

    def named(self, name: str) -> list[str]:
        """Return the paths whose last part is `name`, sorted."""
        if self._named is None:
            self._named = {}
            for path in self.paths:
                self._named.setdefault(path.rpartition("/")[2], []).append(path)
        return self._named.get(name, [])

    def below(self, folder: str) -> list[str]:
        """Return the paths inside `folder` (`""` is the root), sorted."""
        if not folder:
            return self.paths
        return self.paths[bisect_left(self.paths, folder + "/") : bisect_left(self.paths, folder + _INSIDE)]

    def top_level(self, folder: str) -> list[str]:
        """Return the paths of the files that lie directly in `folder` (`""` is the root), sorted."""
        if self._top is None:
            self._top = {}
            for path in self.paths:
                self._top.setdefault(path.rpartition("/")[0], []).append(path)
        return self._top.get(folder, [])
