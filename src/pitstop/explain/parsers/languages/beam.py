"""Elixir and Erlang: mix and its compiler, ExUnit, Credo, rebar3, erlc, EUnit, Common Test, Dialyzer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST
from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "exs",
        "_test.exs:",
        r"\s+(?P<file>(?:apps/)?\S+_test\.exs):(?P<line>\d+)$",
        "exunit",
        TEST,
        more=r"\s+(?!\d+\) )\S",
        most=30,
        below=r"\s{5}(?P<message>\S.*)",
        above=r"\s+\d+\) (?P<test>\S.*)",
    ),
    Row(
        "error",
        "Error) ",
        r"\s*+\*\* \((?P<code>\w*(?:Compile|Syntax|Token\w*)Error)\) (?P<file>[^\s:]+):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.*)",
        "elixirc",
        COMPILE,
        more=r"\s+\S",
        most=10,
    ),
    Row(
        "compileerror|syntaxerror|tokenmissingerror|mismatcheddelimitererror",
        "Error) ",
        r"\s*+\*\* \((?P<code>\w+Error)\) (?P<file>[^\s:]+?):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.*)",
        "elixirc",
        COMPILE,
        more=r"\s+\S",
        most=10,
    ),
    Row(
        "error",
        "error: ",
        r"\s*+error: (?P<message>.*)",
        "elixirc",
        COMPILE,
        more=r"\s*+(?:│|\d+ │|└─|\S+\.exs?:\d+)",
        most=12,
        below=r"\s*+(?:└─ )?(?P<file>\S+\.exs?):(?P<line>\d+)(?::(?P<column>\d+))?",
    ),
    Row(
        "compilation",
        "== Compilation error",
        r"\s*+(?P<message>== Compilation error (?:in|on) file \S+ ==)",
        "mix",
        COMPILE,
        summary=True,
    ),
    Row(
        "dependency",
        "could not compile dependency",
        r"\s*+(?P<message>could not compile dependency .*)",
        "mix",
        "package",
        summary=True,
    ),
    Row(
        "mix",
        "** (Mix",
        r"\s*+\*\* \(Mix(?:\.\w+)*\) (?P<message>.*)",
        "mix",
        "configuration",
        more=r"\s+\S|\s*$|\*\s",
        most=20,
    ),
    Row(
        "dependencies",
        "Unchecked dependencies",
        r"\s*+(?P<message>Unchecked dependencies .*)",
        "mix",
        "package",
        more=r"\s*+\*|\s+\S",
        most=20,
    ),
    Row(
        "doctests|tests|properties",
        "failure",
        r"\s*+(?P<message>(?:\d+ (?:doctests?|properties|property|features?), )*\d+ tests?, [1-9]\d* failures?.*)",
        "exunit",
        TEST,
        summary=True,
    ),
    Row(
        "erl|hrl|yrl|xrl",
        ".erl|.hrl|.yrl|.xrl",
        r"\s*+(?P<file>[^\s:]+\.(?:erl|hrl|yrl|xrl)):(?P<line>\d+):(?:(?P<column>\d+):)? (?!Warning: )(?P<message>[a-zA-Z].*)",
        "erlc",
        COMPILE,
    ),
    Row(
        "compiling|compile",
        "===> Compiling ",
        r"\s*+===> (?P<message>Compiling .* failed.*)",
        "rebar3",
        COMPILE,
        summary=True,
    ),
    Row(
        "rebar3|hex|unable|fetch|package",
        "===> Unable to|===> Failed to |===> Package not found|===> Dependency|===> Error",
        r"\s*+===> (?P<message>(?:Unable to|Failed to (?:fetch|update|download)|Package not found|Dependency|Errors? loading).*)",
        "rebar3",
        "package",
    ),
    Row(
        "failed",
        "*failed*",
        r"\s*+(?P<test>\S+: .*?|\S.*?)\s?\.*\*failed\*",
        "eunit",
        TEST,
        more=r"\S|\s+\S",
        most=14,
        below=r"(?P<message>\*\*(?:error|exit|throw):.*)",
    ),
    Row("eunit|failed", "Failed: ", r"\s*+(?P<message>Failed: [1-9]\d*\.  Skipped: .*)", "eunit", TEST, summary=True),
    Row(
        "failed",
        ": FAILED",
        r"\s*+%%% (?P<test>\w+ ==> [\w.]+): (?P<message>FAILED)",
        "ct",
        TEST,
        more=r"%%% \w+ ==> (?!.*: (?:OK|FAILED))|\s+\S",
        most=12,
        below=r"%%% \w+ ==> ?(?P<message>\S.*)",
    ),
    Row(
        "failed|failures",
        "Failed |Failures occurred running tests",
        r"\s*+(?:===> )?(?P<message>Failed [1-9]\d* tests?\. Passed .*|Failures occurred running tests: .*)",
        "ct",
        TEST,
        summary=True,
    ),
    Row(
        "failed",
        " failed",
        r"\s*+(?P<test>\w+:\w+) (?P<message>failed(?: on line (?P<line>\d+))?)$",
        "ct",
        TEST,
        more=r"Reason: |\s+\S",
        most=14,
        whole=True,
    ),
    Row("suite", "FAILED", r"\s*+(?P<test>\w+_SUITE) \.+ *(?P<message>FAILED.*)", "ct", TEST),
    Row(
        "credo|ex|exs", ".ex", r"\s*+┃ +(?P<file>\S+\.exs?):(?P<line>\d+)(?::(?P<column>\d+))? #\(.*\)", "credo", STYLE
    ),
    Row(
        "formatted",
        "mix format failed|files are not formatted",
        r"\s*+(?P<message>(?:\*\* \(Mix\) mix format failed.*|The following files are not formatted:?))",
        "mix",
        STYLE,
        more=r"\s*+\*|\s*$|\s+\S",
        most=20,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error with its place, each failed test, and the lines that count."""
    for failure in read(_ROWS, lines, at):
        # `error: ` and `x:y failed` alone are everybody's words.
        if (failure.tool != "elixirc" or failure.place) and (
            failure.tool != "ct" or failure.last > failure.first or failure.summary or "_SUITE" in failure.test
        ):
            yield failure
