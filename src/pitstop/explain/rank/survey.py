"""One cheap look at every line of a log: what is rare, what is coloured, and which lines are worth a closer look."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import chain, islice
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.rank.colour import RED, read_colours
from pitstop.explain.rank.place import find_stretches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.explain.lines import Line
    from pitstop.explain.rank.place import Stretch

MOST = 240
"""Lines of a log that get the close look."""

_FOLLOW = 9  # lines after one that speaks of a failure that gain by it
_FEW = 12
_LONGEST = 1000  # characters of a line that are looked at
_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz_\n")
_TABLE = bytes(byte if byte in _KEPT or byte >= 0x80 else 0x20 for byte in bytes(range(256)).lower())
_DIGITS = b"0123456789"


class Survey(NamedTuple):
    """What the cheap look found; all lists have an entry a line unless something else is said."""

    numbers: list[int]
    texts: list[str]
    words: list[list[bytes]]
    """Lower-case words, without digits."""
    masks: list[bytes]
    """The line in lower case without digits, its signs as spaces."""
    counts: Counter[bytes]
    """How often each mask occurs."""
    heads: list[bytes]
    """The first two words, a rough template."""
    head_counts: Counter[bytes]
    word_counts: Counter[bytes]
    colours: list[int]
    """As `colour.read_colours` says."""
    marks: list[str]
    solid: list[int]
    """Positions of the lines that are not blank, rising."""
    stretches: list[Stretch]
    chosen: list[int]
    """Indices into `solid` of the lines worth a closer look, rising."""


def survey(lines: Sequence[Line], at: Mapping[str, Sequence[int]] | None = None) -> Survey:
    """Return what one look at each line tells; `at` is what `find_words` finds of at least `place.WORDS`."""
    texts = [line.text[:_LONGEST] for line in lines]
    masks = "\n".join(texts).encode("utf-8", "replace").translate(_TABLE, _DIGITS).split(b"\n")
    counts = Counter(masks)
    words_of = {mask: mask.split() for mask in counts}  # many lines are alike: what can be is done once for all of them
    heads_of = {mask: b" ".join(words[:2]) for mask, words in words_of.items()}
    heads = [heads_of[mask] for mask in masks]
    head_counts = Counter(heads)
    colours = read_colours(lines)
    stretches = find_stretches(lines, texts, at)
    solid = [at for at, text in enumerate(texts) if text and not text.isspace()]
    near = _nearness(stretches, len(lines))
    chosen = _chosen(_scores(solid, masks, near, colours, counts, _judged(words_of, counts, heads_of, head_counts)))
    marks = [line.mark for line in lines]
    numbers = [line.number for line in lines]
    words = [words_of[mask] for mask in masks]
    word_counts = _word_counts(words_of, counts)
    return Survey(
        numbers, texts, words, masks, counts, heads, head_counts, word_counts, colours, marks, solid, stretches, chosen
    )


def _word_counts(words_of: Mapping[bytes, list[bytes]], counts: Mapping[bytes, int]) -> Counter[bytes]:
    """Return how often each word occurs."""
    found = Counter(chain.from_iterable(words_of.values()))
    for mask, count in counts.items():
        if count > 1:
            for word in words_of[mask]:
                found[word] += count - 1
    return found


def _judged(
    words_of: Mapping[bytes, list[bytes]],
    counts: Mapping[bytes, int],
    heads_of: Mapping[bytes, bytes],
    head_counts: Mapping[bytes, int],
) -> dict[bytes, tuple[float, bool]]:
    """Return for each mask what it is worth alone, and whether it speaks of a failure where few lines begin like it."""
    judged = {}
    for mask, words in words_of.items():
        strong = not _STRONG.isdisjoint(words)
        alike = head_counts[heads_of[mask]]
        judged[mask] = (-0.35 * _log(counts[mask]) - 0.15 * _log(alike) + 2.0 * strong, strong and alike < _FEW)
    return judged


def _scores(
    solid: Sequence[int],
    masks: Sequence[bytes],
    near: Sequence[float],
    colours: Sequence[int],
    counts: Mapping[bytes, int],
    judged: Mapping[bytes, tuple[float, bool]],
) -> list[float]:
    """Return for each line that is not blank how much it is worth a closer look."""
    scores = []
    again: set[bytes] = set()
    speaking = -_FOLLOW  # the last line that speaks of a failure, where few begin like it
    for index, at in enumerate(solid):
        mask = masks[at]
        score, speaks = judged[mask]
        if counts[mask] > 1:
            if mask in again:
                score -= 0.5
            else:
                again.add(mask)
        score += near[at]
        if colours[at] & RED:
            score += 1.5
        if speaks:
            speaking = index
        elif index - speaking < _FOLLOW:
            score += 1.0
        scores.append(score)
    return scores


def _chosen(scores: Sequence[float]) -> list[int]:
    """Return the indices of the greatest scores, rising; of equal ones the first."""
    if len(scores) <= MOST:
        return list(range(len(scores)))
    least = sorted(scores)[-MOST]
    equal = MOST - sum(score > least for score in scores)
    first = islice((index for index, score in enumerate(scores) if score == least), equal)
    return sorted([*(index for index, score in enumerate(scores) if score > least), *first])


_log = lru_cache(maxsize=1000)(log2)


_STRONG = frozenset(
    b"error errors fail fails failed failing failure failures fatal panic panicked exception traceback assertion aborted"
    b" abort segmentation killed undefined unresolved invalid unexpected cannot unable missing expected mismatch denied"
    b" refused timeout violation illegal unknown problem problems warning warnings crashed crash ko err could couldn"
    b" not assertionerror typeerror overfull incorrect differ differs wrong".split()
)


def _nearness(stretches: Sequence[Stretch], total: int) -> list[float]:
    """Return for each line how likely its place alone makes it: near the end or the beginning of what failed."""
    near = [0.0] * total
    ends = [3.0 / (1 + log2(1 + back / 20)) for back in range(600)]
    for order, stretch in enumerate(stretches[:8]):
        size = max(stretch.end - stretch.first, 1)
        bonus = (3.0 if not order else 1.5) + (1.0 if size < 150 else 0.0)
        for at in range(max(stretch.first - 2, 0), min(stretch.end, total)):
            score = bonus + ends[min(stretch.end - at, 599)] + (1.0 if at - stretch.first < 30 else 0.0)
            near[at] = max(near[at], score)
        for at in range(max(stretch.first - 90, 0), max(stretch.first - 2, 0)):
            near[at] = max(near[at], 1.0)
    return near
