"""Linters, formatters and type checkers of Python, Cython and Sphinx.

Formats: docs.astral.sh/ruff (full, concise), flake8, pylint, black, isort, mypy, pyright, yapf, bandit, Cython, Sphinx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import STYLE, Failure, Place
from pitstop.explain.parsers.reading import sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, position_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_AT = r"(?P<file>(?:[A-Za-z]:)?[^\s:]+\.(?:pyi?|ipynb)):(?P<line>\d+)"
_ROWS = (
    Row("py", ".py|.ipynb", _AT + r":(?P<column>\d+): (?P<code>[A-Z]\d{4}): (?P<message>.+)", "pylint", STYLE),
    Row(
        "py",
        ": E999|: invalid-syntax|: SyntaxError",
        _AT + r":(?P<column>\d+): (?P<code>E999|invalid-syntax|SyntaxError):? (?P<message>.+)",
        "ruff",
        "compile",
    ),
    Row("py", ".py|.ipynb", _AT + r":(?P<column>\d+): (?P<code>[A-Z]{1,7}\d{1,4}):? (?P<message>.+)", "flake8", STYLE),
    Row(
        "py",
        " - error: ",
        r"\s*" + _AT + r":(?P<column>\d+) - error: (?P<message>.+?)(?: \((?P<code>report\w+)\))?$",
        "pyright",
        "types",
    ),
    Row(
        "pyi",
        ": error: ",
        _AT + r"(?::(?P<column>\d+))?: error: (?P<message>.+?)(?:  \[(?P<code>[\w-]+)\])?$",
        "mypy",
        "types",
    ),
    Row(
        "py",
        ": error: ",
        _AT + r"(?::(?P<column>\d+))?: error: (?P<message>.+?)(?:  \[(?P<code>[\w-]+)\])?$",
        "mypy",
        "types",
        more=r" {4,}| \[[\w-]+\]$",
    ),
    Row("fixable", "fixable with ", r"\[\*\] \d+ fixable with .*", "ruff", STYLE, summary=True),
    Row("oh", "Oh no! ", r"Oh no! 💥 💔 💥", "black", STYLE, summary=True),
    Row(
        "issue",
        ">> Issue: [",
        r">> Issue: \[(?P<code>\w+)[^\]]*\] (?P<message>.+)",
        "bandit",
        STYLE,
        more=r" +(?:Severity|CWE|More Info|Location): ",
        below=r" +Location: (?P<file>.+?):(?P<line>\d+)(?::(?P<column>\d+))?$",
    ),
    Row(
        "pyx|pxd|pxi",
        ".pyx|.pxd|.pxi",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:]+(?:\.pyx|\.pxd|\.pxi)):(?P<line>\d+):(?P<column>\d+): (?P<message>\S.+)",
        "cython",
        "compile",
    ),
    Row(
        "py",
        ":",
        _AT + r" (?:at module level|in (?:public|private|nested|magic|package)[\w ]* `.+`):$",
        "pydocstyle",
        STYLE,
        more=r" +D\d{3}: ",
        most=1,
        below=r" +(?P<code>D\d{3}): (?P<message>.+)",
    ),
    Row("result", "RESULT: FAILED (", r"-+ (?P<message>RESULT: FAILED \(minimum: .+\)) -+", "interrogate", STYLE),
    Row("py original", "(original)", r"--- (?P<file>\S+\.py)\t?.*\(original\)", "yapf", STYLE),
    Row(
        "error",
        ": cannot find implementation|: Cannot find module",
        r"(?:mypy: error|error): (?P<message>cannot find implementation.*|Cannot find module.*)",
        "mypy",
        "types",
    ),
    Row("reformat would", "would reformat ", r"would reformat (?P<file>\S.*)", "black", STYLE),
    Row("reformat would", "Would reformat: ", r"Would reformat: (?P<file>\S.*)", "ruff", STYLE),
    Row(
        "reformatted would",
        " would be reformatted",
        r"(?:\d+ files? )?(?P<message>[1-9]\d* files? would be reformatted\b.*)",
        "black",
        STYLE,
        summary=True,
    ),
    Row(
        "parse",
        "error: cannot ",
        r"error: cannot (?:parse|format):? (?P<file>[^\s:]+):(?: (?P<message>.+)|(?P<line>\d+):(?P<column>\d+).*)",
        "black",
        "compile",
    ),
    Row(
        "format",
        "error: cannot ",
        r"error: cannot (?:parse|format):? (?P<file>[^\s:]+):(?: (?P<message>.+)|(?P<line>\d+):(?P<column>\d+).*)",
        "black",
        "compile",
    ),
    Row(
        "imports incorrectly",
        " Imports are incorrectly sorted",
        r"ERROR: (?P<file>\S.*?) (?P<message>Imports are incorrectly sorted.*)",
        "isort",
        STYLE,
    ),
    Row("errors found", "Found ", r"Found [1-9]\d* errors? in \d+ files?\b", "mypy", "types", summary=True),
    Row("errors found", "Found ", r"Found [1-9]\d* errors?\.$", "ruff", STYLE, summary=True),
    Row("error found file", "Found 1 error in 1 file", r"Found 1 error in 1 file\b", "mypy", "types", summary=True),
    Row("error found", "Found 1 error.", r"Found 1 error\.$", "ruff", STYLE, summary=True),
    Row(
        "errors",
        " information",
        r"[1-9]\d* errors?, \d+ warnings?, \d+ informations?",
        "pyright",
        "types",
        summary=True,
    ),
    Row(
        "rated code",
        "Your code has been rated at ",
        r"Your code has been rated at (?!10\.00)",
        "pylint",
        STYLE,
        summary=True,
    ),
    Row(
        "extensionerror",
        "sphinx.errors.ExtensionError: |Extension error",
        r"\s*(?:sphinx\.errors\.ExtensionError: |Extension error:?)(?P<message>.*)",
        "sphinx",
        "docs",
        more=r"Could not ",
    ),
    Row("extension", "Extension error", r"\s*Extension error(?: \(.+\))?[:!]", "sphinx", "docs", more=r"Could not "),
    Row("sphinx", "Sphinx error:", r"Sphinx error:", "sphinx", "docs", more=r"\S"),
    Row(
        "warnings build finished",
        "build finished with problems, ",
        r"build finished with problems, \d+ warnings?.*",
        "sphinx",
        "docs",
        summary=True,
    ),
    Row("warning treated", "Warning, treated as error:", r"Warning, treated as error:", "sphinx", "docs", more=r"\S"),
)
_RULE = r"(?P<code>[A-Z]{1,7}\d{2,4}|invalid-syntax|unformatted)(?::| \[\*\])? (?P<message>.+)"
_ARROW = r" +--> (?P<file>.+?):(?P<line>\d+):(?P<column>\d+)$"
_SPHINX = r"(?P<file>(?:[A-Za-z]:)?[^\s:]+)(?::docstring of [^\s:]+)?:(?P<line>\d*):? (?P<level>WARNING|ERROR|SEVERE): (?P<message>.+)"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each finding."""
    plain = "rated" in at or "************* Module" in "".join(
        text_at(lines, n)[:21] for n in at.get("module", [])[:50]
    )
    for failure in read(_ROWS, lines, at):
        yield _named(failure, lines) if failure.code and failure.tool in {"flake8", "ruff"} and not plain else failure
    yield from _full(lines, at)
    yield from _sphinx(lines, at)


