"""Settles which of several parsers may speak for a line: the more specific one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.core.finding import Failure


def settle(failures: Iterable[Failure]) -> list[Failure]:
    """Return `failures` in the order of the log, without lines in common; what is said again is marked `summary`.

    The more specific failure keeps its lines: a summary gives way to all, and then whoever names less of place,
    column, code and test. One that begins inside a stronger one is dropped, one that only reaches into it is cut.
    """
    kept: list[Failure] = []
    said: set[tuple[object, ...]] = set()
    for failure in sorted(failures, key=lambda each: (each.first, -weight(each), -each.last)):
        if kept and failure.first <= kept[-1].last:
            before = kept[-1]
            if failure.first == before.first or weight(failure) < weight(before) or _repeats(before, failure):
                continue
            kept[-1] = before._replace(last=failure.first - 1)
        key = (failure.tool, failure.message, failure.place, failure.code, failure.test)
        kept.append(failure._replace(summary=True) if key in said else failure)
        if not failure.summary:
            said.add(key)
    return kept


def weight(failure: Failure) -> int:
    """Return how specific `failure` is: 0 for a summary, else 1 and one for each of place, column, code and test."""
    if failure.summary:
        return 0
    place = failure.place
    return 1 + bool(place) + bool(place and place.column) + bool(failure.code) + bool(failure.test)


def _repeats(before: Failure, failure: Failure) -> bool:
    """Whether another tool's parser tells the inside of `before` once more."""
    return failure.tool != before.tool and weight(failure) == weight(before)
