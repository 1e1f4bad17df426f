"""A failing log beside a good one: which of its lines are new and tell why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.compare.choose import choose
from pitstop.explain.compare.novel import Known
from pitstop.explain.compare.signs import NEWS, OUTCOME, sign_of
from pitstop.explain.lines import Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pitstop.core.finding import Evidence, Failure
    from pitstop.explain.seen import Seen

SURE = 0.7
"""Score from which a line of evidence speaks of an error in a tool's own words."""

_RANKED = 8
_USUAL = 0.6
"""Part of its score that a line of every recorded run loses."""


class Comparison(NamedTuple):
    """What one log has that another has not."""

    new: tuple[int, ...] = ()
    """Numbers of the lines, from 1, that the good log has nothing equal to, whatever they say."""
    evidence: tuple[Evidence, ...] = ()
    """Those of them that tell why it failed, most telling first."""


def compare(
    lines: Sequence[Line],
    good: Sequence[Line],
    failures: Sequence[Failure] = (),
    at: Mapping[str, Sequence[int]] | None = None,
    seen: Seen | None = None,
) -> Comparison:
    """Return what is new in `lines` against `good`, the log of a run of the same job that passed.

    `failures` is what tools are known to say in `lines`; it is not needed, but makes sure of their words; `at` and `seen` are as in `rank`.

    Lines that differ in numbers, times, hashes, addresses or their place only are not new.
    """
    known = Known(good)
    new = known.new(lines)
    evidence = choose(lines, new, known, failures)
    if seen:
        evidence = _unusual(evidence, seen)
    numbers = tuple(lines[at].number for at in new)
    if new and (not evidence or evidence[0].score < SURE):
        from pitstop.explain.rank import rank

        evidence = _ranked(rank(lines, failures, at, seen), frozenset(numbers), evidence)
    return Comparison(numbers, tuple(evidence))


def _unusual(evidence: Sequence[Evidence], seen: Seen) -> list[Evidence]:
    """Put behind what the good log happens not to hold, but others that were recorded."""
    weighed = [one._replace(score=round(one.score * (1 - _USUAL * seen.usual(one.text)), 4)) for one in evidence]
    return sorted(weighed, key=lambda one: -one.score)


def _ranked(ranked: Sequence[Evidence], new: AbstractSet[int], weak: Sequence[Evidence]) -> list[Evidence]:
    """Put those of the `new` lines first that would be shown without a good log too: no word says enough by itself."""
    found = [line for line in ranked if line.number in new and not _is_news(line)][:_RANKED]
    first = [line._replace(score=round(SURE - 0.001 * at, 4)) for at, line in enumerate(found, 1)]
    said = {line.number for line in found}
    return [*first, *(line for line in weak if line.number not in said)]


def _is_news(line: Evidence) -> bool:
    """Return whether a line is the CI system's own, about where and for what it runs, or that it failed."""
    return sign_of(Line(line.number, line.text, line.text)).kind in {OUTCOME, NEWS}
