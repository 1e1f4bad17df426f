"""The job server of GNU make: one pool of cores for the tasks and for the makes and cargos inside them.

Protocol: GNU make manual, "Sharing Job Slots with GNU make". The pool is a pipe with one byte for each free core. A
process that is started holds one without reading it; for more it reads a byte, and writes it back when it is done.
"""

from __future__ import annotations

import os

_TOKEN = b"+"


class JobServer:
    """A pool of `slots` cores. POSIX only.

    The pipe is a FIFO that is opened twice, since whether a read blocks is a property of the opening, and makes before
    4.4 cannot live with one that does not.
    """

    def __init__(self, folder: str, slots: int) -> None:
        path = f"{folder}/.jobserver-{os.getpid()}"
        os.mkfifo(path, 0o600)
        try:
            self._own = os.open(path, os.O_RDWR | os.O_NONBLOCK)
            self.reading = os.open(path, os.O_RDONLY)
            self.writing = os.open(path, os.O_WRONLY)
        finally:
            os.unlink(path)
        if slots > 1:
            os.set_inheritable(self.reading, True)  # noqa: FBT003  the name of the parameter is the function's
            os.set_inheritable(self.writing, True)  # noqa: FBT003
        self.slots = slots
        os.write(self._own, _TOKEN * slots)

    @property
    def flags(self) -> str:
        """What MAKEFLAGS says to find the pool."""
        return f" -j{self.slots} --jobserver-auth={self.reading},{self.writing}"

    def take(self, wanted: int) -> int:
        """Take up to `wanted` cores without waiting; return how many there were."""
        try:
            return len(os.read(self._own, wanted))
        except BlockingIOError:
            return 0

    def give(self, count: int) -> None:
        """Give cores back."""
        if count:
            os.write(self._own, _TOKEN * count)

    def refill(self) -> None:
        """Make the pool whole again when no task runs: one that was killed cannot give back what it took."""
        self.take(4096)
        self.give(self.slots)

    def close(self) -> None:
        """Close the pipe."""
        for fd in (self._own, self.reading, self.writing):
            os.close(fd)
