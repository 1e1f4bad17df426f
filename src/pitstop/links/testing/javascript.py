"""Test results from what jest, vitest, mocha and node's own runner print for people; their JUnit XML says more.

All mark tests with a sign and indent them below their groups by two; how each tells of failures is in `_BLOCKS`.
"""

# The signs are those that the tools print, look-alikes or not.
# ruff: noqa: RUF001

from __future__ import annotations

import re

from pitstop.core.events import ERROR, FAILURE, SKIP, SUCCESS
from pitstop.links.testing.case import TestCase, shorten, to_text
from pitstop.links.testing.place import place_in

_SIGNS = {**dict.fromkeys("✓✔√", SUCCESS), **dict.fromkeys("✕✖×✗", FAILURE), **dict.fromkeys("○↓□✎﹣", SKIP)}
_TEST = re.compile(
    rf"( *)(?:([{''.join(_SIGNS)}])|(-)|\d{{1,5}}\)) +(?:(?:skipped|todo) )?(.*?)"
    r"(?: \(?(\d{1,9}(?:\.\d{1,9})?) ?(ms|s)\)?)?(?: # (SKIP|TODO).*)?"
)
_FILE = re.compile(r"(?:PASS|FAIL) +(?:\S+ )?(\S+\.[cm]?[jt]sx?)(?: \([\d.]+ m?s\))?")
_VITEST_FILE = re.compile(r" [✓❯×↓] (?:\|\S+\| )?(\S+\.[cm]?[jt]sx?) \((\d+) tests?\b.*")
_JEST_FAILURE = re.compile(r"  ● (.+)")
_VITEST_FAILURE = re.compile(r" ?FAIL +(?:\|\S+\| )?(\S+\.[cm]?[jt]sx?) (?:> (.+)|\[ .* \])")
_MOCHA_FAILURE = re.compile(r"  \d{1,5}\) (.+)")
_NODE_PLACE = re.compile(r"test at (\S+):(\d{1,8}):\d+")
_END = re.compile(r"(?:Test Suites:|Tests:| *Test Files |⎯{5,}| *\d+ passing \(|ℹ tests).*")
_CODE = re.compile(r"\s*(?:>?\s*\d*\s*\|.*|[\^~]+)")
_FRAME = re.compile(r"\s*(?:at |❯ ).*")
_LINE = 2048
_BLOCK = 80


class _Failure:
    """One block that tells of a failure."""

    def __init__(self, file: str, name: str, place: tuple[str, int] = ("", 0)) -> None:
        self.file = file
        self.name = name
        self.place = place
        self.lines: list[str] = []


def read_javascript(log: bytes) -> list[TestCase]:
    """Return the test cases in what a test runner of the JavaScript world printed."""
    cases: list[TestCase] = []
    failures: list[_Failure] = []
    titles: dict[int, str] = {}
    file = ""
    place: tuple[str, int] = ("", 0)
    block: _Failure | None = None
    summing_up = mocha = vitest = False
    indent = 0
    for raw in log.split(b"\n"):
        line = to_text(raw[:_LINE]).rstrip()
        if not line.strip():
            continue
        if heading := _VITEST_FILE.fullmatch(line) or _FILE.fullmatch(line):
            file, titles, block = heading[1], {}, None
        elif found := _JEST_FAILURE.fullmatch(line) if file and not vitest else None:
            block = _Failure(file, found[1].replace(" › ", " > "))
            failures.append(block)
        elif found := _VITEST_FAILURE.fullmatch(line):
            before, block = block, _Failure(found[1], found[2] or "")
            if vitest and before is not None and not before.lines:
                block.lines = before.lines  # one error of several tests is printed once, below all their names
            vitest = True
            failures.append(block)
        elif _END.fullmatch(line):
            mocha = mocha or " passing (" in line
            block, summing_up = None, summing_up or mocha
        elif line == "✖ failing tests:":
            summing_up, block = True, None
        elif found := _NODE_PLACE.fullmatch(line):
            place, block = (found[1], int(found[2])), None
        elif mocha and (found := _MOCHA_FAILURE.fullmatch(line)):
            block = _Failure("", found[1])
            failures.append(block)
        elif block is not None and (place[0] == "" or not line.startswith("✖ ")):
            if len(block.lines) < _BLOCK:
                block.lines.append(line)
        elif found := _TEST.fullmatch(line):
            if summing_up:
                block = _Failure("", found[4], place)
                failures.append(block)
            else:
                indent = _add(cases, titles, found, file, indent)
        else:
            level = len(line) - len(line.lstrip())
            if level or line.startswith("▶ "):
                titles[level] = line.strip().removeprefix("▶ ").removesuffix(":")
    for failure in failures:
        _join(cases, failure, mocha=mocha)
    return cases


def _add(cases: list[TestCase], titles: dict[int, str], found: re.Match[str], file: str, last_indent: int) -> int:
    """Keep the test of one line, unless it is the end of a group; return how far it is indented."""
    indent = len(found[1])
    outcome = _SIGNS[found[2]] if found[2] else SKIP if found[3] else FAILURE
    if found[7] or (found[2] and found[0].lstrip()[2:].startswith(("skipped ", "todo ")) and outcome == SKIP):
        outcome = SKIP
    name = found[4].strip()
    if titles.get(indent) == name and last_indent > indent:
        return indent  # the end of a group
    groups: list[str] = []
    level = indent - 2
    while level in titles:
        groups.insert(0, titles[level])
        level -= 2
    for deeper in [other for other in titles if other >= indent]:
        del titles[deeper]
    duration = float(found[5] or 0) / (1000 if found[6] == "ms" else 1)
    name = " > ".join([*groups, name])
    if not file and " > " in name:
        first, _, rest = name.partition(" > ")
        if re.fullmatch(r"\S+\.[cm]?[jt]sx?", first):
            file, name = first, rest
    cases.append(TestCase(file, name, outcome, duration, "", file))
    return indent


def _join(cases: list[TestCase], failure: _Failure, *, mocha: bool) -> None:
    """Add what a block says to the case that it is about, or a case that was not listed."""
    lines = failure.lines
    if mocha:
        while lines and not failure.name.endswith(":"):
            failure.name += f" > {lines.pop(0).strip()}"
        failure.name = failure.name.removesuffix(":")
    text = "\n".join(lines)
    kept = []
    for line in lines:
        if _FRAME.fullmatch(line):
            break
        if not _CODE.fullmatch(line):
            kept.append(line.strip())
    file, number = failure.place if failure.place[0] else place_in(text)
    leaf = failure.name.rpartition(" > ")[2]
    case = TestCase(
        failure.file or file, failure.name, FAILURE, 0.0, shorten("\n".join(kept)), file or failure.file, number
    )
    if not failure.name or failure.name == "Test suite failed to run":
        cases.append(case._replace(name=failure.name or failure.file, outcome=ERROR))
        return
    told = (case.suite, failure.name, FAILURE)
    if any((known.suite, known.name, known.outcome) == told and known.message for known in cases):
        return  # one more error of a test
    for index, known in enumerate(cases):
        if known.outcome != FAILURE or known.message or (failure.file and known.suite not in {failure.file, ""}):
            continue
        if known.name in {failure.name, leaf} or (not failure.file and known.name.rpartition(" > ")[2] == leaf):
            name = failure.name if failure.file or mocha else known.name
            cases[index] = case._replace(name=name, suite=failure.file or known.suite, duration_s=known.duration_s)
            return
    cases.append(case)
