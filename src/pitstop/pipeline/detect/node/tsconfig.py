"""tsconfig.json: what it extends outside its package, and where tsc writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import ConfigError
from pitstop.links.formats import read_jsonc
from pitstop.pipeline.detect.draft import at, parent, resolve

if TYPE_CHECKING:
    from pitstop.links.formats import Table
    from pitstop.pipeline.files import Files

_DEPTH = 8  # levels of `extends`; more is a circle


class TsConfig(NamedTuple):
    """What one tsconfig file says, with what it extends."""

    writes: tuple[str, ...]
    """Folders and files, relative to the repository."""
    extends: tuple[str, ...]
    """Files of the repository that it extends."""


class TsConfigs:
    """The tsconfig files of a repository, each read once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._found: dict[str, TsConfig] = {}

    def of(self, folder: str, text: str = "") -> TsConfig:
        """Return what the settings say that a script `text` in `folder` uses: those of `-p`, else tsconfig.json."""
        named = re.findall(r"(?:-p|--project|-b|--build)\s+[\"']?([\w./@-]+)", text)
        found = TsConfig((), ())
        for name in named or ["tsconfig.json"]:
            place = resolve(folder, name)
            if place is None:
                continue
            if not place.endswith(".json"):
                place = at(place, "tsconfig.json")
            one = self._read(place, 0)
            found = TsConfig((*found.writes, *one.writes), (*found.extends, *one.extends))
        return found

    def _read(self, path: str, depth: int) -> TsConfig:
        if path in self._found:
            return self._found[path]
        nothing = TsConfig((), ())
        if path not in self._files or depth > _DEPTH:
            return nothing
        self._found[path] = nothing
        try:
            table = read_jsonc(self._files.read(path) or b"", path)
        except ConfigError:  # tsc will say it
            return nothing
        if not isinstance(table, dict):
            return nothing
        writes: dict[str, None] = {}
        extends: dict[str, None] = {}
        for base in self._bases(path, table):
            extends[base] = None
            inherited = self._read(base, depth + 1)
            extends.update(dict.fromkeys(inherited.extends))
            writes.update(dict.fromkeys(inherited.writes))
        options = table.get("compilerOptions")
        own = [
            place
            for key in ("outDir", "declarationDir", "outFile", "tsBuildInfoFile")
            if isinstance(options, dict)
            and isinstance(options.get(key), str)
            and (place := resolve(parent(path), options[key].replace("${configDir}", "."))) is not None
        ]
        if isinstance(options, dict) and "outDir" in options:
            writes.clear()
        writes.update(dict.fromkeys(own))
        for reference in self._references(path, table):
            writes.update(dict.fromkeys(self._read(reference, depth + 1).writes))
        self._found[path] = TsConfig(tuple(writes), tuple(extends))
        return self._found[path]

    def _bases(self, path: str, table: Table) -> list[str]:
        said = table.get("extends")
        found = []
        for name in said if isinstance(said, list) else [said]:
            if isinstance(name, str) and name.startswith("."):
                place = resolve(parent(path), name)
                if place is not None:
                    found.append(place if place.endswith(".json") else f"{place}.json")
        return found

    def _references(self, path: str, table: Table) -> list[str]:
        """Return the projects that `tsc -b` builds too, as far as they lie in the same folder."""
        said = table.get("references")
        found = []
        for item in said if isinstance(said, list) else ():
            name = item.get("path") if isinstance(item, dict) else None
            place = resolve(parent(path), name) if isinstance(name, str) else None
            if place is not None:
                place = place if place.endswith(".json") else at(place, "tsconfig.json")
                if parent(place) == parent(path):
                    found.append(place)
        return found
