"""Findings to read on a terminal: what broke, the lines that prove it, whose failure it is, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.text import shorten
from pitstop.explain.report.explained import certainty
from pitstop.explain.report.shown import shown_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pitstop.core.finding import Finding
    from pitstop.explain.report.explained import Explained

_WIDTH = 200
"""Columns of one line of a log."""
_REASONS = 3
_SOLUTIONS = 3
_INDENT = "  "


def page_of(many: Iterable[Explained], paint: Callable[[str, str], str], *, unicode: bool = True) -> Iterator[str]:
    """Yield the lines about several logs; of the jobs of a matrix that failed alike only the first is told in full."""
    told: dict[object, Explained] = {}
    for number, one in enumerate(many):
        alike = tuple((each.summary, each.kind, each.step) for each in one.findings)
        first = one if one.run or not alike else told.setdefault(alike, one)
        if first is not one:
            yield f"{paint('name', one.source)}: the same as in {first.source}"
            continue
        if number:
            yield ""
        yield from as_text(one, paint, unicode=unicode)


def as_text(explained: Explained, paint: Callable[[str, str], str], *, unicode: bool = True) -> Iterator[str]:
    """Yield the lines about one log. `paint` puts a text into a role: `bad`, `name`, `dim`, `warn`, `good`."""
    if not explained.findings:
        yield f"{paint('name', explained.source)}: nothing failed here"
        return
    for number, finding in enumerate(explained.findings):
        if number:
            yield ""
        yield f"{paint('name', _head(finding, explained))}: {paint('bad', shorten(finding.summary, _WIDTH))}"
        yield ""
        yield from _evidence(finding, explained, paint, unicode=unicode)
        yield ""
        yield from _whose(finding, paint)
        yield from _known(finding, explained, paint)
    for hint in explained.hints:
        yield f"{_INDENT}record: {paint('warn', hint)}"
    for command in explained.again:
        yield f"{_INDENT}again: {paint('name', command)}"


def _head(finding: Finding, explained: Explained) -> str:
    best = next((line.number for line in shown_lines(finding, explained.lines) if line.best), 0)
    place = f":{best}" if explained.file and best else ""
    step = f" ({shorten(finding.step, 60)})" if finding.step and len(explained.findings) > 1 else ""
    return f"{explained.source}{place}{step}"


def _evidence(
    finding: Finding, explained: Explained, paint: Callable[[str, str], str], *, unicode: bool
) -> Iterator[str]:
    lines = shown_lines(finding, explained.lines)
    digits = len(str(lines[-1].number)) if lines else 0
    margin = min((len(line.text) - len(line.text.lstrip()) for line in lines), default=0)
    above = 0
    for line in lines:
        if above and line.number > above + 1:
            yield f"{_INDENT}{' ' * (digits - 1)}{paint('dim', '⋮' if unicode else ':')}"
        above = line.number
        told = shorten(line.text[margin:], _WIDTH)
        label = f"{line.number:>{digits}}"
        sign = ">" if line.best and len(lines) > 1 else " "
        yield f"{sign} {paint('dim', label)}  {told if line.proof else paint('dim', told)}".rstrip()


def _whose(finding: Finding, paint: Callable[[str, str], str]) -> Iterator[str]:
    kind = f", {finding.kind}" if finding.kind and finding.kind != finding.category else ""
    reasons = "; ".join([one for one in finding.reasons if not one.startswith("known as ")][:_REASONS])
    sure = certainty(finding.confidence)
    yield f"{_INDENT}whose: {paint('name', finding.category + kind)} ({sure}){': ' + reasons if reasons else ''}"
    if finding.retry:
        yield f"{_INDENT}retry: {finding.retry}"


def _known(finding: Finding, explained: Explained, paint: Callable[[str, str], str]) -> Iterator[str]:
    if not finding.code:
        if not any(
            one.kind == finding.kind and not one.summary for one in finding.failures
        ):  # no tool has a word for it
            yield f"{_INDENT}known: no, a new kind of failure; `pitstop explain learn {_typed(explained)}` drafts an entry"
        return
    details = f": {finding.details}" if finding.details else ""
    yield f"{_INDENT}known: {paint('name', finding.code)}{details}"
    for solution in finding.solutions[:_SOLUTIONS]:
        yield f"{_INDENT}  do: {solution.text}"
        if solution.command:
            yield f"{_INDENT}      $ {paint('name', solution.command)}"
    for reference in finding.references[:1]:
        yield f"{_INDENT}  see: {reference}"


def _typed(explained: Explained) -> str:
    return explained.file or explained.run or '"…"'
