"""The screen of a run, chosen by what is asked for and by where it is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

from pitstop.cli.screen.plain import ERRORS_ONLY, Plain
from pitstop.cli.screen.style import Style
from pitstop.core.events import TaskStarted

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.cli.screen.live import Live
    from pitstop.core.events import Event

AUTO = "auto"
LIVE = "live"
PLAIN = "plain"
GITHUB = "github"
JSON = "json"
MODES = (AUTO, LIVE, PLAIN, GITHUB, JSON)


class Screen(Protocol):
    """Listens to a run and shows it."""

    def __call__(self, event: Event) -> None:
        """Take the next event."""

    def tick(self, now: float) -> None:
        """Show the passing of time; `now` is in seconds since 1970."""

    def close(self) -> None:
        """Leave the terminal as it was; also after an error, also twice."""


def make_screen(
    mode: str,
    out: BinaryIO,
    *,
    tty: bool,
    width: int = 0,
    colour: bool = False,
    unicode: bool = True,
    logs: str = ERRORS_ONLY,
    github: bool = False,
    folder: Callable[[str], str] | None = None,
    summary: str = "",
) -> Screen:
    """Return the screen for `mode`: `auto` is the board on a terminal, GitHub's form in its CI, else plain lines.

    `out` takes bytes and is flushed after each piece. `width` in columns, 0: ask the terminal, each time. `logs` is one
    of `plain.LOGS`; it means nothing to `json`. `github`: this process runs in a step of GitHub Actions. `folder` gives
    the folder of a task's package, relative to the repository. `summary` is a file to which GitHub's form appends what
    failed, as Markdown.
    """
    style = Style(colour, unicode)
    if mode == JSON:
        from pitstop.cli.screen.machine import Machine

        return Machine(out)
    if mode == GITHUB or (mode == AUTO and github):
        from pitstop.cli.screen.github import Github

        return Github(out, logs, folder, summary)
    if mode == LIVE or (mode == AUTO and tty):
        return Waiting(out, style, logs, width, folder)
    return Plain(out, style, logs, folder)


class Waiting:
    """A terminal: plain lines until the first process starts, then the board, which a run of hits never loads."""

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
