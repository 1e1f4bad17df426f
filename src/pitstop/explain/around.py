"""What stands around the telling lines of a log: the end of a stack trace, the lines before the step ended."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from pitstop.core.finding import Evidence
    from pitstop.explain.ending import Ending
    from pitstop.explain.lines import Line

_NEAR = 4  # lines on each side of the most telling ones
_BEST = 5  # of the telling lines, whose surroundings are looked at
_END = 40  # lines before the end of what failed
_TRACE = 60  # lines in which a stack trace ends
_FRAME = (
    r"\s*(?:File \"|at \S+[(.:/]|from \S+:\d+|#\d+:? |\d+: (?:0x)?[\w:<]|Traceback \(most recent|goroutine \d|\.\.\. \d+ more"
    r"|in <module>|Caused by: *$|-{3,}|={3,}|\^|~|\|)|\s+\S"
)


def around_of(lines: Sequence[Line], evidence: Sequence[Evidence], end: Ending | None) -> list[str]:
    """Return the texts of lines beside the most telling ones, and of the last ones before the end of what failed."""
    if not lines:
        return []
    wanted: set[int] = set()  # positions
    for one in evidence[:_BEST]:
        at = position_of(lines, one.number)
        if at >= 0:
            wanted.update(range(at - _NEAR, at + _NEAR + 1))
            wanted.add(_after_trace(lines, at))
    last = position_of(lines, end.number) if end and end.number else len(lines)
    wanted.update(range(last - _END, last))
    wanted.difference_update([position_of(lines, one.number) for one in evidence])
    return [lines[at].text for at in sorted(wanted) if 0 <= at < len(lines)]


def position_of(lines: Sequence[Line], number: int) -> int:
    """Return where the line with this number stands in `lines`, from 0; -1 where it was left out or never was."""
    if not lines:
        return -1
    at = number - lines[0].number
    if 0 <= at < len(lines) and lines[at].number == number:
        return at
    from bisect import bisect_left

    at = bisect_left(lines, number, key=lambda line: line.number)
    return at if at < len(lines) and lines[at].number == number else -1


def headline(lines: Sequence[Line], evidence: Sequence[Evidence]) -> tuple[int, str]:
    """Return the line that says best what broke: the most telling one, of a stack trace the line that says why."""
    if not evidence:
        return 0, ""
    for one in evidence[:3]:
        if not _frame().match(one.text):
            return one.number, one.text
        at = position_of(lines, one.number)
        if at >= 0:
            after = _after_trace(lines, at)
            if after != at and lines[after].text.strip():
                return lines[after].number, lines[after].text
    return evidence[0].number, evidence[0].text


def is_frame(text: str) -> bool:
    """Return whether a line is part of a stack trace, or indented: it seldom says by itself what is wrong."""
    return bool(_frame().match(text))


def says_error(text: str) -> bool:
    """Return whether a line begins as an error does, whatever tool says it."""
    return bool(_error().match(text[:200]))


def parsing_errors(lines: Sequence[Line]) -> list[int]:
    """Return the numbers of the lines in which an interpreter says that it cannot read the code at all."""
    return [
        line.number
        for line in lines
        if ("SyntaxError" in line.text or "IndentationError" in line.text) and _unparsed().match(line.text)
    ]


def _after_trace(lines: Sequence[Line], at: int) -> int:
    """Return the position of the first line from `at` on that is no frame of a stack trace; `at` where there is none."""
    if not 0 <= at < len(lines) or not _frame().match(lines[at].text):
        return at
    for later in range(at + 1, min(at + _TRACE, len(lines))):
        text = lines[later].text
        if text.strip() and not _frame().match(text):
            return later
    return at


@cache
def _unparsed() -> re.Pattern[str]:
    import re

    return re.compile(r"\s*(?:E +)?(?:\S+:\d+: E9\d\d )?(?:Syntax|Indentation)Error\b")


@cache
def _error() -> re.Pattern[str]:
    import re

    return re.compile(
        r"\W{0,10}(?i:errors?|fatal(?: error)?|panic|failed|failure)\b ?[:!\]]|(?:\w+\.){0,9}[A-Z]\w*(?:Error|Exception): "
    )


@cache
def _frame() -> re.Pattern[str]:
    import re

    return re.compile(_FRAME)
