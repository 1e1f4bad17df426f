"""Which lines of a log are shown for a finding: the fewest that prove it, with what they need to be understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.text import strip_ansi
from pitstop.explain.around import headline, is_frame, position_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pitstop.core.finding import Failure, Finding
    from pitstop.explain.lines import Line

MOST = 8
"""Lines of proof that a person is shown."""
_FAILURES = 3  # that are told by their tools' own lines
_BLOCK = 4  # lines of one such failure
_SHARE = 0.4  # of the greatest score: what has less is not worth a line beside the proof
_NEAR = 8  # lines around the proof in which more evidence is believed to belong to it


class Shown(NamedTuple):
    """One line to show."""

    number: int
    text: str
    """Clean, without tabs."""
    proof: bool
    """Whether it is a reason itself, not only between two."""
    best: bool
    """Whether it is the one to read first."""


def shown_lines(finding: Finding, lines: Sequence[Line], most: int = MOST) -> list[Shown]:
    """Return the lines to show, in the order of the log.

    First what says best what broke and the tools' own words for failures of this kind, then the most telling lines
    beside them, then other telling ones, `most` in all; and a single line between two that are shown. `lines` may be
    less than the whole log, or nothing.
    """
    known = {one.number: one.text for one in finding.evidence}
    best, text = headline(lines, finding.evidence)
    if best:
        known.setdefault(best, text)
    failures = _told(finding, best)
    if failures:
        best = failures[0].first
    wanted: list[int] = [best] if best else []
    for failure in failures:
        wanted += range(failure.first, min(failure.last, failure.first + _BLOCK - 1) + 1)
    wanted += _beside(finding, wanted)
    if not wanted:
        wanted += [one.number for one in finding.evidence]
    numbers = set(list(dict.fromkeys(wanted))[:most])
    proof = frozenset(numbers)
    numbers |= {number + 1 for number in numbers if number + 2 in numbers}
    shown = []
    for number in sorted(numbers):
        at = position_of(lines, number)
        told = lines[at].text if at >= 0 else known.get(number, "")
        if told.strip():
            shown.append(Shown(number, strip_ansi(told).expandtabs(4).rstrip(), number in proof, number == best))
    return shown


def _told(finding: Finding, best: int) -> list[Failure]:
    """Return some failures of the kind that it is, that of the most telling line first, then in the log's order."""
    told = [one for one in finding.failures if one.kind == finding.kind and not one.summary and one.first > 0]
    told.sort(key=lambda one: not one.first <= best <= one.last)
    return told[:_FAILURES]


def _beside(finding: Finding, wanted: Sequence[int]) -> Iterator[int]:
    """Yield telling lines near those that are shown anyway, without the frames of stack traces."""
    least = max((one.score for one in finding.evidence), default=0.0) * _SHARE
    for one in finding.evidence:
        if one.score < least:
            return
        near = not wanted or any(abs(one.number - number) <= _NEAR for number in wanted)
        if near and not is_frame(one.text):
            yield one.number
