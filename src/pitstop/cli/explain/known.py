"""What explaining knows and how it decides: `pitstop explain --list`, `--show CODE`, `--why-this-line N`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.cli.screen.style import Style
    from pitstop.explain.knowledge.base import Knowledge
    from pitstop.explain.knowledge.entry import Entry
    from pitstop.explain.report.explained import Explained
    from pitstop.explain.seen import Seen

_LEAST = 0.02  # what adds less to a score is not worth a line


def listed(knowledge: Knowledge, style: Style) -> Iterator[str]:
    """Yield a line for each entry: its code, category, kind and summary."""
    entries = knowledge.entries()
    wide = max((len(entry.code) for entry in entries), default=0)
    whose = [
        entry.category + (f", {entry.kind}" if entry.kind not in {"", entry.category} else "") for entry in entries
    ]
    broad = max(map(len, whose), default=0)
    for entry, what in zip(entries, whose, strict=True):
        yield f"{style.paint('name', entry.code.ljust(wide))}  {what.ljust(broad)}  {_open(entry.summary)}"


def shown(code: str, knowledge: Knowledge, style: Style) -> Iterator[str]:
    """Yield all that is known of the entry, or of the entries, called `code`. Raises `UsageError` where there is none."""
    entries = knowledge.find(code)
    if not entries:
        codes = [entry.code for entry in knowledge.entries()]
        raise UsageError(
            f"no entry is called `{code}`", hint=did_you_mean(code, codes, "`pitstop explain --list` lists them")
        )
    for number, entry in enumerate(entries):
        if number:
            yield ""
        yield from _entry(entry, style)


def why_lines(explained: Explained, number: int, seen: Seen | None = None) -> Iterator[str]:
    """Yield what the score of one line of a log is made of. Raises `UsageError` where there is no such line."""
    from pitstop.explain.parsers import find_failures
    from pitstop.explain.rank import explain_line

    if not any(line.number == number for line in explained.lines):
        raise UsageError(f"{explained.source} has no line {number}, or it was left out")
    places = [line.number for finding in explained.findings for line in finding.evidence]
    line = explain_line(explained.lines, number, find_failures(explained.lines), seen)
    rank = f"shown, number {places.index(number) + 1} of {len(places)}" if number in places else "not shown"
    against = " (compared with a good log, the order is that of what is new)" if explained.against else ""
    if line is None:
        yield f"{explained.source}:{number}: {rank}{against}; nothing in it made it worth a closer look"
        return
    yield f"{explained.source}:{number}: {rank}{against}; alone its score is {line.score:.2f}"
    yield f"  {line.text.strip()}"
    for name, part in line.why:
        if abs(part) >= _LEAST:
            yield f"  {part:+.2f}  {name}"


def _open(text: str) -> str:
    """Return a text of an entry with what only a log would say left open."""
    import re

    return re.sub(r"\{\w+\}", "…", text)


def _entry(entry: Entry, style: Style) -> Iterator[str]:
    yield f"{style.paint('name', entry.code)}: {_open(entry.summary)}"
    kind = f", {entry.kind}" if entry.kind not in {"", entry.category} else ""
    yield f"  whose: {entry.category}{kind}; for the {entry.owner or 'author'}"
    if entry.details:
        yield f"  {entry.details}"
    for solution in entry.solutions:
        yield f"  do: {_open(solution.text)}"
        if solution.command:
            yield f"      $ {style.paint('name', solution.command)}"
    if entry.retry:
        yield f"  retry: {entry.retry}"
    for pattern in entry.patterns:
        yield f"  found by: {pattern.source}"
    for reference in entry.references:
        yield f"  see: {reference}"
    if entry.source:
        yield f"  from: {entry.source}"
