"""Which of the scored lines are shown, and in which order: the best of each place first, then what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.explain.rank.survey import Survey

SHOWN = 20
"""Lines at most."""


def choose(found: Survey, scores: Sequence[float]) -> list[tuple[int, float]]:
    """Return positions with falling scores."""
    order = sorted(zip(scores, found.chosen, strict=True), key=lambda one: (-one[0], one[1]))
    return [(at, round(score, 4)) for score, at in order[:SHOWN]]
