"""Languages that few logs speak, each in a shape of its own: Elm, Zig, Nim, D, Fortran, Crystal, Pascal, Dart, Protocol Buffers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST
from pitstop.explain.parsers.reading import sentence
from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "elm",
        ".elm",
        r"-- (?P<message>[A-Z][A-Z ]+) -+ (?P<file>\S+\.elm)",
        "elm",
        COMPILE,
        more=r"(?!-- ).*",
        most=20,
        below=r"(?P<line>\d+)\|",
    ),
    Row(
        "zig",
        ": error: ",
        r"\s*+(?P<file>[^\s:]+\.zig):(?P<line>\d+):(?P<column>\d+): error: (?P<message>.*)",
        "zig",
        COMPILE,
        more=r"\s+\S|.*: note: ",
        most=8,
    ),
    Row(
        "test",
        "...",
        r"(?:Test )?\[?\d+/\d+\]? (?P<test>(?:\w+\.)*test[._].*?)\.\.\. ?+(?P<message>(?!OK|SKIP).+)",
        "zig",
        TEST,
        more=r"FAIL \(",
        most=1,
    ),
    Row("test", "' failed: ", r"error: '(?P<test>\S*test[._].*)' failed: (?P<message>.+)", "zig", TEST),
    Row(
        "failed", " passed; ", r"\s*+(?P<message>\d+ passed; \d+ skipped; [1-9]\d* failed\.)", "zig", TEST, summary=True
    ),
    Row(
        "nim",
        " Error: ",
        r"\s*+(?P<file>[^\s(]+\.nims?)\((?P<line>\d+), (?P<column>\d+)\) Error: (?P<message>.*)",
        "nim",
        COMPILE,
    ),
    Row(
        "unhandled",
        "nhandled exception",
        r"\s*+(?:Error: )?(?P<message>[Uu]nhandled exception: .* \[\w+\])",
        "nim",
        "runtime",
        more=r"\s+\[FAILED\] ",
        most=1,
        below=r"\s+\[FAILED\] (?P<test>.*)",
    ),
    Row(
        "nim",
        ": Check failed: ",
        r"\s*+(?P<file>[^\s(]+\.nim)\((?P<line>\d+), (?P<column>\d+)\): (?P<message>Check failed: .*)",
        "nim",
        TEST,
        more=r"(?!.*: Check failed: )(?:\s{4,}\S|\s+\[FAILED\] )",
        most=8,
        below=r"\s+\[FAILED\] (?P<test>.*)",
    ),
    Row(
        "d",
        "@",
        r"\s*+(?P<message>[\w.]+\.\w*(?:Error|Exception)@(?P<file>\S+\.d)\((?P<line>\d+)\).*)",
        "d",
        "runtime",
    ),
    Row(
        "modules",
        " modules FAILED unittests",
        r"\s*+(?P<message>\d+/\d+ modules FAILED unittests)",
        "d",
        TEST,
        summary=True,
    ),
    Row(
        "d|di",
        ": Error: ",
        r"\s*+(?P<file>[^\s(]+\.di?)\((?P<line>\d+)(?:,(?P<column>\d+))?\): Error: (?P<message>.*)",
        "dmd",
        COMPILE,
    ),
    Row(
        "pas|pp|inc|lpr",
        ") Error|) Fatal",
        r"\s*+(?P<file>[^\s(]+\.(?:pas|pp|inc|lpr))\((?P<line>\d+)(?:,(?P<column>\d+))?\) (?:Error|Fatal): (?P<message>.*)",
        "fpc",
        COMPILE,
    ),
    Row(
        "unhandled",
        "An unhandled exception occurred at $",
        r"An unhandled exception occurred at \$[0-9A-F]+:",
        "fpc",
        "runtime",
        more=r"\w+: \S|\s+\$[0-9A-F]{8}",
        most=30,
        below=r"(?P<message>E\w+: .*)|\s+\$.* line (?P<line>\d+) of (?P<file>\S+)",
    ),
    Row(
        "runtime",
        "Runtime error ",
        r"(?P<message>Runtime error (?P<code>\d+)) at \$[0-9A-F]+$",
        "fpc",
        "runtime",
        more=r"\s+\$[0-9A-F]{8}",
        below=r"\s+\$.* line (?P<line>\d+) of (?P<file>\S+)",
    ),
    Row(
        "f|f90|f95|f03|f08|for|ftn",
        ":",
        r"\s*+(?P<file>[^\s:]+\.(?:[fF](?:90|95|03|08)?|for|ftn|FOR)):(?P<line>\d+):(?P<column>\d+):\s*$",
        "gfortran",
        COMPILE,
        more=r"(?!\S*:\d+:).*",
        most=6,
        below=r"(?:Fatal )?Error: (?P<message>.*)",
    ),
    Row(
        "cr",
        "rror in ",
        r"\s*+Error in (?P<file>[^\s:]+\.cr):(?P<line>\d+)(?::(?P<column>\d+))?(?:: (?P<message>.*))?",
        "crystal",
        COMPILE,
    ),
    Row(
        "cr",
        ".cr:",
        r"\s*+In (?P<file>[^\s:]+\.cr):(?P<line>\d+):(?P<column>\d+)$",
        "crystal",
        COMPILE,
        more=r".*",
        most=8,
        below=r"\s*+Error: (?P<message>.*)",
    ),
    Row(
        "unhandled",
        "Unhandled exception: ",
        r"\s*+Unhandled exception: (?P<message>.* \((?P<code>[A-Z][\w:]+)\))$",
        "crystal",
        "runtime",
        more=r"\s+from ",
        most=30,
        below=r"\s+from (?P<file>(?!/usr/)[^\s:]+\.cr):(?P<line>\d+):(?P<column>\d+) in ",
    ),
    Row(
        "raised",
        "raised ",
        r"\s*+raised (?P<code>[A-Z][\w.]+) : (?:(?P<file>[^\s:]+\.ad[bs]):(?P<line>\d+) )?(?P<message>.+)",
        "gnat",
        "runtime",
    ),
    Row(
        "adb|ads",
        ".ad",
        r"\s*+(?P<file>[^\s:]+\.ad[bs]):(?P<line>\d+):(?P<column>\d+): (?:error: )?(?P<message>(?!warning|note|info).*)",
        "gnat",
        COMPILE,
    ),
    Row(
        "dart",
        ": Error: ",
        r"\s*+(?P<file>[^\s:]+\.dart):(?P<line>\d+):(?P<column>\d+): Error: (?P<message>.*)",
        "dart",
        COMPILE,
        more=r"\s+\S",
        most=3,
    ),
    Row(
        "dart",
        "error • ",
        r"\s*+error • (?P<message>.*) • (?P<file>[^\s:]+\.dart):(?P<line>\d+):(?P<column>\d+) • (?P<code>\w+)",
        "dart",
        STYLE,
    ),
    Row(
        "e",
        " [E]",
        r"\s*+\d\d:\d\d [+~\-\d ]+: (?P<test>.*) \[E\]$",
        "dart",
        TEST,
        more=r"\s+\S",
        most=20,
        below=r"\s+(?P<message>\S.*)",
    ),
    Row(
        "proto",
        ".proto:",
        r"\s*+(?P<file>[^\s:]+\.proto):(?:(?P<line>\d+):(?P<column>\d+):)? (?!warning)(?P<message>.*)",
        "protoc",
        COMPILE,
    ),
    Row(
        "lean",
        ": error: ",
        r"\s*+(?:error: )?(?P<file>[^\s:]+\.lean):(?P<line>\d+):(?P<column>\d+): error: (?P<message>.*)",
        "lean",
        COMPILE,
        more=r"\s+\S",
        most=6,
    ),
    Row(
        "hx",
        ": characters |: lines ",
        r"\s*+(?P<file>[^\s:]+\.hx):(?P<line>\d+): (?:characters (?P<column>\d+)-\d+|lines \d+-\d+) : (?!Warning)(?P<message>.*)",
        "haxe",
        COMPILE,
    ),
    Row(
        "vala",
        ": error: ",
        r"\s*+(?P<file>[^\s:]+\.vala):(?P<line>\d+)\.(?P<column>\d+)-[\d.]+: error: (?P<message>.*)",
        "valac",
        COMPILE,
    ),
    Row(
        "purs",
        ".purs:",
        r"\s*+at (?P<file>\S+\.purs):(?P<line>\d+):(?P<column>\d+).*",
        "purs",
        COMPILE,
        more=r"\s*\S|\s*$",
        most=4,
        whole=True,
        above=r".*Error found:.*|.*in module.*",
    ),
    Row(
        "sql",
        "ERROR:",
        r"\s*+psql:(?P<file>[^\s:]+):(?P<line>\d+): ERROR: +(?P<message>.*)",
        "psql",
        "crash",
        more=r"LINE \d|\s+\^",
        most=3,
    ),
    Row(
        "dart",
        "error - ",
        r"\s*+error - (?P<file>[^\s:]+\.dart):(?P<line>\d+):(?P<column>\d+) - (?P<message>.*) - (?P<code>\w+)",
        "dart",
        STYLE,
    ),
    Row(
        "builder",
        "error: builder for",
        r"\s*+error: (?P<message>builder for '.*' failed.*)",
        "nix",
        "build",
        more=r"\s+\S",
        most=14,
    ),
    Row(
        "nix",
        ".nix:",
        r"\s*+at (?P<file>/\S+\.nix):(?P<line>\d+):(?P<column>\d+):?$",
        "nix",
        "configuration",
        summary=True,
    ),
)
_UNSURE = {"gfortran", "crystal"}  # whose first line does not say that it is an error


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error with its place, and Dart's failed tests."""
    before: Failure | None = None  # gnat goes on in the next line, with the same place
    for failure in read(_ROWS, lines, at):
        if failure.tool in _UNSURE and failure.message.startswith(("File ", "In ")) | (failure.message[-1] == ":"):
            continue
        if failure.kind == "runtime":  # the stack says where, not what
            failure = failure._replace(
                last=min(failure.last, failure.first + 1), kind=TEST if failure.test else "runtime"
            )
        if failure.tool == "gnat" and before and failure.place == before.place and failure.first == before.last + 1:
            before = before._replace(last=failure.last, message=sentence(f"{before.message} {failure.message}"))
            continue
        if before:
            yield before
        before = failure
    if before:
        yield before
