"""Chunks back into a folder: a new one, so that nobody sees half of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.cache import files
from pitstop.cache.trees.manifest import FOLDER, LINK, BadManifestError, Manifest, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.cache.disk import DiskStore
    from pitstop.core.digest import Digest


class MissingChunkError(Exception):
    """The store does not have all of a folder, or not as it was."""


def load(store: DiskStore, name: Digest) -> Manifest:
    """Return the manifest of a packed folder. Raises MissingChunkError when it is not there or cannot be read."""
    data = store.get(name)
    if data is None:
        raise MissingChunkError("its manifest is missing")
    try:
        return decode(data)
    except BadManifestError as error:
        raise MissingChunkError(str(error)) from error


def unpack(store: DiskStore, manifest: Manifest, folder: str) -> None:
    """Write a packed folder as `folder`, which must not be there.

    Raises OSError when it cannot be written and MissingChunkError when bytes are missing; then part of it is there, for
    the caller to remove.
    """
    os.makedirs(folder)
    made = {""}
    stream = _Bytes(_chunks(store, manifest))
    for entry in manifest.entries:
        above = entry.path.rpartition("/")[0]
        if above not in made:
            os.makedirs(f"{folder}/{above}", exist_ok=True)
            made.add(above)
        full = f"{folder}/{entry.path}"
        if entry.kind == FOLDER:
            if entry.path not in made:
                os.makedirs(full, exist_ok=True)
                made.add(entry.path)
        elif entry.kind == LINK:
            os.symlink(entry.target, full)
        else:
            fd = os.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL | files.CLOEXEC, 0o600)
            try:
                for piece in stream.take(entry.size):
                    files.write_all(fd, piece)
                os.fchmod(fd, entry.mode)
                os.utime(fd, ns=(entry.mtime_ns, entry.mtime_ns))
            finally:
                os.close(fd)


def _chunks(store: DiskStore, manifest: Manifest) -> Iterator[bytes]:
    for name in manifest.chunks:
        data = store.get(name)
        if data is None:
            raise MissingChunkError(f"the chunk {name.hash[:12]} is missing")
        yield data


class _Bytes:
    """A stream of bytes out of which pieces of any length are taken."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source = source
        self._rest = memoryview(b"")

    def take(self, count: int) -> Iterator[bytes]:
        """Yield the next `count` bytes. The manifest has been checked to have as many."""
        while count:
            if not self._rest:
                self._rest = memoryview(next(self._source))
            piece, self._rest = self._rest[:count], self._rest[count:]
            count -= len(piece)
            yield bytes(piece)
