"""How a log says that its commands, steps and the whole ended: passed, failed, cancelled, timed out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.words import find_words, positions

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from pitstop.explain.lines import Line

PASSED = "passed"
FAILED = "failed"
CANCELLED = "cancelled"
TIMED_OUT = "timed out"

_LONGEST = 2000  # characters of a line that are looked at
_SOON = 5  # lines between the reason of a cancellation and the word of it


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
    guessed: bool = False
    """Whether no line says so, but only none says otherwise."""


# State ("": by the exit code), whether the line speaks of the whole job, what must stand in the line, pattern. In the
# order of the services.
_FORMS = (
    (
        "",
        False,
        "xited with",
        r'The command "(?P<command>.*)" (?:failed and )?exited with (?P<code>\d+)\b',
    ),  # Travis CI
    ("", True, "xited with", r"Done\. (?:Your build|Build script) exited with:? (?P<code>\d+)"),
    (FAILED, True, "stopped.", r"Your build has been stopped\."),
    (FAILED, True, "Job Cancelled", r"Done: Job Cancelled"),
    (TIMED_OUT, True, "No output has been received", r"No output has been received in the last \d+m"),
    (TIMED_OUT, True, "exceeded the maximum time", r"The (?:job|build) exceeded the maximum time limit"),
    (
        "",
        False,
        "completed with exit code",
        r"(?:##\[error\]|Error: )?Process completed with exit code (?P<code>-?\d+)",
    ),  # GitHub
    (CANCELLED, False, "ancel", r"(?:##\[error\])?The (?:operation|run) was cancell?ed\b"),
    (FAILED, False, "shutdown signal", r"(?:##\[error\])?The runner has received a shutdown signal"),
    (TIMED_OUT, False, "exceeded the maximum execution", r".*has exceeded the maximum execution time of"),
    (TIMED_OUT, False, "has timed out after", r".*has timed out after \d+ minutes"),
    ("", False, "exited with code", r".*##\[error\]\S+ exited with code '?(?P<code>-?\d+)"),  # Azure Pipelines
    ("", False, "exited with code", r"(?:Bash|PowerShell|Cmd\.exe) exited with code '(?P<code>-?\d+)'"),
    (
        FAILED,
        False,
        "exited with code",
        r"Process exited with code (?P<code>-?[1-9]\d*)(?: \(Step: .*\))?$",
    ),  # TeamCity
    (PASSED, True, "Job succeeded", r"Job succeeded\b"),  # GitLab
    (TIMED_OUT, True, "Job failed: execution", r"ERROR: Job failed: execution took longer than"),
    (FAILED, True, "Job failed", r"ERROR: Job failed\b(?:.*\bexit (?:code|status) (?P<code>\d+))?"),
    (PASSED, True, "Finished: S", r"Finished: SUCCESS$"),  # Jenkins
    (TIMED_OUT, True, "due to timeout", r"Cancelling nested steps due to timeout$"),
    (TIMED_OUT, True, "Timeout has been exceeded", r"Timeout has been exceeded$"),
    (CANCELLED, True, "Finished: A", r"Finished: ABORTED$"),
    (FAILED, True, "Finished: ", r"Finished: (?:FAILURE|UNSTABLE)$"),
    ("", True, "command exited with", r".*Error: The command exited with (?:status|code) (?P<code>\d+)"),  # Buildkite
    ("", True, "xit", r"(?:Exited with code|exit status) (?:exit status )?(?P<code>\d+)$"),  # CircleCI
    ("", True, "exited with code", r"Command exited with code (?P<code>-?\d+)$"),  # AppVeyor
    (PASSED, True, "Build success", r"Build success$"),
    (PASSED, False, "BUILD SUCCESS", r"(?:\[INFO\] )?BUILD SUCCESS(?:FUL)?\b"),  # Maven, Gradle
)
WORDS = frozenset(
    [
        "exited",
        "exit",
        "stopped",
        "cancelled",
        "canceled",
        "received",
        "exceeded",
        "timeout",
        "timed",
        "shutdown",
        "job",
        "finished",
        "success",
        "successful",
    ]
)
"""Of which each line that is looked for has one."""


def find_endings(
    lines: Sequence[Line], at: Mapping[str, Sequence[int]] | None = None, *, guess: bool = True
) -> list[Ending]:
    """Return what the lines say of ends, in their order.

    `at` is what `words.find_words` finds of at least `WORDS`. `guess`: a job of GitHub Actions that ends without an
    error of a step went well; it does not say so itself.
    """
    if at is None:
        at = find_words((line.text for line in lines), WORDS)
    found = []
    for position in positions(at, WORDS):
        line = lines[position]
        text = line.text[:_LONGEST]
        for state, whole, sign, pattern in _FORMS:
            if sign in text and (told := _compiled(pattern).match(text)):
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
        found.append(Ending(PASSED, last, whole=True, guessed=True))
    return found


def _github_end(lines: Sequence[Line]) -> int:
    """Return the number of the line with which GitHub ends a job, if no step of it had an error; else 0.

    A log without any mark of the runner may have lost those of errors too, and says nothing.
    """
    last = next((line for line in reversed(lines[-20:]) if line.text.startswith("Cleaning up orphan processes")), None)
    marks = {line.mark for line in lines} if last else {"error"}
    return last.number if last and "error" not in marks and len(marks) > 1 else 0


def clean_up(lines: Sequence[Line]) -> int:
    """Return the number of the line with which a job of GitHub begins to clean up, or that of the last line."""
    names = {"Post job cleanup", "Complete job"}
    return next((line.number for line in lines if line.step in names and not line.mark), lines[-1].number)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    import re

    return re.compile(r"\s*" + pattern)


def verdict(endings: Sequence[Ending]) -> Ending | None:
    """Return what the log says of the whole: its last word on the job, else a command that failed, else the last one.

    What was cancelled because its time was up or its machine went away ended for that.
    """
    whole = [ending for ending in endings if ending.whole]
    if whole and whole[-1].state != PASSED:
        return _reason(whole)
    failed = [ending for ending in endings if ending.state != PASSED]
    if failed and not whole:
        return _reason(failed)
    return whole[-1] if whole else endings[-1] if endings else None


def _reason(failed: Sequence[Ending]) -> Ending:
    """Return the last of `failed`, or what it follows from."""
    last = failed[-1]
    if last.state != CANCELLED:
        return last
    return next((one for one in reversed(failed) if one.state == TIMED_OUT or _forced(one, last)), last)


def _forced(one: Ending, last: Ending) -> bool:
    return one.state == FAILED and one.code is None and last.number - one.number <= _SOON
