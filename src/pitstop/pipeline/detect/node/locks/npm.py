"""package-lock.json and npm-shrinkwrap.json, lockfileVersion 1 to 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.core.errors import ConfigError
from pitstop.links.formats import read_json
from pitstop.pipeline.detect.node.locks import LockFile
from pitstop.pipeline.detect.reach import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.links.formats import Table

_LISTS = ("dependencies", "optionalDependencies", "peerDependencies")
_INSIDE = "node_modules/"


def read_npm(data: bytes, file: str) -> LockFile:
    """Return what the lock file says; a name is looked up in each `node_modules` from the inside to the outside."""
    table = read_json(data, file)
    if not isinstance(table, dict):
        raise ConfigError("not an object", file=file, line=1, column=1)
    listed = table.get("packages")
    packages: Table = {
        key: value
        for key, value in (listed.items() if isinstance(listed, dict) else _old(table.get("dependencies"), ""))
        if isinstance(value, dict)
    }

    def find(folder: str, name: str, _text: str = "") -> list[str]:
        place = folder
        while True:
            key = f"{place}/{_INSIDE}{name}" if place else f"{_INSIDE}{name}"
            if key in packages:
                return [] if packages[key].get("link") else [key]
            if not place:
                return []
            place = _outside(place)

    entries = {}
    for key, value in packages.items():
        if _INSIDE not in key:
            continue  # a package of the repository
        name = key.rpartition(_INSIDE)[2]
        text = f"{name} {value.get('version')} {value.get('resolved')} {value.get('integrity')}"
        names = [dep for part in _LISTS if isinstance(value.get(part), dict) for dep in value[part]]
        entries[key] = Entry(text, tuple([found for dep in names for found in find(key, dep)]))
    return LockFile(entries, find)


def _outside(place: str) -> str:
    """Return the next folder around `place` that may have a `node_modules` of its own."""
    outer, mark, _ = place.rpartition(f"/{_INSIDE}")
    if mark:
        return outer
    return "" if place.startswith(_INSIDE) else place.rpartition("/")[0]


def _old(tree: Any, place: str) -> Iterator[tuple[str, Table]]:
    """Yield the packages of version 1 in the form of version 3."""
    stack = [(tree, place)]
    while stack:
        tree, place = stack.pop()
        for name, value in tree.items() if isinstance(tree, dict) else ():
            if isinstance(value, dict):
                key = f"{place}/{_INSIDE}{name}" if place else f"{_INSIDE}{name}"
                version = value.get("version")
                link = isinstance(version, str) and version.startswith("file:") and "integrity" not in value
                yield key, {**value, "dependencies": value.get("requires"), "link": link}
                stack.append((value.get("dependencies"), key))
