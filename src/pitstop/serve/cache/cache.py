"""The cache that all protocols share: the storage, and the accounts of what is in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pitstop.serve.cache.storage import StorageError, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.serve.cache.shelves import Name, Shelves
    from pitstop.serve.cache.storage import Found, Storage, Upload

_AT_ONCE = 64
"""Objects that are removed before others have their turn."""


class Cache:
    """Objects of all teams and protocols. Used from one event loop."""

    def __init__(self, storage: Storage, shelves: Shelves) -> None:
        self.storage = storage
        self.shelves = shelves
        self.on_evicted: Callable[[Name], None] = lambda _name: None
        """Is told what went because a quota was passed."""
        self._doomed: dict[Name, None] = {}
        self._sweeping = asyncio.Lock()
        self._claimed: set[Name] = set()

    def load(self) -> None:
        """Count what the storage holds. Blocks; raises StorageError."""
        self._doom(self.shelves.load(self.storage.scan()))

    def has(self, name: Name) -> bool:
        """Return whether an object is known to be there."""
        return self.shelves.size_of(name) is not None

    async def touch(self, name: Name) -> bool:
        """Return whether an object is there, which counts as a use of it. Raises StorageError."""
        if self.has(name):
            self.shelves.use(name)
            return True
        return self.storage.shared and name not in self._doomed and await self.storage.size(name) is not None

    async def size(self, name: Name) -> int | None:
        """Return the bytes of an object, None when it is not there; that is a use of it. Raises StorageError."""
        if not self.has(name) and (not self.storage.shared or name in self._doomed):
            return None
        size = await self.storage.size(name)
        if size is None:
            self.shelves.drop(name)
        else:
            self.shelves.use(name)
        return size

    async def get(self, name: Name) -> Found | None:
        """Open an object, which must be closed. Raises StorageError."""
        known = self.has(name)
        if not known and (not self.storage.shared or name in self._doomed):
            return None
        found = await self.storage.get(name)
        if found is None:
            self.shelves.drop(name)  # somebody removed it behind our back
        elif known and self.shelves.size_of(name) == found.size:
            self.shelves.use(name)
        elif found.size <= self.shelves.room(name.team, name.space):  # another server wrote it
            self._doom(self.shelves.keep(name, found.size))
        return found

    async def put(self, name: Name, upload: Upload) -> None:
        """Keep a finished body; it is there when this returns. Raises TooLarge, StorageError."""
        if upload.size > self.shelves.room(name.team, name.space):
            raise TooLarge
        await self.storage.put(name, upload)
        self._doomed.pop(name, None)
        self._doom(self.shelves.keep(name, upload.size))
        if self._doomed:
            await self.sweep()

    async def put_new(self, name: Name, upload: Upload) -> bool:
        """Keep a finished body unless there is one, or one is being kept; return whether it was kept."""
        if name in self._claimed:
            return False
        self._claimed.add(name)
        try:
            if await self.touch(name):
                return False
            await self.put(name, upload)
            return True
        finally:
            self._claimed.discard(name)

    async def delete(self, name: Name) -> bool:
        """Take an object away; return whether it was there. Raises StorageError."""
        there = self.shelves.drop(name)
        await self.storage.delete([name])
        return there

    async def sweep(self) -> None:
        """Remove from the storage what is no longer in the accounts; what fails is tried with the next one."""
        async with self._sweeping:
            while self._doomed:
                batch = list(self._doomed)[:_AT_ONCE]
                try:
                    await self.storage.delete(batch)
                except StorageError:
                    return
                for name in batch:
                    self._doomed.pop(name, None)
                await asyncio.sleep(0)

    def _doom(self, names: list[Name]) -> None:
        for name in names:
            self._doomed[name] = None
            self.on_evicted(name)
