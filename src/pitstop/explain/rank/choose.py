"""Which of the scored lines are shown, and in which order: the best line of each place first, then what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.explain.rank.survey import Survey

SHOWN = 20
"""Lines at most."""

# What a line loses by a line that is shown before it. A second line of one place says less than the first of another:
# where the first place is the wrong one, the second may be right.
_NEAR = 2.0  # beside that line; less and less up to so many lines away:
_REACH = 5
_SAME = 1.0  # the same words
_ALIKE = 0.3  # the same first two words


def choose(found: Survey, scores: Sequence[float]) -> list[tuple[int, float]]:
    """Return positions of lines and their scores, which fall."""
    order = [found.solid[index] for index in found.chosen]
    left = dict(zip(order, scores, strict=True))
    same: dict[bytes, list[int]] = {}
    alike: dict[bytes, list[int]] = {}
    for at in order:
        same.setdefault(found.masks[at], []).append(at)
        alike.setdefault(found.heads[at], []).append(at)
    shown: list[tuple[int, float]] = []
    while left and len(shown) < SHOWN:
        at = max(left, key=left.__getitem__)
        score = round(left.pop(at), 4)
        shown.append((at, score))
        for other in range(at - _REACH + 1, at + _REACH):
            if other in left:
                left[other] -= _NEAR * (1 - abs(other - at) / _REACH)
        for other in same[found.masks[at]]:
            if other in left:
                left[other] -= _SAME
        for other in alike[found.heads[at]]:
            if other in left:
                left[other] -= _ALIKE
    return shown
