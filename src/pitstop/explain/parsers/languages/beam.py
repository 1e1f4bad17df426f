"""Elixir and Erlang: mix and its compiler, ExUnit, Credo, rebar3, erlc, EUnit, Common Test, Dialyzer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "exs",
        "_test.exs:",
        r"\s+(?P<file>(?:apps/)?\S+_test\.exs):(?P<line>\d+)$",
        "exunit",
        TEST,
        more=r"\s{5}\s*+\S|\s*$",
        most=40,
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
        "hex|scm",
        "** (Mix",
        r".*?\*\* \(Mix(?:\.\w+)*\) (?P<message>(?:Could not find an SCM for dependency|Hex dependency|Could not find Hex).*)",
        "mix",
        "package",
    ),
    Row(
        "mix",
        "** (Mix",
        r"\s*+\*\* \(Mix(?:\.\w+)*\) (?P<message>(?!mix format failed).*)",
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
        "compilation",
        "--warnings-as-errors",
        r"\s*+(?P<message>Compilation failed due to warnings while using the --warnings-as-errors option)",
        "mix",
        COMPILE,
        summary=True,
    ),
    Row(
        "test",
        " option was given to ",
        r"(?P<message>The --\w+ option was given to \"mix test\" but no test was executed.*)",
        "mix",
        "configuration",
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
        "failed|timed",
        "*failed*|*timed out*",
        r"\s*+(?P<test>\S+: .*?|\S.*?)\s?\.*(?:\*failed\*|\*timed out\*)",
        "eunit",
        TEST,
        more=r"(?!=====).*\S",
        most=14,
        below=r"(?P<message>\*\*(?:error|exit|throw):.*)",
    ),
    Row(
        "failure",
        "Failure/Error: ",
        r"\s*+Failure/Error: (?P<message>.*)",
        "eunit",
        TEST,
        more=r"\s+(?!\d+\) |Output:)\S",
        most=6,
        above=r"\s*+\d+\) (?P<test>\w+:[\w/-]+)$",
        below=r".*\{file,\"(?P<file>[^\"]*_tests\.erl)\"\}",
    ),
    Row(
        "xref",
        " (Xref)",
        r"\s*+(?:===> )?(?P<file>[^\s:]+\.erl):(?P<line>\d+): Warning: (?P<message>.*) \(Xref\)",
        "xref",
        STYLE,
    ),
    Row(
        "exception",
        "escript: exception ",
        r"\s*+escript: (?P<message>exception \w+: .*)",
        "escript",
        "crash",
        more=r"\s+\S",
        most=30,
    ),
    Row("terminating", "terminating ", r"\{\"(?P<message>[\w ]*?terminating .*)", "erlang", "crash"),
    Row("uncaught", "===> Uncaught error in ", r"\s*+===> (?P<message>Uncaught error in .*)", "rebar3", "crash"),
    Row(
        "callback",
        ": failure on setup_all callback",
        r"\s+\d+\) (?P<test>\S+): (?P<message>failure on setup_all callback.*)",
        "exunit",
        TEST,
        more=r"\s{5}\s*+\S|\s*$",
        most=40,
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


_CRASH = (
    r"\*\* \((?P<code>(?!Mix)[A-Za-z][\w. <>]*)\) (?P<message>\S.*)"  # at the margin: what ended the program itself
)
_FRAME = r"\s{4}(?:\((?P<app>[\w.]+) [\w.\x2d]+\) )?(?P<file>[^\s:()]+\.(?:exs?|erl)):(?P<line>\d+): "
_WARNED = r"\s*+warning: (?P<message>\S.*)"
_PLACE = r"\s*+(?:└─ )?(?P<file>[^\s:]+\.exs?):(?P<line>\d+)"
_NEAR = 200  # lines between a warning and the word that it ends the build
_STRICT = 100  # such words at most
_ABOVE = 30  # lines between what a program ended with and its stack


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error with its place, each failed test, what ended a program, warnings where they end the build, and counts."""
    strict = [each for each in positions(at, "compilation") if "--warnings-as-errors" in text_at(lines, each)][:_STRICT]
    for position in positions(at, "warning") if strict else ():
        if any(0 < each - position <= _NEAR for each in strict):
            yield from _warned(lines, position)
    framed = -2
    for position in positions(at, "ex", "exs"):
        if compiled(_FRAME).match(text_at(lines, position)):
            if position != framed + 1:
                yield from _ended(lines, position)
            framed = position
    for failure in read(_ROWS, lines, at):
        # `error: ` and `x:y failed` alone are everybody's words.
        if (failure.tool != "elixirc" or failure.place) and (
            failure.tool != "ct" or failure.last > failure.first or failure.summary or "_SUITE" in failure.test
        ):
            yield failure


def _warned(lines: Sequence[Line], position: int) -> Iterator[Failure]:
    """Read a warning as far as to its place, which stands below it."""
    if told := compiled(_WARNED).match(text_at(lines, position)):
        for ahead in range(position + 1, min(position + 16, len(lines))):
            text = text_at(lines, ahead)
            if found := compiled(_PLACE).match(text):
                first, last = lines[position].number, lines[ahead].number
                place = Place(found["file"], number(found["line"]))
                yield Failure("elixirc", COMPILE, sentence(told["message"]), first, last, place)
            if found or text.startswith("warning: "):
                break


def _ended(lines: Sequence[Line], frame: int) -> Iterator[Failure]:
    """Read what stands over the first frame of a stack, if it ended the program: a server that logs its end does not."""
    for behind in range(frame - 1, max(frame - _ABOVE, -1), -1):
        text = text_at(lines, behind)
        if text[:1].strip():
            above = text_at(lines, behind - 1)
            if (told := compiled(_CRASH).match(text)) and "[error]" not in above and "terminating" not in above:
                first, last = lines[behind].number, lines[frame].number
                place = _own(lines, frame)
                yield Failure("elixir", "crash", sentence(told["message"]), first, last, place, sentence(told["code"]))
            return


def _own(lines: Sequence[Line], frame: int) -> Place | None:
    """Return the first place of a stack that is not in the language itself."""
    for ahead in range(frame, min(frame + _ABOVE, len(lines))):
        found = compiled(_FRAME).match(text_at(lines, ahead))
        if not found:
            break
        if found["app"] not in {"elixir", "stdlib", "kernel", "mix", "ex_unit", "logger", "eex"}:
            return Place(found["file"], number(found["line"]))
    return None
