"""Files outside a package that its own scripts and settings name: `node ../../scripts/build.mjs`, `from "../shared.ts"`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pitstop.pipeline.detect.draft import at, parent, resolve
from pitstop.pipeline.detect.node.commands import serves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pitstop.pipeline.detect.node.workspaces import Module
    from pitstop.pipeline.files import Files

_SETTINGS = re.compile(r"[\w.-]+\.config\.\w+|(?:tsconfig|jsconfig)[\w.-]*\.json|\.\w+rc(?:\.\w+)?|project\.json")
_CODE = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx")
_WORD = re.compile(r"(?:^|[\s\"'`=(:,])((?:\.{1,2}/)?[\w@./-]+)")
_QUOTED = re.compile(r"[\"'`]((?:\./)?\.\./[^\"'`\n$*{]*)")
_IMPORTED = re.compile(r"\b(?:from|import|require)\s*\(?\s*[\"'](\.{1,2}/[^\"'\n]+)[\"']")
_MOST = 100
"""So many modules are followed for one package."""


class Outside:
    """What the packages of a repository read beside their own folders."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._texts: dict[str, str] = {}

    def of(self, module: Module, needs: Collection[str]) -> tuple[str, ...]:
        """Return the files of the repository that the scripts and settings of a package name by a path that leaves it.

        A folder stands for what is in it, unless it is around the package. What lies in one of the folders `needs`
        counts for the package anyway. Modules are followed as far as they import by relative paths: inside of the
        package no further than what its settings import, so not into its sources.
        """
        folder = module.folder
        if not folder:
            return ()
        found: dict[str, None] = {}
        starts = [path for path in self._files.top_level(folder) if _SETTINGS.fullmatch(path[len(folder) + 1 :])]
        for word in _words(module):
            place = self._module(folder, word) if word.endswith(_CODE) else None
            if place is not None:
                starts.append(place)
            elif word.startswith(("../", "./../")):
                found.update(dict.fromkeys(self._named(folder, word)))
        for path in starts:
            if path.startswith(f"{folder}/"):
                for name in _QUOTED.findall(self._text(path)):
                    found.update(dict.fromkeys(self._named(parent(path), name)))
        found.update(dict.fromkeys(self._followed(starts, folder)))
        inside = tuple(f"{place}/" for place in (folder, *needs) if place)
        return tuple([path for path in found if not path.startswith(inside)])

    def _followed(self, starts: list[str], folder: str) -> list[str]:
        """Return the modules outside of `folder` among `starts` and what they import."""
        seen = dict.fromkeys(starts, 0)
        waiting = list(seen)
        while waiting and len(seen) < _MOST:
            path = waiting.pop()
            if not path.endswith(_CODE) or (path.startswith(f"{folder}/") and seen[path]):
                continue
            for name in _IMPORTED.findall(self._text(path)):
                place = self._module(parent(path), name)
                if place is not None and place not in seen:
                    seen[place] = seen[path] + 1
                    waiting.append(place)
        return [path for path in seen if not path.startswith(f"{folder}/")]

    def _named(self, folder: str, name: str) -> list[str]:
        place = resolve(folder, name)
        if not place or f"{folder}/".startswith(f"{place}/"):
            return []
        module = self._module(folder, name)
        return [module] if module is not None else self._files.below(place)

    def _module(self, folder: str, name: str) -> str | None:
        """Return the file that a path in a file of `folder` means; its ending may be missing, or that of what it becomes."""
        place = resolve(folder, name)
        if not place:
            return None
        stem, dot, ending = place.rpartition(".")
        others = [f"{stem}.{ending.replace('j', 't')}"] if dot and ending in {"js", "mjs", "cjs", "jsx"} else []
        places = (place, *others, *(f"{place}{one}" for one in _CODE), at(place, "index.ts"), at(place, "index.js"))
        return next((one for one in places if one in self._files), None)

    def _text(self, path: str) -> str:
        if path not in self._texts:
            self._texts[path] = (self._files.read(path) or b"").decode("utf-8", "replace")
        return self._texts[path]


def _words(module: Module) -> Iterator[str]:
    """Yield what may be a path in the scripts of a package that may be tasks."""
    scripts = module.table.get("scripts")
    for name, text in scripts.items() if isinstance(scripts, dict) else ():
        if isinstance(text, str) and not serves(name):
            yield from _WORD.findall(text)
