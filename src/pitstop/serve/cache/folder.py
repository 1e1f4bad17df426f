"""Objects in a folder of this machine, each a file.

    <root>/objects/<team>/<protocol>/<2 hex>/<key>      the bytes; the modification time is the last use, to the hour
    <root>/new/                                         bodies being received, renamed into place when complete

Two servers must not use one folder: each would count only its own objects. A lock holds the second one off.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING
from zlib import crc32

from pitstop.cache import files
from pitstop.core import clock
from pitstop.core.errors import SurroundingError
from pitstop.links.locks import try_lock
from pitstop.serve.cache.routes import SPACES, file_of, key_of
from pitstop.serve.cache.shelves import Kept, Name
from pitstop.serve.cache.storage import PIECE, SMALL, broken, temporary
from pitstop.serve.cache.tokens import TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from pitstop.serve.cache.storage import Upload

_NO_WAIT: int = getattr(os, "RWF_NOWAIT", 0)  # Linux; preadv2(2)
_RECENT_S = 3600.0
"""What was used so shortly before is not marked as used again: that is a write for each read."""


class Folder:
    """A storage below the folder `root`, which is made. Raises SurroundingError when that cannot be, or it is in use."""

    shared = False

    def __init__(self, root: str) -> None:
        self.root = root
        self.spool = f"{root}/new"
        self._made: set[str] = set()
        self._lock = _locked(root)

    def scan(self) -> Iterator[Kept]:
        """Yield all objects, and remove what a crash left: half-written bodies, and files of no length."""
        for file in _scan(self.spool):
            files.remove(file.path)
        for team in _scan(f"{self.root}/objects"):
            for space in _scan(team.path) if TEAM.fullmatch(team.name) else ():
                for shard in _scan(space.path) if space.name in SPACES else ():
                    for file in _scan(shard.path):
                        try:
                            status = file.stat(follow_symlinks=False)
                        except OSError:
                            continue
                        if not status.st_size:
                            files.remove(file.path)
                            continue
                        yield Kept(Name(team.name, space.name, key_of(file.name)), status.st_size, status.st_mtime)

    async def get(self, name: Name) -> OpenFile | None:
        """Open an object."""
        path = self.path(name)
        try:
            fd = os.open(path, os.O_RDONLY | files.CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise broken(error, path) from error
        try:
            found = OpenFile(fd)
        except OSError as error:
            os.close(fd)
            raise broken(error, path) from error
        if clock.now() - found.used > _RECENT_S:
            files.touch(path)
        return found

    async def size(self, name: Name) -> int | None:
        """Return the bytes of an object, None when it is not there."""
        try:
            return os.stat(self.path(name)).st_size
        except OSError:
            return None

    async def put(self, name: Name, upload: Upload) -> None:
        """Keep a body: one rename."""
        path = self.path(name)
        try:
            try:
                await self._place(upload, path)
            except FileNotFoundError:
                self._made.clear()  # somebody removed a folder under us
                await self._place(upload, path)
        except OSError as error:
            raise broken(error, path) from error
        upload.kept()

    async def delete(self, names: Sequence[Name]) -> None:
        """Take objects away."""
        for name in names:
            files.remove(self.path(name))

    async def close(self) -> None:
        """Let another server have the folder."""
        os.close(self._lock)

    def path(self, name: Name) -> str:
        """Return the path of an object."""
        file = file_of(name.key)
        return f"{self.root}/objects/{name.team}/{name.space}/{crc32(file.encode()) & 0xFF:02x}/{file}"

    async def _place(self, upload: Upload, path: str) -> None:
        self._make(path[: path.rindex("/")])
        if upload.path:
            os.replace(upload.path, path)
        elif upload.size <= SMALL:
            _write(upload.data, temporary(self.spool), path)
        else:
            write = asyncio.get_running_loop().run_in_executor
            await write(None, _write, upload.data, temporary(self.spool), path)

    def _make(self, folder: str) -> None:
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)


class OpenFile:
    """A file that is being read. Raises OSError when it cannot be."""

    def __init__(self, fd: int) -> None:
        status = os.fstat(fd)
        self.size = status.st_size
        self.used = status.st_mtime
        self.first = os.read(fd, SMALL)
        self._fd = fd

    async def rest(self) -> AsyncIterator[bytes]:
        """Yield what follows `first`. Raises StorageError."""
        loop = asyncio.get_running_loop()
        offset = len(self.first)
        try:
            while offset < self.size:
                piece = _in_memory(self._fd, offset)
                if piece is None:
                    piece = await loop.run_in_executor(None, os.pread, self._fd, PIECE, offset)
                if not piece:
                    return
                offset += len(piece)
                yield piece
        except OSError as error:
            raise broken(error, "an object") from error

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _in_memory(fd: int, offset: int) -> bytes | None:
    """Return a piece of a file if the system has it in memory; None when somebody would have to wait for a disk."""
    if not _NO_WAIT:
        return None
    piece = bytearray(PIECE)
    try:
        count = os.preadv(fd, [piece], offset, _NO_WAIT)
    except OSError:
        return None
    return bytes(memoryview(piece)[:count])


def _write(data: bytes | bytearray, aside: str, path: str) -> None:
    try:
        fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | files.CLOEXEC, 0o644)
        try:
            files.write_all(fd, data)
        finally:
            os.close(fd)
        os.replace(aside, path)
    except OSError:
        files.remove(aside)
        raise


def _locked(root: str) -> int:
    try:
        os.makedirs(root, mode=0o700, exist_ok=True)  # what teams build is not for every user of the machine
        os.makedirs(f"{root}/new", exist_ok=True)
        fd = os.open(f"{root}/lock", os.O_RDWR | os.O_CREAT | files.CLOEXEC, 0o600)
    except OSError as error:
        raise SurroundingError(
            f"cannot keep objects in `{root}`: {error.strerror}", hint="give another --dir"
        ) from error
    if not try_lock(fd):
        os.close(fd)
        raise SurroundingError(f"another server uses `{root}`", hint="give another --dir")
    return fd


def _scan(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listed:
            return list(listed)
    except OSError:
        return []
