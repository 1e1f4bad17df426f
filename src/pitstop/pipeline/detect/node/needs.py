"""Which packages of the repository a Node package depends on, and what comes from a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.pipeline.detect.draft import at, resolve
from pitstop.pipeline.detect.node.workspaces import MANIFEST
from pitstop.pipeline.files import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.pipeline.detect.node.workspaces import Module, Modules

SECTIONS = ("dependencies", "optionalDependencies", "peerDependencies", "devDependencies")


class Needs(NamedTuple):
    """The dependencies of one package."""

    needs: set[str]
    """Folders."""
    dev_needs: set[str]
    foreign: list[tuple[str, str]]
    """Name and range of what comes from a registry."""


def find_needs(modules: Modules, notes: list[Note]) -> dict[str, Needs]:
    """Return the dependencies of each package, by folder.

    A dependency is a package of the repository when its range says so (`workspace:`, `file:`, `link:`, `portal:`), or
    when a member of the same workspace has its name and a version that the range may take: npm links those too.
    """
    names: dict[str, dict[str, str]] = {}
    for module in modules.modules.values():
        if not modules.workspaces[module.top].is_lone:
            names.setdefault(module.top, {}).setdefault(module.name, module.folder)
    return {
        folder: _of(module, names.get(module.top, {}), modules, notes) for folder, module in modules.modules.items()
    }


def _of(module: Module, names: Mapping[str, str], modules: Modules, notes: list[Note]) -> Needs:
    found = Needs(set(), set(), [])
    catalogs = dict(modules.workspaces[module.top].catalogs)
    for section in SECTIONS:
        listed = module.table.get(section)
        if not isinstance(listed, dict):
            continue
        for name, text in listed.items():
            if not isinstance(text, str):
                continue
            if text.startswith("catalog:"):
                catalog = text.removeprefix("catalog:").strip()
                listed_there = catalogs.get("" if catalog == "default" else catalog, {}).get(name)
                text = listed_there if isinstance(listed_there, str) else text
            folder = _local(module, name, text, names, modules)
            if folder is None:
                found.foreign.append((name, text))
            elif folder != module.folder:
                (found.dev_needs if section == "devDependencies" else found.needs).add(folder)
            elif section != "devDependencies":
                notes.append(Note(at(module.folder, MANIFEST), f"`{name}` lists itself in {section}; left out"))
    found.dev_needs.difference_update(found.needs)
    return found


def _local(module: Module, name: str, text: str, names: Mapping[str, str], modules: Modules) -> str | None:
    protocol, colon, rest = text.partition(":")
    if colon and protocol in {"file", "link", "portal", "workspace"}:
        if protocol != "workspace" or rest.startswith(("./", "../")):
            place = resolve(module.folder, rest)
            return place if place in modules.modules else None
        alias = rest.rpartition("@")[0]
        return names.get(alias or name)
    folder = names.get(name)
    if folder is None or colon:
        return None
    version = modules.modules[folder].table.get("version")
    return folder if may_take(text, version if isinstance(version, str) else "") else None


def may_take(text: str, version: str) -> bool:
    """Return whether the range `text` may take `version`: false only when the two plainly differ.

    An edge too many costs a rebuild, an edge too few a wrong result; so only `1.2.3`, `^1.2.3` and `~1.2.3` are
    compared, everything else is taken.
    """
    import re

    wanted = re.fullmatch(r"\s*([\^~=v]?)v?(\d+)\.(\d+)\.(\d+)\s*", text)
    given = re.match(r"v?(\d+)\.(\d+)\.(\d+)", version)
    if wanted is None or given is None:
        return True
    need = [int(part) for part in wanted.groups()[1:]]
    have = [int(part) for part in given.groups()]
    match wanted[1]:
        case "^":
            same = next((index for index in range(3) if need[index]), 2) + 1
        case "~":
            same = 2
        case _:
            same = 3
    return have[:same] == need[:same] and have >= need
