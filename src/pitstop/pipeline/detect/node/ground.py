"""The folders of a repository that hold files of git, and the settings of bundlers in them, found in one pass."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.pipeline.files import Files

_BUNDLERS = tuple(
    f"{name}.config.{ending}"
    for name in ("vite", "tsup", "rollup", "tsdown", "rsbuild")
    for ending in ("ts", "js", "mts", "mjs")
)
_OUT_DIR = re.compile(r"\b(?:outDir|outdir|distDir|assetsOutDir)\s*:\s*[\"']([\w./@-]+)[\"']")


class Ground:
    """What is asked of the repository's files for each package; an answer costs one look-up."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._folders: set[str] = {""} if files.paths else set()
        last = None
        for path in files.paths:
            folder = path.rpartition("/")[0]
            if folder == last:
                continue
            last = folder
            while folder not in self._folders:
                self._folders.add(folder)
                folder = folder.rpartition("/")[0]
        self._bundlers: dict[str, list[str]] = {}
        for name in _BUNDLERS:
            for path in files.named(name):
                self._bundlers.setdefault(path.rpartition("/")[0], []).append(path)

    def holds(self, folder: str) -> bool:
        """Return whether `folder` is one that holds files of git."""
        return folder in self._folders

    def knows(self, path: str) -> bool:
        """Return whether `path` is a file or a folder of git."""
        return path in self._folders or path in self._files

    def bundled_to(self, folder: str) -> list[str]:
        """Return the folders that the settings of bundlers in `folder` name in plain words, relative to it."""
        return [
            place
            for path in self._bundlers.get(folder, ())
            for place in _OUT_DIR.findall((self._files.read(path) or b"").decode("utf-8", "replace"))
        ]
