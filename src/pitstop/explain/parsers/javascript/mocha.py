"""Mocha, Jasmine, Karma and Cypress: numbered failures at the end of a run, or as they happen.

Formats: `Base.list` of Mocha's reporters, Jasmine's `ConsoleReporter`, karma's `progress` reporter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row("failing", " failing", r"\s*[1-9]\d* failing$", "mocha", TEST, summary=True),
    Row("failures", " failure", r"\d+ specs?, [1-9]\d* failures?\b", "jasmine", TEST, summary=True),
    Row("failure", ", 1 failure", r"\d+ specs?, 1 failure\b", "jasmine", TEST, summary=True),
    Row(
        "executed failed", ": Executed ", r".*: Executed \d+ of \d+ .*\([1-9]\d* FAILED\)", "karma", TEST, summary=True
    ),
    Row(
        "testcase failure|error",
        "<testcase",
        r"\s*<testcase\b[^>]*?\bname=\"(?P<test>[^\"]*)\"[^>]*><(?:failure|error)\b[^>]*>(?P<message>.*)",
        "junit",
        TEST,
    ),
    Row(
        "test files found",
        "No test files found",
        r"\s*(?:Error: )?(?P<message>No test files found\b.*)",
        "mocha",
        "configuration",
    ),
    Row(
        "disconnected",
        "Disconnected",
        r".*\b(?P<message>Disconnected(?:, because no message in| reconnect failed| \(\d+ times\)).*)",
        "karma",
        TEST,
    ),
    Row(
        "captured",
        " not captured in ",
        r"(?:.* )?(?P<message>\S+ (?:have|has) not captured in \d+ ms.*)",
        "karma",
        TEST,
    ),
    Row(
        "browser launcher",
        "[launcher]: ",
        r".*\[launcher\]: (?P<message>(?:Cannot start|No binary for) .*)",
        "karma",
        "command",
    ),
)
_HEAD = r"\s*(\d+)\) (.*)"
_ERROR = r"\s*(?:Uncaught )?(?:[A-Za-z_$][\w.$]*(?:Error|Exception)|Error)\b(?: \[\w+\])?(?::|$)|\s*(?:Timeout|expected|Expected)\b"
_FRAME = r"\s+at (?:.*\()?(?:file://)?(?:webpack:///)?((?:[A-Za-z]:)?[^():\s]+\.\w+):(\d+):(\d+)\)?"
_KARMA = r"\s*\w[\w ]{0,40} [\d.]+ \([^()]{1,60}\):? (?P<test>.+) FAILED$"
_BROKEN = r"\s*\w[\w ]{0,40} [\d.]+ \([^()]{1,60}\) ERROR$"
_FAR = 60


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each failed test."""
    yield from read(_ROWS, lines, at)
    for position in positions(at, "failing"):
        if compiled(r"\s*[1-9]\d* failing$").match(text_at(lines, position)):
            yield from _numbered(lines, position + 1, "mocha")
    for position in positions(at, "failures"):
        if text_at(lines, position).strip() == "Failures:":
            yield from _numbered(lines, position + 1, "jasmine")
    for position in positions(at, "error"):
        if compiled(_BROKEN).match(text_at(lines, position)):
            yield _karma(lines, position, "")
    for position in positions(at, "failed"):
        text = text_at(lines, position)
        if "Executed " not in text and (found := compiled(_KARMA).match(text)):
            yield _karma(lines, position, found["test"])


def _numbered(lines: Sequence[Line], start: int, tool: str) -> Iterator[Failure]:
    """Yield the failures that are numbered 1), 2), … from `start` on."""
    expected, position = 1, start
    idle = 0
    while position < min(start + 3, len(lines)) and not text_at(lines, position).strip():
        position += 1
    if not (first := compiled(_HEAD).match(text_at(lines, position))) or first[1] != "1":
        return
    while position < len(lines) and idle < _FAR:
        text = text_at(lines, position)
        found = compiled(_HEAD).match(text)
        if found and found[1] == str(expected):
            failure, position = _one(lines, position, found[2], tool, expected + 1)
            if failure:
                yield failure
            expected += 1
            idle = 0
        else:
            position += 1
            idle += 1


def _one(lines: Sequence[Line], head: int, name: str, tool: str, following: int) -> tuple[Failure | None, int]:
    """Return the failure that is headed at `head`, and where to read on."""
    names, said, place = [name], -1, None
    position = head + 1
    while position < min(head + _FAR, len(lines)):
        text = text_at(lines, position)
        found = compiled(_HEAD).match(text)
        if found and found[1] == str(following):
            break
        if frame := compiled(_FRAME).match(text):
            if "node_modules" not in frame[1] and not frame[1].startswith(("node:", "internal/")):
                place = Place(frame[1], number(frame[2]), number(frame[3]))
                position += 1
                break
        elif said < 0 and text.strip():
            if tool == "jasmine":
                if text.strip() != "Message:":
                    said = position
            elif names[-1].endswith(":") or compiled(_ERROR).match(text):
                said = position
            else:
                names.append(text.strip())
        position += 1
    if said < 0:
        return None, position
    test = " ".join(part for part in names if part).strip().removesuffix(":")
    message, last = sentence(text_at(lines, said)), _last(lines, said)
    if message.endswith(":") and last == said:  # node's assertions: what was compared stands below a blank line
        below = said + 1 + (not text_at(lines, said + 1).strip())
        if text_at(lines, below).strip() and not compiled(r"\s+at |\s*\+ expected").match(text_at(lines, below)):
            message, last = sentence(f"{message} {text_at(lines, below)}"), below
    first = lines[said].number
    return Failure(tool, TEST, message, first, lines[last].number, place, test=test), position


def _last(lines: Sequence[Line], said: int) -> int:
    """Return the position of the last line of a message: before a blank line or the stack."""
    last = said
    while last - said < 12:
        text = text_at(lines, last + 1)
        if (
            not text.strip()
            or compiled(r"\s+at ").match(text)
            or compiled(_HEAD).match(text)
            or text.strip() == "Stack:"
        ):
            break
        last += 1
    return last


def _karma(lines: Sequence[Line], position: int, test: str) -> Failure:
    place, last, message = None, position, ""
    for below in range(position + 1, min(position + 20, len(lines))):
        text = text_at(lines, below)
        if not text[:1].isspace():
            break
        if frame := compiled(_FRAME).match(text):
            if "node_modules" not in frame[1]:
                place = Place(frame[1], number(frame[2]), number(frame[3]))
                break
        elif text.strip():
            message, last = message or text, below
    said = sentence(message or text_at(lines, position))
    return Failure("karma", TEST, said, lines[position].number, lines[last].number, place, test=test)
