"""The TypeScript compiler, plain and with `--pretty`, also inside webpack, Angular and ts-node.

Format: `formatDiagnostics` and `formatDiagnosticsWithColorAndContext` of the compiler's API.
"""

# ruff: noqa: RUF001  signs that the tool prints

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import compiled, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ERROR = r"\berror (TS\d{4,5}): (.*)"
_SPLIT = r"\s*(?:\[tsl\] |Error: |TSError: )?(?:ERROR|error) in (\S+?)\((\d+),(\d+)\):?$"
_NEXT = r"\s+(TS\d{4,5}): (.*)|(TS\d{4,5}): (.*)"
_PLACE = r"(?:.*[\s✖⨯]|\x60|)([^\s()]+?)(?:\((\d+),(\d+)\)|:(\d+):(\d+))(?: -|:)? ?$"
_OLD = r"(\S+\.[cm]?tsx?) \((\d+),(\d+)\): (.+?)(?: \((\d{4,5})\))?$"
_FOUND = r"\s*Found (?!0)\d+ errors?\b"
_FRAME = 6  # lines of code and underline below a pretty message


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each error, with the lines that go on with it."""
    yield from _old(lines, at)
    for position in positions(at, "error", "errors"):
        text = text_at(lines, position)
        if found := compiled(_ERROR).search(text):
            place = _place(text[: found.start()])
            last = _end(lines, position, pretty=text[: found.start()].endswith(" - "))
            yield _failure(lines, position, last, found[1], found[2], place)
        elif split := compiled(_SPLIT).match(text):
            said = compiled(_NEXT).match(text_at(lines, position + 1))
            if said:
                place = Place(split[1], number(split[2]), number(split[3]))
                yield _failure(lines, position, position + 1, said[1] or said[3], said[2] or said[4], place)
        elif compiled(_FOUND).match(text) and (
            "Watching" in text or text.rstrip().endswith((".", "errors")) or " in " in text
        ):
            message = sentence(text)
            yield Failure("tsc", "types", message, lines[position].number, lines[position].number, summary=True)


def _old(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield what ts-node before its fourth version said."""
    for position in at.get("tserror", []):
        for below in range(position + 1, min(position + 200, len(lines))):
            text = text_at(lines, below)
            if found := compiled(_OLD).match(text):
                chain = compiled(r"\s.*\((\d{4,5})\)$").match(text_at(lines, below + 1))
                place = Place(found[1], number(found[2]), number(found[3]))
                code = found[5] or (chain[1] if chain else "")
                yield _failure(lines, below, below + bool(chain), f"TS{code}" if code else "", found[4], place)
            elif below == position + 1 or not text[:1].isspace():
                break


def _failure(lines: Sequence[Line], position: int, last: int, code: str, message: str, place: Place | None) -> Failure:
    kind = "compile" if code.startswith("TS1") and len(code) == 6 else "types"  # TS1000 to TS1999 are of the syntax
    return Failure("tsc", kind, sentence(message), lines[position].number, lines[last].number, place, code)


def _place(before: str) -> Place | None:
    found = compiled(_PLACE).match(before)
    if not found:
        return None
    return Place(found[1], number(found[2] or found[4]), number(found[3] or found[5]))


def _end(lines: Sequence[Line], position: int, *, pretty: bool) -> int:
    """Return the position of the last line of a message: those of a chain are indented, the underline is `~`."""
    last = position
    while (text := text_at(lines, last + 1)).startswith("  ") and text.strip() and last - position < 20:
        if compiled(_ERROR).search(text) or (pretty and text.lstrip().startswith("~")):
            break
        last += 1
    if pretty:
        for further in range(last + 1, last + 1 + _FRAME):
            text = text_at(lines, further).strip()
            if text and not text.strip("~"):
                return further
            if compiled(_ERROR).search(text):
                break
    return last
