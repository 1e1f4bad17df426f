"""pytest: the sections of ERRORS and FAILURES, the short summary, and what stops a run before it begins.

Format: docs.pytest.org/en/stable/how-to/output.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import TEST, Failure, Place
from pitstop.explain.parsers.reading import lacks_library, positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "failed",
        "FAILED ",
        r"(?:\[gw\d+\] .*)?FAILED (?:\[\d[\d.]*s\] )?(?P<test>(?P<file>[^\s:]+\.py)::.+?)(?: - (?P<message>.+))?$",
        "pytest",
        TEST,
        summary=True,
    ),
    Row(
        "error",
        "ERROR ",
        r"ERROR (?P<test>(?P<file>[^\s:]+\.py)(?:::.+?)?)(?: - (?P<message>.+))?$",
        "pytest",
        TEST,
        summary=True,
    ),
    Row("failed", " failed", r"=* ?(?:\d+ \w+, )*[1-9]\d* failed\b.* in \d[\d.]*s", "pytest", TEST, summary=True),
    Row("interrupted", " Interrupted: ", r"!+ (?P<message>Interrupted: .+?) !+$", "pytest", TEST, summary=True),
    Row(
        "error",
        "pytest: error: |py.test: error: ",
        r"pytest: error: (?P<message>.+)|py\.test: error: .+",
        "pytest",
        "command",
    ),
    Row("error __main__", "__main__.py: error: ", r"__main__\.py: error: (?P<message>.+)", "pytest", "command"),
    Row(
        "error",
        "ERROR: ",
        r"ERROR: (?P<message>(?:file or directory not found|file not found|not found|found no collectors): .+)",
        "pytest",
        "command",
    ),
    Row("usageerror", "UsageError: ", r".*UsageError: (?P<message>.+)", "pytest", "command"),
    Row(
        "internalerror",
        "INTERNALERROR> ",
        r"INTERNALERROR> (?P<message>\w[\w.]*(?:Error|Exception): .*)",
        "pytest",
        "runtime",
    ),
    Row(
        "coverage",
        "FAIL Required test coverage|Coverage failure: total",
        r"(?:ERROR: )?(?P<message>(?:FAIL Required test coverage|Coverage failure: total) .+)",
        "pytest",
        TEST,
    ),
)
_HEAD = r"_{3,} (?:ERROR (?:at (?:setup|teardown) of|collecting) )?(.+?) _{3,}$"
_PLACE = r"(?:E\s+)?((?:[A-Za-z]:)?[^\s:]+\.\w+):(\d+): ?(?:[A-Za-z_][\w.]*|in .*)?$"
_LINE = r"((?:[A-Za-z]:)?[^\s:]+\.py):(\d+): ([A-Za-z_][\w.]*(?:Error|Exception|Failed|Exit)\b.*)"
_FAR = 400  # lines of one section


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each failed test once with its message and place; the short summary again as summary."""
    told = False
    for failure in _sections(lines, at):
        told = True
        yield failure
    for failure in read(_ROWS, lines, at):
        named = failure.summary and failure.test and not told  # only the summary names the test: --tb=no
        yield failure._replace(summary=False) if named and "::" in failure.test else failure


def _sections(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield the failures that are told by lines of `E   message` under a head of underlines."""
    names = _names(lines, at)
    done = -1
    for position in at.get("e", []):
        if position <= done or not text_at(lines, position).startswith(("E   ", "E  \t")):
            continue
        done = position
        while _is_marked(text_at(lines, done + 1)):
            done += 1
        place, below = _place_below(lines, done)
        if not _goes_on(lines, below):  # else it is the cause of an exception that is told further down
            failure = _told(lines, position, done, place)
            yield failure._replace(test=names.get(failure.test, failure.test))


def _names(lines: Sequence[Line], at: Mapping[str, list[int]]) -> dict[str, str]:
    """Return the names by which tests are run again, by the names in the heads: `TestU.test_eq`."""
    names = {}
    for position in positions(at, "failed", "error"):
        if found := compiled(r"(?:FAILED|ERROR) (\S+\.py::.+?)(?: - |$)").match(text_at(lines, position)):
            names[found[1].partition("::")[2].replace("::", ".")] = found[1]
    return names


def _is_marked(text: str) -> bool:
    return text.startswith(("E   ", "E  \t")) or text.rstrip() == "E"


def _place_below(lines: Sequence[Line], last: int) -> tuple[Place | None, int]:
    """Return the place that is told below an exception, and the position of the last line that belongs to it."""
    for below in range(last + 1, last + 5):
        text = text_at(lines, below)
        if found := compiled(_PLACE).match(text) or compiled(_LINE).match(text):
            return Place(found[1], number(found[2])), below
        if text.startswith(("E ", "_", "=", "-", "The above", "During")):
            break
    return None, last


def _goes_on(lines: Sequence[Line], below: int) -> bool:
    told = next((text for n in range(below + 1, below + 4) if (text := text_at(lines, n))), "")
    return told.startswith(("The above exception", "During handling of the above"))


def _told(lines: Sequence[Line], first: int, last: int, place: Place | None) -> Failure:
    test, own = _head_above(lines, first)
    if place is None or "site-packages" in place.file or "/lib/python" in place.file:
        place = own or place
    text = text_at(lines, first)[1:].strip()
    if not text:
        text = text_at(lines, first + 1)[1:].strip()
    kind = (
        "package"
        if lacks_library(text)
        else "compile"
        if text.startswith(("SyntaxError", "IndentationError"))
        else TEST
    )
    if place is None and text.startswith('File "') and (found := compiled(r'File "([^"]+)", line (\d+)').match(text)):
        place, kind = Place(found[1], number(found[2])), "compile"
        text = text_at(lines, last)[1:].strip()
        first = last
    return Failure(
        "pytest", kind, sentence(text) or "failed", lines[first].number, lines[last].number, place, test=test
    )


def _head_above(lines: Sequence[Line], first: int) -> tuple[str, Place | None]:
    """Return the name of the section that `first` stands in, and the last place of the project's own above it."""
    own, inside = None, True
    for above in range(first - 1, max(first - _FAR, -1), -1):
        text = text_at(lines, above)
        if text.startswith("___") and (found := compiled(_HEAD).match(text)):
            return found[1], own
        if text.startswith("==="):
            break
        inside = inside and not text.startswith("E  ")
        if (
            inside
            and own is None
            and (found := compiled(_PLACE).match(text))
            and "site-packages" not in text
            and "/lib/python" not in text
        ):
            own = Place(found[1], number(found[2]))
    return "", own
