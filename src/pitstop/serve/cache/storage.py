"""Where objects lie: what a folder and a bucket have in common, and a body on its way in."""

from __future__ import annotations

import asyncio
import os
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Protocol

from pitstop.cache import files

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from pitstop.serve.cache.shelves import Kept, Name

PIECE = 1 << 18
"""Bytes of an object that are in memory at once; smaller objects are there whole."""
SMALL = 1 << 16
"""Up to this size reading and writing takes less time than handing it to a thread."""
_numbers = count(1)


class StorageError(Exception):
    """The storage did not do what it was asked, says its text."""

    def __init__(self, message: str, *, full: bool = False) -> None:
        super().__init__(message)
        self.full = full
        """There is no room left where the bytes should have gone."""


class TooLarge(Exception):
    """A body is larger than what may be kept."""


class Found(Protocol):
    """An object that was opened for reading. It must be closed."""

    size: int
    first: bytes
    """The beginning of the object, all of it when it is small."""

    def rest(self) -> AsyncIterator[bytes]:
        """Yield what follows `first`. Raises StorageError."""

    def close(self) -> None:
        """Let go of it."""


class Storage(Protocol):
    """Objects by name. Raises StorageError; what is not there is no error."""

    shared: bool
    """Others may write there too, so what is not in the accounts may still be there."""
    spool: str
    """The folder where large bodies are written before they are kept."""

    def scan(self) -> Iterable[Kept]:
        """Yield all objects. Blocks; used once, at the start."""

    async def get(self, name: Name) -> Found | None:
        """Open an object."""

    async def size(self, name: Name) -> int | None:
        """Return the bytes of an object, None when it is not there."""

    async def put(self, name: Name, upload: Upload) -> None:
        """Keep a complete body, over what was there, at once for every reader."""

    async def delete(self, names: Sequence[Name]) -> None:
        """Take objects away."""

    async def close(self) -> None:
        """Let go of connections."""


class Upload:
    """A body on its way in: in memory while it is small, then in a file of the spool. It must be discarded.

    A body that is hashed has no prefix. `most` is how many bytes it may have, the prefix not counted.
    """

    def __init__(self, spool: str, most: int, *, hashed: bool, prefix: bytes = b"") -> None:
        self.size = 0
        """Bytes, with the prefix."""
        self.path = ""
        """The file that holds the body; empty: `data` does."""
        self.data = bytearray(prefix)
        self._prefix = len(prefix)
        self._spool = spool
        self._most = most
        self._hasher = sha256() if hashed else None
        self._fd = -1

    async def take(self, piece: bytes) -> None:
        """Add bytes. Raises TooLarge, StorageError."""
        self.data += piece
        if len(self.data) > SMALL and self.size + len(self.data) - self._prefix > self._most:
            raise TooLarge
        if len(self.data) >= PIECE:
            await asyncio.get_running_loop().run_in_executor(None, self._flush)

    async def finish(self) -> str:
        """Say that the body is complete; return its SHA-256 in hexadecimal if that was asked for."""
        if self.size + len(self.data) - self._prefix > self._most:
            raise TooLarge
        if self.path:
            await asyncio.get_running_loop().run_in_executor(None, self._flush)
            self._close()
            return self._hasher.hexdigest() if self._hasher else ""
        self.size = len(self.data)
        if self._hasher is None:
            return ""
        self._hasher.update(self.data)
        return self._hasher.hexdigest()

    def discard(self) -> None:
        """Remove what was not kept."""
        self._close()
        if self.path:
            files.remove(self.path)
            self.path = ""

    def kept(self) -> None:
        """Say that the file now lies elsewhere."""
        self.path = ""

    def _flush(self) -> None:
        try:
            if not self.path:
                path = temporary(self._spool)
                self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | files.CLOEXEC, 0o644)
                self.path = path
            files.write_all(self._fd, self.data)
        except OSError as error:
            raise broken(error, self._spool) from error
        if self._hasher is not None:
            self._hasher.update(self.data)
        self.size += len(self.data)
        self.data = bytearray()

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def temporary(folder: str) -> str:
    """Return a name in `folder` that nothing else uses, of this process or another; the folder is made."""
    os.makedirs(folder, exist_ok=True)
    return f"{folder}/{os.getpid()}-{os.urandom(4).hex()}-{next(_numbers)}"


def broken(error: OSError, place: str) -> StorageError:
    """Return the StorageError for an error of the operating system."""
    import errno

    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return StorageError(f"`{place}`: {error.strerror or error}", full=full)
