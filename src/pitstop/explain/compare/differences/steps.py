"""How long the steps of two logs took, where their lines carry times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.text import duration
from pitstop.explain.compare.differences.values import DURATION, Difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.explain.lines import Line

_LEAST_S = 5.0
_LEAST_PART = 0.25
"""A duration is told that differs by more than both."""


def differing_steps(good: Sequence[Line], bad: Sequence[Line]) -> list[Difference]:
    """Return the steps of both logs whose durations differ; the last of the second is left out, as it may have broken off."""
    before, after = _lengths(good), _lengths(bad)
    found = []
    for name in list(after)[:-1]:
        old, new = before.get(name, 0.0), after[name]
        longer = abs(new - old)
        if old > 0 and longer >= _LEAST_S and longer > _LEAST_PART * old:
            found.append(Difference(DURATION, name, duration(old), duration(new)))
    return found


def _lengths(lines: Sequence[Line]) -> dict[str, float]:
    """Return the seconds from the first to the last line of each step, in the order of the log."""
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for line in lines:
        if line.step and line.time:
            first.setdefault(line.step, line.time)
            last[line.step] = line.time
    return {name: last[name] - start for name, start in first.items()}
