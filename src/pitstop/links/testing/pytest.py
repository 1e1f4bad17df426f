"""Test results from pytest's terminal output: the lines of `-v` and the short summary; JUnit XML says more.

The forms are those of _pytest/terminal.py: `path::name PASSED [ 10%]`, with xdist `[gw0] [ 10%] PASSED path::name`, in
the summary `FAILED path::name - message`, durations as `0.10s call     path::name`.
"""

from __future__ import annotations

import re
from textwrap import dedent

from pitstop.core.events import ERROR, FAILURE, SKIP, SUCCESS
from pitstop.links.testing.case import TestCase, shorten, to_text

_OUTCOMES = {
    "PASSED": SUCCESS,
    "XPASS": SUCCESS,
    "FAILED": FAILURE,
    "ERROR": ERROR,
    "SKIPPED": SKIP,
    "XFAIL": SKIP,
    "RERUN": FAILURE,
}
_WORDS = "|".join(_OUTCOMES)
_AFTER = re.compile(rf"(\S+?::.+?) ({_WORDS})(?: \((.*)\))?(?: +\[ *\d+%\])?\s*")
_WORD = re.compile(rf" (?:{_WORDS})\b")
_BEFORE = re.compile(rf"(?:\[gw\d+\] (?:\[ *\d+%\] )?)?({_WORDS}) (\S+?\.py(?:::.+?)?)(?: - (.*))?\s*")
_DURATION = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)s (call|setup|teardown) +(\S+::.+?)\s*")
_BLOCK = re.compile(r"_{3,} (?:ERROR (?:at \w+ of|collecting) )?(.+?) _{3,}\s*")
_PLACE = re.compile(r"([^\s:]+\.py):(\d+): (\w[\w.]*)?.*")
_LINE = 4096


class _Block:
    """What one failure wrote in the section FAILURES or ERRORS."""

    def __init__(self) -> None:
        self.message: list[str] = []
        self.file = ""
        self.line = 0


def read_pytest(log: bytes) -> list[TestCase]:
    """Return the test cases in what pytest printed."""
    attempts: dict[str, int] = {}
    cases: dict[tuple[str, int], TestCase] = {}
    blocks: dict[str, _Block] = {}
    durations: dict[str, float] = {}
    current: _Block | None = None
    in_summary = False
    for raw in log.split(b"\n"):
        if len(raw) > _LINE:
            continue
        line = to_text(raw).rstrip()
        if line.startswith("===") and line.endswith("==="):
            current, in_summary = None, "short test summary" in line
        elif found := _BLOCK.fullmatch(line):
            current = blocks.setdefault(found[1], _Block())
        elif current is not None:
            if line.startswith("E  ") and len(current.message) < 40:
                current.message.append(line[1:])
            elif place := _PLACE.fullmatch(line):
                current.file, current.line = place[1], int(place[2][:9])
        elif found := _BEFORE.fullmatch(line):
            _take(cases, attempts, found[2], found[1], found[3] or "", again=not in_summary)
        elif "::" in line and _WORD.search(line) and (found := _AFTER.fullmatch(line)):
            _take(cases, attempts, found[1], found[2], found[3] or "", again=True)
        elif found := _DURATION.fullmatch(line):
            durations[found[3]] = durations.get(found[3], 0.0) + float(found[1])
    return [_finished(case, blocks, durations) for case in cases.values()]


def _take(
    cases: dict[tuple[str, int], TestCase], attempts: dict[str, int], node: str, word: str, message: str, *, again: bool
) -> None:
    """Keep one case; the summary repeats what the lines above it said, with the reason."""
    number = attempts.get(node, 1)
    known = cases.get((node, number))
    if again and known is not None and known.outcome == FAILURE and known.message == "RERUN":
        number += 1
        known = None
    attempts[node] = number
    suite, _, name = node.partition("::")
    outcome = _OUTCOMES[word]
    if known is not None and not message:
        message = known.message
    if word == "RERUN":
        message = word
    cases[node, number] = TestCase(suite, name or suite, outcome, 0.0, shorten(message), suite, 0, number)


def _finished(case: TestCase, blocks: dict[str, _Block], durations: dict[str, float]) -> TestCase:
    node = f"{case.suite}::{case.name}" if case.name != case.suite else case.suite
    case = case._replace(duration_s=durations.get(node, 0.0))
    if case.outcome not in {FAILURE, ERROR}:
        return case
    block = blocks.get(case.name.replace("::", ".")) or blocks.get(case.name)
    if block is None:
        return case
    message = shorten(dedent("\n".join(block.message))) or case.message
    if block.file == case.file or not case.file:
        case = case._replace(line=block.line)
    return case._replace(message=message)
