"""Which files of a local store go, then go; and a look at every byte of it."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pitstop.cache.disk import DiskStore

_STALE_S = 24 * 3600.0
"""A temporary file this old belongs to nobody."""


class Entry(NamedTuple):
    """One file of the store."""

    path: str
    size: int
    used: float
    """Seconds since 1970 UTC of its last use."""


class Pruned(NamedTuple):
    """What a pruning did, in files and bytes."""

    removed: int
    freed: int
    left: int
    left_bytes: int


def entries(root: str) -> Iterator[Entry]:
    """Yield each blob and each result below `root`."""
    for room in ("cas", "ac"):
        for shard in _scan(f"{root}/{room}"):
            for file in _scan(shard.path):
                try:
                    status = file.stat()
                except OSError:
                    continue
                yield Entry(file.path, status.st_size, status.st_mtime)


def choose(listed: Iterable[Entry], max_size: int, kept: frozenset[str] = frozenset()) -> list[Entry]:
    """Return the entries that must go so that the rest is at most `max_size` bytes: the longest unused first. Pure.

    Blobs with a hash in `kept` stay, however much is left then.
    """
    ordered = sorted(listed, key=lambda entry: (entry.used, entry.path))
    total = sum(entry.size for entry in ordered)
    if kept:
        ordered = [entry for entry in ordered if entry.path.rpartition("/")[2] not in kept]
    going: list[Entry] = []
    for entry in ordered:
        if total <= max_size:
            break
        going.append(entry)
        total -= entry.size
    return going


def prune(root: str, max_size: int, now: float) -> Pruned:
    """Remove the longest unused files until at most `max_size` bytes are left, and what dead processes left behind."""
    for file in _scan(f"{root}/new"):
        try:
            if file.stat().st_mtime < now - _STALE_S:
                os.unlink(file.path)
        except OSError:
            continue
    listed = list(entries(root))
    removed = freed = 0
    for entry in choose(listed, max_size, _held(root, now)):
        try:
            os.unlink(entry.path)
        except OSError:
            continue
        removed += 1
        freed += entry.size
    return Pruned(removed, freed, len(listed) - removed, sum(entry.size for entry in listed) - freed)


def _held(root: str, now: float) -> frozenset[str]:
    """Return the hashes of what artifacts are made of, those that have not expired."""
    if not os.path.isdir(f"{root}/artifacts"):
        return frozenset()
    from pitstop.cache.disk import DiskStore
    from pitstop.cache.trees.named import sweep

    return sweep(DiskStore(root), now)


def account(store: DiskStore, max_size: int, now: float) -> Pruned | None:
    """Add what `store` has kept to its remembered size; prune to nine tenths of `max_size` when that is passed.

    The remembered size may be off when several runs write at once: pruning counts again.
    """
    path = f"{store.root}/size"
    try:
        with open(path, encoding="ascii") as file:
            size = int(file.read())
    except (OSError, ValueError):
        known = sum(entry.size for entry in entries(store.root))
    else:
        known = size + store.stored_bytes
    pruned = None
    if known > max_size:
        pruned = prune(store.root, max_size * 9 // 10, now)
        known = pruned.left_bytes
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "w", encoding="ascii") as file:
            file.write(str(known))
        os.replace(temporary, path)
    except OSError:
        return pruned
    return pruned


def verify(store: DiskStore) -> tuple[int, Sequence[str]]:
    """Read every file of the store; return how many were read, and the names of those that were wrong (now removed)."""
    wrong: list[str] = []
    count = 0
    for entry in entries(store.root):
        count += 1
        room, _, name = os.path.relpath(entry.path, store.root).replace(os.sep, "/").split("/")
        good = store.get(Digest(name, entry.size)) if room == "cas" else store.get_result(name)
        if good is None:
            wrong.append(f"{room}/{name}")
            with suppress(OSError):
                os.unlink(entry.path)
    return count, wrong


def _scan(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listed:
            return list(listed)
    except OSError:
        return []
