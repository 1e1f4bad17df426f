"""A failing log beside a good one: which of its lines are new and tell why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.compare.choose import choose
from pitstop.explain.compare.novel import Known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.finding import Evidence, Failure
    from pitstop.explain.lines import Line

SURE = 0.7
"""Score from which a line of evidence speaks of an error in a tool's own words."""


class Comparison(NamedTuple):
    """What one log has that another has not."""

    new: tuple[int, ...] = ()
    """Numbers of the lines, from 1, that the good log has nothing equal to, whatever they say."""
    evidence: tuple[Evidence, ...] = ()
    """Those of them that tell why it failed, most telling first."""


def compare(lines: Sequence[Line], good: Sequence[Line], failures: Sequence[Failure] = ()) -> Comparison:
    """Return what is new in `lines` against `good`, the log of a run of the same job that passed.

    `failures` is what tools are known to say in `lines`; it is not needed, but makes sure of their words.

    Lines that differ in numbers, times, hashes, addresses or their place only are not new.
    """
    known = Known(good)
    new = known.new(lines)
    return Comparison(tuple(lines[at].number for at in new), tuple(choose(lines, new, known, failures)))
