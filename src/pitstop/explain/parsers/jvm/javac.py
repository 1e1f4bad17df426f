"""Compilers of the JVM: javac by itself, under Ant and under Gradle, Kotlin, Scala, Groovy, Android lint, ktlint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_TASK = r"\s*+(?:\[[\w-]+\] *)?"  # Ant's name of the task: `[javac] `
_FILE = r"(?P<file>(?:file://)?(?:[A-Za-z]:)?[^\s:\[\]()\"']+\.{}):"

_ROWS = (
    Row(
        "java",
        "error: ",
        _TASK
        + _FILE.format("java")
        + r"(?P<line>\d+):(?:(?P<column>\d+):)? error: (?:\[(?P<code>[A-Z]\w+)\] )?(?P<message>.*)",
        "javac",
        COMPILE,
        more=r"\s*+\[\w+\] (?!\S*\.java:|\d+ errors?)|(?!\s*\[)\s+\S|symbol|location|required|found|reason",
        most=6,
    ),
    Row(
        "java",
        "): error ",
        _TASK + r"(?P<file>[^\s()]+\.java)\((?P<line>\d+),(?P<column>\d+)\): error (?P<code>\w*):? ?(?P<message>.*)",
        "javac",
        COMPILE,
    ),
    Row(
        "error",
        "error: ",
        r"(?:\[javac\] )?\s*error: (?P<message>(?:invalid (?:source|target) release|release version|package .* does not exist|"
        r"cannot find symbol|no source files|file not found: .*\.java|invalid flag|warnings found and -Werror).*)",
        "javac",
        COMPILE,
    ),
    Row("errors|error", "error", _TASK + r"(?P<message>\d+ errors?)$", "javac", COMPILE, summary=True),
    Row(
        "kt|kts",
        ".kt",
        r"\s*+e: (?P<file>(?:file://)?[^\s:(]+\.kts?)(?::| ?: ?)\(?(?P<line>\d+)(?:, |:)(?P<column>\d+)\)?:? (?P<message>.*)",
        "kotlinc",
        COMPILE,
    ),
    Row(
        "kt|kts",
        "error: ",
        _TASK + _FILE.format("kts?") + r"(?P<line>\d+):(?P<column>\d+): error: (?P<message>.*)",
        "kotlinc",
        COMPILE,
        more=r"\s*+\S",
        most=2,
    ),
    Row(
        "kt",
        "[ERROR] ",
        r"\s*+\[ERROR\] (?P<file>\S+\.kt): \((?P<line>\d+), (?P<column>\d+)\) (?P<message>.*)",
        "kotlinc",
        COMPILE,
    ),
    Row(
        "kt|kts",
        ".kt",
        r"\s*+(?P<file>[^\s:]+\.kts?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*) \((?P<code>(?:standard:)?[a-z][\w:-]+)\)$",
        "ktlint",
        STYLE,
    ),
    Row(
        "java|kt|xml|gradle|kts",
        ": Error: ",
        r"\s*+(?P<file>[^\s:]+\.\w+):(?P<line>\d+): Error: (?P<message>.*?) \[(?P<code>[\w.]+)(?: from .*)?\]$",
        "lint",
        STYLE,
        more=r"\s+\S| *~+",
        most=3,
    ),
    Row("lint", "Lint found ", r"\s*+Lint found [1-9]\d* errors?.*", "lint", STYLE, summary=True),
    Row(
        "scala",
        "[error]",
        r"\s*+\[error\] (?P<file>(?:[A-Za-z]:)?[^\s:\[\]]+\.scala):(?P<line>\d+)(?::(?P<column>\d+))?: (?:error: )?(?P<message>.*)",
        "scalac",
        COMPILE,
        more=r"\s*+\[error\] (?: |\^)(?!.*\.scala:\d+: )",
        most=8,
    ),
    Row(
        "scala",
        "Error: ",
        r"\s*+(?:\[error\] )?-- (?:\[(?P<code>E\d+)\] )?(?P<message>[\w /]*Error): (?P<file>[^\s:]+\.scala):(?P<line>\d+):(?P<column>\d+) -+",
        "scalac",
        COMPILE,
        more=r"\s*+(?:\[error\] )?[ \d^]*\|",
        most=12,
    ),
    Row(
        "scala",
        ": error: ",
        _TASK + _FILE.format("scala") + r"(?P<line>\d+): error: (?P<message>.*)",
        "scalac",
        COMPILE,
        more=r"\s*+\S",
        most=2,
    ),
    Row(
        "groovy|gradle",
        ".groovy|.gradle",
        r"(?P<file>\S+\.(?:groovy|gradle)): (?P<line>\d+): (?P<message>.*?)(?: @ line \d+, column (?P<column>\d+)\.)?$",
        "groovyc",
        COMPILE,
    ),
    Row(
        "found",
        " found",
        r"\s*+(?:\[error\] )?(?P<message>(?:\d+|one|two|three|four|five) errors? found)$",
        "scalac",
        COMPILE,
        summary=True,
    ),
    Row(
        "found",
        " error found",
        r"\s*+(?:\[error\] )?(?P<message>(?:\d+|one) error found)$",
        "scalac",
        COMPILE,
        summary=True,
    ),
    Row(
        "failed",
        "*** FAILED ***",
        r"\s*+(?:\[info\] )?+\s*+(?:- )?+(?P<test>.*?) \*\*\* FAILED \*\*\*(?: \(.*\))?$",
        "scalatest",
        TEST,
        more=r"\s*+(?:\[info\] )\s{2,}(?!- )\S|\s{2,}(?!- )\S",
        most=6,
        below=r"\s*+(?:\[info\] )?+\s*+(?P<message>.*?)(?: \((?P<file>[\w./-]+\.scala):(?P<line>\d+)\))?$",
    ),
    Row(
        "falsified|exception",
        "[info] ! ",
        r"\s*+\[info\] ! (?P<test>.*?): (?P<message>(?:Falsified after|Exception raised on) .*)",
        "scalacheck",
        TEST,
        more=r"\s*+\[info\] >",
        most=8,
    ),
    Row(
        "munitexception|munit|failexception|comparisonfailexception",
        "==> X ",
        r"\s*+(?:\[error\] )?==> X (?P<test>\S.*?) +[\d.]+s\s?(?P<message>\S+: (?P<file>\S+?):(?P<line>\d+).*)",
        "munit",
        TEST,
        more=r"(?!\s+at |\s*+\[(?:info|error|warn)\] |==> ).*\S",
        most=14,
    ),
    Row(
        "test",
        "[error] Test ",
        r"\s*+\[error\] Test (?P<test>\S+) failed: (?P<message>.*?)(?:, took [\d.]+ .*)?$",
        "junit-interface",
        TEST,
        more=r"\s*+\[error\]\s+at ",
        most=30,
    ),
    Row("resolveexception", "ResolveException", r"\s*+\[error\] (?P<message>.*ResolveException: .*)", "sbt", "package"),
    Row(
        "unresolved",
        "unresolved dependency",
        r"\s*+\[error\] (?P<message>.*unresolved dependency: .*)",
        "sbt",
        "package",
    ),
    Row(
        "download",
        "[error]",
        r"\s*+\[error\] (?P<message>(?:\(.*\) )?.*(?:Error downloading|download error|download failed).*)",
        "sbt",
        "package",
    ),
    Row(
        "current",
        "[error]  * ",
        r"\s*+\[error\]  \* (?P<message>.* in current version.*)",
        "mima",
        "types",
        more=r"\s*+\[error\]    filter with: ",
        most=1,
    ),
    Row("error", "[error] (", r"\s*+\[error\] (?P<message>\([^()]*\) .*)", "sbt", "build", summary=True),
    Row("compilation", "Compilation failed", r"\s*+\[error\] Compilation failed", "sbt", COMPILE, summary=True),
    Row(
        "failed",
        "[error] Failed|[error] Error: Total ",
        r"\s*+\[error\] (?:Failed: Total [1-9]\d*|Error: Total [1-9]\d*|Failed tests:).*",
        "sbt",
        TEST,
        summary=True,
        more=r"\s*+\[error\] \t",
        most=50,
    ),
    Row(
        "xml",
        "error: ",
        r"\s*+(?:ERROR: ?)?(?P<file>[^\s:]+\.xml):(?P<line>\d+)(?:-\d+)?(?::(?P<column>\d+))?(?:-\d+)?: (?:AAPT: )?error: (?P<message>.*)",
        "aapt",
        COMPILE,
    ),
    Row(
        "kt|kts",
        ".kt",
        r"\s*+(?P<file>/?[^\s:]+\.kts?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*) \[(?P<code>[A-Z]\w+)\]$",
        "detekt",
        STYLE,
    ),
    Row(
        "scala",
        "[error]",
        r"\s*+\[error\]\s+(?:[x!] )?(?P<message>(?!at )\S.*) \((?P<file>\w+\.scala):(?P<line>\d+)\)$",
        "specs2",
        TEST,
    ),
    Row(
        "scala",
        "error file=",
        r"\s*+(?:\[error\] )?error file=(?P<file>\S+\.scala) message=(?P<message>.*?)(?: line=(?P<line>\d+))?(?: column=(?P<column>\d+))?$",
        "scalastyle",
        STYLE,
    ),
    Row(
        "scala|formatted",
        "formatted properly",
        r"\s*+\[(?:error|warn)\] (?P<message>(?P<file>\S+\.(?:scala|sbt)) isn't formatted properly!?)",
        "scalafmt",
        STYLE,
    ),
    Row(
        "xml",
        ": Can't get ",
        r"\s*+(?P<file>[^\s:]*\.xml):(?P<line>\d+): (?P<message>Can't get \S+ to .*)",
        "ant",
        "package",
    ),
    Row(
        "xml",
        "build.xml:",
        r"\s*+(?P<file>[^\s:]*build\.xml):(?P<line>\d+): (?!The following error)(?P<message>\S.*)",
        "ant",
        "build",
    ),
)


_DOCLINT = (
    r"self-closing element|bad use of '|reference not found|unknown tag: |@param name not found|malformed HTML|bad HTML|"
    r"unexpected (?:end tag|text|heading)|no summary|exception not thrown|tag not allowed here|element not closed|block element|"
    r"unterminated inline tag|invalid use of @|heading |attribute |no tag name|semicolon missing|invalid end tag|name not found"
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error with its place, the tests that sbt runs, and the lines that count."""
    for failure in read(_ROWS, lines, at):
        place = failure.place
        if failure.tool == "javac" and compiled(_DOCLINT).match(failure.message):
            failure = failure._replace(tool="javadoc", kind="docs")
        if place and place.file.startswith("file://"):
            yield failure._replace(place=place._replace(file=place.file.removeprefix("file://")))
        else:
            yield failure
