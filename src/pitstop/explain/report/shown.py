"""Which lines of a log are shown for a finding: the fewest that prove it, with what they need to be understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.text import strip_ansi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.finding import Finding
    from pitstop.explain.lines import Line

MOST = 8
"""Lines of evidence that a person is shown."""
_BLOCK = 5  # lines after the best one that belong to the same failure


def shown_lines(finding: Finding, lines: Sequence[Line], most: int = MOST) -> list[tuple[int, str, bool]]:
    """Return (number, text, whether it is evidence) of the lines to show, in the order of the log.

    To the most telling lines come those that the best one's tool counts to the same failure, and single lines between
    two that are shown. `lines` may be less than the whole log, or nothing.
    """
    proof = {one.number: one.text for one in finding.evidence[:most]}
    if not proof:
        return []
    numbers = set(proof)
    best = finding.evidence[0].number
    for failure in finding.failures:
        if failure.first <= best <= failure.last:
            numbers |= set(range(max(failure.first, best - 1), min(failure.last, best + _BLOCK) + 1))
            break
    numbers |= {number + 1 for number in numbers if number + 2 in numbers}
    base = lines[0].number if lines else 0
    shown = []
    for number in sorted(numbers):
        at = number - base
        text = proof.get(number)
        if text is None:
            text = lines[at].text if 0 <= at < len(lines) and lines[at].number == number else ""
            if not text.strip():
                continue
        shown.append((number, strip_ansi(text).expandtabs(4).rstrip(), number in proof))
    return shown
