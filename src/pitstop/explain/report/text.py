"""Findings to read on a terminal: what broke, the lines that prove it, whose failure it is, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.text import plural, shorten
from pitstop.explain.report.explained import certainty
from pitstop.explain.report.shown import shown_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pitstop.core.finding import Finding
    from pitstop.explain.report.explained import Explained

_WIDTH = 200
"""Columns of one line of a log."""
_REASONS = 3
_SOLUTIONS = 3
_INDENT = "  "


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
    place = f":{finding.evidence[0].number}" if explained.file and finding.evidence else ""
    step = f" ({shorten(finding.step, 60)})" if finding.step and len(explained.findings) > 1 else ""
    return f"{explained.source}{place}{step}"


def _evidence(
    finding: Finding, explained: Explained, paint: Callable[[str, str], str], *, unicode: bool
) -> Iterator[str]:
    lines = shown_lines(finding, explained.lines)
    digits = len(str(lines[-1][0])) if lines else 0
    margin = min((len(text) - len(text.lstrip()) for _, text, _ in lines if text.strip()), default=0)
    best = finding.evidence[0].number if finding.evidence else 0
    above = 0
    for number, text, proof in lines:
        if above and number > above + 1:
            yield f"{_INDENT}{' ' * (digits - 1)}{paint('dim', '⋮' if unicode else ':')}"
        above = number
        told = shorten(text[margin:], _WIDTH)
        label = f"{number:>{digits}}"
        sign = ">" if number == best and len(lines) > 1 else " "
        yield f"{sign} {paint('dim', label)}  {told if proof else paint('dim', told)}".rstrip()
    more = len(finding.evidence) - sum(proof for _, _, proof in lines)
    if more > 0:
        yield _INDENT + paint("dim", f"{plural(more, 'more telling line')}: --format lines")


def _whose(finding: Finding, paint: Callable[[str, str], str]) -> Iterator[str]:
    kind = f", {finding.kind}" if finding.kind and finding.kind != finding.category else ""
    reasons = "; ".join(finding.reasons[:_REASONS])
    sure = certainty(finding.confidence)
    yield f"{_INDENT}whose: {paint('name', finding.category + kind)} ({sure}){': ' + reasons if reasons else ''}"
    if finding.retry:
        yield f"{_INDENT}retry: {finding.retry}"


def _known(finding: Finding, explained: Explained, paint: Callable[[str, str], str]) -> Iterator[str]:
    if not finding.code:
        yield f"{_INDENT}known: no, this is a new kind of failure; `pitstop explain learn {_typed(explained)}` makes an entry of it"
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
    return explained.file or explained.run or "LOG"
