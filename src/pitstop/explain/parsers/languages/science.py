"""R with testthat and R CMD check; Julia with its Test library and package manager."""

# ruff: noqa: RUF001  quotes that R prints

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import STYLE, TEST
from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "failure|error",
        "Failure|Error",
        r"[─-]+ (?:\d+\. )?(?:Failure|Error): (?P<test>.*?) \(@?(?P<file>[^\s()#:]+\.[rR])[#:](?P<line>\d+)(?::(?P<column>\d+))?\) *[─-]*",
        "testthat",
        TEST,
        more=r"(?![─-]{2}).*\S",
        most=14,
        whole=True,
    ),
    Row(
        "failure|error",
        "Failure|Error",
        r"\s*+(?:[─-]+ )?(?:\d+\. )?(?:Failure|Error) \(['‘]?@?(?P<file>[^\s()#:'‘]+\.[rR])[#:](?P<line>\d+)(?::(?P<column>\d+))?['’]?\): (?P<test>.*?) *[─-]*$",
        "testthat",
        TEST,
        more=r"(?!\s*[─═-]{2}).*\S",
        most=14,
        whole=True,
    ),
    Row("fail", "[ FAIL ", r"\s*+(?P<message>\[ FAIL [1-9]\d* \| .*\])", "testthat", TEST, summary=True),
    Row("running", "failed.", r"\s*+(?P<message>Running the tests in .* failed\.)", "R", TEST, more=r".*\S", most=30),
    Row("checking", "... ERROR", r"\* (?P<message>checking .* \.\.\. ERROR)$", "R", TEST, summary=True),
    Row("status", "Status: ", r"(?P<message>Status: [1-9]\d* ERROR.*)", "R", "build", summary=True),
    Row("halted", "Execution halted", r"\s*+(?P<message>Execution halted)", "R", "crash", summary=True),
    Row(
        "package|namespace|packages",
        "there is no package called",
        r"\s*+(?:Error (?:in .*?:|:) ?)?(?P<message>.*there is no package called .*)",
        "R",
        "package",
    ),
    Row(
        "dependency|dependencies",
        "not available for package",
        r"\s*+ERROR: (?P<message>dependenc.* not available for package .*)",
        "R",
        "package",
    ),
    Row(
        "package",
        "ERROR: ",
        r"\s*+ERROR: (?P<message>(?:compilation|lazy loading|installing Rd objects|loading|configuration) failed for package .*)",
        "R",
        "build",
        summary=True,
    ),
    Row(
        "r",
        ": unexpected ",
        r"\s*+(?:Error in parse\(.{0,80}\) : *)?(?P<file>[^\s:]+\.[rR]):(?P<line>\d+):(?P<column>\d+): (?P<message>unexpected .*)",
        "R",
        "compile",
    ),
    Row(
        "package",
        "ERROR: unable to collate",
        r"\s*+ERROR: (?P<message>unable to collate and parse R files for package .*)",
        "R",
        "compile",
        summary=True,
    ),
    Row("error", "Error in ", r"\s*+Error in (?P<message>\S.*? : ?.*)", "R", "crash", more=r" {2,}\S|Calls: ", most=6),
    Row(
        "jl|failed",
        "Test Failed",
        r"\s*+(?:(?P<test>[^:\s][^:]*+): )?Test Failed at (?P<file>\S+):(?P<line>\d+)",
        "julia",
        TEST,
        more=r"\s+\S",
        most=6,
        below=r"\s+(?P<message>(?:Expression|Evaluated): .*)",
    ),
    Row(
        "jl|during",
        "Error During Test",
        r"\s*+(?:(?P<test>[^:\s][^:]*+): )?Error During Test at (?P<file>\S+):(?P<line>\d+)",
        "julia",
        TEST,
        more=r"\s+\S",
        most=30,
        whole=True,
    ),
    Row(
        "tests",
        "Some tests did not pass",
        r"\s*+(?:ERROR: )?(?:LoadError: )?(?P<message>Some tests did not pass: .*)",
        "julia",
        TEST,
        summary=True,
    ),
    Row(
        "package",
        "errored during testing",
        r"\s*+(?:ERROR: )?(?P<message>Package \S+ errored during testing.*)",
        "julia",
        TEST,
        summary=True,
    ),
    Row(
        "loaderror",
        "ERROR: ",
        r"\s*+ERROR: (?P<message>(?:LoadError: )+.*)",
        "julia",
        "crash",
        more=r"Stacktrace:|\s+\S|in expression",
        most=30,
        below=r"in expression starting at (?P<file>\S+):(?P<line>\d+)",
    ),
    Row(
        "unsatisfiable",
        "Unsatisfiable requirements",
        r"\s*+(?:ERROR: )?(?P<message>Unsatisfiable requirements .*)",
        "julia",
        "package",
        more=r".*[└├│]",
        most=20,
    ),
    Row(
        "r",
        ": style|: warning|: error",
        r"\s*+(?P<file>[^\s:]+\.[rR](?:md|nw)?):(?P<line>\d+):(?P<column>\d+): (?:style|warning|error): (?:\[(?P<code>\w+)\] )?(?P<message>.*)",
        "lintr",
        STYLE,
        more=r"\s+\S|.*\S",
        most=2,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each failed test and each error with its place, packages that are missing, and the lines that count."""
    for failure in read(_ROWS, lines, at):
        if failure.tool == "R" and failure.kind == "crash" and not failure.summary and not _halts(failure, lines, at):
            continue
        yield failure


def _halts(failure: Failure, lines: Sequence[Line], at: Mapping[str, list[int]]) -> bool:
    """Whether the script ends here: tests and examples print errors that somebody catches."""
    return any(0 < lines[position].number - failure.first <= 8 for position in at.get("halted", ()))
