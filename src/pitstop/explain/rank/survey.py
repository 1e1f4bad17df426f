"""One cheap look at every line of a log: what is rare, what is coloured, what speaks of errors, and which lines are worth a closer look."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.rank.place import find_stretches

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from pitstop.explain.lines import Line
    from pitstop.explain.rank.place import Stretch

MOST = 500
"""Lines of a log that get the close look."""

_DIGITS = b"0123456789"
_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz_")
_TABLE = bytes(byte if byte in _KEPT or byte >= 0x80 else 0x20 for byte in bytes(range(256)).lower())
_RED = 4
_BOLD = 2
_OTHER = 1


class Survey(NamedTuple):
    """What the cheap look found; all lists have an entry a line."""

    texts: list[str]
    words: list[list[bytes]]
    """Lower-case words, without digits."""
    masks: list[bytes]
    """The words as one."""
    counts: Counter[bytes]
    """How often each mask occurs."""
    heads: list[bytes]
    """The first two words, a rough template."""
    head_counts: Counter[bytes]
    colours: list[int]
    """4: red, 2: bold, 1: another colour, sums of them."""
    stretches: list[Stretch]
    chosen: list[int]
    """Positions of the lines worth a closer look, rising."""


def survey(lines: Sequence[Line]) -> Survey:
    """Return what one look at each line tells."""
    texts = [line.text[:2000] for line in lines]
    words = [text.encode("utf-8", "replace").translate(_TABLE).split() for text in texts]
    masks = [b" ".join(of_line) for of_line in words]
    counts = Counter(masks)
    heads = [b" ".join(of_line[:2]) for of_line in words]
    head_counts = Counter(heads)
    colours = _colours(lines)
    stretches = find_stretches(lines)
    chosen = _choose(words, masks, counts, head_counts, heads, colours, stretches)
    return Survey(texts, words, masks, counts, heads, head_counts, colours, stretches, chosen)


def _colours(lines: Sequence[Line]) -> list[int]:
    found = []
    state = 0
    find = _codes().finditer
    for line in lines:
        raw = line.raw
        if "\x1b[" not in raw:
            found.append(state if raw else 0)
            continue
        best = state
        at = 0
        for code in find(raw[:4000]):
            if state and code.start() > at:
                best |= state  # something was written in it
            at = code.end()
            state = _after(state, code[1])
        if state and at < len(raw.rstrip()):
            best |= state
        found.append(best)
    return found


def _after(state: int, codes: str) -> int:
    if not codes:
        return 0
    for code in codes.split(";"):
        if code in {"", "0", "39", "49", "00"}:
            state = 0
        elif code in {"31", "91", "41", "101"}:
            state = (state & _BOLD) | _RED
        elif code in {"1", "01"}:
            state |= _BOLD
        elif code == "22":
            state &= ~_BOLD
        elif code[:1] in "349" and len(code) == 2:  # 30 to 49, 90 to 97: the colours
            state = (state & _BOLD) | _OTHER
    return state


@cache
def _codes() -> re.Pattern[str]:
    import re

    return re.compile(r"\x1b\[([0-9;]*)m")


_STRONG = frozenset(
    b"error errors fail fails failed failing failure failures fatal panic panicked exception traceback assertion aborted"
    b" abort segmentation killed undefined unresolved invalid unexpected cannot unable missing expected mismatch denied"
    b" refused timeout violation illegal unknown problem problems warning warnings crashed crash ko err could couldn"
    b" not assertionerror typeerror overfull incorrect differ differs wrong".split()
)


def _choose(
    words: list[list[bytes]],
    masks: list[bytes],
    counts: Counter[bytes],
    head_counts: Counter[bytes],
    heads: list[bytes],
    colours: list[int],
    stretches: list[Stretch],
) -> list[int]:
    from math import log2

    total = len(words)
    near = [0.0] * total
    for order, stretch in enumerate(stretches[:6]):
        size = max(stretch.end - stretch.first, 1)
        bonus = 3.0 if not order else 1.5
        for at in range(max(stretch.first - 2, 0), min(stretch.end, total)):
            back = stretch.end - at
            forth = at - stretch.first
            near[at] = max(
                near[at],
                bonus + 3.0 / (1 + log2(1 + back / 20)) + (1.0 if forth < 30 else 0.0) + (1.0 if size < 150 else 0.0),
            )
        for at in range(max(stretch.first - 90, 0), max(stretch.first - 2, 0)):
            near[at] = max(near[at], 1.0)
    seen: set[bytes] = set()
    scores: list[tuple[float, int]] = []
    for at, of_line in enumerate(words):
        if not of_line:
            continue
        mask = masks[at]
        score = near[at] - 0.35 * log2(counts[mask]) - 0.15 * log2(head_counts[heads[at]])
        if not _STRONG.isdisjoint(of_line):
            score += 2.0
        if colours[at] & _RED:
            score += 1.5
        if mask in seen:
            score -= 0.5
        seen.add(mask)
        scores.append((-score, at))
    scores.sort()
    return sorted(at for _, at in scores[:MOST])
