"""go test, plain, with `-json`, and through gotestsum; testify's and Ginkgo's blocks.

Formats: `go help test`, `go doc test2json`, onsi.github.io/ginkgo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row("fail", "FAIL\t", r"FAIL\t\S+(?: \[(?:build|setup) failed\]|\t\d[\d.]*s)$", "go", TEST, summary=True),
    Row("fail", "FAIL: ", r"FAIL: \S+\.go:\d+: (?P<test>\S+)", "gocheck", TEST),
    Row("done", " failure", r"DONE \d+ tests?,.* [1-9]\d* failures?", "gotestsum", TEST, summary=True),
    Row("panicked", "[Panicked!] ", r"\s*\[Panicked!\] (?P<test>.+)", "ginkgo", TEST),
    Row("fail", "[FAIL|[Fail", r"\s*\[(?:FAIL|Fail)\] (?P<test>.+)", "ginkgo", TEST, more=r"\s*\S+\.go:\d+$"),
)
_FAILED = r"(\s*)--- FAIL: (\S+) \(\d[\d.]*s\)"
_SAID = r"(\s+)((?:[A-Za-z]:)?[^\s:]+\.go):(\d+): ?(.*)"
_TRACE = r"\s+Error Trace:\s+(\S+\.go):(\d+)"
_ERROR = r"\s+Error:\s+(.*\S)"
_PAIR = r"\s+(expected|actual)\s*: (.+)"
_EVENT = r'\{.*"Action":"(?:output|build-output|fail|build-fail)"'
_FAR = 60


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each failed test with what it said; one that failed only because of its sub-tests is a summary."""
    yield from read(_ROWS, lines, at)
    verbose: dict[str, int] | None = None
    for position in positions(at, "fail"):
        if found := compiled(_FAILED).match(text_at(lines, position)):
            failure = _test(lines, position, len(found[1]), found[2])
            if failure.summary:
                verbose = _verbose(lines, at) if verbose is None else verbose
                if found[2] in verbose:
                    failure = _said(lines, verbose[found[2]], found[2])
            yield failure
    yield from _events(lines, at)


def _test(lines: Sequence[Line], position: int, indent: int, test: str) -> Failure:
    """Return the failure headed at `position`; what it said stands below, deeper, or (with -v) above."""
    said, last, place, message = -1, position, None, ""
    for below in range(position + 1, min(position + _FAR, len(lines))):
        text = text_at(lines, below)
        depth = len(text) - len(text.lstrip())
        if not text.strip() or depth <= indent or "--- " in text:
            break
        if found := compiled(_SAID).match(text):
            if said < 0:
                said, place, message = below, Place(found[2], number(found[3])), found[4].strip()
        elif trace := compiled(_TRACE).match(text):
            place = Place(trace[1], number(trace[2]))
        elif error := compiled(_ERROR).match(text):
            message = message or error[1]
        elif (pair := compiled(_PAIR).match(text)) and message:
            message = f"{message} {pair[1]}: {pair[2]}"
        elif said >= 0 and not message:
            message = text
        last = below
    head = lines[position].number
    if said < 0:
        return Failure("go", TEST, sentence(text_at(lines, position)), head, head, test=test, summary=True)
    return Failure("go", TEST, sentence(message or text_at(lines, said)), head, lines[last].number, place, test=test)


def _verbose(lines: Sequence[Line], at: Mapping[str, list[int]]) -> dict[str, int]:
    """Return where each test last said something, as `go test -v` shows it: below `=== RUN`, `=== NAME` or `=== CONT`."""
    said = {}
    for position in positions(at, "run", "name", "cont"):
        if not (found := compiled(r"\s*=== (?:RUN|NAME|CONT) +(\S+)$").match(text_at(lines, position))):
            continue
        for below in range(position + 1, position + 1 + _FAR):
            text = text_at(lines, below)
            if text.lstrip().startswith(("=== ", "--- ")) or below >= len(lines):
                break
            if compiled(_SAID).match(text):
                said[found[1]] = below
    return said


def _said(lines: Sequence[Line], position: int, test: str) -> Failure:
    found = compiled(_SAID).match(text_at(lines, position))
    place = Place(found[2], number(found[3])) if found else None
    message = sentence((found[4] if found else "") or text_at(lines, position))
    last = position
    while last - position < 12 and compiled(r"\s{6,}\S").match(text_at(lines, last + 1)):
        last += 1
    return Failure("go", TEST, message, lines[position].number, lines[last].number, place, test=test)


def _events(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield what the events of `go test -json` tell: the last line said by each failed test, and errors of the build."""
    said: dict[tuple[str, str], tuple[int, Place, str]] = {}
    for position in at.get("action", []):
        text = lines[position].text
        if text[:1] != "{" or len(text) > 20_000 or not compiled(_EVENT).match(text):
            continue
        event = _event(text)
        package, test, output = (event.get(key, "") for key in ("Package", "Test", "Output"))
        here = lines[position].number
        if event.get("Action") == "build-output":
            if found := compiled(r"(?:\./)?([^\s:]+\.go):(\d+):(\d+): (.+)").match(output):
                place = Place(found[1], number(found[2]), number(found[3]))
                yield Failure("go", COMPILE, sentence(found[4]), here, here, place)
        elif event.get("Action") == "output":
            known = said.get((package, test))
            if test and not known and (found := compiled(_SAID).match(output)):
                said[package, test] = position, Place(found[2], number(found[3])), found[4].strip()
            elif known and not known[2] and (error := compiled(_ERROR).match(output)):
                said[package, test] = position, known[1], error[1]  # testify writes below the place what is wrong
        elif event.get("Action") == "fail" and test:
            if known := said.pop((package, test), None):
                first = lines[known[0]].number
                yield Failure("go", TEST, sentence(known[2] or test), first, first, known[1], test=test)
            else:
                yield Failure("go", TEST, sentence(f"{test} failed"), here, here, test=test, summary=True)


def _event(text: str) -> dict[str, str]:
    import json

    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(event, dict):
        return {}
    return {key: value for key, value in event.items() if isinstance(key, str) and isinstance(value, str)}
