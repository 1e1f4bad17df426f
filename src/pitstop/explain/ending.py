"""How a log says that its commands, steps and the whole ended: passed, failed, cancelled, timed out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.words import find_parts

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from pitstop.explain.lines import Line

PASSED = "passed"
FAILED = "failed"
CANCELLED = "cancelled"
TIMED_OUT = "timed out"

_LONGEST = 2000  # characters of a line that are looked at


class Ending(NamedTuple):
    """What one line says of an end."""

    state: str
    """`PASSED`, `FAILED`, `CANCELLED` or `TIMED_OUT`."""
    number: int
    """Of the line, from 1."""
    code: int | None = None
    """The exit code, where it says one."""
    command: str = ""
    """The command that ended, where the line names it."""
    whole: bool = False
    """Whether the line speaks of the whole job."""
    step: str = ""


# State ("": by the exit code), whether the line speaks of the whole job, pattern. In the order of the services.
_FORMS = (
    ("", False, r'The command "(?P<command>.*)" (?:failed and )?exited with (?P<code>\d+)\b'),  # Travis CI
    ("", True, r"Done\. (?:Your build|Build script) exited with:? (?P<code>\d+)"),
    (FAILED, True, r"Your build has been stopped\.|Done: Job Cancelled"),
    (
        TIMED_OUT,
        True,
        r"No output has been received in the last \d+m|The (?:job|build) exceeded the maximum time limit",
    ),
    ("", False, r"(?:##\[error\])?Process completed with exit code (?P<code>-?\d+)"),  # GitHub Actions
    (CANCELLED, False, r"(?:##\[error\])?The (?:operation|run) was cancell?ed\b"),
    (TIMED_OUT, False, r".*has exceeded the maximum execution time of|.*has timed out after \d+ minutes"),
    ("", False, r".*##\[error\]\S+ exited with code '?(?P<code>-?\d+)"),  # Azure Pipelines
    ("", False, r"(?:Bash|PowerShell|Cmd\.exe) exited with code '(?P<code>-?\d+)'"),
    (PASSED, True, r"Job succeeded\b"),  # GitLab
    (TIMED_OUT, True, r"ERROR: Job failed: execution took longer than"),
    (FAILED, True, r"ERROR: Job failed\b(?:.*\bexit (?:code|status) (?P<code>\d+))?"),
    (PASSED, True, r"Finished: SUCCESS$"),  # Jenkins
    (CANCELLED, True, r"Finished: ABORTED$"),
    (FAILED, True, r"Finished: (?:FAILURE|UNSTABLE)$"),
    ("", True, r".*Error: The command exited with (?:status|code) (?P<code>\d+)"),  # Buildkite
    ("", True, r"(?:Exited with code|exit status) (?:exit status )?(?P<code>\d+)$"),  # CircleCI
    ("", True, r"Command exited with code (?P<code>-?\d+)$"),  # AppVeyor
    (PASSED, True, r"Build success$"),
    (PASSED, False, r"(?:\[INFO\] )?BUILD SUCCESS(?:FUL)?\b"),  # Maven, Gradle
)
_SIGNS = ("xit", "topped", "ancel", "Job ", "Finished: ", "received in", "exceeded", "timed out", "success", "BUILD S")


def find_endings(lines: Sequence[Line], *, guess: bool = True) -> list[Ending]:
    """Return what the lines say of ends, in their order.

    `guess`: a job of GitHub Actions that ends without an error of a step went well; it does not say so itself.
    """
    found = []
    forms = _forms()
    for at in find_parts([line.text for line in lines], _SIGNS):
        line = lines[at]
        text = line.text
        for state, whole, pattern in forms:
            if told := pattern.match(text[:_LONGEST]):
                named = told.groupdict()
                code = int(named["code"]) if named.get("code") else None
                found.append(
                    Ending(
                        state or (FAILED if code else PASSED),
                        line.number,
                        code,
                        named.get("command") or "",
                        whole,
                        line.step,
                    )
                )
                break
    if guess and lines and not any(ending.state != PASSED for ending in found) and (last := _github_end(lines)):
        found.append(Ending(PASSED, last, whole=True))
    return found


def _github_end(lines: Sequence[Line]) -> int:
    """Return the number of the line with which GitHub ends a job, if no step of it had an error; else 0."""
    last = next((line for line in reversed(lines[-20:]) if line.text.startswith("Cleaning up orphan processes")), None)
    return last.number if last and not any(line.mark == "error" for line in lines) else 0


@cache
def _forms() -> list[tuple[str, bool, re.Pattern[str]]]:
    import re

    return [(state, whole, re.compile(r"\s*" + pattern)) for state, whole, pattern in _FORMS]


def verdict(endings: Sequence[Ending]) -> Ending | None:
    """Return what the log says of the whole: its last word on the job, else a command that failed, else the last one."""
    whole = [ending for ending in endings if ending.whole]
    if whole and whole[-1].state != PASSED:
        return whole[-1]
    failed = [ending for ending in endings if ending.state != PASSED]
    if failed and not whole:
        return failed[-1]
    return whole[-1] if whole else endings[-1] if endings else None
