"""Which rows of two lists belong together: rows that both hold once are the fixed points, between them it goes on."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

_SMALL = 40_000
"""Product of two lengths up to which a stretch without fixed points is compared in full."""


def align(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return pairs of positions of equal items, rising in both; a longest such list where the stretches are short.

    This is the patience diff of Bram Cohen: it never pairs what stands alone with something far away for the sake of
    a few common lines, and costs n log n.
    """
    pairs: list[tuple[int, int]] = []
    stretches = [(0, len(first), 0, len(second))]
    while stretches:
        low, high, start, end = stretches.pop()
        while low < high and start < end and first[low] == second[start]:
            pairs.append((low, start))
            low, start = low + 1, start + 1
        while low < high and start < end and first[high - 1] == second[end - 1]:
            high, end = high - 1, end - 1
            pairs.append((high, end))
        if low == high or start == end:
            continue
        fixed = _fixed(first, second, low, high, start, end)
        if not fixed:
            pairs += _in_full(first, second, low, high, start, end)
            continue
        for left, right in fixed:
            stretches.append((low, left, start, right))
            pairs.append((left, right))
            low, start = left + 1, right + 1
        stretches.append((low, high, start, end))
    return sorted(pairs)


def _fixed(
    first: Sequence[Hashable], second: Sequence[Hashable], low: int, high: int, start: int, end: int
) -> list[tuple[int, int]]:
    """Return the longest rising list of pairs among the items that both stretches hold exactly once."""
    here = _once(first, low, high)
    there = _once(second, start, end)
    pairs = [(row, there[item]) for item, row in here.items() if item in there]
    tails: list[int] = []  # the smallest end of a rising list of each length
    places: list[int] = []
    before: list[int] = []
    for at, (_, row) in enumerate(pairs):
        length = bisect_left(tails, row)
        before.append(places[length - 1] if length else -1)
        tails[length : length + 1] = [row]
        places[length : length + 1] = [at]
    found = []
    at = places[-1] if places else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _once(items: Sequence[Hashable], start: int, end: int) -> dict[Hashable, int]:
    seen: dict[Hashable, int] = {}
    for row in range(start, end):
        seen[items[row]] = -1 if items[row] in seen else row
    return {item: row for item, row in seen.items() if row >= 0}


def _in_full(
    first: Sequence[Hashable], second: Sequence[Hashable], low: int, high: int, start: int, end: int
) -> list[tuple[int, int]]:
    if (high - low) * (end - start) > _SMALL:
        return []
    from difflib import SequenceMatcher

    blocks = SequenceMatcher(None, first[low:high], second[start:end], autojunk=False).get_matching_blocks()
    return [(low + left + row, start + right + row) for left, right, size in blocks for row in range(size)]
