"""Two logs side by side for people: what is new and what is gone, with a little around it; the rest is folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.compare.align import align
from pitstop.explain.compare.masks import roughen, template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.explain.lines import Line

AROUND = 2
"""Lines that are shown before and after new ones."""


class Hunk(NamedTuple):
    """One place where the logs differ."""

    folded: int
    """Lines since the last hunk that are as they were, but for numbers, or only stand elsewhere now."""
    before: tuple[Line, ...]
    gone: tuple[Line, ...]
    """Of the first log: what stood there and is nowhere in the second."""
    new: tuple[Line, ...]
    """Of the second log: what is nowhere in the first."""
    after: tuple[Line, ...]


class View(NamedTuple):
    """The second log as it differs from the first."""

    hunks: tuple[Hunk, ...] = ()
    folded: int = 0
    """Lines after the last hunk."""
    moved: int = 0
    """Lines of the second log that stand elsewhere in the first."""
    renumbered: int = 0
    """Lines in their place that differ in numbers, times or hashes only."""


def lay_side_by_side(first: Sequence[Line], second: Sequence[Line], *, around: int = AROUND) -> View:
    """Return how the log `second` differs from the log `first`; equal logs have no hunks.

    Lines are the same when their words are (`masks.template`); blank lines and rules belong to what they stand beside.
    """
    asked: dict[bytes, bytes] = {}
    old, new = _marks(first, asked), _marks(second, asked)
    pairs = align(old, new)
    known_old, known_new = frozenset(old), frozenset(new)
    is_new = [mark not in known_old and bool(mark) for mark in new]
    is_gone = [mark not in known_new and bool(mark) for mark in old]
    spans = _spans(pairs, is_new, is_gone, len(old), len(new))
    hunks = []
    done = 0
    for at, (low, high, start, end) in enumerate(spans):
        limit = spans[at + 1][2] if at + 1 < len(spans) else len(second)
        lead = max(start - around, done)
        tail = min(end + around, limit)
        hunks.append(
            Hunk(
                lead - done,
                tuple(second[lead:start]),
                tuple(first[row] for row in range(low, high) if is_gone[row]),
                tuple(second[start:end]),
                tuple(second[end:tail]),
            )
        )
        done = tail
    paired = {row for _, row in pairs}
    moved = sum(not is_new[row] and bool(new[row]) and row not in paired for row in range(len(new)))
    renumbered = sum(first[left].text != second[right].text for left, right in pairs)
    return View(tuple(hunks), len(second) - done, moved, renumbered)


def fold_alike(lines: Sequence[Line]) -> list[tuple[Line, int]]:
    """Return the lines with how many follow each that say the same but for numbers; those are left out."""
    folded: list[tuple[Line, int]] = []
    last = b""
    for line in lines:
        mark = template(line.text)
        if folded and mark == last:
            folded[-1] = folded[-1][0], folded[-1][1] + 1
        else:
            folded.append((line, 0))
            last = mark
    return folded


def _spans(
    pairs: Sequence[tuple[int, int]], is_new: Sequence[bool], is_gone: Sequence[bool], olds: int, news: int
) -> list[tuple[int, int, int, int]]:
    """Return the places that differ: rows of the first log, and rows of the second from the first new one to the last."""
    found = []
    left = right = 0
    for low, high in [*pairs, (olds, news)]:
        fresh = [row for row in range(right, high) if is_new[row]]
        if fresh or any(is_gone[left:low]):
            runs = _runs(fresh) or [(high, high)]
            for at, (start, end) in enumerate(runs):
                found.append((left, low if at == 0 else left, start, end))
        left, right = low + 1, high + 1
    return found


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return rows as half-open ranges; a single row between two of them is part of both."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row - runs[-1][1] <= 1:
            runs[-1] = runs[-1][0], row + 1
        else:
            runs.append((row, row + 1))
    return runs


def _marks(lines: Sequence[Line], known: dict[bytes, bytes]) -> list[bytes]:
    """Return the template of each line; those of rough texts that were asked before are `known`."""
    marks = []
    texts = [line.text for line in lines]
    for rough, text in zip(roughen(texts), texts, strict=True):
        mark = known.get(rough)
        if mark is None:
            mark = known[rough] = template(text)
        marks.append(mark)
    return marks
