""".NET: C#, F# and Visual Basic compilers, MSBuild, the SDK, NuGet, and the tests of xUnit, NUnit and MSTest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_PROJECT = r"(?: \[(?:[^\[\]]*\.\w*proj|[^\[\]]*\.sln)[^\[\]]*\])?$"
_FRAME = r"\s*+(?:at|in) .* in (?P<file>(?:[A-Za-z]:)?[^:]+):(?:line )?(?P<line>\d+)"
_LONGEST = 40  # lines of one failed test
_STYLES = ("IDE", "SA", "CA", "S", "RCS", "SX", "StyleCop")

_ROWS = (
    Row(
        "error",
        ": error ",
        r"\s*+(?:\d+>)?+\s*+(?P<file>(?:[A-Za-z]:)?[^\s(:][^(:]{0,300})\((?P<line>\d+)(?:,(?P<column>\d+))?(?:,\d+,\d+)?\) ?: error "
        r"(?P<code>(?:CS|FS|BC|VB|CA|IDE|SA|SX|RCS|NETSDK|NU|MSB|XA|AD|xUnit|S|RZ|BL|WMC|XLS|MC|CP)\d{2,5}) ?: (?P<message>.*?)"
        + _PROJECT,
        "dotnet",
        COMPILE,
    ),
    Row(
        "error",
        "error NETSDK|error NU|error MSB|error CS|error FS|error MSTEST|error XA|error AD",
        r"\s*+(?:\d+>)?+\s*+(?:(?P<file>(?:[A-Za-z]:)?[^\s:][^:]{0,300}?) ?: )?error (?P<code>(?:NETSDK|NU|MSB|CS|FS|MSTEST|XA|AD)\d{3,5}) ?: "
        r"(?P<message>.*?)" + _PROJECT,
        "dotnet",
        "package",
    ),
    Row("msbuild", "MSBUILD : error", r"\s*+MSBUILD : error (?P<code>\w+): (?P<message>.*)", "dotnet", "build"),
    Row("msbuild", "MSBUILD: error", r"\s*+MSBUILD: error (?P<code>\w+): (?P<message>.*)", "dotnet", "build"),
    Row(
        "unhandled",
        "Unhandled Exception:|UNHANDLED EXCEPTION: |Unhandled exception. ",
        r"(?:\[ERROR\] FATAL UNHANDLED EXCEPTION: |Unhandled Exception: ?|Unhandled exception\. )"
        r"(?P<message>(?P<code>[\w.]+Exception)\b.*)?$",
        "dotnet",
        "crash",
        more=r"[\w.]+Exception\b|\s+at |\s*--->",
        most=30,
        below=r"(?P<message>(?P<code>[\w.]+Exception)\b.*)|" + _FRAME,
    ),
    Row("build", "Build FAILED.", r"\s*+(?P<message>Build FAILED\.)\s*$", "dotnet", "build", summary=True),
    Row("error|errors", "Error(s)", r"\s+(?P<message>[1-9]\d* Error\(s\))\s*$", "dotnet", "build", summary=True),
    Row("failed", "Failed!", r"\s*+(?P<message>Failed! +- Failed: .*)", "dotnet", TEST, summary=True),
    Row("failed", "Test Run Failed.", r"\s*+(?P<message>Test Run Failed\.)", "dotnet", TEST, summary=True),
    Row("failed", "Overall result: ", r"\s*+(?P<message>Overall result: Failed)", "nunit", TEST, summary=True),
    Row(
        "total|failed",
        "Failed: ",
        r"\s*+(?P<message>(?:\S+ +)?Total: \d+, Errors: \d+, Failed: [1-9]\d*.*)",
        "xunit",
        TEST,
        summary=True,
    ),
    Row(
        "unable|resolve",
        "nable to resolve",
        r"\s*+(?:error: ?)?(?P<message>Unable to resolve dependency '.*)",
        "nuget",
        "package",
    ),
    Row(
        "unable|find",
        "nable to find",
        r"\s*+(?:error: ?)?(?P<message>Unable to find (?:version '.*' of )?package '.*)",
        "nuget",
        "package",
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error with its code, each failed test with where it failed, and the lines that count."""
    for failure in read(_ROWS, lines, at):
        code = failure.code
        kind = failure.kind
        if (
            failure.place
            and kind == "package"
            and not failure.place.file.lower().endswith(("proj", ".sln", ".targets", ".props"))
        ):
            failure = failure._replace(place=None)
        if kind == "crash":
            pass
        elif code.startswith(_STYLES):
            kind = STYLE
        elif code.startswith(("CS", "FS", "BC")):
            kind = COMPILE
        elif code.startswith("MSB"):
            kind = "build"
        elif code.startswith(("NETSDK", "NU")):
            kind = "package" if code.startswith("NU") else "configuration"
        yield failure._replace(kind=kind)
    told: set[str] = set()
    for position in positions(at, "failed", "failure", "error", "invalid"):
        text = text_at(lines, position)
        if "Failed " in text or ") Test " in text or ") Error" in text or ") Invalid" in text or ") Failed" in text:
            found = compiled(
                r"\s*+(?:(?:Failed|X) (?P<dotnet>[A-Za-z_][^\[]{2,300}?) \[(?:< )?[\d.,:msh ]+\]"
                r"|\d+\) (?:Failed|Error|Invalid|Test Failure|Test Error) ?: (?P<nunit>\S.*))$"
            ).match(text)
            if found:
                yield _test(
                    lines, position, found["dotnet"] or found["nunit"], "nunit" if found["nunit"] else "dotnet", told
                )
    for position in positions(at, "fail"):
        if found := compiled(r"\s*+(?:\[xUnit\.net [\d:.]+\] +)?(?P<test>\S.*?) \[FAIL\]$").match(
            text_at(lines, position)
        ):
            yield _test(lines, position, found["test"], "xunit", told)


def _test(lines: Sequence[Line], position: int, test: str, tool: str, told: set[str]) -> Failure:
    message, place, framed = "", None, False
    last = position
    test = sentence(test)
    for ahead in range(position + 1, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead)
        said = compiled(r"\s*+(?:\[xUnit\.net [\d:.]+\] +)?").sub("", text, count=1)
        if not said.strip():
            if message and (tool != "nunit" or framed):
                break
            continue
        if compiled(r"(?:Failed|Passed|Skipped|X|V) \S.*\[[\d.<,:msh ]+\]$|.* \[(?:FAIL|SKIP|PASS)\]$|\d+\) \w").match(
            said
        ):
            break
        if tool == "xunit" and not text[:1].isspace() and not text.startswith("[xUnit"):
            break
        last = ahead
        framed = framed or said.startswith("at ")
        if frame := compiled(_FRAME).match(said):
            if not frame["file"].startswith("<"):  # a module of Mono without its sources
                place = place or Place(frame["file"].strip(), int(frame["line"]))
        elif not message and not said.startswith(("Error Message:", "Stack Trace:")):
            message = said
    known = test in told
    told.add(test)
    number = lines[position].number
    return Failure(tool, TEST, sentence(message or test), number, lines[last].number, place, test=test, summary=known)
