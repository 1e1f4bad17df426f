"""Jest and Vitest: failed tests and suites with the message of each.

Formats: `jest-message-util` (the bullet, the message, the frame), Vitest's default reporter (`FAIL  file > suite > test`).
"""

# ruff: noqa: RUF001  signs that the tool prints

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_SUMMARIES = (
    Row("fail", "FAIL", r"\s*FAIL {1,2}\S+\.\w+(?: \(\d[\d.]* m?s\))?$", "jest", TEST, summary=True),
    Row("failed tests", " failed", r"Tests: +(?:\d+ \w+, )*[1-9]\d* failed", "jest", TEST, summary=True),
    Row(
        "failed test suites", "Test Suites:", r"Test Suites: +(?:\d+ \w+, )*[1-9]\d* failed", "jest", TEST, summary=True
    ),
    Row("failed", " failed", r" +(?:Test Files|Tests) {2}[1-9]\d* failed", "vitest", TEST, summary=True),
    Row(
        "coverage",
        "coverage threshold for |Coverage for ",
        r"(?:Jest: |ERROR: )(?P<message>.*coverage threshold for .*not met.*|Coverage for .* does not meet .*)",
        "jest",
        TEST,
    ),
    Row(
        "tests found", "No tests found", r"(?P<message>No tests found, exiting with code \d.*)", "jest", "configuration"
    ),
    Row("×", "× ", r"\s+× \S.* \d+ ?m?s$", "vitest", TEST, summary=True),
)
_BULLET = r"(\s*)● (?!Console$|Deprecation|Validation)(.+\S)"
_VITEST = r"(\s*)FAIL  (?:\|[^|]+\| )?(\S+\.\w+)(?: \[ .+ \])?(?: > (.+\S))?$"
_FRAME = r"\s+(?:at (?:.*\()?|❯ (?:.* )?)(?:file://)?((?:[A-Za-z]:)?[^():\s]+\.\w+):(\d+):(\d+)\)?"
_CODE = r"\s*(?:> +)?\d+ ?\| ?|\s*\| +\^"
_PAIR = r"\s+(Expected|Received)(?: \w+)*: +(\S.*)"
_END = r"(?:PASS|FAIL)\b|(?:Test Suites|Tests|Snapshots|Time):|⎯{5}|={5}"
_UNREAD = r"SyntaxError\b|Must use import to load|Jest encountered an unexpected token|\S+: (?:Unexpected token|Missing semicolon)"
_FAR = 60  # lines of one message


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each failed test."""
    yield from read(_SUMMARIES, lines, at)
    yield from _unhandled(lines, at)
    for position in at.get("●", []):
        text = text_at(lines, position)
        if (found := compiled(_BULLET).match(text)) and not text.rstrip().endswith("●"):
            suite = found[2] == "Test suite failed to run"
            if suite or _has_message(lines, position, len(found[1])):
                name = _file_above(lines, position) if suite else found[2].split(" › ")[-1]
                yield _block(lines, position, "jest", "" if suite else found[2], name if suite else "")
    for position in positions(at, "fail"):
        if (found := compiled(_VITEST).match(text_at(lines, position))) and (
            found[3] or _message_below(lines, position)
        ):
            yield _block(lines, position, "vitest", found[3] or "", found[2])


def _unhandled(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield what no test caught, which Vitest tells below a ruled head: all tests may have passed."""
    for position in positions(at, "uncaught", "unhandled"):
        if compiled(r"⎯+ (?:Uncaught Exception|Unhandled Rejection) ⎯+").match(text_at(lines, position)):
            yield _block(lines, position, "vitest", "", "")


def _message_below(lines: Sequence[Line], position: int) -> bool:
    return bool(compiled(r"\s*\w*Error\b").match(text_at(lines, position + 1)))


def _has_message(lines: Sequence[Line], position: int, indent: int) -> bool:
    """Whether a bullet heads a message: below it, deeper than itself, stands something."""
    for below in range(position + 1, position + 4):
        text = text_at(lines, below)
        if text.strip():
            return len(text) - len(text.lstrip()) > indent
    return False


def _file_above(lines: Sequence[Line], position: int) -> str:
    for above in range(position - 1, max(position - 4, -1), -1):
        if found := compiled(r"\s*FAIL\s+(?:\S+ )?(\S+\.\w+)").match(text_at(lines, above)):
            return found[1]
    return ""


def _block(lines: Sequence[Line], position: int, tool: str, test: str, file: str) -> Failure:
    """Return the failure that begins at `position`: message up to the code or the stack, place from the stack."""
    message, place, last = "", None, position
    for below in range(position + 1, min(position + _FAR, len(lines))):
        text = text_at(lines, below)
        if compiled(_BULLET).match(text) or compiled(_END).match(text) or compiled(_VITEST).match(text):
            break
        if frame := compiled(_FRAME).match(text):
            if "node_modules" not in frame[1] and not frame[1].startswith("node:"):
                place = Place(frame[1], number(frame[2]), number(frame[3]))
                break
        elif text.strip() and place is None and not compiled(_CODE).match(text):
            if (pair := compiled(_PAIR).match(text)) and message.lstrip().startswith("expect("):
                message = f"{message.partition(' // ')[0]} {pair[1]}: {pair[2]}"
            message = message or text
            last = below
    if "Error: " in message and (where := compiled(r".*Error: (\S+\.\w+): .*\((\d+):(\d+)\)").match(message)):
        place = Place(where[1], number(where[2]), number(where[3]))
    if place is None and file:
        place = Place(file)
    unread = not test and compiled(_UNREAD).match(message.strip())
    return Failure(
        tool,
        COMPILE if unread else TEST,
        sentence(message or text_at(lines, position)),
        lines[position].number,
        lines[last].number,
        place,
        test=test.replace(" › " if tool == "jest" else " > ", " "),
    )
