"""The smallest useful context for an assistant that is asked to mend a failure. Secrets are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.text import shorten
from pitstop.explain.report.explained import certainty
from pitstop.explain.report.masked import masked
from pitstop.explain.report.shown import shown_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.core.finding import Finding
    from pitstop.explain.report.explained import Explained

_LINES = 15
_WIDTH = 400
_PLACES = 10


def as_prompt(explained: Iterable[Explained], secrets: Iterable[str] = ()) -> str:
    """Return a text that says what failed, where, and what is asked; `secrets` are values that must not be in it."""
    lines = [line for one in explained for finding in one.findings for line in _finding(finding, one)]
    if not lines:
        return "Nothing failed.\n"
    asked = "Find the cause and mend it with the smallest change. Say so if what is here does not prove the cause."
    return masked("\n".join([*lines, asked]) + "\n", secrets)


def _finding(finding: Finding, explained: Explained) -> Iterator[str]:
    yield f"{explained.source} failed: {finding.summary}"
    yield f"Category: {finding.category} / {finding.kind or 'unknown'} ({certainty(finding.confidence)})"
    if finding.details:
        yield f"Known as {finding.code}: {finding.details}"
    places = dict.fromkeys(
        f"{failure.place.file}:{failure.place.line}" for failure in finding.failures if failure.place
    )
    if places:
        yield f"Places: {', '.join(list(places)[:_PLACES])}"
    tests = dict.fromkeys(failure.test for failure in finding.failures if failure.test)
    if tests:
        yield f"Failed tests: {', '.join(list(tests)[:_PLACES])}"
    yield from (hint for hint in explained.hints)
    if explained.again:
        yield f"To run it again: {explained.again[0]}"
    yield f"Log ({len(explained.lines)} lines, the telling ones with their numbers):"
    for number, text, *_ in shown_lines(finding, explained.lines, _LINES):
        yield f"{number}: {shorten(text, _WIDTH)}"
    yield ""
