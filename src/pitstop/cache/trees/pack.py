"""A folder into chunks: its files one after the other, cut where their content says.

The cuts are FastCDC's (Xia et al., USENIX ATC 2016, and its variant of 2020), on average every 64 KiB: of the stream and
not of each file, so that ten thousand small files are not ten thousand blobs, and a change moves few cuts.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache.trees.manifest import FILE, FOLDER, LINK, Entry, Manifest, encode
from pitstop.core.errors import SurroundingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pitstop.cache.disk import DiskStore
    from pitstop.core.digest import Digest

AVERAGE = 64 << 10
"""Bytes; a chunk has between a quarter and four times as many."""


class Packed(NamedTuple):
    """A folder in the store."""

    manifest: Digest
    chunks: tuple[Digest, ...]
    files: int
    size: int
    """Bytes of the files."""
    sent: int
    """Bytes of chunks that the store did not have."""


class ChangedError(Exception):
    """A file changed while it was packed."""


def walk(root: str, paths: Iterable[str]) -> list[str]:
    """Return `paths` (relative to `root`) and all that lies below them, sorted; links are not followed."""
    found: set[str] = set()
    stack = [path for path in paths if os.path.lexists(f"{root}/{path}" if path else root)]
    while stack:
        path = stack.pop()
        full = f"{root}/{path}" if path else root
        if path:
            found.add(path)
        if not os.path.islink(full) and os.path.isdir(full):
            stack += [f"{path}/{name}" if path else name for name in os.listdir(full)]
    return sorted(found)


def pack(root: str, paths: Sequence[str], store: DiskStore, *, bound_to: str = "") -> Packed | None:
    """Put the files, links and folders at `paths`, relative to `root`, into `store`.

    `bound_to`: an absolute path; where it stands in a file or a link the manifest says so. Returns None when the store
    cannot be written. Raises OSError when something cannot be read, ChangedError when it changed meanwhile, and
    SurroundingError without the library that cuts.
    """
    try:
        from pyfastcdc import FastCDC
    except ImportError:
        raise SurroundingError(
            "keeping folders needs `pyfastcdc`, which is not installed", hint="pip install 'pitstop[artifacts]'"
        ) from None
    stream = _Stream(root, paths, os.fsencode(bound_to))
    chunks: list[Digest] = []
    before = store.stored_bytes
    for chunk in FastCDC(AVERAGE, min_size=AVERAGE // 4, max_size=AVERAGE * 4).cut_stream(stream):
        name = store.put(bytes(chunk.data))
        if name is None:
            return None
        chunks.append(name)
    sent = store.stored_bytes - before
    stream.close()
    manifest = Manifest(tuple(stream.entries), tuple(chunks), bound_to if stream.is_bound else "")
    name = store.put(encode(manifest))
    files = [entry.size for entry in stream.entries if entry.kind == FILE]
    return None if name is None else Packed(name, tuple(dict.fromkeys(chunks)), len(files), sum(files), sent)


class _Stream:
    """All files as one, which notes on the way what they are."""

    def __init__(self, root: str, paths: Sequence[str], bound_to: bytes) -> None:
        self._root = root
        self._left = list(reversed(paths))
        self._fd = -1
        self._before: os.stat_result | None = None
        self._path = ""
        self._size = 0
        self._bound_to = bound_to
        self._tail = b""
        self.is_bound = False
        self.entries: list[Entry] = []

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes; none at the end of the last file."""
        while self._fd >= 0 or self._next_file():
            piece = os.read(self._fd, count)
            if piece:
                self._size += len(piece)
                self._look(piece)
                return piece
            self._end_file()
        return b""

    def close(self) -> None:
        """Note what comes after the last file."""
        while self._next_file():
            self._end_file()

    def _look(self, piece: bytes) -> None:
        if self._bound_to and not self.is_bound:
            joined = self._tail + piece
            self.is_bound = self._bound_to in joined
            self._tail = joined[-len(self._bound_to) + 1 :] if len(self._bound_to) > 1 else b""

    def _next_file(self) -> bool:
        """Open the next file that has bytes; note links, folders and empty files on the way."""
        while self._left:
            path = self._left.pop()
            full = f"{self._root}/{path}"
            status = os.lstat(full)
            kind = status.st_mode & 0o170000
            if kind == 0o040000:
                self.entries.append(Entry(FOLDER, path))
            elif kind == 0o120000:
                target = os.readlink(full)
                self.is_bound = self.is_bound or (bool(self._bound_to) and os.fsdecode(self._bound_to) in target)
                self.entries.append(Entry(LINK, path, target))
            elif kind == 0o100000:
                self._fd = os.open(full, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
                self._before, self._path, self._size, self._tail = os.fstat(self._fd), path, 0, b""
                return True
        return False

    def _end_file(self) -> None:
        assert self._before is not None
        before, after = self._before, os.fstat(self._fd)
        os.close(self._fd)
        self._fd = -1
        if self._size != after.st_size or before.st_mtime_ns != after.st_mtime_ns:
            raise ChangedError(f"`{self._path}` changed while it was read")
        self.entries.append(Entry(FILE, self._path, "", self._size, after.st_mode & 0o777, after.st_mtime_ns))
