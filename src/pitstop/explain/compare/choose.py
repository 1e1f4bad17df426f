"""From the new lines of a failing log to those that tell why it failed, most telling first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import Evidence
from pitstop.explain.compare import signs
from pitstop.explain.compare.signs import sign_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.explain.compare.novel import Known
    from pitstop.explain.lines import Line

_MOST = 1000
_REPEATS = 100
_SHOWN = 0.45
_FOLLOWS = 40
"""Lines that may belong to the one before them."""
_SKIPPED = frozenset({signs.FRAME, signs.HELP, signs.RULE, signs.OUTCOME, signs.NEWS})


class Candidate(NamedTuple):
    """A new line that may be shown."""

    at: int
    mask: str
    strength: float
    kind: str


def choose(lines: Sequence[Line], new: Mapping[int, str], known: Known) -> list[Evidence]:
    """Return the telling ones of the `new` lines (position from 0, template), most telling first."""
    candidates = _candidates(lines, new, known)
    if not candidates:
        return []
    top = max(candidate.strength for candidate in candidates)
    shown = [candidate for candidate in candidates if candidate.strength >= _SHOWN * top]
    scored = _scored(shown, len(lines))
    scored.sort(key=lambda pair: (-pair[1], pair[0].at))
    return [Evidence(lines[each.at].number, lines[each.at].text, round(score, 4)) for each, score in scored[:_MOST]]


def _candidates(lines: Sequence[Line], new: Mapping[int, str], known: Known) -> list[Candidate]:
    found = []
    carried, left, indent, before = 0.0, 0, 0, -2
    strengths: dict[str, signs.Sign] = {}
    for at, mask in new.items():
        line = lines[at]
        key = mask + line.mark
        sign = strengths.get(key)
        if sign is None:
            sign = sign_of(line)
            if sign.strength >= 0.3:
                sign = sign._replace(strength=sign.strength * _novelty(known.likeness(mask)))
            strengths[key] = sign
        if at - before > 2 and not (at - before == 3 and not lines[at - 1].text.strip()):
            carried, left = 0.0, 0
        before = at
        if sign.kind in _SKIPPED:
            if sign.kind in {signs.HELP, signs.FRAME, signs.OUTCOME, signs.NEWS}:
                carried = 0.0
            continue
        strength = sign.strength
        inset = len(line.text) - len(line.text.lstrip())
        if carried and left and sign.kind in {signs.PLAIN, signs.ERROR} and strength < carried:
            strength = max(strength, carried if inset > indent else carried * 0.75)
            carried = strength if inset <= indent else carried
            left -= 1
        elif strength >= 0.5:
            carried, left, indent = strength, _FOLLOWS, inset
        if strength:
            found.append(Candidate(at, mask, strength, sign.kind))
    return found


def _novelty(likeness: float) -> float:
    return 1.0 if likeness < 0.6 else max(0.0, 1.0 - (likeness - 0.6) * 2.0)


def _scored(shown: list[Candidate], total: int) -> list[tuple[Candidate, float]]:
    counts: dict[str, int] = {}
    for each in shown:
        counts[each.mask] = counts.get(each.mask, 0) + 1
    said: dict[str, int] = {}
    scored = []
    for each in shown:
        nth = said[each.mask] = said.get(each.mask, 0) + 1
        if nth > _REPEATS:
            continue
        score = each.strength - 0.1 * each.at / total - (1.0 if nth > 1 else 0.0)
        scored.append((each, score))
    return scored
