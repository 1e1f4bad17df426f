"""The beginning and the end of what a task wrote, in bounded memory."""

from __future__ import annotations

from collections import deque

HEAD = 256 * 1024
TAIL = 1024 * 1024


class Kept:
    """Takes all of an output, remembers the first `HEAD` and at least the last `TAIL` bytes."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes that were written in all."""
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size += len(data)
        room = HEAD - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if not data:
            return
        self._tail.append(data)
        self._tail_size += len(data)
        while self._tail_size - len(self._tail[0]) >= TAIL:
            self._tail_size -= len(self._tail.popleft())

    @property
    def whole(self) -> bool:
        """Whether nothing was dropped."""
        return len(self._head) + self._tail_size == self.size

    def bytes(self) -> bytes:
        """Return what is remembered; where bytes are missing stands a line that says how many."""
        tail = b"".join(self._tail)
        if self.whole:
            return bytes(self._head) + tail
        missing = self.size - len(self._head) - len(tail)
        return b"%b\n... %d bytes left out ...\n%b" % (bytes(self._head), missing, tail)
