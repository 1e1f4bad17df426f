"""Locks on files that end with the process that holds them: `flock` and ranges on POSIX, `msvcrt` on Windows."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt

    _WHOLE = 2**62  # Windows locks are mandatory: this byte lies where nobody reads

    def try_lock(fd: int, exclusive: bool = True) -> bool:  # noqa: FBT001, FBT002  says what it is at each call
        """Lock the file as a whole without waiting; return whether it worked.

        The lock belongs to this opening of the file and ends with its last descriptor, however the process ends.
        Windows knows no shared lock here: `exclusive` is not looked at.
        """
        del exclusive
        return lock_range(fd, _WHOLE, wait=False)

    def wait_lock(fd: int) -> None:
        """Lock the file as a whole, exclusively, once its present holder lets go."""
        lock_range(fd, _WHOLE, wait=True)

    def lock_range(fd: int, offset: int, *, wait: bool) -> bool:
        """Lock the byte at `offset`, which need not exist; return whether it worked. With `wait` it does."""
        while True:
            os.lseek(fd, offset, os.SEEK_SET)
            try:
                msvcrt.locking(fd, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # LK_LOCK gives up after 10 s
            except OSError:
                if not wait:
                    return False
            else:
                return True

    def unlock_range(fd: int, offset: int) -> None:
        """Let go of the byte at `offset`."""
        os.lseek(fd, offset, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(fd: int, exclusive: bool = True) -> bool:  # noqa: FBT001, FBT002  says what it is at each call
        """Lock the file as a whole without waiting; return whether it worked.

        The lock belongs to this opening of the file and ends with its last descriptor, however the process ends. A
        shared lock that cannot be made exclusive may be lost (flock(2)).
        """
        try:
            fcntl.flock(fd, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait_lock(fd: int) -> None:
        """Lock the file as a whole, exclusively, once its present holder lets go."""
        fcntl.flock(fd, fcntl.LOCK_EX)

    def lock_range(fd: int, offset: int, *, wait: bool) -> bool:
        """Lock the byte at `offset`, which need not exist; return whether it worked. With `wait` it does.

        On Linux the lock belongs to this opening of the file (`F_OFD_SETLK`), so threads that opened the file
        themselves exclude each other. Elsewhere it belongs to the process, and closing any descriptor of the file in
        this process ends it: open the file once.
        """
        try:
            _set(fd, fcntl.F_WRLCK, offset, wait=wait)
        except (BlockingIOError, PermissionError):  # EAGAIN or EACCES, as POSIX leaves open
            return False
        return True

    def unlock_range(fd: int, offset: int) -> None:
        """Let go of the byte at `offset`."""
        _set(fd, fcntl.F_UNLCK, offset, wait=False)

    def _set(fd: int, kind: int, offset: int, *, wait: bool) -> None:
        if sys.platform == "linux":
            import struct

            # struct flock of <fcntl.h>: type, whence, start, length, pid (0 for such locks).
            what = struct.pack("hhqqi", kind, os.SEEK_SET, offset, 1, 0)
            fcntl.fcntl(fd, fcntl.F_OFD_SETLKW if wait else fcntl.F_OFD_SETLK, what)
        elif kind == fcntl.F_UNLCK:
            fcntl.lockf(fd, fcntl.LOCK_UN, 1, offset)
        else:
            fcntl.lockf(fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset)
