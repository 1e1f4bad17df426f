"""Of several entries that know something in a log, the one that tells why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.knowledge.entry import FATAL, WARNING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.finding import Evidence
    from pitstop.explain.knowledge.entry import Match

_NEAR = 6  # lines around a line of evidence that belong to it
_ENOUGH = 1.0  # what a match must be worth to be believed


def best(matches: Sequence[Match], evidence: Sequence[Evidence] = ()) -> Match | None:
    """Return the match that best explains the `evidence` (most telling first), or None where none does."""
    order = ranked(matches, evidence)
    return order[0][1] if order and order[0][0] >= _ENOUGH else None


def ranked(matches: Sequence[Match], evidence: Sequence[Evidence] = ()) -> list[tuple[float, Match]]:
    """Return the matches with what each is worth, best first; from 1 on it can be believed.

    A match counts by how near it is to the most telling lines, then by how much its pattern says. What is fatal counts
    wherever it stands, what is a warning only on a line of evidence. Without evidence the last line is the best.
    """
    last = max((match.number for match in matches), default=1)
    found = [(_worth(match, evidence, last), match) for match in matches]
    return sorted(found, key=lambda one: (-one[0], one[1].number if evidence else -one[1].number, one[1].entry.code))


def _worth(match: Match, evidence: Sequence[Evidence], last: int) -> float:
    near = _nearness(match, evidence) if evidence else 1.1 + 0.5 * match.number / last
    severity = match.entry.severity
    if severity == FATAL:
        near = max(near, 0.9) + 0.3
    elif severity == WARNING:
        near *= 0.6 if evidence else 0.95
    return near + _says(match)


def _nearness(match: Match, evidence: Sequence[Evidence]) -> float:
    """Return 2 for the most telling line, less for later ones and for lines beside them, 0 for what is far from all."""
    worth = 0.0
    for rank, one in enumerate(evidence):
        away = abs(one.number - match.number)
        if away <= _NEAR:
            worth = max(worth, (2.0 if not away else 1.2 - 0.1 * away) / (1 + 0.15 * rank))
    return worth


def _says(match: Match) -> float:
    """Return up to 0.5 for how much text the pattern asks for, a tenth of it for what is general."""
    return min(sum(map(len, match.pattern.needles)), 100) / (2000 if match.entry.general else 200)
