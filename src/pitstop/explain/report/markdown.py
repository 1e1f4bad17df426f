"""Findings as Markdown: for a step summary of GitHub Actions, a comment, a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.text import shorten
from pitstop.explain.report.explained import certainty
from pitstop.explain.report.shown import shown_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.core.finding import Finding
    from pitstop.explain.report.explained import Explained

_WIDTH = 300


def as_markdown(explained: Iterable[Explained]) -> Iterator[str]:
    """Yield the lines of a page about what was explained."""
    for one in explained:
        if not one.findings:
            yield f"**{_plain(one.source)}**: nothing failed here"
            yield ""
        for finding in one.findings:
            yield from _finding(finding, one)


def _finding(finding: Finding, explained: Explained) -> Iterator[str]:
    yield f"### ❌ {_plain(shorten(finding.summary, _WIDTH))}"
    yield ""
    kind = f", {finding.kind}" if finding.kind and finding.kind != finding.category else ""
    reasons = f": {_plain('; '.join(finding.reasons))}" if finding.reasons else ""
    yield f"**{_plain(explained.source)}** · {finding.category}{kind} ({certainty(finding.confidence)}){reasons}"
    yield ""
    lines = explained.shown or shown_lines(finding, explained.lines)
    if lines:
        digits = len(str(lines[-1].number))
        body = [f"{number:>{digits}}  {shorten(text, _WIDTH)}".rstrip() for number, text, *_ in lines]
        fence = _fence(body)
        yield from (f"{fence}text", *body, fence, "")
    items = [f"Retry: {_plain(finding.retry)}"] if finding.retry else []
    if finding.code:
        items.append(f"Known as {_code(finding.code)}{': ' + _plain(finding.details) if finding.details else ''}")
    items += [
        f"{_plain(solution.text)}{': ' + _code(solution.command) if solution.command else ''}"
        for solution in finding.solutions
    ]
    items += [f"<{reference}>" for reference in finding.references]
    items += [_plain(hint) for hint in explained.hints]
    items += [f"Again: {_code(command)}" for command in explained.again]
    yield from (f"- {item}" for item in items)
    if items:
        yield ""


def _plain(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, on one line."""
    text = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|~" else char for char in text)


def _code(text: str) -> str:
    text = " ".join(text.split())
    ticks = "``" if "`" in text else "`"
    space = " " if "`" in text else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _fence(body: list[str]) -> str:
    fence = "```"
    while any(fence in line for line in body):
        fence += "`"
    return fence
