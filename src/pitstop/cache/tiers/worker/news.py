"""A queue from threads to one thread that waits in `select` for other things too."""

from __future__ import annotations

import os
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any


class News:
    """What threads have to tell. `put` may be called by any, the rest by one."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        os.set_blocking(self._reading, False)

    def fileno(self) -> int:
        """Return what becomes readable when there is something."""
        return self._reading

    def put(self, item: Any) -> None:
        """Tell something."""
        self._queue.put(item)
        with suppress(BlockingIOError):  # full: whoever reads will be woken by what is in it
            os.write(self._writing, b"x")

    def take(self) -> list[Any]:
        """Return what was told since."""
        with suppress(BlockingIOError):
            while os.read(self._reading, 4096):
                pass
        found = []
        with suppress(Empty):
            while True:
                found.append(self._queue.get_nowait())
        return found
