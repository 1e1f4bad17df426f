"""Prolog under SWI with its unit tests, and the provers Coq and Agda."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, TEST
from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "goal",
        ": Initialization goal ",
        r"\s*+(?:ERROR|Warning): (?P<file>[^\s:]+):(?P<line>\d+): (?P<message>Initialization goal .*)",
        "swipl",
        "crash",
        more=r"ERROR: (?!-g |\S+:\d+:)",
        most=3,
        whole=True,
    ),
    Row(
        "pl|plt|pro|prolog",
        "ERROR: ",
        r"\s*+ERROR: (?P<file>[^\s:]+\.(?:pl|plt|pro|prolog)):(?P<line>\d+)(?::(?P<column>\d+))?:(?: (?P<message>\S.*))?$",
        "swipl",
        COMPILE,
        more=r"\s*+ERROR:  +\S|\t\S",
        most=8,
        below=r"\s*+(?:ERROR:  +|test (?P<test>[^:]+): )(?P<message>.*)",
    ),
    Row(
        "error",
        "ERROR: -g ",
        r"\s*+ERROR: -g (?P<message>\S.*)",
        "swipl",
        "crash",
        more=r"\s*+ERROR:  +\S",
        most=6,
    ),
    Row(
        "goal",
        "Goal (",
        r"\s*+Warning: +(?P<message>Goal \((?:directive|initialization)\) (?:failed|raised exception).*)",
        "swipl",
        "crash",
    ),
    Row(
        "tests|test",
        "failed",
        r"\s*+% (?P<message>[1-9]\d* tests? (?:are )?failed)$",
        "plunit",
        TEST,
        summary=True,
    ),
    Row(
        "v",
        'File "',
        r"File \"(?P<file>[^\"]+\.v)\", line (?P<line>\d+), characters (?P<column>\d+)-\d+:",
        "coq",
        COMPILE,
        more=r"(?!File \").*\S",
        most=8,
        whole=True,
    ),
    Row(
        "agda|lagda",
        "agda",
        r"(?P<file>[^\s:]+\.l?agda(?:\.md|\.tex)?):(?P<line>\d+)(?:\.|,)(?P<column>\d+)(?:-\d+(?:[.,]\d+)?)?(?:: error: .*)?$",
        "agda",
        COMPILE,
        more=r"(?!Checking |\S+\.l?agda).*\S",
        most=10,
        whole=True,
    ),
)


_MISSING = (
    "source_sink ",
    "Failed to find source of module",
    "Cannot find a physical path",
    "Unable to locate library",
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error with its place, each failed test, and the goal that failed."""
    for failure in read(_ROWS, lines, at):
        if failure.tool == "swipl" and failure.test:
            yield failure._replace(tool="plunit", kind=TEST)
        elif failure.message == "run_tests: false" or (failure.tool == "coq" and "Error:" not in failure.message):
            continue  # what was told of each test, and a warning
        else:
            message = failure.message.partition("Error:")[2].strip() if failure.tool == "coq" else failure.message
            kind = "package" if message.startswith(_MISSING) else failure.kind
            yield failure._replace(message=message or "error", kind=kind)
