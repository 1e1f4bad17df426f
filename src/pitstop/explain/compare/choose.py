"""From the new lines of a failing log to those that tell why it failed, most telling first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import Evidence
from pitstop.explain.compare import signs
from pitstop.explain.compare.maven import listed_failures, printed_by_failed_goals, printed_by_passed_tests
from pitstop.explain.compare.signs import may_tell, sign_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pitstop.core.finding import Failure
    from pitstop.explain.compare.novel import Known
    from pitstop.explain.lines import Line

_MOST = 1000
"""Lines that are given back at most; who shows them to people folds what repeats itself."""
_REPEATS = 100
"""Of one template."""
_SHOWN = 0.45
"""Part of the strongest line's strength that a line needs."""
_WEAK = 0.4
"""Where no line is stronger, the last new lines before the end are taken."""
_STRONG = 0.7
_MERE_WORDS = 0.6
"""A line that is no stronger holds a word that others than errors have too."""
_NEAR = 20
"""Lines before an error in which such words may lead to it."""
_LAST = 6
_END = 400
"""Lines at the end in which the outcome is looked for."""
_FOLLOWS = 8
"""Lines that may belong to the one before them."""
_ASKED = 0.3
"""Strength from which a line is held against those of the good log that are like it."""
_AGAIN = 0.03
_SENTENCE = 3
"""Blanks in a template that says enough to be the same thing when it comes again."""
_SAID = 1.0
"""What a tool is known to say of a failure, in the line that says it best."""
_WARNED = 0.7
"""A warning of the goal that then failed."""
_HEADING = "* What went wrong:"
"""Gradle's line above its reasons."""
_BY_WARNINGS = "-Werror"
"""The compiler's word for an error that is nothing but its warnings."""
_WHISPERED = 0.2
"""Strength from which a line of a low level has strong words; of that goal they are not harmless."""
_SAID_ON = 0.75
"""What it says below that."""
_MESSAGE = 60
"""Lines below that are looked at."""
_MOST_ASKED = 3000
"""Templates that are looked into; of a log with more that speak of errors the rest is left out, but for its end."""
_TAIL = 1000
"""Lines at the end that are looked into in any case."""
_SKIPPED = frozenset({signs.FRAME, signs.HELP, signs.RULE, signs.OUTCOME, signs.NEWS})


class Candidate(NamedTuple):
    """A new line that may be shown."""

    at: int
    mask: bytes
    strength: float


def choose(
    lines: Sequence[Line], new: Mapping[int, bytes], known: Known, failures: Sequence[Failure] = ()
) -> list[Evidence]:
    """Return the telling ones of the `new` lines (position from 0, template), most telling first.

    A line tells by itself (`signs`), as far as no line of the good log is like it, or because it goes on from one that
    does. Equal lines come again after all others.
    """
    said = _said(lines, failures)
    printed = printed_by_failed_goals(lines, new)
    if any(said.get(lines[at].number) == _SAID and _BY_WARNINGS not in lines[at].text for at in printed):
        printed = frozenset()  # its reasons are known
    candidates = _candidates(lines, new, known, said, printed)
    candidates = _without(printed_by_passed_tests(lines), candidates)
    top = max((candidate.strength for candidate in candidates), default=0.0)
    if top < _WEAK:
        candidates = _last(lines, new)
        top = 0.0
    shown = _told(candidates, top, {at for at in new if said.get(lines[at].number) == _SAID})
    scored = _scored(shown, len(lines))
    scored.sort(key=lambda pair: (-pair[1], pair[0].at))
    return [Evidence(lines[each.at].number, lines[each.at].text, round(score, 4)) for each, score in scored[:_MOST]]


def _said(lines: Sequence[Line], failures: Sequence[Failure]) -> dict[int, float]:
    """Return how strong the lines are, by number, in which tools are known to say what failed."""
    said = {}
    headings = {line.number for line in lines if line.text.startswith(_HEADING)}
    for failure in failures:
        if not failure.summary:
            said[failure.first + (failure.first in headings)] = _SAID
    for failure in failures:
        if not failure.summary:
            for number in range(failure.first, min(failure.last, failure.first + _MESSAGE) + 1):
                said.setdefault(number, _SAID_ON)
    for at in listed_failures(lines):
        said.setdefault(lines[at].number, _SAID_ON)
    return said


