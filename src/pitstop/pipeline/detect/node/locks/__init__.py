"""Lock files of Node's package managers: which entries there are, and which of them a dependency means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.pipeline.detect.reach import Entry, digests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pitstop.pipeline.detect.node.needs import Needs
    from pitstop.pipeline.detect.node.workspaces import Module, Modules, Workspace
    from pitstop.pipeline.files import Files


class LockFile(NamedTuple):
    """What one lock file says."""

    entries: dict[str, Entry]
    find: Callable[[str, str, str], list[str]]
    """The keys that a dependency means: of the package in a folder (relative to the lock file), on a name, with a
    range."""


def lock_digests(files: Files, modules: Modules, needs: Mapping[str, Needs]) -> dict[str, str]:
    """Return for each package, by folder, a hex SHA-256 over the lock entries that it reaches; none without a lock.

    Entries are reached through packages of the repository too, and each package reaches what the root of its workspace
    lists: the tools that all of them call.
    """
    found: dict[str, str] = {}
    by_top: dict[str, list[Module]] = {}
    for module in modules.modules.values():
        by_top.setdefault(module.top, []).append(module)
    for top, members in by_top.items():
        workspace = modules.workspaces[top]
        lock = _read(files, workspace)
        if lock is None and not workspace.catalogs:
            continue
        if lock is None:  # what the catalogs say is in none of the packages' own files
            lock = LockFile({}, lambda _folder, _name, _text: [])
        entries = dict(lock.entries)
        start = len(top) + 1 if top else 0
        for module in members:
            folder = module.folder[start:]
            own = needs[module.folder]
            keys = [key for name, text in own.foreign for key in lock.find(folder, name, text)]
            keys += [_member(need) for need in (*own.needs, *own.dev_needs)]
            if module.folder != top:
                keys.append(_member(top))
            unknown = [f"{name}@{text}" for name, text in own.foreign if not lock.find(folder, name, text)]
            entries[_member(module.folder)] = Entry(" ".join(sorted(unknown)), tuple(keys))
        reached = digests(entries)
        found.update((module.folder, reached[_member(module.folder)].hex()) for module in members)
    return found


def _member(folder: str) -> str:
    return f"//{folder}"


def _read(files: Files, workspace: Workspace) -> LockFile | None:
    """Return the lock file of `workspace`, or None where there is none."""
    path = workspace.lock
    data = files.read(path) if path else None
    if data is None:
        return None
    match path.rpartition("/")[2]:
        case "pnpm-lock.yaml":
            from pitstop.pipeline.detect.node.locks.pnpm import read_pnpm as read
        case "yarn.lock":
            from pitstop.pipeline.detect.node.locks.yarn import read_yarn as read
        case "bun.lock":
            from pitstop.pipeline.detect.node.locks.bun import read_bun as read
        case "package-lock.json" | "npm-shrinkwrap.json":
            from pitstop.pipeline.detect.node.locks.npm import read_npm as read
        case _:
            return _whole(data)
    return read(data, path)


def _whole(data: bytes) -> LockFile:
    """Return a lock file that counts as a whole (bun.lockb is binary)."""
    from hashlib import sha256

    key = "whole"
    return LockFile({key: Entry(sha256(data).hexdigest())}, lambda _folder, _name, _text: [key])
