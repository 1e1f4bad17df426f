"""One log to explain, with what is known of it from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.explain.ending import Ending
    from pitstop.explain.sources import Log


class Subject(NamedTuple):
    """One log to explain, and what is known of it."""

    name: str
    log: Log
    good: Callable[[], Log | None] | None = None
    """Returns the log of a run that passed, None where there is none."""
    end: Ending | None = None
    """How it ended, where more than the log says so."""
    file: str = ""
    run: str = ""
    task: str = ""
    again: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    flaky: str = ""
    """How the record knows that it passes and fails on the same state of the code; empty: it does not."""
