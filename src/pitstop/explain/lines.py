"""The lines of a log, whatever wrote it: numbered, cleaned for matching, with the step, the mark and the time they carry."""

from __future__ import annotations

from typing import NamedTuple

from pitstop.core.text import strip_ansi


class Line(NamedTuple):
    """One line of a log."""

    number: int
    """From 1, in the log as it was given: lines end with LF."""
    text: str
    """For matching: without time stamp, control codes, the markup of the CI system and what a lone CR painted over."""
    raw: str
    """For showing: as it was written, invalid UTF-8 replaced, without the line end."""
    mark: str = ""
    """What the CI system's markup says of it: `error`, `warning`, `notice`, `debug`, `command`, `group`, `endgroup`."""
    step: str = ""
    """Name of the group, fold, section or step that it stands in."""
    time: float = 0.0
    """Seconds since 1970 UTC; 0: the log does not say."""


def read_lines(data: bytes) -> list[Line]:
    """Return the lines of a whole log, which may be any bytes."""
    shown = data.decode("utf-8", "replace").split("\n")
    clean = strip_ansi(data).decode("utf-8", "replace").split("\n")
    if shown and not shown[-1]:
        shown.pop()
    return [Line(number, text, raw) for number, (raw, text) in enumerate(zip(shown, clean, strict=False), 1)]
