"""Languages inside other programs: Lua with busted and luacheck, the scripts of Vim, tests in Tcl, tcltest and others."""

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
        r"\s*+(?:Failure|Error) → (?P<file>\S+) @ (?P<line>\d+)$",
        "busted",
        TEST,
        more=r".*\S",
        most=14,
        below=r"(?P<test>.*)",
        whole=True,
    ),
    Row(
        "failures|failure|errors",
        " success",
        r"\s*+(?P<message>\d+ success(?:es)? / (?:[1-9]\d* failures?|\d+ failures? / [1-9]\d* errors?) .*)",
        "busted",
        TEST,
        summary=True,
    ),
    Row(
        "lua",
        ".lua:",
        r"\s*+(?:\S*lua\S*: )(?P<file>[^\s:]+\.lua):(?P<line>\d+): (?P<message>.*)",
        "lua",
        "crash",
    ),
    Row(
        "lua",
        ".lua:",
        r"\s+(?P<file>[^\s:]+\.lua):(?P<line>\d+):(?P<column>\d+): (?:\((?P<code>[WE]\d+)\) )?(?P<message>(?:unused|undefined|accessing|setting|line|value|variable|shadowing|mutating|empty|expected|unreachable|inconsistent|trailing|overwriting|non-standard).*)",
        "luacheck",
        STYLE,
    ),
    Row(
        "total",
        "Total: ",
        r"\s*+(?P<message>Total: (?:[1-9]\d* warnings? / \d+|\d+ warnings? / [1-9]\d*) errors? in .*)",
        "luacheck",
        STYLE,
        summary=True,
    ),
    Row(
        "detected",
        "Error detected while processing",
        r"\s*+(?P<message>Error detected while processing .*)",
        "vim",
        "crash",
        more=r"line +\d+:|E\d+: ",
        most=4,
        whole=True,
    ),
    Row(
        "found",
        "Found errors in ",
        r"\s*+Found errors in (?P<test>\w+)\(\):",
        "vim",
        TEST,
        more=r".*\S",
        most=12,
        whole=True,
    ),
    Row(
        "expected|pattern",
        " line ",
        r".{0,400}?(?:function|script|line) [^\s:]+ line \d+: (?P<message>(?:.*: )?(?:Expected .*|Pattern .* does (?:not )?match .*))",
        "vim",
        TEST,
    ),
    Row("x", "] (X) ", r"\s*+\(\d+/\d+\) \[ *\w+\] \(X\) (?P<message>.*)", "vader", TEST, more=r"\s+- |\s+> ", most=8),
    Row(
        "vim",
        ".vim:",
        r"\s*+(?P<file>[^\s:]+\.vim):(?P<line>\d+):(?P<column>\d+): ?(?:(?:Error|Warning|error|warning|style_problem): )?(?P<message>\S.*)",
        "vint",
        STYLE,
    ),
    Row(
        "luarocks|satisfy",
        "Could not satisfy dependency",
        r"\s*+(?:Error: )?(?P<message>Could not satisfy dependency.*)",
        "luarocks",
        "package",
    ),
    Row(
        "tcl",
        "[err]: ",
        r"\s*+(?:\*\*\* )?\[err\]: (?P<test>.*) in (?P<file>\S+\.tcl)",
        "tcl",
        TEST,
        more=r"Expected .*|\s+\S",
        most=4,
        whole=True,
    ),
    Row(
        "failed",
        "==== ",
        r"==== (?P<test>\S+) (?P<message>\S.*) FAILED$",
        "tcltest",
        TEST,
        more=r"(?!==== \S+ FAILED$).*",
        most=40,
    ),
    Row(
        "failed",
        "\tFailed\t",
        r"\s*+(?P<message>\S+:?\tTotal\t\d+\tPassed\t\d+\tSkipped\t\d+\tFailed\t[1-9]\d*)$",
        "tcltest",
        TEST,
        summary=True,
    ),
    Row(
        "executing",
        "while executing",
        r" {4}while executing$",
        "tcl",
        "runtime",
        more=r".*\S",
        most=40,
        below=r"\s+\(file \"(?P<file>[^\"]+)\" line (?P<line>\d+)\)",
        above=r"(?P<message>\S.*)",
    ),
    Row(
        "exception",
        "[exception]: ",
        r"\s*+(?:\*\*\* )?\[exception\]: (?P<message>.*)",
        "tcl",
        TEST,
        more=r"\s+\S",
        most=12,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each failed test, each error of a script with its place, each finding, and the lines that count."""
    for failure in read(_ROWS, lines, at):
        # Only where Tcl says which line of which file it was in, nobody caught the error.
        if failure.tool != "tcl" or failure.kind != "runtime" or failure.place:
            missing = failure.tool == "tcl" and failure.message.startswith("can't find package ")
            yield failure._replace(kind="package") if missing else failure