def _candidates(
    lines: Sequence[Line], new: Mapping[int, bytes], known: Known, said: Mapping[int, float], printed: AbstractSet[int]
) -> list[Candidate]:
    found = []
    carried, left, indent, before = 0.0, 0, 0, -2
    asked: dict[tuple[bytes, str], signs.Sign] = {}
    for at, mask in new.items():
        line = lines[at]
        if at - before > 2 or (at - before == 2 and any(map(str.isalpha, lines[at - 1].text))):
            left = 0  # what is not new, but for one line without words, ends what goes on
        key = (mask, line.mark)
        sign = asked.get(key)
        if sign is None:
            if (
                not left
                and line.number not in said
                and at not in printed
                and (not may_tell(line, mask) or (len(asked) > _MOST_ASKED and at < len(lines) - _TAIL))
            ):
                before = at
                continue
            sign = sign_of(line)
            if sign.strength >= _ASKED:
                sign = sign._replace(strength=sign.strength * _novelty(known.likeness(mask)))
            asked[key] = sign
        before = at
        if line.number in said and (sign.kind not in _SKIPPED or said[line.number] == _SAID):
            sign = signs.Sign(signs.ERROR, max(sign.strength, said[line.number]))
        elif at in printed and sign.kind == signs.WARNING:
            sign = signs.Sign(signs.WARNING, max(sign.strength, _WARNED))
        elif at in printed and sign.kind == signs.QUIET and sign.strength >= _WHISPERED:
            sign = signs.Sign(signs.ERROR, _WARNED)
        if sign.kind in _SKIPPED:
            if sign.kind != signs.RULE:
                left = 0
            continue
        strength = sign.strength
        inset = len(line.text) - len(line.text.lstrip())
        if left and sign.kind in {signs.PLAIN, signs.ERROR} and strength < carried:
            strength = max(strength, carried if inset > indent else carried * 0.75)
            carried = carried if inset > indent else strength
            left -= 1
        elif strength >= _WEAK:
            carried, left, indent = strength, _FOLLOWS, inset
        if strength:
            found.append(Candidate(at, mask, strength))
    return found


def _without(passed: AbstractSet[int], candidates: list[Candidate]) -> list[Candidate]:
    """Leave out what tests that passed printed, however bad it sounds, where anything else is strong."""
    others = [each for each in candidates if each.at not in passed]
    return others if any(each.strength >= _STRONG for each in others) else candidates


def _told(candidates: Sequence[Candidate], top: float, said: AbstractSet[int]) -> list[Candidate]:
    """Return those that are strong enough beside the strongest.

    Mere words long before the first of those in which tools have `said` what failed are words of the set-up.
    """
    first = min(said, default=0)
    return [
        each
        for each in candidates
        if each.strength >= _SHOWN * top and (each.strength > _MERE_WORDS or each.at >= first - _NEAR)
    ]


def _last(lines: Sequence[Line], new: Mapping[int, bytes]) -> list[Candidate]:
    """Return the new lines that stand nearest before the words for the failure, the last of them the strongest."""
    start = max(len(lines) - _END, 0)
    outcomes = [at for at in range(start, len(lines)) if sign_of(lines[at]).kind == signs.OUTCOME]
    end = next(iter(outcomes), len(lines))
    found: list[Candidate] = []
    for at in sorted((at for at in new if at < end), reverse=True):
        if len(found) == _LAST or (found and found[-1].at - at > _LAST):
            break
        sign = sign_of(lines[at])
        if sign.kind not in _SKIPPED and sign.kind != signs.QUIET:
            found.append(Candidate(at, new[at], _WEAK - 0.01 * len(found)))
    return found


def _novelty(likeness: float) -> float:
    return 1.0 if likeness < 0.6 else max(0.0, 1.0 - (likeness - 0.6) * 2.0)


def _scored(shown: list[Candidate], total: int) -> list[tuple[Candidate, float]]:
    """Give the order: strong words tell most where they come first, weak ones where they come last.

    What is said again later, as by a summary, tells a little more.
    """
    counts: dict[bytes, int] = {}
    for each in shown:
        counts[each.mask] = counts.get(each.mask, 0) + 1
    said: dict[bytes, int] = {}
    scored = []
    for each in shown:
        nth = said[each.mask] = said.get(each.mask, 0) + 1
        if nth > _REPEATS:
            continue
        place = 0.1 * each.at / total
        score = each.strength + (-place if each.strength >= _STRONG else place) - (1.0 if nth > 1 else 0.0)
        if counts[each.mask] > 1 and each.mask.count(b" ") >= _SENTENCE:
            score += _AGAIN
        scored.append((each, score))
    return scored
