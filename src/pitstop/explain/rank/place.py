"""Where in a log a command failed: the stretch of lines between its start and the line that tells how it ended."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from pitstop.explain.lines import Line

_ECHO = 300  # lines that a command may have that is repeated where its end is told


class Stretch(NamedTuple):
    """The output of a command that failed: positions in the log, from 0."""

    first: int
    """Of its first line."""
    end: int
    """Of the line that says that it failed; the number of lines where no line says so."""
    told: bool
    """Whether a line says so."""
    code: int
    """The exit code, 1 where none is told."""
    echo: frozenset[str] = frozenset()
    """The lines of the command itself, where it has several and is repeated at its end."""


# How the services write that a command ended with a code, and that a job was ended by force.
_ENDED = (
    r'(?:The command ".*|.*)" (?:failed and )?exited with (\d+)(?:\.| during)'  # Travis CI, multi-line commands too
)
_FORMS = (
    _ENDED,
    r"(?:##\[error\])?Process completed with exit code (-?\d+)",  # GitHub Actions
    r"(?:##\[error\])?The (?:operation|run) was cancell?ed",
    r"(?:.*##\[error\])?\S+ exited with code '?(-?\d+)",  # Azure Pipelines
    r"(?:Bash|PowerShell|Cmd\.exe) exited with code '(-?\d+)'",
    r"ERROR: Job failed",  # GitLab
    r"Build step '.*' marked build as failure",  # Jenkins
    r"Finished: (?:FAILURE|UNSTABLE|ABORTED)$",
    r".*Error: The command exited with (?:status|code) (\d+)",  # Buildkite
    r"(?:Exited with code|exit status) (?:exit status )?(\d+)$",  # CircleCI
    r"Command exited with code (-?\d+)$",  # AppVeyor
    r"No output has been received in the last \d+m",
    r"The (?:job|build) exceeded the maximum time limit",
    r"The log length has exceeded the limit",
    r"The command \".*\" failed\.? ?(?:Retrying|and)",
    r"Done\. (?:Your build|Build script) exited with:? (\d+)",
)
_SIGNS = ("xited with", "exit code", "ancel", "Job failed", "marked build", "Finished: ", "received in", "exceeded")
_OPENING = 'The command "'


def find_stretches(lines: Sequence[Line], texts: Sequence[str]) -> list[Stretch]:
    """Return the stretches of `lines` that failed, in their order; all lines as one where no line says it.

    `texts` are those of the lines, or the beginnings of them.
    """
    found: list[Stretch] = []
    begin = 0
    opened = -1
    ends = _ends()
    for at in _turns(lines, texts):
        text = texts[at]
        line = lines[at]
        if line.mark == "command" or text[:2] == "$ " or _runs(line) or "travis_time:start" in line.raw:
            begin = at
            continue
        if _OPENING in text[:60] and "xited with" not in text:
            opened = at
        for form in ends:
            if told := form.match(text):
                code = int(told[1]) if told.lastindex and told[1] else 1
                end = opened if begin < opened and at - opened < _ECHO and _OPENING not in text else at
                if code and (end - begin > 1 or not found):
                    echo = frozenset(line.text.strip() for line in lines[end + 1 : at])
                    found.append(Stretch(begin, end, told=True, code=code, echo=echo - {""}))
                begin = at + 1
                opened = -1
                break
    return found or [Stretch(0, len(lines), told=False, code=1)]


def _turns(lines: Sequence[Line], texts: Sequence[str]) -> list[int]:
    """Return the positions of the lines that may begin or end a stretch, rising."""
    joined = "\n".join(texts)
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    turns = {
        at
        for at, line in enumerate(lines)
        if line.mark and (line.mark == "command" or "travis_time:start" in line.raw or _runs(line))
    }
    if joined[:2] == "$ ":
        turns.add(0)
    for sign in (*_SIGNS, "\n$ ", _OPENING):
        place = joined.find(sign)
        while place >= 0:
            at = bisect_right(starts, place + (sign[0] == "\n")) - 1
            turns.add(at)
            place = joined.find(sign, starts[at + 1] - 1)
    return sorted(turns)


def _runs(line: Line) -> bool:
    return line.mark == "group" and line.text[:4] == "Run "


@cache
def _ends() -> list[re.Pattern[str]]:
    import re

    return [re.compile(r"\s*(?:\x1b\[[0-9;]*[mK])*" + form) for form in _FORMS]
