"""A terminal before anything runs: when all comes from the cache, the live board is never loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.cli.screen.plain import Plain
from pitstop.core.events import Event, TaskStarted

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from pitstop.cli.screen.live import Live
    from pitstop.cli.screen.style import Style


class Waiting:
    """Prints plain lines until the first process starts, then becomes the board. `width` 0: ask the terminal."""

    def __init__(self, out: BinaryIO, style: Style, logs: str, width: int, folder: Callable[[str], str] | None) -> None:
        self._out = out
        self._style = style
        self._width = width
        self._plain = Plain(out, style, logs, folder)
        self._live: Live | None = None

    def __call__(self, event: Event) -> None:
        """Show `event`."""
        if self._live is None and type(event) is TaskStarted:
            from pitstop.cli.screen.live import Live

            self._live = Live(self._out, self._plain, self._style, self._size)
        (self._live or self._plain)(event)

    def tick(self, now: float) -> None:
        """Draw the board, if there is one."""
        if self._live:
            self._live.tick(now)

    def close(self) -> None:
        """Take the board away."""
        if self._live:
            self._live.close()

    def _size(self) -> tuple[int, int]:
        from os import get_terminal_size

        try:
            columns, rows = get_terminal_size(self._out.fileno())
        except (OSError, ValueError):  # no terminal, or one that is gone
            columns, rows = 0, 0
        return self._width or columns or 80, rows or 24
