"""Ends a stream in which nothing moves: gRPC's deadlines are for whole calls, and a large blob may take its time."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from pitstop.core import clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class Stall:
    """Calls `end` when the other side is waited for longer than `limit_s` seconds; watches until its block is left."""

    def __init__(self, end: Callable[[], object], limit_s: float) -> None:
        self.happened = False
        self._end = end
        self._limit_s = limit_s
        self._since: float | None = None
        self._left = Event()

    def __enter__(self) -> Self:
        self.waiting()
        Thread(target=self._watch, name="pitstop-stall", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()

    def waiting(self, more_s: float = 0.0) -> None:
        """It is the other side's turn, which may take `more_s` seconds longer than usual."""
        self._since = clock.monotonic() + more_s

    def working(self) -> None:
        """It is our turn, which may take any time."""
        self._since = None

    def _watch(self) -> None:
        while not self._left.wait(self._limit_s / 4):
            since = self._since
            if since is not None and clock.monotonic() - since > self._limit_s:
                self.happened = True
                self._end()
                return
