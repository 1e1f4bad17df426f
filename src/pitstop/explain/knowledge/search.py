"""Patterns on lines: one line, or a whole log in one pass, with a limit on the steps."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.knowledge.bounded import LONGEST, compiled
from pitstop.explain.knowledge.entry import Match
from pitstop.explain.words import words_of

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from pitstop.explain.knowledge.entry import Entry, Pattern
    from pitstop.explain.lines import Line

_KEPT = 20  # matches of one entry that are kept from the beginning of a log, and as many from its end
_MOST = 40_000_000  # steps, in the worst case, that one pattern may take in one log, less than half a second
_IN_ALL = 500_000_000  # and all of them

_compiled = lru_cache(maxsize=4096)(compiled)


def find(entry: Entry, text: str) -> Match | None:
    """Return where `entry` recognises the one line `text`, by the first of its patterns that does."""
    words = set(words_of(text[:LONGEST]))
    for pattern in entry.patterns:
        if not words.isdisjoint(pattern.words) and (found := _search(pattern, text)):
            return Match(entry, 1, text, groups_of(found), pattern)
    return None


class Hit(NamedTuple):
    """One pattern found in one line."""

    position: int
    """Of the line, from 0."""
    entry: int
    place: int
    """Of the pattern among those of its entry."""
    pattern: Pattern
    groups: tuple[tuple[str, str], ...]


def find_all(
    patterns: Mapping[str, Sequence[tuple[int, int, Pattern]]], lines: Sequence[Line], at: Mapping[str, Sequence[int]]
) -> list[Hit]:
    """Return what the patterns find in `lines`, by place and entry; of one entry in one line its first pattern that fits.

    `patterns` are (entry, index, pattern) by each of their words, `at` the positions of the lines that have a word. Of a
    pattern that is found very often the first and the last lines are given.
    """
    left = _IN_ALL
    best: dict[tuple[int, int], Hit] = {}
    for word in sorted(patterns.keys() & at.keys()):
        positions = at[word]
        for entry, index, pattern in patterns[word]:
            likely = _with_needles(pattern, lines, positions)
            if not likely:
                continue
            ends = (likely,) if len(likely) <= _KEPT else (likely, likely[::-1])
            for some in ends:
                rest = start = min(_MOST // len(ends), left)
                kept = 0
                for position in some:
                    text = lines[position].text
                    hit = best.get((position, entry))
                    if hit is None or hit.place > index:
                        rest -= _cost(pattern, len(text))
                        if rest < 0:
                            break
                        if not (found := _search(pattern, text)):
                            continue
                        best[position, entry] = Hit(position, entry, index, pattern, groups_of(found))
                    kept += 1
                    if kept >= _KEPT:
                        break
                left -= start - max(rest, 0)
    return [best[place] for place in sorted(best)]


def _with_needles(pattern: Pattern, lines: Sequence[Line], positions: Sequence[int]) -> Sequence[int]:
    """Return those of `positions` whose lines contain all that a line must which the pattern matches."""
    for needle in pattern.needles:
        positions = [position for position in positions if needle in lines[position].text]
    return positions


def groups_of(found: re.Match[str]) -> tuple[tuple[str, str], ...]:
    """Return what the named groups found, cut to 200 characters; those that found nothing are empty."""
    return tuple((name, (text or "")[:200]) for name, text in found.groupdict().items())


def _search(pattern: Pattern, text: str) -> re.Match[str] | None:
    look = _compiled(pattern.compiled)
    text = text[:LONGEST]
    return look.match(text) if pattern.anchored else look.search(text)


def _cost(pattern: Pattern, length: int) -> int:
    """Return the steps on a line of so many characters: they grow with the square at least."""
    part = min(length, LONGEST) / LONGEST
    return int(pattern.steps * part * part) + 1
