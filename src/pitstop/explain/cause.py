"""Whose failure it is: category, kind, how sure that is, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import (
    CODE,
    COMPILE,
    CONFIGURATION,
    DEPENDENCY,
    INFRASTRUCTURE,
    RESOURCE,
    STYLE,
    TEST,
    UNKNOWN,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.finding import Failure

CATEGORY_OF = {
    COMPILE: CODE,
    TEST: TEST,
    STYLE: CODE,
    "link": CODE,
    "types": CODE,
    "docs": CODE,
    "package": DEPENDENCY,
    "network": INFRASTRUCTURE,
    "git": INFRASTRUCTURE,
    "permission": CONFIGURATION,
    "memory": RESOURCE,
    "disk": RESOURCE,
}
"""The category that a kind of failure usually belongs to."""


class Cause(NamedTuple):
    """Whose failure it is."""

    category: str = UNKNOWN
    kind: str = ""
    confidence: float = 0.0
    reasons: tuple[str, ...] = ()
    retry: str = ""


def find_cause(failures: Sequence[Failure]) -> Cause:
    """Return whose failure these are."""
    for failure in failures:
        if failure.kind in CATEGORY_OF:
            return Cause(CATEGORY_OF[failure.kind], failure.kind, 0.7, (f"{failure.tool} says so",))
    return Cause()
