"""Expand a workspace's globs against the folders that hold a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.globs import is_literal, translate
from pitstop.pipeline.detect.draft import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BELOW = "(?:/.*)?"
"""What `translate` adds to match the content of folders."""


class Folders:
    """Folders that hold a manifest, in the order of their names and by the folder around them."""

    def __init__(self, folders: Iterable[str]) -> None:
        self.all = sorted(folders)
        self._known = frozenset(self.all)
        self._inside: dict[str, list[str]] = {}
        for folder in self.all:
            if folder:
                self._inside.setdefault(folder.rpartition("/")[0], []).append(folder)

    def __contains__(self, folder: str) -> bool:
        return folder in self._known

    def matching(self, top: str, glob: str) -> list[str]:
        """Return the folders that `glob`, relative to the folder `top`, matches, sorted; `top` itself only by `.`.

        `*`, `?`, `[...]`, `{a,b}` and `**` mean what they mean to npm's and cargo's glob libraries.
        """
        if is_literal(glob):
            folder = resolve(top, glob)
            return [folder] if folder is not None and folder in self._known else []
        base, _, last = glob.rstrip("/").removeprefix("./").rpartition("/")
        if last == "*" and is_literal(base):
            place = resolve(top, base)
            found = [] if place is None else self._inside.get(place, [])
            return [folder for folder in found if not folder.rpartition("/")[2].startswith(".")]
        while glob.startswith("../") and top:
            top, glob = top.rpartition("/")[0], glob[3:]
        matches = folder_matcher(glob)
        start = len(top) + 1 if top else 0
        inside = top + "/"
        return [
            folder
            for folder in self.all
            if folder and (not top or folder.startswith(inside)) and matches(folder[start:])
        ]


def folder_matcher(glob: str) -> Callable[[str], bool]:
    """Return a test of folders, relative to where `glob` is written; what lies below a match is no match.

    A folder whose name starts with a dot is matched only by a glob that writes such a name.
    """
    import re

    glob = glob.replace("\\", "/").rstrip("/").removeprefix("./")
    try:
        form = translate(glob[:-3]) if glob.endswith("/**") else translate(glob).removesuffix(BELOW)
        fits = re.compile(form, re.DOTALL).fullmatch
    except re.error:  # a set such as [z-a]
        return glob.__eq__
    dots = glob.startswith(".") or "/." in glob
    return lambda folder: fits(folder) is not None and (dots or not (folder.startswith(".") or "/." in folder))
