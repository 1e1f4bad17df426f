"""The figures of one log and of many: where the first marked line stands, how much was found, how much was shown for it."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.diagnose.logs import Log


class Score(NamedTuple):
    """How well one ranked list of lines does on one log."""

    name: str
    group: str
    rank: int
    """Of the first line that people marked as the error; 0: none of them is shown."""
    recall: float
    precision: float
    """Share of what is shown that is error or context."""
    shown: int


class Summary(NamedTuple):
    """The same over many logs."""

    logs: int
    hit1: float
    hit5: float
    hit10: float
    mrr: float
    recall: float
    precision: float
    shown: float
    """Median."""


def score(log: Log, numbers: Sequence[int]) -> Score:
    """Judge the numbers of lines, the most telling first."""
    rank = next((at for at, number in enumerate(numbers, 1) if number in log.error), 0)
    told = set(numbers)
    recall = len(told & log.error) / len(log.error)
    precision = len(told & (log.error | log.context)) / len(told) if told else 0.0
    return Score(log.name, log.group, rank, round(recall, 4), round(precision, 4), len(told))


def summary(scores: Sequence[Score]) -> Summary:
    """Return the figures of all."""
    count = len(scores)

    def share(most: int) -> float:
        return sum(0 < one.rank <= most for one in scores) / count

    return Summary(
        count,
        share(1),
        share(5),
        share(10),
        sum(1 / one.rank for one in scores if one.rank) / count,
        sum(one.recall for one in scores) / count,
        sum(one.precision for one in scores) / count,
        median(one.shown for one in scores),
    )