def _named(failure: Failure, lines: Sequence[Line]) -> Failure:
    """Return `failure` as ruff's where only ruff writes so."""
    text = text_at(lines, position_of(lines, failure.first))
    ruff = failure.code != "E999" and ("[*]" in text or "`" in text or len(failure.code.rstrip("0123456789")) > 1)
    message = failure.message.removeprefix("[*] ")
    return failure._replace(tool="ruff" if ruff else "flake8", message=message)


def _full(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield what ruff tells in blocks: rule, arrow, code."""
    for position in at.get("py", []):
        text = text_at(lines, position)
        if " --> " not in text or not (arrow := compiled(_ARROW).match(text)):
            continue
        if not (rule := compiled(_RULE).match(text_at(lines, position - 1))):
            continue
        last = position
        while last - position < 12 and compiled(r"(?:\s*\d+)? +[|-]|\s+\|$").match(text_at(lines, last + 1)):
            last += 1
        place = Place(arrow["file"], number(arrow["line"]), number(arrow["column"]))
        code = rule["code"]
        kind = "compile" if code == "invalid-syntax" else STYLE
        first, end = lines[position - 1].number, lines[last].number
        yield Failure("ruff", kind, sentence(rule["message"]), first, end, place, code)


def _sphinx(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield Sphinx's errors, and its warnings where they count as errors."""
    strict = any("treated as error" in text_at(lines, n) for n in at.get("treated", []))
    for word in ("severe", "error", "warning"):
        if word == "warning" and not strict:
            continue
        for position in at.get(word, []):
            found = compiled(_SPHINX).match(text_at(lines, position))
            if (
                found
                and compiled(r".*\.(?:rst|py|md|ipynb|txt)$").match(found["file"])
                and not (word == "error" and found["level"] == "WARNING")
            ):
                place = Place(found["file"], number(found["line"]))
                here = lines[position].number
                yield Failure("sphinx", "docs", sentence(found["message"]), here, here, place)
