"""From the lines of a log to findings: joins what tools say, what ranks, what is known and what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import Evidence, Finding
from pitstop.explain.cause import find_cause
from pitstop.explain.ending import PASSED, find_endings, verdict
from pitstop.explain.parsers import find_failures
from pitstop.explain.purpose import failed_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.explain.ending import Ending
    from pitstop.explain.lines import Line


def explain(
    lines: Sequence[Line], *, good: Sequence[Line] | None = None, knowledge: object = None, end: Ending | None = None
) -> list[Finding]:
    """Return why the log `lines` failed; nothing where nothing in it failed.

    `good` is the log of a run that passed, `knowledge` the entries to look into, and `end` says how it ended,
    where more than the log tells that.
    """
    endings = find_endings(lines)
    end = end or verdict(endings)
    if end and end.state == PASSED:
        return []
    failures = find_failures(lines)
    evidence = _rank(lines, good)
    if not evidence:
        return []
    named = list(failed_names(lines))
    failed = [one for one in endings if one.command and one.state != PASSED]
    command = failed[0].command if failed else end.command if end else ""
    cause = find_cause(failures, evidence, named, end, command)
    return [
        Finding(
            evidence[0].text.strip(),
            cause.category,
            cause.kind,
            cause.confidence,
            cause.reasons,
            tuple(evidence),
            tuple(failures),
            retry=cause.retry,
        )
    ]


def _rank(lines: Sequence[Line], good: Sequence[Line] | None) -> list[Evidence]:
    if good:
        from pitstop.explain.compare import compare

        if found := compare(lines, good).evidence:
            return list(found)
    from pitstop.explain.evidence import telling_lines

    told = telling_lines("\n".join(line.text for line in lines).encode("utf-8", "replace"))
    return [Evidence(number, text, 1.0 / at) for at, (number, text) in enumerate(told, 1)]
