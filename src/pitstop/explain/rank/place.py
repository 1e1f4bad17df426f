"""Where in a log a command failed: the stretch of lines between its start and the line that tells how it ended."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from pitstop.explain.lines import Line

_LONGEST = 2000  # characters of a line that are looked at


class Stretch(NamedTuple):
    """The output of a command that failed: positions in the log, from 0."""

    first: int
    """Of its first line."""
    end: int
    """Of the line that says that it failed; the number of lines where no line says so."""
    told: bool
    """Whether a line says so."""
    code: int


# How the services write that a command ended with a code, and that a job was ended by force.
_ENDED = (
    r'(?:The command ".*|.*)" (?:failed and )?exited with (\d+)(?:\.| during)'  # Travis CI, multi-line commands too
)
_FORMS = (
    _ENDED,
    r"(?:##\[error\])?Process completed with exit code (-?\d+)",  # GitHub Actions
    r"(?:##\[error\])?The (?:operation|run) was cancell?ed",
    r".*##\[error\]\S+ exited with code '?(-?\d+)",  # Azure Pipelines
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


def find_stretches(lines: Sequence[Line]) -> list[Stretch]:
    """Return the stretches of `lines` that failed, in their order; all lines as one where no line says it."""
    found: list[Stretch] = []
    begin = 0
    ends = _ends()
    for at, line in enumerate(lines):
        text = line.text
        if not any(sign in text for sign in _SIGNS):
            if (
                text[:2] == "$ "
                or line.mark == "command"
                or "travis_time:start" in line.raw
                or (line.mark == "group" and text[:4] == "Run ")
            ):
                begin = at
            continue
        for form in ends:
            if told := form.match(text[:_LONGEST]):
                code = int(told[1]) if told.lastindex and told[1] else 1
                if code and (at - begin > 1 or not found):
                    found.append(Stretch(begin, at, told=True, code=code))
                begin = at + 1
                break
    return found or [Stretch(0, len(lines), told=False, code=1)]


@cache
def _ends() -> list[re.Pattern[str]]:
    import re

    return [re.compile(r"\s*(?:\x1b\[[0-9;]*[mK])*" + form) for form in _FORMS]
