"""What a task wrote, in bounded memory."""

from __future__ import annotations

from collections import deque

_HALF = 8 << 20


class Log:
    """The first 8 MiB of a stream and at least its last 8 MiB; what was between is counted."""

    def __init__(self) -> None:
        self.size = 0
        self._head: list[bytes] = []
        self._head_size = 0
        self._tail: deque[bytes] = deque()
        self._tail_size = 0

    def add(self, data: bytes) -> None:
        """Append `data`."""
        self.size += len(data)
        if self._head_size < _HALF:
            self._head.append(data)
            self._head_size += len(data)
            return
        self._tail.append(data)
        self._tail_size += len(data)
        while self._tail_size - len(self._tail[0]) >= _HALF:
            self._tail_size -= len(self._tail.popleft())

    def bytes(self) -> bytes:
        """Return all of it, or its two ends with a line between that says how much is missing."""
        missing = self.size - self._head_size - self._tail_size
        middle = b"\n[pitstop: %d bytes left out]\n" % missing if missing else b""
        return b"".join((*self._head, middle, *self._tail))
