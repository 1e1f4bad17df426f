"""bun.lock, the text form of bun's lock file."""

from __future__ import annotations

from pitstop.core.errors import ConfigError
from pitstop.links.formats import read_jsonc
from pitstop.pipeline.detect.node.locks import LockFile
from pitstop.pipeline.detect.reach import Entry

_LISTS = ("dependencies", "optionalDependencies", "peerDependencies")


def read_bun(data: bytes, file: str) -> LockFile:
    """Return what the lock file says.

    `packages` maps `name`, or `outer/name` where `outer` has another version than the rest, to a list: `name@version`,
    registry, a table with the dependencies, integrity. `workspaces` gives the name of each package of the repository.
    """
    table = read_jsonc(data, file)
    if not isinstance(table, dict):
        raise ConfigError("not an object", file=file, line=1, column=1)
    listed = table.get("packages")
    packages = {
        key: value
        for key, value in (listed.items() if isinstance(listed, dict) else ())
        if isinstance(value, list) and value and isinstance(value[0], str)
    }
    workspaces = table.get("workspaces")
    names = {
        folder: value["name"]
        for folder, value in (workspaces.items() if isinstance(workspaces, dict) else ())
        if isinstance(value, dict) and isinstance(value.get("name"), str)
    }

    def look_up(place: str, name: str) -> list[str]:
        while True:
            key = f"{place}/{name}" if place else name
            if key in packages:
                return [] if "@workspace:" in packages[key][0] else [key]
            if not place:
                return []
            place = _outside(place)

    entries = {}
    for key, value in packages.items():
        details = next((part for part in value[1:] if isinstance(part, dict)), {})
        found = [
            need
            for part in _LISTS
            if isinstance(details.get(part), dict)
            for name in details[part]
            for need in look_up(key, name)
        ]
        texts = [part for part in value if isinstance(part, str)]
        entries[key] = Entry(" ".join(texts), tuple(found))
    return LockFile(entries, lambda folder, name, _text: look_up(names.get(folder, ""), name))


def _outside(place: str) -> str:
    """Return the key around `place`; a scope belongs to the name that follows it."""
    outer, _, _ = place.rpartition("/")
    last = outer.rpartition("/")[2]
    return outer.rpartition("/")[0] if last.startswith("@") else outer
