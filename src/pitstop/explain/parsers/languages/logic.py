"""Prolog under SWI with its unit tests, and Agda."""

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


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error with its place, each failed test, and the goal that failed."""
    for failure in read(_ROWS, lines, at):
        if failure.tool == "swipl" and failure.test:
            yield failure._replace(tool="plunit", kind=TEST)
        elif failure.message.startswith("source_sink ") or failure.message.startswith(
            "Failed to find source of module"
        ):
            yield failure._replace(kind="package")
        elif failure.message != "run_tests: false":
            yield failure
