"""The screen of a run, chosen by what is asked for and by where it is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

from pitstop.cli.screen.plain import ERRORS_ONLY, Plain
from pitstop.cli.screen.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable

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
) -> Screen:
    """Return the screen for `mode`: `auto` is the board on a terminal, GitHub's form in its CI, else plain lines.

    `out` takes bytes and is flushed after each piece. `width` in columns, 0: ask the terminal, each time. `logs` is one
    of `plain.LOGS`; it means nothing to `json`. `github`: this process runs in a step of GitHub Actions. `folder` gives
    the folder of a task's package, relative to the repository.
    """
    style = Style(colour, unicode)
    if mode == JSON:
        from pitstop.cli.screen.machine import Machine

        return Machine(out)
    if mode == GITHUB or (mode == AUTO and github):
        from pitstop.cli.screen.github import Github

        return Github(out, logs, folder)
    if mode == LIVE or (mode == AUTO and tty):
        from pitstop.cli.screen.waiting import Waiting

        return Waiting(out, style, logs, width, folder)
    return Plain(out, style, logs, folder)
