"""Findings to read on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.report.explained import certainty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pitstop.core.finding import Finding
    from pitstop.explain.report.explained import Explained

_SHOWN = 10


def as_text(explained: Explained, paint: Callable[[str, str], str]) -> Iterator[str]:
    """Yield the lines about one log. `paint` puts a text into a role: `bad`, `name`, `dim`, `warn`, `good`."""
    if not explained.findings:
        yield f"{explained.source}: nothing failed here"
    for finding in explained.findings:
        yield from _finding(finding, explained, paint)


def _finding(finding: Finding, explained: Explained, paint: Callable[[str, str], str]) -> Iterator[str]:
    yield f"{paint('name', explained.source)}: {paint('bad', finding.summary)}"
    digits = len(str(max((one.number for one in finding.evidence[:_SHOWN]), default=0)))
    for one in sorted(finding.evidence[:_SHOWN]):
        yield f"  {paint('dim', f'{one.number:>{digits}}')}  {one.text}"
    yield f"  {finding.category} ({certainty(finding.confidence)})"
