"""Who printed a line of a Maven log: a goal that failed, whose warnings may be its reasons, or tests that passed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Sequence

    from pitstop.explain.lines import Line

_FAILED = r"\[ERROR\] Failed to execute goal \S+:(?P<goal>[\w-]+) (?P<run>\([^()]+\)) on project (?P<project>[^\s:]+):"
_BEGUN = r"\[INFO\] --- \S+?:(?P<goal>[\w-]+) (?P<run>\([^()]+\)) @ (?P<project>\S+) ---"
_RUNS = r"(?:\[INFO\] )?Running (?P<suite>[\w.$]+)$"
_RAN = r"(?:\[(?:INFO|WARNING)\] )?Tests run: \d+, Failures: 0, Errors: 0, Skipped: \d+, Time elapsed: [\d.,]+ s(?:ec)?\b(?!.*<<<)"
_ENDS = ("[INFO] --- ", "[INFO] >>> ", "[INFO] Reactor Summary", "[INFO] BUILD ")


def printed_by_failed_goals(lines: Sequence[Line], new: Iterable[int]) -> frozenset[int]:
    """Return the positions of the lines that the goals printed of which one of the `new` lines says that they failed."""
    wanted = {found.groups() for at in new if (found := _match(_FAILED, "Failed to execute goal", lines[at].text))}
    printed: set[int] = set()
    inside = False
    for at, line in enumerate(lines) if wanted else ():
        text = line.text
        if text.startswith(_ENDS):
            begun = _match(_BEGUN, " @ ", text)
            inside = bool(begun and begun.groups() in wanted)
        elif inside:
            printed.add(at)
    return frozenset(printed)


def printed_by_passed_tests(lines: Sequence[Line]) -> frozenset[int]:
    """Return the positions of the lines between the start and the end of a class of tests that passed."""
    printed: set[int] = set()
    begun = -1
    for at, line in enumerate(lines):
        text = line.text
        if _match(_RUNS, "Running ", text):
            begun = at
        elif begun >= 0 and "Tests run: " in text:
            if _match(_RAN, "Failures: 0, Errors: 0", text):
                printed.update(range(begun + 1, at))
            begun = -1
    return frozenset(printed)


def listed_failures(lines: Sequence[Line]) -> frozenset[int]:
    """Return the positions of the lines in which Surefire lists at its end what failed, messages of several lines whole."""
    listed: set[int] = set()
    inside = False
    for at, line in enumerate(lines):
        text = line.text
        if text.startswith(("[ERROR] Failures:", "[ERROR] Errors:")):
            inside = True
        elif text.startswith(("[INFO]", "[WARNING]")) or "Tests run: " in text:
            inside = False
        elif inside:
            listed.add(at)
    return frozenset(listed)


def _match(pattern: str, sign: str, text: str) -> re.Match[str] | None:
    return _compiled(pattern).match(text[:500]) if sign in text else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    import re

    return re.compile(pattern)
