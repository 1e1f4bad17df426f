"""Failures that a tool tells in one line, read by rows of patterns."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import Failure, Place
from pitstop.explain.parsers.reading import sentence, text_at

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_MOST = 20_000  # positions of one row that are looked at
# What a server under test wrote, a passing test, a command that is only shown, an exception that somebody printed.
_TOLD = (
    r"(?i).{0,60}(?:\[(?:info|debug|trace|warn|warning|notice)\]|\b(?:info|debug|trace|warn|warning)\b[ :])"
    r"|\s*(?:ok\b|not ok|✓|✔|pass|[$+] |(?:caused by: )?(?:[\w$]+\.){2,}\w*exception\b)"
)
_PREFIX = r"#\d+ \d+\.\d+ |\[\d+\] |[\w.-]{1,60} +\| |[\w@/.-]{1,60}:[a-z][\w:-]{0,40}: "
_FOLLOWING = 12  # lines after the first that may belong to it


class Row(NamedTuple):
    """One form of line."""

    words: str
    """All of them occur in the line, separated by spaces; each is an anchor of the parser."""
    pattern: str
    """What the line begins with. Groups: `message`, `file`, `line`, `column`, `code`, `test`, `tool`."""
    tool: str
    kind: str
    code: str = ""
    more: str = ""
    """What lines begin with that follow and belong to it."""
    summary: bool = False


def read(rows: Sequence[Row], lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield one failure for each line that has one of the forms, in their order; of several forms the first counts."""
    looked: dict[int, list[Row]] = {}
    for row in rows:
        for position in _positions(row.words, at):
            looked.setdefault(position, []).append(row)
    for position in sorted(looked):
        text = text_at(lines, position)
        inner = without_prefix(text)
        for row in looked[position]:
            found = _find(row.pattern, text)
            if found is None and inner is not text:
                found = _find(row.pattern, inner)
            if found:
                yield _failure(row, found, lines, position)
                break


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return `pattern` compiled, once a process and only where it is needed."""
    import re

    return re.compile(pattern)


def without_prefix(text: str) -> str:
    """Return a line without what tools that run others write before theirs.

    BuildKit: `#12 3.456 `; Compose: `web-1  | `; concurrently: `[0] `; Turborepo: `web:build: `.
    """
    found = compiled(_PREFIX).match(text)
    return text[found.end() :] if found else text


def only_told(text: str) -> bool:
    """Return whether a line only mentions what, elsewhere, is a failure."""
    return compiled(_TOLD).match(text) is not None


def place_of(found: re.Match[str]) -> Place | None:
    """Return the place in the groups `file`, `line` and `column` of a match, so far as it has them."""
    groups = found.groupdict()
    if not groups.get("file"):
        return None
    return Place(groups["file"], number(groups.get("line")), number(groups.get("column")))


def number(digits: str | None) -> int:
    """Return `digits` as a number of a line or a column; 0 where there is none, or none that a file could have."""
    return int(digits) if digits and len(digits) < 10 and digits.isascii() and digits.isdigit() else 0


def _find(pattern: str, text: str) -> re.Match[str] | None:
    if pattern.startswith(".*?"):  # the same by searching, which knows where the rest cannot begin
        return compiled(pattern[3:]).search(text)
    return compiled(pattern).match(text)


def _positions(words: str, at: Mapping[str, list[int]]) -> list[int]:
    """Return the positions of the lines with all of `words`."""
    lists = sorted((at.get(word, []) for word in words.split()), key=len)
    found = lists[0][:_MOST]
    for other in lists[1:]:
        if not found:
            break
        held = set(other)
        found = [position for position in found if position in held]
    return found


def _failure(row: Row, found: re.Match[str], lines: Sequence[Line], position: int) -> Failure:
    groups = found.groupdict()
    last = position
    if row.more:
        more = compiled(row.more)
        while last - position < _FOLLOWING and last + 1 < len(lines) and more.match(text_at(lines, last + 1)):
            last += 1
        while last > position and not lines[last].text.strip():
            last -= 1
    return Failure(
        tool=groups.get("tool") or row.tool,
        kind=row.kind,
        message=sentence(groups.get("message") or "") or sentence(found.string),
        first=lines[position].number,
        last=lines[last].number,
        place=place_of(found),
        code=groups.get("code") or row.code,
        test=(groups.get("test") or "").strip(),
        summary=row.summary,
    )


def position_of(lines: Sequence[Line], wanted: int) -> int:
    """Return the position of the line with the number `wanted`, which is in `lines`."""
    from bisect import bisect_left

    return bisect_left(lines, wanted, key=lambda line: line.number)
