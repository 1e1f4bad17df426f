"""The few lines of a log that say why a task failed."""

from __future__ import annotations

from typing import NamedTuple

from pitstop.core.text import strip_ansi


class Evidence(NamedTuple):
    """One line of a log, without control codes; `number` counts from 1."""

    number: int
    text: str


def telling_lines(log: bytes, limit: int = 12) -> list[Evidence]:
    """Return at most `limit` lines of `log` that prove a failure, in their order."""
    lines = strip_ansi(log).decode("utf-8", "replace").split("\n")
    told = [Evidence(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    return told[-limit:]
