"""What the store does with single files: write, copy, replace, verify on the way."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

from pitstop.core.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Callable

CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_PIECE = 1 << 20


def create(path: str, data: bytes, mode: int) -> os.stat_result:
    """Write a file that must not be there yet; return what `fstat` says of it."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | CLOEXEC, mode)
    try:
        write_all(fd, data)
        return os.fstat(fd)
    except OSError:
        remove(path)
        raise
    finally:
        os.close(fd)


def replace(temporary: str, path: str, make: Callable[[], os.stat_result | None]) -> os.stat_result | None:
    """Have `make` write `temporary` and rename it to `path`; return what `lstat` says of it then."""
    try:
        if make() is None:
            return None
        os.replace(temporary, path)
        return os.lstat(path)  # the rename has changed the inode's ctime
    except OSError:
        remove(temporary)
        raise


def copy(source: int, target: int) -> Digest:
    """Copy all bytes between two descriptors, sharing them on disk where the file system can; return their digest.

    What is digested is what arrived, so a source that changes meanwhile cannot give a wrong blob.
    """
    hasher, size = sha256(), 0
    if _reflink(source, target):
        while piece := os.read(target, _PIECE):
            hasher.update(piece)
            size += len(piece)
    else:
        while piece := os.read(source, _PIECE):
            hasher.update(piece)
            size += len(piece)
            write_all(target, piece)
    return Digest(hasher.hexdigest(), size)


def _reflink(source: int, target: int) -> bool:
    """Let `target` share the blocks of `source` (FICLONE, ioctl_ficlone(2)); False where that is not to be had."""
    try:
        import fcntl

        fcntl.ioctl(target, 0x40049409, source)
    except (ImportError, OSError):
        return False
    return True


def write_all(fd: int, data: bytes | bytearray) -> None:
    """Write all of `data`, however few bytes the system takes at once. Raises OSError."""
    written = os.write(fd, data)
    while written < len(data):
        written += os.write(fd, memoryview(data)[written:])


def touch(path: str) -> None:
    """Note that a file was used now; one that is gone is no error."""
    try:
        os.utime(path)
    except OSError:
        return


def remove(path: str) -> None:
    """Remove a file; one that is gone, or cannot be removed, is no error."""
    try:
        os.unlink(path)
    except OSError:
        return


def remove_abandoned(folder: str, prefix: str = "") -> None:
    """Remove what killed processes left in a folder: files called `prefix`, the number of a process, `-` and more."""
    try:
        names = [name for name in os.listdir(folder) if name.startswith(prefix)]
    except OSError:
        return
    for name in names:
        try:
            os.kill(int(name[len(prefix) :].partition("-")[0]), 0)
        except (ValueError, OverflowError, ProcessLookupError):
            remove(f"{folder}/{name}")
        except OSError:  # it lives, and is somebody else's
            continue
