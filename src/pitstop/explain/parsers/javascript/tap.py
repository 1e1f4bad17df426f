"""The Test Anything Protocol and its kin: node:test, tape, AVA, uvu, QUnit, Perl's and Bats' runners.

Formats: testanything.org, nodejs.org/api/test.html#test-reporters.
"""

# ruff: noqa: RUF001  signs that the tool prints

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import TEST, Failure, Place
from pitstop.explain.parsers.reading import sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row("fail", " fail", r"(?:#|ℹ) fail +[1-9]\d*$", "node", TEST, summary=True),
    Row(
        "fail",
        'FAIL  "',
        r'\s+FAIL  "(?P<test>.+)"$',
        "uvu",
        TEST,
        more=r"\s+(?!at )\S|\s*$",
        below=r"\s+(?P<message>\S.*)",
    ),
    Row("failed", " failed", r"\s*[1-9]\d* tests? failed$", "ava", TEST, summary=True),
    Row("failing tests", "✖ failing tests:", r"✖ failing tests:$", "node", TEST, summary=True),
    Row(
        "dubious test",
        " Dubious, test returned",
        r"(?P<file>\S+) \.{2,} (?P<message>Dubious, test returned.*)",
        "prove",
        TEST,
        more=r"\s*Failed \d+/\d+ subtests",
    ),
    Row("result fail", "Result: FAIL", r"Result: FAIL$", "prove", TEST, summary=True),
    Row(
        "failed test",
        "# Failed test ",
        r"\s*# Failed test (?:\d+: \"(?P<test>.+)\"|\d+$)",
        "tap",
        TEST,
        more=r"\s*# {3,}\S",
    ),
    Row("bail out", "Bail out!", r"Bail out!(?P<message>.*)", "tap", TEST),
)
_NOT_OK = r"(\s*)not ok (\d+)(?: - | |$)(.*)"
_SPEC = r"(\s*)✖ (.+?) \(\d[\d.]*ms\)"
_ENTRY = r"\s+(error|message|location|at|file|failureType|expected|actual): *(?:'(.*)'|\"(.*)\"|(.+))?$"
_WHERE = r"(?:.*\()?(?:file://)?((?:[A-Za-z]:)?[^():\s]+\.\w+):(\d+)(?::(\d+))?"
_FAR = 40
_AVA = 4000  # lines between a test that failed and what AVA tells of it


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each test that is not ok; one that only holds such tests is a summary."""
    yield from read(_ROWS, lines, at)
    for position in at.get("not", []):
        text = text_at(lines, position)
        if (found := compiled(_NOT_OK).match(text)) and not compiled(r".*# (?:TODO|SKIP|todo|skip)\b").match(text):
            yield _not_ok(lines, position, len(found[1]), found[3])
    for position in at.get("fail", []):
        if found := compiled(r"\s+✘ \[fail\]: (.+?)(?: Error thrown in test)?$").match(text_at(lines, position)):
            yield from _ava(lines, position, found[1])
    again = next((n for n in at.get("failing", []) if text_at(lines, n) == "✖ failing tests:"), -1)
    for position in at.get("✖", []):
        if found := compiled(_SPEC).match(text_at(lines, position)):
            failure = _spec(lines, position, found[2])
            yield failure._replace(summary=failure.summary or position < again)


def _not_ok(lines: Sequence[Line], position: int, indent: int, test: str) -> Failure:
    """Return the failure at `position` with what its YAML block, or a comment below it, tells."""
    told: dict[str, str] = {}
    last = position
    block = text_at(lines, position + 1).strip() == "---"
    inner = _indent(text_at(lines, position + 2))
    for below in range(position + 1, min(position + _FAR, len(lines))):
        text = text_at(lines, below)
        if block:
            if text.strip() == "..." or _indent(text) < indent:
                break
            if (found := compiled(_ENTRY).match(text)) and _indent(text) == inner and found[1] not in told:
                value = found[2] or found[3] or found[4] or ""
                if value in {"|-", "|", ">-", ">"}:
                    value = text_at(lines, below + 1).strip()
                told[found[1]] = value
                if found[1] in {"error", "message"}:
                    last = below
        elif text.lstrip().startswith("#") and _indent(text) >= indent:
            if where := compiled(r"\s*#\s+(?:at|\(in test file) (\S+?),? line (\d+)").match(text):
                told["at"] = f"{where[1]}:{where[2]}"
            else:
                told["message"] = told.get("message") or text.strip("# \t")
            last = below
        else:
            break
    place = None
    where = compiled(_WHERE).match(told.get("location") or told.get("at") or "")
    if where and "node_modules" not in where[1]:
        place = Place(where[1], number(where[2]), number(where[3]))
    message = told.get("error") or told.get("message") or ""
    if not message.strip() and "expected" in told and "actual" in told:
        message = f"{test or 'not ok'}: expected {told['expected']}, actual {told['actual']}"
    message = message if message.strip() else text_at(lines, position)
    holds = told.get("failureType") == "subtestsFailed"
    first, number_last = lines[position].number, lines[last].number
    return Failure("tap", TEST, sentence(message), first, number_last, place, test=test.strip(), summary=holds)


def _ava(lines: Sequence[Line], position: int, test: str) -> Iterator[Failure]:
    """Yield the failure that AVA lists at `position`: told below all tests, under the test's name and its place."""
    head = Failure("ava", TEST, sentence(text_at(lines, position)), lines[position].number, lines[position].number)
    for below in range(position + 1, min(position + _AVA, len(lines))):
        if text_at(lines, below).strip() != test or text_at(lines, below + 1).strip():
            continue
        if not (found := compiled(r"\s+(?:file://)?(\S+\.\w+):(\d+)$").match(text_at(lines, below + 2))):
            continue
        said = below + 4
        while compiled(r"\s+\d+: |\s*$").match(text_at(lines, said)) and said < below + 16:
            said += 1
        last = said
        while last < said + 16 and (
            text_at(lines, last + 1).strip() or compiled(r"\s+[-+] ").match(text_at(lines, last + 2))
        ):
            last += 1
        place = Place(found[1], number(found[2]))
        message = sentence(text_at(lines, said))
        if message and last < len(lines):
            yield head._replace(test=test, summary=True)
            yield Failure("ava", TEST, message, lines[below].number, lines[last].number, place, test=test)
            return
    yield head._replace(test=test)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _spec(lines: Sequence[Line], position: int, test: str) -> Failure:
    """Return the failure of node's spec reporter at `position`: below it, deeper, stands the error."""
    said = text_at(lines, position + 1)
    place = None
    if above := compiled(r"test at (\S+\.\w+):(\d+):(\d+)$").match(text_at(lines, position - 1)):
        place = Place(above[1], number(above[2]), number(above[3]))
    deeper = compiled(r"\s{2,}(?:\[?\w*Error\b|')").match(said)
    last = position + 1 if deeper else position
    message = sentence(said if deeper else text_at(lines, position))
    first = lines[position].number
    return Failure("node", TEST, message, first, lines[last].number, place, test=test, summary=not deeper)
