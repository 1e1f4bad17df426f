"""Playwright and Cypress.

Formats: Playwright's `list` and `line` reporters (`1) [chromium] › file:line:column › title`), Cypress' table of results.
"""

# ruff: noqa: RUF001, RUF002  signs that the tool prints

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import TEST, Failure, Place
from pitstop.explain.parsers.reading import sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row("failed", " failed", r"\s+[1-9]\d* failed$", "playwright", TEST, summary=True),
    Row(
        "executable doesn exist",
        "Executable doesn't exist at ",
        r"\s*(?:Error: )?(?:browserType\.launch: )?(?P<message>Executable doesn't exist at .+)",
        "playwright",
        "command",
    ),
    Row(
        "cypress",
        "Cypress could not verify that this server is running|Cypress failed to |Cypress verification timed out|The cypress npm package is installed, but the Cypress binary is missing.",
        r"\s*(?P<message>Cypress (?:could not verify that this server is running|failed to (?:start|make a connection)|verification timed out).*|The cypress npm package is installed, but the Cypress binary is missing\.)",
        "cypress",
        "command",
    ),
    Row("spec", " failed", r"\s*✖ +[1-9]\d* of \d+ failed", "cypress", TEST, summary=True),
    Row("failed", " failed", r"\s*✖ +[1-9]\d* of \d+ failed", "cypress", TEST, summary=True),
)
_HEAD = r"\s*(?:\d+\) )?(?:\[[^\]]+\] › )?([^\s:›]+\.\w+):(\d+):(\d+) › (.+?)[ ─]*$"
_SAID = r"\s+(?:\w*Error\b.*|Test timeout of .*|expect\(.*)"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each failed test."""
    yield from read(_ROWS, lines, at)
    for position in at.get("›", []):
        text = text_at(lines, position)
        if not compiled(r"\s*\d+\) ").match(text) or not (found := compiled(_HEAD).match(text)):
            continue
        place = Place(found[1], number(found[2]), number(found[3]))
        said = next((n for n in range(position + 1, position + 5) if compiled(_SAID).match(text_at(lines, n))), -1)
        last = said
        while said >= 0 and last - said < 8 and text_at(lines, last + 1).strip():
            last += 1
        first = position if said < 0 else said
        message = sentence(text_at(lines, first))
        told = Failure("playwright", TEST, message, lines[position].number, lines[max(last, first)].number, place)
        yield told._replace(test=" ".join(found[4].split(" › ")), summary=said < 0)
