"""The stat index: which file has which digest, without reading what has not changed.

As git's index does (git's Documentation/technical/racy-git.txt): a file whose size, times, inode and mode are what they
were keeps its digest, unless it was written so shortly before it was read that a later write could have left the same
times; such an entry is not trusted the next time.
"""

from __future__ import annotations

import os
from array import array
from hashlib import sha256
from sys import byteorder
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core import clock
from pitstop.core.digest import Digest
from pitstop.pipeline import state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_COLUMNS = 5  # mtime_ns, ctime_ns, size, inode, mode
_WIDTH = 8 * _COLUMNS
_MISSING = (0, 0, 0, 0, 0)
_UNKNOWN = bytes(32)
_PIECE = 1 << 20
_NO_SURPRISE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""It may have become a link or a pipe since it was looked at."""
_GRANULARITY_NS = 20_000_000
"""Two ticks of the slowest common kernel clock (100 Hz); file systems that keep whole seconds get two seconds."""


class Snapshot(NamedTuple):
    """The files of a repository with their digests, at one moment."""

    paths: list[str]
    """Sorted; each is a regular file or a symbolic link that exists."""
    digests: bytes
    """32 bytes a path, in their order: SHA-256 of the content, of the target for a link; zeros: could not be read."""
    stats: array[int]
    """Five numbers a path: mtime and ctime in nanoseconds, size, inode, mode."""
    print: bytes
    """SHA-256 over all paths, digests and modes."""
    before: bytes
    """What `print` was when the index was last written; empty when there was none."""
    differs: tuple[str, ...]
    """The paths that have come, gone or changed since then, in no order."""

    def row(self, path: str) -> int:
        """Return the position of `path`, or -1."""
        from bisect import bisect_left

        at = bisect_left(self.paths, path)
        return at if at < len(self.paths) and self.paths[at] == path else -1

    def digest(self, row: int) -> Digest:
        """Return the digest of the file in this row."""
        return Digest(self.digests[32 * row : 32 * row + 32].hex(), self.stats[_COLUMNS * row + 2])

    def executable(self, row: int) -> bool:
        """Return whether its owner may execute it."""
        return bool(self.stats[_COLUMNS * row + 4] & 0o100)

    def is_link(self, row: int) -> bool:
        """Return whether it is a symbolic link."""
        return self.stats[_COLUMNS * row + 4] & 0o170000 == 0o120000

    def links(self) -> list[int]:
        """Return the rows of all symbolic links."""
        modes = self.stats[_COLUMNS - 1 :: _COLUMNS]
        return [row for row, mode in enumerate(modes) if mode & 0o170000 == 0o120000]

    def unreadable(self) -> frozenset[int]:
        """Return the rows whose content could not be read whole."""
        if _UNKNOWN not in self.digests:
            return frozenset()
        rows = range(len(self.paths))
        return frozenset(row for row in rows if self.digests[32 * row : 32 * row + 32] == _UNKNOWN)

    def moved(self, root: str, rows: Iterable[int]) -> str:
        """Return the first path among `rows` whose content or kind is no longer what it was, or `""`.

        Only what was written meanwhile is read.
        """
        for row in rows:
            path = self.paths[row]
            was = self.stats[_COLUMNS * row : _COLUMNS * row + _COLUMNS]
            try:
                status = os.lstat(f"{root}/{path}")
            except OSError:
                return path
            if _row(status) != tuple(was) and (
                status.st_mode != was[-1]
                or status.st_size != was[2]
                or _hash(f"{root}/{path}", array("q", was), 0) != self.digests[32 * row : 32 * row + 32]
            ):
                return path
        return ""


def _row(status: os.stat_result) -> tuple[int, int, int, int, int]:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_mode


def take(root: str, listing: bytes, index_path: str) -> Snapshot:
    """Return the files that `listing` names (NUL-separated, relative to `root`) with their digests.

    The index at `index_path` says what is known and is written again when something was learned. Names of folders and
    of files that are not there are left out.
    """
    known = state.load(index_path)
    old_listing, old_blob, old_stats, old_digests, before = known if known is not None else (b"",) * 5
    blob = old_blob
    if listing != old_listing:
        names = {name for name in listing.split(b"\0") if name and not name.endswith(b"/")}
        blob = "\0".join(sorted(name.decode("utf-8", "surrogateescape") for name in names)).encode(
            "utf-8", "surrogateescape"
        )
    paths = blob.decode("utf-8", "surrogateescape").split("\0") if blob else []
    stats = _look(root, paths)
    raw = stats.tobytes()
    kept = None
    differs: tuple[str, ...] = ()
    if blob == old_blob and raw == old_stats:
        digests = old_digests
    else:
        started = clock.now_ns()
        digests, trusted, differs = _update(root, paths, stats, (old_blob, old_stats, old_digests))
        kept = listing, blob, _distrust(stats, started, trusted), digests
    if _gone(stats):
        paths, stats, digests = _without_missing(paths, stats, digests)
        blob = "\0".join(paths).encode("utf-8", "surrogateescape")
    whole = sha256(blob)
    whole.update(digests)
    whole.update(stats[_COLUMNS - 1 :: _COLUMNS].tobytes())
    taken = Snapshot(paths, digests, stats, whole.digest(), before, differs)
    if kept is not None and (*kept, taken.print) != known:
        state.save(index_path, (*kept, taken.print))
    return taken


def _look(root: str, paths: Sequence[str]) -> array[int]:
    stats = array("q")
    extend = stats.extend
    lstat = os.lstat
    prefix = root + "/"
    for path in paths:
        try:
            s = lstat(prefix + path)
            extend((s.st_mtime_ns, s.st_ctime_ns, s.st_size, s.st_ino, s.st_mode))
        except (OSError, ValueError, OverflowError):
            extend(_MISSING)
    return stats


def _update(
    root: str, paths: Sequence[str], stats: array[int], old: tuple[bytes, bytes, bytes]
) -> tuple[bytes, list[int], tuple[str, ...]]:
    """Return the digests, taken from `old` where the numbers are the same, the rows read now, and what differs."""
    old_blob, old_stats, old_digests = old
    raw = stats.tobytes()
    old_paths = old_blob.decode("utf-8", "surrogateescape").split("\0") if old_blob else []
    if old_paths == paths:
        out = bytearray(old_digests)
        pairs = [(row, row) for row in _unlike(raw, old_stats, 0, len(paths))]
        gone = set[str]()
    else:
        out = bytearray(32 * len(paths))
        old_rows = dict(zip(old_paths, range(len(old_paths)), strict=True))
        pairs = []
        for row, path in enumerate(paths):
            old_row = old_rows.pop(path, -1)
            if old_row >= 0:
                out[32 * row : 32 * row + 32] = old_digests[32 * old_row : 32 * old_row + 32]
                if raw[_WIDTH * row : _WIDTH * row + _WIDTH] == old_stats[_WIDTH * old_row : _WIDTH * old_row + _WIDTH]:
                    continue
            pairs.append((row, old_row))
        gone = set(old_rows)
    read: list[int] = []
    for row, old_row in pairs:
        digest = _UNKNOWN
        if stats[_COLUMNS * row + 4]:
            digest = _hash(f"{root}/{paths[row]}", stats, row)
            read.append(row)
        mode = _WIDTH * old_row + _WIDTH - 8
        if old_row < 0 or (
            digest != old_digests[32 * old_row : 32 * old_row + 32]
            or stats[_COLUMNS * row + 4].to_bytes(8, byteorder) != old_stats[mode : mode + 8]
        ):
            gone.add(paths[row])
        out[32 * row : 32 * row + 32] = digest
    return bytes(out), read, tuple(gone)


def _unlike(new: bytes, old: bytes, first: int, last: int) -> list[int]:
    """Return the rows in `range(first, last)` whose numbers differ: by halves, as most are the same."""
    if new[_WIDTH * first : _WIDTH * last] == old[_WIDTH * first : _WIDTH * last]:
        return []
    if last - first <= 1:
        return [first]
    middle = (first + last) // 2
    return _unlike(new, old, first, middle) + _unlike(new, old, middle, last)


def _hash(path: str, stats: array[int], row: int) -> bytes:
    """Return the SHA-256 of what is at `path`, and put its numbers as they were meanwhile into `stats`.

    A file that changes while it is read is read again, three times at most; then it counts as unreadable.
    """
    for _attempt in range(3):
        try:
            before = os.lstat(path)
            kind = before.st_mode & 0o170000
            if kind == 0o120000:
                digest = sha256(os.fsencode(os.readlink(path))).digest()
            elif kind == 0o100000:
                digest = _hash_file(path, before.st_size)
            else:  # a folder (a submodule), a socket: no input
                stats[_COLUMNS * row : _COLUMNS * row + _COLUMNS] = array("q", _MISSING)
                return _UNKNOWN
            after = os.lstat(path)
        except OSError:
            return _UNKNOWN
        if _row(before) == _row(after):
            stats[_COLUMNS * row : _COLUMNS * row + _COLUMNS] = array("q", _row(after))
            return digest
    stats[_COLUMNS * row] = -1
    return _UNKNOWN


def _hash_file(path: str, size: int) -> bytes:
    """Return the SHA-256 of a regular file that was `size` bytes long a moment ago. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | _NO_SURPRISE)
    try:
        piece = os.read(fd, min(size, _PIECE - 1) + 1)
        hasher = sha256(piece)
        if len(piece) != size:  # a large one, or one that grows
            while piece := os.read(fd, _PIECE):
                hasher.update(piece)
        return hasher.digest()
    finally:
        os.close(fd)


def _distrust(stats: array[int], started_ns: int, rows: Iterable[int]) -> bytes:
    """Return the bytes of `stats` in which entries that may be racy cannot match any file."""
    doubtful = array("q", stats)
    for row in rows:
        at = _COLUMNS * row
        mtime, ctime = stats[at], stats[at + 1]
        grain = _GRANULARITY_NS if ctime % 1_000_000_000 or mtime % 1_000_000_000 else 2_000_000_000
        if max(mtime, ctime) + grain >= started_ns:
            doubtful[at] = doubtful[at + 1] = -1
    return doubtful.tobytes()


def _gone(stats: array[int]) -> bool:
    return not all(stats[_COLUMNS - 1 :: _COLUMNS])


def _without_missing(paths: list[str], stats: array[int], digests: bytes) -> tuple[list[str], array[int], bytes]:
    kept = [row for row in range(len(paths)) if stats[_COLUMNS * row + 4]]
    left = array("q")
    for row in kept:
        left.extend(stats[_COLUMNS * row : _COLUMNS * row + _COLUMNS])
    return [paths[row] for row in kept], left, b"".join(digests[32 * row : 32 * row + 32] for row in kept)
