"""Reads failures by the shape of their first line: a table of patterns does for most tools."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line


class Shape(NamedTuple):
    """How one kind of failure looks."""

    words: str
    """Anchors, one of which the line holds; each must stand in the module's row of `anchors.py`."""
    holds: str
    """What the line must contain as it stands; it saves most tries of the pattern. Empty: anything."""
    pattern: str
    """Matched at the line's beginning; the groups `file`, `line`, `column`, `code`, `test` and `message` say what is
    what. Without `message`, or where that matched nothing, the whole line is the message."""
    tool: str
    kind: str
    summary: bool = False
    more: str = ""
    """Pattern of the lines that follow and belong to it; empty: none do."""
    most: int = 12
    """Lines that follow at most."""
    below: str = ""
    """Pattern of one of these lines, whose groups fill what the first line does not tell."""
    whole: bool = False
    """Whether the lines that follow are the message, all of them."""
    above: str = ""
    """Pattern that the line above must match, the true first line, whose groups fill too; empty: there is none."""


def read(lines: Sequence[Line], at: Mapping[str, list[int]], shapes: Iterable[Shape]) -> Iterator[Failure]:
    """Give what the `shapes` find, shape by shape; a line belongs to the first shape that fits."""
    taken: set[int] = set()
    for shape in shapes:
        for position in positions(at, *shape.words.split()):
            text = text_at(lines, position)
            if shape.holds not in text or position in taken:
                continue
            if found := compiled(shape.pattern).match(text):
                above = compiled(shape.above).match(text_at(lines, position - 1)) if shape.above else None
                if above or not shape.above:
                    taken.add(position)
                    yield _failure(shape, found, above, lines, position)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return `pattern` ready for use."""
    return re.compile(pattern)


def _failure(
    shape: Shape, found: re.Match[str], above: re.Match[str] | None, lines: Sequence[Line], position: int
) -> Failure:
    told = _told(above) | _told(found)
    last = position
    said: list[str] = []
    if shape.more:
        more = compiled(shape.more)
        for ahead in range(position + 1, min(position + 1 + shape.most, len(lines))):
            text = text_at(lines, ahead)
            if not more.match(text):
                break
            if text.strip():
                last = ahead
                said.append(text)
            if shape.below and (below := compiled(shape.below).match(text)):
                told = _told(below) | told
    file = told.get("file", "").strip()
    place = Place(file, int(told.get("line", 0)), int(told.get("column", 0))) if file else None
    message = sentence(" ".join(said) if shape.whole else told.get("message", "")) or sentence(found[0]) or shape.tool
    first, end = lines[position - bool(above)].number, lines[last].number
    code, test = told.get("code", ""), sentence(told.get("test", ""))
    return Failure(shape.tool, shape.kind, message, first, end, place, code, test, shape.summary)


def _told(found: re.Match[str] | None) -> dict[str, str]:
    return {name: text for name, text in found.groupdict().items() if text and text.strip()} if found else {}
