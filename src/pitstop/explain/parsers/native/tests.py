"""Test programs of C and C++: GoogleTest, Catch2, doctest, Boost.Test, CTest, automake's harness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_CTEST = r"(?:\d+: )?"  # before each line under `ctest -V`
_GTEST = rf"\s*+{_CTEST}\[  FAILED  \] (?P<test>[\w/]+\.[\w/]+)(?:, where .*?)?(?P<time> \(\d+ ms(?: total)?\))?$"
_GTEST_PLACE = rf"\s*+{_CTEST}(?P<file>\S[^:(]*)[:(](?P<line>\d+)\)?: (?:Failure|error: (?P<message>.*))$"
_GTEST_THROWN = rf"\s*+{_CTEST}unknown file: (?:Failure|error: (?P<message>.*))$"
_FAR = 400  # lines of output of one test

_ROWS = (
    Row(
        "failed",
        "FAILED:",
        rf"\s*+{_CTEST}(?P<file>[^\s:()]+)[:(](?P<line>\d+)\)?: FAILED:",
        "catch2",
        TEST,
        more=r"\s+\S|\s*$|with expansion:|due to |explicitly|CHECK|REQUIRE|FAIL",
        most=8,
        below=r"\s+(?P<message>(?:CHECK|REQUIRE|FAIL|STATIC_)\w*\(.*)",
    ),
    Row(
        "error",
        "ERROR: ",
        rf"\s*+{_CTEST}(?P<file>[^\s:()]+)[:(](?P<line>\d+)\)?: (?:FATAL )?ERROR: (?P<message>\S.*)",
        "doctest",
        TEST,
        more=r"\s+\S",
        most=6,
    ),
    Row(
        "error",
        'rror: in "',
        rf"\s*+{_CTEST}(?P<file>[^\s(][^(]{{0,300}})\((?P<line>\d+)\): (?:fatal )?error: in \"(?P<test>[^\"]+)\": (?P<message>.*)",
        "boost-test",
        TEST,
    ),
    Row(
        "detected",
        " detected",
        rf"\s*+{_CTEST}\*\*\* \d+ failures? (?:is|are) detected.*",
        "boost-test",
        TEST,
        summary=True,
    ),
    Row(
        "failed",
        "test cases: ",
        rf"\s*+{_CTEST}(?:\[doctest\] )?test cases: .*(?<!\d)[1-9]\d*+ failed.*",
        "catch2",
        TEST,
        summary=True,
    ),
    Row(
        "test",
        " Test",
        r"\s*+\d+/\d+ Test +#\d+: (?P<test>\S+) \.*(?P<message>.{0,40}\*\*\*.*)",
        "ctest",
        TEST,
        summary=True,
    ),
    Row(
        "failed|tests",
        "tests failed out of",
        r"\s*+\d+% tests passed, [1-9]\d* tests failed out of \d+",
        "ctest",
        TEST,
        summary=True,
    ),
    Row(
        "failed",
        "The following tests FAILED",
        r"\s*+The following tests FAILED:",
        "ctest",
        TEST,
        summary=True,
        more=r"\s+\d+ - ",
        most=100,
    ),
    Row("errors", "Errors while running CTest", r"\s*+Errors while running CTest.*", "ctest", TEST, summary=True),
    Row(
        "fail|error|xpass",
        "# FAIL|# ERROR|# XPASS",
        r"# (?:FAIL|ERROR|XPASS): +[1-9]\d*$",
        "automake",
        TEST,
        summary=True,
    ),
    Row(
        "fail|timeout|error",
        "FAIL|TIMEOUT|ERROR",
        r"\s*+\d+/\d+ (?P<test>\S.*?) +(?P<message>(?:FAIL|TIMEOUT|ERROR) +[\d.]+ ?s\b.*)",
        "meson",
        TEST,
        more=r"(?!\s*\d+/\d+ |(?:Ok|Summary of Failures|Expected Fail|Fail|Unexpected Pass|Skipped|Timeout):).*\S",
        most=20,
    ),
    Row(
        "fail",
        "FAIL!  : ",
        r"FAIL!  : (?P<test>\w+::\w+)\((?:.*?)\) (?P<message>.*)",
        "qttest",
        TEST,
        more=r"\s+\S",
        most=4,
        below=r"\s+Loc: \[(?P<file>.*?)\((?P<line>\d+)\)\]",
    ),
    Row(
        "fail",
        ":FAIL",
        r"\s*+(?P<file>[^\s:]+\.(?:c|cc|cpp|h)):(?P<line>\d+):(?P<test>\w+):FAIL:? ?(?P<message>.*)",
        "unity",
        TEST,
    ),
    Row(
        "f|e",
        ".c:",
        r"\s*+(?P<file>[^\s:]+\.c):(?P<line>\d+):[FE]:[^:]*:(?P<test>[^:]*):\d+: (?P<message>.*)",
        "check",
        TEST,
    ),
    Row(
        "error",
        "error: Failure in ",
        r"\s*+(?P<file>[^\s:]+):(?P<line>\d+): error: Failure in \w*TEST\((?P<test>[^)]*)\)",
        "cpputest",
        TEST,
        more=r"\t\S",
        most=4,
        below=r"\t(?P<message>\S.*)",
    ),
    Row(
        "error",
        "[  ERROR   ] --- ",
        r"\[  ERROR   \] --- (?P<message>(?!Test failed).+)",
        "cmocka",
        TEST,
        more=r"\[   LINE   \] --- ",
        most=1,
        below=r"\[   LINE   \] --- (?P<file>[^\s:]+):(?P<line>\d+)",
    ),
    Row(
        "c|cc|cpp",
        "  - ",
        r"\s+\d+\. (?P<file>[^\s:]+\.(?:c|cc|cpp)):(?P<line>\d+)  - (?P<message>\S.*)",
        "cunit",
        TEST,
    ),
    Row(
        "test",
        ") test: ",
        r"\d+\) test: (?P<test>\S+) \([FE]\)(?: line: (?P<line>\d+) (?P<file>\S+))?",
        "cppunit",
        TEST,
        more=r".*\S",
        most=6,
        whole=True,
    ),
    Row("fail", "[FAIL] ", r"\s*+\[FAIL\] (?P<test>[\w:]+)(?:: \(.*\))?$", "criterion", TEST),
    Row(
        "fail|timeout",
        "FAIL|TIMEOUT|UNRESOLVED|XPASS",
        r"(?P<message>(?:FAIL|TIMEOUT|UNRESOLVED|XPASS): \S+ :: (?P<test>\S+) \(\d+ of \d+\))",
        "lit",
        TEST,
    ),
    Row(
        "failed",
        "Failed Tests (",
        r"(?P<message>Failed Tests \(\d+\):)",
        "lit",
        TEST,
        summary=True,
        more=r"\s+\S",
        most=50,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each check that failed with its place, and, as summaries, the lists at the end."""
    yield from _google(lines, at)
    if any("Testsuite summary" in lines[position].text for position in at.get("testsuite", ())):
        yield from _automake(lines, at)
    ctest: list[Failure] = []
    others = False
    for failure in read(_ROWS, lines, at):
        if failure.tool == "ctest" and failure.test:
            ctest.append(failure)
        else:
            others = others or not failure.summary
            yield failure
    for failure in ctest:  # what failed in the test is told by its own output, where ctest shows it
        yield failure._replace(summary=others)


