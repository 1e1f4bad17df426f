"""Errors that end a node process, with the place of the first frame that is the project's own.

Format: nodejs.org/api/errors.html; an uncaught one stands below the line of code it came from and a caret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "heap",
        "FATAL ERROR: ",
        r".*(?P<message>FATAL ERROR: .*(?:heap out of memory|Allocation failed).*)",
        "node",
        "memory",
    ),
    Row(
        "unhandledpromiserejectionwarning",
        "UnhandledPromiseRejectionWarning: ",
        r"(?:\(node:\d+\) )?UnhandledPromiseRejectionWarning: (?P<message>\w*Error\b.*)",
        "node",
        "runtime",
    ),
    Row(
        "node",
        "node: bad option: | is not allowed in NODE_OPTIONS",
        r"node: (?P<message>bad option: .+|.* is not allowed in NODE_OPTIONS.*)",
        "node",
        "command",
    ),
)
_WORDS = (
    "error",
    "typeerror",
    "referenceerror",
    "syntaxerror",
    "rangeerror",
    "assertionerror",
    "urierror",
    "evalerror",
)
_ERROR = r"(?:Uncaught |\[?Unhandled rejection )?(?P<name>[A-Za-z_$][\w$]*Error|Error)(?: \[(?P<code>\w+)\])?: (?P<message>.*)"
_FRAME = r"\s+at (?:.*\()?(?:file://)?((?:[A-Za-z]:)?[^():\s]+):(\d+):(\d+)\)?"
_ABOVE = r"(?:file://)?(node:[^\s:]+|[\w.-]+\.js|\[eval\]|(?:[A-Za-z]:)?[^():\s]+\.\w+):(\d+)$"
_ENDED = r"Node\.js v\d|npm (?:ERR!|error)|error Command failed|.*\bELIFECYCLE\b|.*exited with|(?:##\[error\])?Process completed|ERROR: Job failed"
_MISSING = frozenset({"MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"})
_FRAMES = 30
_AFTER = 12  # lines between the end of a stack and what ended because of it


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each error that ended its process."""
    yield from read(_ROWS, lines, at)
    for position in positions(at, *_WORDS, "unhandled"):
        found = compiled(_ERROR).match(text_at(lines, position))
        if not found:
            continue
        thrown, above = _above(lines, position)
        place, end, more = _stack(lines, position)
        if not thrown and (end == position or not _ended(lines, end)):
            continue
        message = f"{found['name']}: {found['message']}"
        code = found["code"] or more
        missing = code in _MISSING or found["message"].startswith("Cannot find module")
        kind = "compile" if found["name"] == "SyntaxError" else "package" if missing else "runtime"
        where = (above or place) if kind == "compile" else (place or above)
        here = lines[position].number
        ran = found["message"].startswith("Command failed")  # what it ran has said why
        yield Failure("node", kind, sentence(message), here, here, where, code, summary=ran)


def _above(lines: Sequence[Line], position: int) -> tuple[bool, Place | None]:
    """Return whether above a message stand a place, a line of code and a caret, and the place if it is no part of node."""
    caret = False
    for above in range(position - 1, max(position - 8, -1), -1):
        text = text_at(lines, above)
        if caret and (found := compiled(_ABOVE).match(text)):
            return True, None if found[1].startswith("node:") else Place(found[1], number(found[2]))
        caret = caret or (bool(text.strip()) and not text.strip().strip("^"))
    return False, None


def _stack(lines: Sequence[Line], position: int) -> tuple[Place | None, int, str]:
    """Return the first own frame of the stack below `position`, the position of its last line, and the error's code."""
    place, last, code = None, position, ""
    for below in range(position + 1, min(position + _FRAMES, len(lines))):
        text = text_at(lines, below)
        if frame := compiled(_FRAME).match(text):
            last = below
            if (
                place is None
                and "node_modules" not in frame[1]
                and "/" in frame[1]
                and not frame[1].startswith(("node:", "internal/"))
            ):
                place = Place(frame[1], number(frame[2]), number(frame[3]))
        elif found := compiled(r"\s+code: '(\w+)'").match(text):
            code = found[1]
        elif last > position and not text[:1].isspace() and text[:1] not in {"}", ""}:
            break
    return place, last, code


def _ended(lines: Sequence[Line], end: int) -> bool:
    return any(compiled(_ENDED).match(text_at(lines, below)) for below in range(end + 1, end + 1 + _AFTER))
