"""The live board: one region at the bottom of the terminal, redrawn in place; all else is printed above it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from pitstop.cli.screen.board import board
from pitstop.core.events import RunFinished

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from pitstop.cli.screen.plain import Plain
    from pitstop.cli.screen.style import Style
    from pitstop.core.events import Event

_BEGIN = b"\x1b[?2026h"  # synchronized output: a terminal that knows it shows the frame at once
_END = b"\x1b[?2026l"
_CLEAR_LINE = b"\x1b[K"
_CLEAR_BELOW = b"\x1b[J"
_WAITING = 64 * 1024  # bytes that wait for the next tick before they are written anyway


class Region:
    """The codes that draw lines over the ones drawn before. The cursor rests at the start of the last line."""

    def __init__(self) -> None:
        self._widths: list[int] = []

    def frame(self, above: bytes, lines: Sequence[tuple[str, int]], columns: int) -> bytes:
        """Return the bytes that print `above` (whole lines) and draw `lines`, each with its width, below it.

        A terminal that became narrower has broken the old lines into several rows; these are all taken back.
        """
        up = sum(max(-(-width // columns), 1) for width in self._widths[:-1])
        broken = any(width > columns for width in self._widths)
        self._widths = [width for _, width in lines]
        codes = [_BEGIN, b"\r", b"\x1b[%dA" % up if up else b""]
        if above or broken or not lines:
            codes += [_CLEAR_BELOW, above.replace(b"\n", b"\r\n")]
        codes.append((_CLEAR_LINE + b"\r\n").join(line.encode("utf-8", "surrogateescape") for line, _ in lines))
        codes += [_CLEAR_BELOW, b"\r", _END]
        return b"".join(codes)


class Live:
    """Prints what `plain` writes above the board. Between two ticks output waits; a failure does not."""

    def __init__(self, out: BinaryIO, plain: Plain, style: Style, size: Callable[[], tuple[int, int]]) -> None:
        self._out = out
        self._plain = plain
        self._style = style
        self._size = size
        self._region = Region()
        self._shown: tuple[int, list[tuple[str, int]]] = (0, [])
        self._above = BytesIO()
        plain.out = self._above
        plain.terminal = True

    def __call__(self, event: Event) -> None:
        """Show `event`."""
        tally = self._plain.tally
        failed = len(tally.failed)
        self._plain(event)
        if isinstance(event, RunFinished):
            self.close()
        elif len(tally.failed) > failed:
            self.tick(event.time)
        elif self._above.tell() > _WAITING:
            self._draw(*self._shown)

    def tick(self, now: float) -> None:
        """Draw the board as it is at `now`."""
        if self._plain.out is self._above:
            columns, rows = self._size()
            tally = self._plain.tally
            # While a person is asked the terminal holds still: what they type would stand in the board.
            self._draw(columns, [] if tally.waiting else board(tally, now, columns, rows, self._style))

    def close(self) -> None:
        """Take the board away; from now on everything is printed as it comes."""
        if self._plain.out is self._above:
            self._draw(self._shown[0], [])
            self._plain.out = self._out

    def _draw(self, columns: int, lines: list[tuple[str, int]]) -> None:
        above = self._above.getvalue()
        if not above and (columns, lines) == self._shown:
            return
        self._above.seek(0)
        self._above.truncate()
        self._shown = columns, lines
        self._out.write(self._region.frame(above, lines, columns))
        self._out.flush()
