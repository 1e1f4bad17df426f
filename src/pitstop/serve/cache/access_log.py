"""One line of JSON for each request, written a few at a time."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core import clock

if TYPE_CHECKING:
    from collections.abc import Callable

_EVERY_S = 0.2
_LONGEST = 300
"""Characters of what a client may choose."""


class Request(NamedTuple):
    """What is told of a request. Nothing of its query or headers but who it says it is: they may hold tokens."""

    client: str
    agent: str
    method: str
    path: str
    space: str
    team: str
    status: int
    """0: the client went away before it was answered."""
    result: str
    received: int
    sent: int
    seconds: float


def line_of(request: Request, when: float) -> str:
    """Return the line for a request that ended at `when`, seconds since 1970 UTC."""
    quoted = encode_basestring_ascii
    return (
        f'{{"time":"{_second(int(when))}","client":{quoted(request.client)},"agent":{quoted(request.agent[:_LONGEST])},'
        f'"method":{quoted(request.method)},"path":{quoted(request.path[:_LONGEST])},"protocol":"{request.space}",'
        f'"team":"{request.team}","status":{request.status},"result":"{request.result}","received":{request.received},'
        f'"sent":{request.sent},"ms":{request.seconds * 1000:.2f}}}\n'
    )


@lru_cache(maxsize=4)
def _second(when: int) -> str:
    return clock.timestamp(when)


class AccessLog:
    """Gathers lines and hands them to `write`, from the event loop."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._lines: list[str] = []

    def __call__(self, request: Request) -> None:
        """Tell of a request."""
        if not self._lines:
            asyncio.get_running_loop().call_later(_EVERY_S, self.flush)
        self._lines.append(line_of(request, clock.now()))

    def flush(self) -> None:
        """Write what was gathered."""
        lines, self._lines = self._lines, []
        if lines:
            self._write("".join(lines))
