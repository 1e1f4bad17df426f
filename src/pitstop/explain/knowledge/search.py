"""Patterns on lines: one line, or a whole log in one pass, with a limit on the steps."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pitstop.explain.knowledge.bounded import LONGEST, compiled
from pitstop.explain.knowledge.entry import Match
from pitstop.explain.words import words_of

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.knowledge.entry import Entry, Pattern
    from pitstop.explain.lines import Line

_KEPT = 20  # matches of one entry that are kept from the beginning of a log, and as many from its end
_MOST = 100_000_000  # steps, in the worst case, that one pattern may take in one log, about a second
_IN_ALL = 500_000_000  # and all of them

_compiled = lru_cache(maxsize=4096)(compiled)


def find(entry: Entry, text: str) -> Match | None:
    """Return where `entry` recognises the one line `text`, by the first of its patterns that does."""
    words = set(words_of(text[:LONGEST]))
    for pattern in entry.patterns:
        if not words.isdisjoint(pattern.words) and (found := _search(pattern, text)):
            return Match(entry, 1, text, groups_of(found), pattern)
    return None


def find_all(
    patterns: Mapping[str, Sequence[tuple[int, Pattern]]], lines: Sequence[Line], at: Mapping[str, Sequence[int]]
) -> Iterator[tuple[int, int, Pattern, tuple[tuple[str, str], ...]]]:
    """Yield (number of the entry, position of the line, pattern, groups) for what the patterns find in `lines`.

    `patterns` are (number of the entry, pattern) by each of their words, `at` the positions of the lines that have a word.
    Of an entry that is found very often the first and the last lines are given.
    """
    left = _IN_ALL
    done: dict[int, set[int]] = {}
    for word in patterns.keys() & at.keys():
        positions = at[word]
        for number, pattern in patterns[word]:
            seen = done.setdefault(number, set())
            rest = min(_MOST, left)
            ends = (positions,) if len(positions) <= _KEPT else (positions, positions[::-1])
            for some in ends:
                kept = 0
                for position in some:
                    text = lines[position].text
                    if not all(needle in text for needle in pattern.needles):
                        continue
                    if position in seen:
                        kept += 1
                    else:
                        cost = _cost(pattern, len(text))
                        if cost > rest:
                            break
                        rest -= cost
                        left -= cost
                        if found := _search(pattern, text):
                            seen.add(position)
                            yield number, position, pattern, groups_of(found)
                            kept += 1
                    if kept >= _KEPT:
                        break


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
