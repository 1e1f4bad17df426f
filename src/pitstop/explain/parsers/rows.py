"""Failures by the form of their first line, read by rows of patterns: that does for most tools."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at

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


class Row(NamedTuple):
    """How the first line of one kind of failure looks, and what may follow it."""

    words: str
    """All of them occur in the line, separated by spaces; of `a|b` one. Each is an anchor of the parser."""
    holds: str
    """What the line must contain as it stands, of `a|b` one; it saves most tries of the pattern. Empty: anything."""
    pattern: str
    """What the line begins with; the groups `message`, `file`, `line`, `column`, `code`, `test` and `tool` say what is
    what. Without `message`, or where that matched nothing, the whole line is the message."""
    tool: str
    kind: str
    code: str = ""
    summary: bool = False
    more: str = ""
    """What lines begin with that follow and belong to it; empty: none do."""
    most: int = 12
    """Lines that follow at most."""
    below: str = ""
    """Pattern of one of these lines, whose groups fill what the first line does not tell."""
    whole: bool = False
    """Whether the lines that follow are the message, all of them."""
    above: str = ""
    """Pattern that the line above must match, the true first line, whose groups fill too; empty: there is none."""


def read(rows: Sequence[Row], lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield one failure for each line that has one of the forms, in their order; of several forms the first counts."""
    looked: dict[int, list[tuple[Row, list[str]]]] = {}
    for row in rows:
        if places := _positions(row.words, at):
            asked = (row, row.holds.split("|"))
            for position in places:
                looked.setdefault(position, []).append(asked)
    for position in sorted(looked):
        text = text_at(lines, position)
        for row, parts in looked[position]:
            if _has(parts, text) and (found := _find(row.pattern, text)):
                above = compiled(row.above).match(text_at(lines, position - 1)) if row.above else None
                if above or not row.above:
                    yield _failure(row, found, above, lines, position)
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


def number(digits: str | None) -> int:
    """Return `digits` as a number of a line or a column; 0 where there is none, or none that a file could have."""
    return int(digits) if digits and len(digits) < 10 and digits.isascii() and digits.isdigit() else 0


def _has(parts: Sequence[str], text: str) -> bool:
    for part in parts:  # noqa: SIM110  three times as fast as `any`
        if part in text:
            return True
    return False


def _find(pattern: str, text: str) -> re.Match[str] | None:
    """Match a line, or what stands behind the prefix of a tool that runs others."""
    # What begins with anything is searched for, which knows where the rest cannot begin.
    find = compiled(pattern[3:]).search if pattern.startswith(".*?") else compiled(pattern).match
    if found := find(text):
        return found
    inner = without_prefix(text)
    return find(inner) if inner is not text else None


def _positions(words: str, at: Mapping[str, list[int]]) -> list[int]:
    """Return the positions of the lines with all of `words`."""
    lists = sorted((positions(at, *either.split("|")) for either in words.split()), key=len)
    found = lists[0][:_MOST]
    for other in lists[1:]:
        if not found:
            break
        held = set(other)
        found = [position for position in found if position in held]
    return found


def _failure(
    row: Row, found: re.Match[str], above: re.Match[str] | None, lines: Sequence[Line], position: int
) -> Failure:
    told = _told(above) | _told(found)
    last = position
    said: list[str] = []
    if row.more:
        more = compiled(row.more)
        for ahead in range(position + 1, min(position + 1 + row.most, len(lines))):
            text = text_at(lines, ahead)
            if not more.match(text):
                break
            if text.strip():
                last = ahead
                said.append(text)
            if row.below and (below := compiled(row.below).match(text)):
                told = _told(below) | told
    message = " ".join(said) if row.whole else told.get("message", "")
    file = told.get("file", "").strip()
    return Failure(
        tool=told.get("tool") or row.tool,
        kind=row.kind,
        message=sentence(message) or sentence(found.string) or row.tool,
        first=lines[position - bool(above)].number,
        last=lines[last].number,
        place=Place(file, number(told.get("line")), number(told.get("column"))) if file else None,
        code=told.get("code") or row.code,
        test=sentence(told.get("test", "")),
        summary=row.summary,
    )


def _told(found: re.Match[str] | None) -> dict[str, str]:
    return {name: text for name, text in found.groupdict().items() if text and text.strip()} if found else {}


def position_of(lines: Sequence[Line], wanted: int) -> int:
    """Return the position of the line with the number `wanted`, which is in `lines`."""
    from bisect import bisect_left

    return bisect_left(lines, wanted, key=lambda line: line.number)
