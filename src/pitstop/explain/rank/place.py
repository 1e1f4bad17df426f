"""Where in a log a command failed: the stretch of lines between its start and the line that tells how it ended."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.words import find_words, positions

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

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


# How the services write that a command ended with a code, and that a job was ended by force: what must stand in the
# line, and what it begins with.
_FORMS = (
    # Travis CI, multi-line commands too
    ("xited with", r'(?:The command ".*|.*)" (?:failed and )?exited with (\d+)(?:\.| during)'),
    (
        "Process completed with exit code",
        r"(?:##\[error\]|Error: )?Process completed with exit code (-?\d+)",
    ),  # GitHub Actions
    ("ancel", r"(?:##\[error\])?The (?:operation|run) was cancell?ed"),
    (" exited with code ", r"(?:.*##\[error\])?\S+ exited with code '?(-?\d+)"),  # Azure Pipelines, TeamCity
    (" exited with code ", r"(?:Bash|PowerShell|Cmd\.exe) exited with code '(-?\d+)'"),
    ("ERROR: Job failed", r"ERROR: Job failed"),  # GitLab
    # Jenkins: what a declarative pipeline goes on with after a stage that failed, and its last words
    ("skipped due to earlier failure", r'Stage ".*" skipped due to earlier failure'),
    ("Declarative: Post Actions", r"Declarative: Post Actions"),
    ("returned exit code", r"(?:ERROR: )?script returned exit code (\d+)"),
    ("marked build", r"Build step '.*' marked build as failure"),
    ("Finished: ", r"Finished: (?:FAILURE|UNSTABLE|ABORTED)$"),
    ("command exited with", r".*Error: The command exited with (?:status|code) (\d+)"),  # Buildkite
    ("xited with code", r"Exited with code (?:exit status )?(\d+)$"),  # CircleCI
    ("Command exited with code", r"Command exited with code (-?\d+)$"),  # AppVeyor
    ("received in", r"No output has been received in the last \d+m"),
    ("exceeded", r"The (?:job|build) exceeded the maximum time limit"),
    ("exceeded", r"The log length has exceeded the limit"),
    ('The command "', r"The command \".*\" failed\.? ?(?:Retrying|and)"),
    ("exited with", r"Done\. (?:Your build|Build script) exited with:? (\d+)"),
)
WORDS = frozenset(
    [
        *("exited", "exit", "completed", "canceled", "cancelled", "job", "marked"),
        *("finished", "received", "exceeded", "command", "earlier", "declarative"),
    ]
)
"""Of which each line that tells of an end has one."""
_OPENING = 'The command "'
_WRAPPED = r".*\bexit(?:ed)?(?: with)?(?: exit)? (?:code|status):? (\d+)"
"""What is marked as an error and says no more than how a process ended."""
_OF_GITLAB = frozenset(["ERROR: Job failed"])
_SCRIPT_ENDS = frozenset(["step_script", "build_script"])
_GOES_ON = frozenset(["skipped due to earlier failure", "Declarative: Post Actions"])
_CLEAN_UP = frozenset(["Post job cleanup", "Complete job"])
"""What a job of GitHub Actions does after its steps."""


def find_stretches(
    lines: Sequence[Line], texts: Sequence[str], words: Mapping[str, Sequence[int]] | None = None
) -> list[Stretch]:
    """Return the stretches of `lines` that failed, in their order; all lines as one where no line says it.

    `texts` are those of the lines, or the beginnings of them; `words` is what `find_words` finds of at least `WORDS`.
    """
    if words is None:
        words = find_words(texts, WORDS)
    found: list[Stretch] = []
    begin = 0
    opened = -1
    after = False  # what follows the stage that failed in a pipeline of Jenkins
    script: tuple[int, int] | None = None  # of a job of GitLab, whose clean-up comes before its end is told
    for at in _turns(lines, texts, words):
        text = texts[at]
        line = lines[at]
        if line.mark and "section_" in line.raw:
            if "section_end:" in line.raw and _SCRIPT_ENDS.intersection(line.raw.split("\r", 1)[0].split(":")):
                script = begin, at
            if "on_success" in line.raw:
                script = None
        if line.mark == "command" or text[:2] == "$ " or _runs(line) or "travis_time:start" in line.raw:
            begin = at
            continue
        if _OPENING in text[:60] and "xited with" not in text:
            opened = at
        forms = (*_FORMS, ("exit", _WRAPPED)) if line.mark == "error" else _FORMS
        for sign, form in forms:
            if sign in text and (told := _compiled(form).match(text)):
                code = int(told[1]) if told.lastindex and told[1] else 1
                end = opened if begin < opened and at - opened < _ECHO and _OPENING not in text else at
                begin, end = script if script and sign in _OF_GITLAB else (begin, _last_said(lines, begin, end))
                if code and (end - begin > 1 or not found) and not after:
                    echo = frozenset(line.text.strip() for line in lines[end + 1 : at] if end == opened)
                    found.append(Stretch(begin, end, told=True, code=code, echo=echo - {""}))
                begin = at + 1
                opened = -1
                after = after or sign in _GOES_ON
                break
    return found or [_marked(lines)]


def _last_said(lines: Sequence[Line], begin: int, end: int) -> int:
    """Return where the output of a command ended whose end is told at `end`: before what the service did in between."""
    at = end
    while at - 1 > begin and _is_frame(lines[at - 1]):
        at -= 1
    return at


def _is_frame(line: Line) -> bool:
    marked = line.mark in {"group", "endgroup", "debug"} and "travis_" not in line.raw
    return marked or line.text.startswith(("Cleaning up file based", "Cleaning up project directory"))


def _marked(lines: Sequence[Line]) -> Stretch:
    """Return the stretch of a log in which no line tells of an end: a step that an error ends, else all but the cleaning up."""
    end = next((at for at, line in enumerate(lines) if line.step in _CLEAN_UP), 0) or len(lines)
    last = next((at for at in range(end - 1, -1, -1) if lines[at].mark == "error"), -1)
    if last < 0:
        return Stretch(0, end, told=False, code=1)
    first = next((at for at in range(last, -1, -1) if lines[at].mark == "command" or _runs(lines[at])), 0)
    return Stretch(first, last + 1, told=True, code=1)


def _turns(lines: Sequence[Line], texts: Sequence[str], words: Mapping[str, Sequence[int]]) -> list[int]:
    """Return the positions of the lines that may begin or end a stretch, rising."""
    turns = {
        at
        for at, line in enumerate(lines)
        if line.mark
        and (line.mark == "command" or "travis_time:start" in line.raw or "section_end:" in line.raw or _runs(line))
    }
    turns.update(at for at, text in enumerate(texts) if text[:2] == "$ ")
    turns.update(positions(words, WORDS))
    return sorted(turns)


def _runs(line: Line) -> bool:
    return line.mark == "group" and line.text[:4] == "Run "


@cache
def _compiled(form: str) -> re.Pattern[str]:
    import re

    return re.compile(r"\s*(?:\x1b\[[0-9;]*[mK])*" + form)
