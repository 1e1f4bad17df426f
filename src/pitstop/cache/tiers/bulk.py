"""Large values of a Redis server, each received in place: the client library copies every byte three times.

Only replies to MGET of one key are read here (RESP 2: `*1`, then `$<length>` and so many bytes, or `$-1`), off the socket
of a connection that the library has opened, has logged in on and has found to be alive. Source: redis.io, "Redis
serialization protocol specification".
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from socket import socket

_AHEAD = 4
"""Values that are asked for before the first of them is taken."""
_LINE = 4096
"""Bytes of a line at most; no value begins with so long a one, and errors of servers are shorter."""


class OtherReplyError(Exception):
    """The server said something other than a value that may be as large: no more can be read from the connection."""


def values(connection: Any, keys: Sequence[str], limit: int) -> Iterator[bytearray | None]:
    """Yield the values of `keys`, each of at most `limit` bytes, in their order; None for what is not there.

    `connection` is one of a pool of redis-py. Where this raises, or is not exhausted, answers are still on their way: it
    must be disconnected. Raises OtherReplyError, OSError (TimeoutError: nothing came for as long as the connection
    waits) and what the library raises when it cannot send.
    """
    waiting = iter(keys)
    for key in islice(waiting, _AHEAD):
        connection.send_command("MGET", key)
    # The library has no public way to it; `Connection` of redis-py 5 to 8 keeps it under this name.
    replies = _Replies(connection._sock)  # noqa: SLF001
    for _ in keys:
        value = replies.value(limit)
        for key in islice(waiting, 1):
            connection.send_command("MGET", key)
        yield value


class _Replies:
    """What arrives on a socket; `_rest` is what was received behind the line that was asked for."""

    def __init__(self, receiving: socket) -> None:
        self._socket = receiving
        self._rest = b""

    def value(self, limit: int) -> bytearray | None:
        if self._line() != b"*1":
            raise OtherReplyError
        line = self._line()
        if line == b"$-1":
            return None
        size = int(line[1:]) if line[:1] == b"$" and line[1:].isdigit() else -1
        if not 0 <= size <= limit:
            raise OtherReplyError
        value = bytearray(size)
        begin = min(size, len(self._rest))
        value[:begin], self._rest = self._rest[:begin], self._rest[begin:]
        with memoryview(value) as view:
            while begin < size:
                received = self._socket.recv_into(view[begin:])
                if not received:
                    raise _closed()
                begin += received
        if self._line():
            raise OtherReplyError
        return value

    def _line(self) -> bytes:
        while b"\r\n" not in self._rest:
            received = self._socket.recv(_LINE)
            if not received:
                raise _closed()
            self._rest += received
            if len(self._rest) > _LINE << 1:
                raise OtherReplyError
        line, _, self._rest = self._rest.partition(b"\r\n")
        return line


def _closed() -> ConnectionError:
    return ConnectionError("the server closed the connection")
