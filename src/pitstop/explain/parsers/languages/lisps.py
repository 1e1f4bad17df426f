"""Lisps: Clojure under Leiningen and the command line, Emacs Lisp with ERT and Buttercup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, TEST
from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_CLJ = r"(?P<file>[^\s()]+\.clj[cs]?):(?P<line>\d+)(?::(?P<column>\d+))?"

_ROWS = (
    Row(
        "fail|error",
        " in (",
        rf"\s*+(?:FAIL|ERROR) in \((?P<test>[^()]+)\)(?: \({_CLJ}\))?.*",
        "clojure",
        TEST,
        more=r".*\S",
        most=12,
        below=r"\s*+(?P<message>(?:actual|expected): .*)",
    ),
    Row(
        "failures|errors",
        " failures, ",
        r"\s*+(?P<message>(?:[1-9]\d* failures, \d+|0 failures, [1-9]\d*) errors\.)",
        "clojure",
        TEST,
        summary=True,
    ),
    Row(
        "clj|cljc|cljs",
        "compiling",
        rf"\s*+(?P<message>(?:Syntax|Unexpected) error .*?compiling.*?) at \({_CLJ}\)\.?",
        "clojure",
        COMPILE,
        more=r".*\S",
        most=1,
        whole=True,
    ),
    Row(
        "syntax",
        "Syntax error ",
        rf"(?P<message>Syntax error (?:reading source|macroexpanding).*?) at \({_CLJ}\)\.?",
        "clojure",
        COMPILE,
        more=r".*\S",
        most=1,
        whole=True,
    ),
    Row(
        "execution",
        "Execution error (",
        rf"Execution error \((?P<code>FileNotFoundException)\) at \S+ \((?:{_CLJ}|[^()]*)\)\.",
        "clojure",
        "package",
        more=r"Could not locate ",
        most=1,
        whole=True,
    ),
    Row(
        "execution",
        "Execution error",
        r"Execution error (?:- .*? |\((?P<code>[\w$.]+)\) )at \S+ \((?:(?P<file>[^\s():]+\.clj[cs]?):(?P<line>\d+)|[^()]*)\)\.",
        "clojure",
        "crash",
        more=r"(?!Full report at:).*\S",
        most=6,
        whole=True,
    ),
    Row(
        "performing",
        "Error encountered performing task",
        r"(?P<message>Error encountered performing task '.*)",
        "lein",
        "build",
        summary=True,
    ),
    Row("clj|cljc|cljs", "compiling:(", rf"(?P<message>.*), compiling:\({_CLJ}\).*", "clojure", COMPILE),
    Row(
        "artifact|artifacts",
        "Could not find artifact",
        r"\s*+(?P<message>Could not find artifact \S+ in \S+.*)",
        "lein",
        "package",
    ),
    Row(
        "condition",
        " condition:",
        r"\s*+Test (?P<test>\S+) condition:$",
        "ert",
        TEST,
        more=r"(?!\s+FAILED )\s+\S",
        most=20,
        whole=True,
    ),
    Row("failed", "FAILED", r"\s+FAILED +\d+/\d+ +(?P<test>\S+).*", "ert", TEST, summary=True),
    Row(
        "unexpected",
        "unexpected",
        r"\s*+(?P<message>Ran \d+ tests?, \d+ results? as expected, [1-9]\d* unexpected.*|[1-9]\d* unexpected results:)",
        "ert",
        TEST,
        summary=True,
        more=r"\s+FAILED",
        most=40,
    ),
    Row(
        "el",
        "Error: ",
        r"\s*+(?P<file>[^\s:]+\.el):(?P<line>\d+):(?P<column>\d+): ?Error: (?P<message>.*)",
        "emacs",
        COMPILE,
    ),
    Row(
        "symbol|void",
        "Symbol",
        r"\s*+(?P<message>Symbol.s (?:value as variable|function definition) is void: .*)",
        "emacs",
        "crash",
    ),
    Row("load", "Cannot open load file", r"\s*+(?P<message>Cannot open load file: .*)", "emacs", "package"),
    Row(
        "fail",
        "FAIL",
        rf"\s*+FAIL(?: \".*\")? at \({_CLJ}\)",
        "midje",
        TEST,
        more=r"\s*+(?:Expected|Actual|Checker|Actual result|Expected result|Checking function|The checker).*|\s+\S",
        most=10,
        whole=True,
    ),
    Row(
        "debugger",
        "Cannot open load file",
        r"\s*+Debugger entered--Lisp error: \(file-(?:missing|error) (?P<message>\"Cannot open load file\".*)\)",
        "emacs",
        "package",
    ),
    Row(
        "debugger",
        "Lisp error: ",
        r"\s*+Debugger entered--Lisp error: (?P<message>.*)",
        "emacs",
        "crash",
        more=r"\s+\S",
        most=30,
    ),
    Row("specs", "failed", r"\s*+(?P<message>Ran \d+.* specs, [1-9]\d* failed.*)", "buttercup", TEST, summary=True),
    Row("failed", "FAILED: ", r"FAILED: (?P<message>Expected .*)", "buttercup", TEST),
    Row("clj|cljc|cljs", ": error: ", rf"\s*+{_CLJ}: error: (?P<message>.*)", "clj-kondo", COMPILE),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each failed test, each file that does not compile or load, what ended a program, and the lines that count."""
    return read(_ROWS, lines, at)
