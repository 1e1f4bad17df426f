"""What the parsers of tools say of a line, as figures."""

from __future__ import annotations

from bisect import bisect_left
from math import log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pitstop.core.finding import Failure

NAMES = (
    "told: first line", "told: inside", "told: summary", "told: failures", "told: since one", "told: how many before",
    "told: names a place", "told: names a test", "told: before the last summary",
)  # fmt: skip
_LONGEST = 200  # lines of one failure that count as inside


def telling(failures: Sequence[Failure]) -> Callable[[int], list[float]]:
    """Return a function from the number of a line to the figures of `NAMES`."""
    firsts: dict[int, Failure] = {}
    inside: dict[int, Failure] = {}
    for failure in failures:
        firsts.setdefault(failure.first, failure)
        for number in range(failure.first, min(failure.last, failure.first + _LONGEST) + 1):
            inside.setdefault(number, failure)
    starts = sorted(number for number, failure in firsts.items() if not failure.summary)
    sums = sorted(failure.first for failure in failures if failure.summary)
    many = log2(1 + len(starts))

    def tell(number: int) -> list[float]:
        first, within = firsts.get(number), inside.get(number)
        here = bisect_left(starts, number)
        return [
            bool(first and not first.summary), bool(within and not within.summary), bool(within and within.summary),
            many, log2(1 + min(number - starts[here - 1], 5000)) if here else 14.0, log2(1 + here),
            bool(first and first.place), bool(first and first.test), bool(sums and number < sums[-1]),
        ]  # fmt: skip

    return tell
