"""What a task wrote, in bounded memory."""

from __future__ import annotations

_HALF = 8 << 20


class Log:
    """The first and the last 8 MiB of a stream; what was between is counted."""

    def __init__(self) -> None:
        self.size = 0
        self._head: list[bytes] = []
        self._head_size = 0
        self._tail: list[bytes] = []
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
        if self._tail_size > 2 * _HALF:
            kept = b"".join(self._tail)[-_HALF:]
            self._tail, self._tail_size = [kept], len(kept)

    def bytes(self) -> bytes:
        """Return all of it, or its two ends with a line between that says how much is missing."""
        head = b"".join(self._head)
        tail = b"".join(self._tail)
        missing = self.size - len(head) - len(tail)
        if not missing:
            return head + tail
        return head + b"\n[pitstop: %d bytes left out]\n" % missing + tail