def _google(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give the failed checks between a test's `[ RUN ]` and its `[  FAILED  ]`."""
    told: set[str] = set()
    for position in positions(at, "failed"):
        text = text_at(lines, position)
        if "[  FAILED  ] " not in text:
            continue
        number = lines[position].number
        found = compiled(_GTEST).match(text)
        if not found:
            counts = compiled(rf"\s*+{_CTEST}\[  FAILED  \] \d+ tests?").match(text) is not None
            test = "" if counts else sentence(text.partition("]")[2])
            yield Failure("gtest", TEST, sentence(text), number, number, test=test, summary=counts or test in told)
            told.add(test)
            continue
        test = found["test"]
        checks = [] if test in told else list(_checks(lines, position, test))
        yield from checks
        yield Failure("gtest", TEST, sentence(text), number, number, test=test, summary=bool(checks) or test in told)
        told.add(test)


def _checks(lines: Sequence[Line], end: int, test: str) -> Iterator[Failure]:
    run = f"[ RUN      ] {test}"
    begin = next((each for each in range(end - 1, max(end - _FAR, -1), -1) if run in text_at(lines, each)), end)
    for position in range(begin + 1, end):
        found = _check_at(lines, position)
        if not found:
            continue
        last = position
        said: list[str] = []
        for ahead in range(position + 1, min(end, position + 12)):
            text = text_at(lines, ahead)
            if not text.strip() or _check_at(lines, ahead):
                break
            said.append(text)
            last = ahead
        told = found.groupdict()
        place = Place(told["file"], int(told["line"])) if "file" in told else None
        message = sentence(told["message"] or " ".join(said)) or "Failure"
        yield Failure("gtest", TEST, message, lines[position].number, lines[last].number, place, test=test)


def _check_at(lines: Sequence[Line], position: int) -> re.Match[str] | None:
    text = text_at(lines, position)
    return compiled(_GTEST_PLACE).match(text) or compiled(_GTEST_THROWN).match(text)


def _automake(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    logged: dict[str, Failure] = {}
    short: list[Failure] = []
    for position in positions(at, "fail", "error"):
        text = text_at(lines, position)
        found = compiled(r"(?:FAIL|ERROR|XPASS): (?P<test>\S+.*)").match(text)
        if found:
            number = lines[position].number
            test = sentence(found["test"])
            short.append(Failure("automake", TEST, sentence(text), number, number, test=test))
            if test not in logged and (failure := _logged(lines, position, test)):
                logged[test] = failure
    yield from logged.values()
    told = set(logged)
    for failure in short:
        yield failure._replace(summary=failure.test in told)
        told.add(failure.test)


def _logged(lines: Sequence[Line], head: int, test: str) -> Failure | None:
    """Return what a test wrote, where test-suite.log is shown: below its name, which is underlined, up to its result."""
    if text_at(lines, head + 1).strip() != "=" * len(text_at(lines, head).strip()):
        return None
    said: list[int] = []
    for position in range(head + 2, min(head + _FAR, len(lines))):
        text = text_at(lines, position)
        if compiled(r"(?:FAIL|ERROR|XPASS) \S.* \(exit status: \d+\)|(?:FAIL|ERROR|XPASS|SKIP|XFAIL): ").match(text):
            break
        if text.strip():
            said.append(position)
    else:
        return None
    if not said:
        return None
    message = sentence(" ".join(text_at(lines, each) for each in said[-6:]))
    return Failure("automake", TEST, message, lines[said[0]].number, lines[said[-1]].number, test=test)
