"""unittest, doctest, Django's and trial's runners, stestr, behave, Robot Framework, tox and nox.

Formats: docs.python.org/3/library/unittest.html and doctest.html, tox.wiki, nox.thea.codes, robotframework.org's console.
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
    Row("failed", "FAILED (", r"FAILED \((?:failures|errors|unexpected successes)=\d+", "unittest", TEST, summary=True),
    Row("failed test", "***Test Failed*** ", r"\*\*\*Test Failed\*\*\* \d+ failures?", "doctest", TEST, summary=True),
    Row("exit seconds", " seconds)", r"\S+: exit -?\d+ \(\d[\d.]* seconds\)", "tox", "command", summary=True),
    Row("code fail", ": FAIL code ", r"\s+\S+: FAIL code \d+", "tox", "command", summary=True),
    Row(
        "invocationerror",
        "InvocationError ",
        r"ERROR: +(?P<message>InvocationError .+)",
        "tox",
        "command",
        summary=True,
    ),
    Row("failed commands", ": commands failed", r"ERROR: +\S+: commands failed$", "tox", "command", summary=True),
    Row(
        "nox",
        "nox > Session |nox > Command ",
        r"nox > (?P<message>Session .+ failed\.|Command .+ failed with exit code .+)",
        "nox",
        "command",
        summary=True,
    ),
    Row(
        "failed",
        ": ",
        r" {4,}(?:ASSERT FAILED|Assertion Failed): (?P<message>.+)",
        "behave",
        TEST,
        above=r" +(?:Given|When|Then|And|But|\*) .*? # (?P<file>\S+):(?P<line>\d+)(?: \d[\d.]*s)?$",
    ),
    Row(
        "failed",
        "] ... FAILED",
        r"(?:\{\d+\} )?(?P<test>\S+) \[\d[\d.]*s\] \.\.\. FAILED",
        "stestr",
        TEST,
        more=r"\s+\S|\s*$|Captured traceback|~~~",
        most=40,
        below=r"\s+(?:File \"(?P<file>[^\"]+)\", line (?P<line>\d+)|(?P<message>(?:\w+\.)*\w+(?:Error|Exception)\b.*))",
    ),
    Row(
        "failed interpreter",
        "could not find python interpreter",
        r"\S+: (?P<message>failed with could not find python interpreter\b.*)",
        "tox",
        "configuration",
    ),
    Row("nox failed", "nox > * ", r"nox > \* .+: failed$", "nox", "command", summary=True),
)
_HEAD = r"(?:FAIL|ERROR): (\S.*)$"
_FRAME = r"\s*File \"([^\"]+)\", line (\d+)"
_DOCTEST = r"File \"([^\"]+)\", line (\d+), in (\S+)$"
_ROBOT = r"(?P<test>\S.*?) +\| FAIL \|$"
_RULE = ("-----", "=====")
_FOREIGN = ("/unittest/", "site-packages", "dist-packages", "/lib/python")
_FAR = 200


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each failed test case, and each example of a docstring that gave something else."""
    yield from read(_ROWS, lines, at)
    for position in positions(at, "fail", "error"):
        text = text_at(lines, position)
        if (found := compiled(_HEAD).match(text)) and text_at(lines, position - 1).startswith("====="):
            yield from _case(lines, position, found[1])
        elif found := compiled(_ROBOT).match(text):
            yield _robot(lines, position, found["test"])
    for position in at.get("example", []):
        if text_at(lines, position).strip() == "Failed example:":
            yield from _example(lines, position)


def _case(lines: Sequence[Line], head: int, name: str) -> Iterator[Failure]:
    """Yield the failure headed at `head`: the exception stands at the left, below the frames."""
    place, own = None, False
    for position in range(head + 1, min(head + _FAR, len(lines))):
        text = text_at(lines, position)
        if text.startswith("====="):
            return
        if frame := compiled(_FRAME).match(text):
            foreign = any(part in frame[1] for part in _FOREIGN)
            if not foreign or not own:
                place, own = Place(frame[1], number(frame[2])), own or not foreign
        elif (
            place is not None
            and text
            and not text[0].isspace()
            and not text.startswith(("Traceback", "The above", "During"))
        ):
            if compiled(r"(?:\w+\.)*\w+(?:: |$)").match(text) is None or _goes_on(lines, position):
                continue
            yield _said(lines, position, place, name)
            return
        elif text.startswith("-----") and position > head + 1:
            return


def _goes_on(lines: Sequence[Line], position: int) -> bool:
    return any(
        text_at(lines, n).startswith(("The above exception", "During handling")) for n in (position + 1, position + 2)
    )


def _said(lines: Sequence[Line], position: int, place: Place, name: str) -> Failure:
    text = text_at(lines, position)
    last = position
    while last - position < 10 and text_at(lines, last + 1).strip() and not text_at(lines, last + 1).startswith(_RULE):
        last += 1
    found = compiled(r"(\w+) \(([\w.<>]+)\)").match(name)
    test = name
    if found:
        test = found[2] if found[2].endswith("." + found[1]) else f"{found[2]}.{found[1]}"
    kind = "package" if lacks_library(text) else TEST
    return Failure("unittest", kind, sentence(text), lines[position].number, lines[last].number, place, test=test)


def _example(lines: Sequence[Line], position: int) -> Iterator[Failure]:
    found = compiled(_DOCTEST).match(text_at(lines, position - 1).strip())
    if not found:
        return
    last = position
    while (
        last - position < 20
        and not text_at(lines, last + 1).startswith(("*****", "-----", "File "))
        and last + 1 < len(lines)
    ):
        last += 1
    message = "Failed example: " + text_at(lines, position + 1).strip()
    place = Place(found[1], number(found[2]))
    yield Failure("doctest", TEST, sentence(message), lines[position].number, lines[last].number, place, test=found[3])


def _robot(lines: Sequence[Line], head: int, test: str) -> Failure:
    """Return the failed test or suite of Robot Framework headed at `head`: its message stands below, up to a rule."""
    last = head
    while last - head < 12 and (below := text_at(lines, last + 1)).strip() and not below.startswith(_RULE):
        last += 1
    said = text_at(lines, head + 1) if last > head else test
    suite = compiled(r"(?:\d+ critical tests?|\d+ tests?), ").match(said) is not None
    first = lines[head].number
    return Failure("robot", TEST, sentence(said), first, lines[last].number, test=sentence(test), summary=suite)
