"""What was explained: a log with its findings, and what is known of it from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.finding import Finding
    from pitstop.explain.lines import Line
    from pitstop.explain.report.shown import Shown

SURE = "sure"
LIKELY = "likely"
MAYBE = "maybe"


class Explained(NamedTuple):
    """One log and why it failed."""

    source: str
    """What people call it: a file, `run 20261122-011530-7f3a, task api:test`."""
    lines: Sequence[Line]
    findings: Sequence[Finding]
    """Empty: nothing failed here."""
    file: str = ""
    """The path of the log where it is a file."""
    run: str = ""
    """The recorded run it belongs to."""
    task: str = ""
    again: tuple[str, ...] = ()
    """Commands that run just what failed, the smallest first."""
    hints: tuple[str, ...] = ()
    """What the record knows of it, each a sentence without a full stop."""
    against: str = ""
    """What it was compared with."""
    shown: Sequence[Shown] = ()
    """The lines to show, where they were chosen already."""


def certainty(confidence: float) -> str:
    """Return a confidence as a word: `sure` from 0.9, `likely` from 0.6, else `maybe`."""
    return SURE if confidence >= 0.9 else LIKELY if confidence >= 0.6 else MAYBE
