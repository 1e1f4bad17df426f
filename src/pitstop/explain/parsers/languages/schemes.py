"""Common Lisp under SBCL, Guile with SRFI 64, Racket with RackUnit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, TEST, Failure
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "encountered",
        "fatal error encountered in SBCL",
        r"fatal error encountered in SBCL",
        "sbcl",
        "crash",
        more=r".*\S",
        most=1,
        whole=True,
    ),
    Row(
        "caught",
        "; caught ERROR:",
        r"; caught ERROR:",
        "sbcl",
        COMPILE,
        more=r";   \s*\S|;\s*$",
        most=8,
        whole=True,
    ),
    Row(
        "procedure",
        "In procedure ",
        r"(?:ERROR: |[^\s:]+\.scm:\d+:\d+: )In procedure (?!resolve-interface:)\S+:$",
        "guile",
        "crash",
        more=r".*\S",
        most=1,
        below=r"(?:(?P<file>[^\s:]+\.scm):(?P<line>\d+):(?P<column>\d+): )?(?P<message>.*\S)",
    ),
    Row(
        "procedure",
        ": In procedure ",
        r"(?P<file>[^\s:]+\.scm):(?P<line>\d+):(?P<column>\d+): (?P<message>In procedure (?!resolve-interface:$).*)",
        "guile",
        "crash",
    ),
    Row(
        "unbound",
        ": Unbound variable: ",
        r"(?P<file>[^\s:]+\.scm):(?P<line>\d+):(?P<column>\d+): (?P<message>Unbound variable: .*)",
        "guile",
        "crash",
    ),
    Row("module", "no code for module ", r"(?:ERROR: )?(?P<message>no code for module .*)", "guile", "package"),
    Row(
        "scm|sld|ss",
        ": FAIL",
        r"(?P<file>[^\s:]+\.(?:scm|sld|ss)):(?P<line>\d+): (?P<message>FAIL(?: (?P<test>\S.*))?)",
        "srfi-64",
        TEST,
    ),
    Row(
        "unexpected",
        "# of unexpected failures",
        r"(?P<message># of unexpected failures +[1-9]\d*)",
        "srfi-64",
        TEST,
        summary=True,
    ),
    Row(
        "location",
        "location:",
        r"location: +(?P<file>[^\s:]+\.rkt):(?P<line>\d+):(?P<column>\d+)",
        "rackunit",
        TEST,
        more=r"(?!-{10}).*\S|\s*$",
        most=14,
        whole=True,
    ),
    Row(
        "failures|failure",
        " test failure",
        r"(?P<message>[1-9]\d*/\d+ test failures?)$",
        "rackunit",
        TEST,
        summary=True,
    ),
    Row(
        "collection",
        "collection not found",
        r"(?P<file>[^\s:]+\.rkt):(?P<line>\d+):(?P<column>\d+): (?P<message>collection not found.*)",
        "racket",
        "package",
        more=r"  (?:for module path|collection):",
        most=2,
    ),
    Row(
        "rkt",
        ".rkt:",
        r"(?P<file>[^\s:]+\.rkt):(?P<line>\d+):(?P<column>\d+): (?P<message>\S.*)",
        "racket",
        COMPILE,
        more=r"  (?!compilation context|location|context)\S",
        most=8,
    ),
)
_SBCL = r"(?:Unhandled |debugger invoked on an? )(?P<code>[A-Z][\w:*%-]+) in thread"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give what ended a program, what does not compile or load, each failed test, and the lines that count."""
    for position in positions(at, "context"):
        if text_at(lines, position).rstrip() == "  context...:":
            yield from _racket(lines, position)
    for position in positions(at, "unhandled", "debugger"):
        if found := compiled(_SBCL).match(text_at(lines, position)):
            yield _sbcl(lines, position, found["code"])
    for failure in read(_ROWS, lines, at):
        yield (
            failure._replace(message=sentence(failure.message.replace("; ", "").rstrip("; ")) or "error")
            if failure.tool == "sbcl"
            else failure
        )


def _racket(lines: Sequence[Line], context: int) -> Iterator[Failure]:
    """Read what stands over Racket's stack: a message at the margin, its details further in."""
    for behind in range(context - 1, max(context - 12, -1), -1):
        text = text_at(lines, behind)
        if not text.strip():
            return
        if not text[0].isspace():
            if ": " in text and compiled(r"[^\s:]+\.rkt:\d+:\d+: ").match(text) is None:
                first, last = lines[behind].number, lines[context - 1].number
                yield Failure("racket", "crash", sentence(text), first, last)
            return


def _sbcl(lines: Sequence[Line], position: int, code: str) -> Failure:
    """Read what stands between the name of a condition with its thread, which ends in `>:`, and the stack."""
    said: list[str] = []
    last, told = position, text_at(lines, position).endswith(":")
    for ahead in range(position + 1, min(position + 20, len(lines))):
        text = text_at(lines, ahead)
        if text.startswith(("Backtrace for", "Type HELP", "restarts")) or lines[ahead].mark:
            break
        if text.strip():
            last = ahead
            if told:
                said.append(text)
        told = told or text.endswith(">:")
    message = sentence(" ".join(said[:6])) or code
    kind = (
        "package" if compiled(r".*\b(?:Package \S+ does not exist|Component \S+ not found)").match(message) else "crash"
    )
    return Failure("sbcl", kind, message, lines[position].number, lines[last].number, code=code)
