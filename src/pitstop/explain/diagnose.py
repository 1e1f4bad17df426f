"""From the lines of a log to findings: joins what tools say, what ranks, what is known and what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import Evidence, Finding
from pitstop.explain.cause import find_cause
from pitstop.explain.ending import PASSED, find_endings, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.ending import Ending
    from pitstop.explain.lines import Line


def explain(
    lines: Sequence[Line], *, good: Sequence[Line] | None = None, knowledge: object = None, end: Ending | None = None
) -> list[Finding]:
    """Return why the log `lines` failed; nothing where nothing in it failed.

    `good` is the log of a run that passed, `knowledge` the entries to look into, and `end` says how it ended,
    where more than the log tells that.
    """
    end = end or verdict(find_endings(lines))
    if end and end.state == PASSED:
        return []
    failures: list[Failure] = []
    evidence = _rank(lines)
    if not evidence:
        return []
    cause = find_cause(failures)
    return [
        Finding(
            evidence[0].text.strip(),
            cause.category,
            cause.kind,
            cause.confidence,
            cause.reasons,
            tuple(evidence),
            tuple(failures),
        )
    ]


def _rank(lines: Sequence[Line]) -> list[Evidence]:
    from pitstop.explain.evidence import telling_lines

    found = telling_lines("\n".join(line.text for line in lines).encode("utf-8", "replace"))
    return [Evidence(number, text, 1.0 / at) for at, (number, text) in enumerate(found, 1)]
