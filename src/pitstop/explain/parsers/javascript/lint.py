"""Linters and formatters of JavaScript: ESLint (stylish, compact, unix), standard, TSLint, stylelint, Biome, Prettier.

Formats: eslint.org/docs/latest/use/formatters, prettier.io/docs/cli#--check, stylelint.io/user-guide/options#formatter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import STYLE, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_FILE = r"(?P<file>(?:[A-Za-z]:)?[^\s:(\[]+)"
_ROWS = (
    Row(
        "line col",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:]+): line (?P<line>\d+), col (?P<column>\d+), (?!Error |Warning )(?P<message>.+?)(?: \((?P<code>[EW]\d+)\))?$",
        "jshint",
        STYLE,
    ),
    Row(
        "error",
        r"(?:ERROR: )(?:\((?P<code>[\w-]+)\) )?(?P<file>(?:[A-Za-z]:)?[^\s:\[]+)\[(?P<line>\d+), (?P<column>\d+)\]: (?P<message>.+)",
        "tslint",
        STYLE,
    ),
    Row(
        "ts",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:\[]+\.tsx?)\[(?P<line>\d+), (?P<column>\d+)\]: (?P<message>.+)",
        "tslint",
        STYLE,
    ),
    Row("js", r"(?P<message>[A-Z].+) at (?P<file>\S+\.jsx?) ?:$", "jscs", STYLE, more=r" *\d+ \||-+\^"),
    Row("error", r"Error [-┈]{3,} (?P<file>\S+?):(?P<line>\d+):(?P<column>\d+)$", "flow", "types"),
    Row("code style", r"[1-9]\d* code style errors? found\.", "jscs", STYLE, summary=True),
    Row(
        "js",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+) (?P<message>[A-Z].+) \((?P<code>[\w@/-]+)\)$",
        "eslint",
        STYLE,
    ),
    Row(
        "ts",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+) (?P<message>[A-Z].+) \((?P<code>[\w@/-]+)\)$",
        "eslint",
        STYLE,
    ),
    Row(
        "error line col",
        _FILE + r": line (?P<line>\d+), col (?P<column>\d+), Error - (?P<message>.+?)(?: \((?P<code>\S+)\))?$",
        "eslint",
        STYLE,
    ),
    Row(
        "error",
        _FILE + r":(?P<line>\d+):(?P<column>\d+): (?P<message>.+?) \[Error(?:/(?P<code>[^\s\]]+))?\]$",
        "eslint",
        STYLE,
    ),
    Row(
        "error",
        r"ERROR: " + _FILE + r"(?::(?P<line>\d+):(?P<column>\d+) - |\[\d+, \d+\]: )(?P<message>.+)",
        "tslint",
        STYLE,
    ),
    Row(
        "error syntaxerror",
        r"\[error\] " + _FILE + r": SyntaxError: (?P<message>.+?) \((?P<line>\d+):(?P<column>\d+)\)$",
        "prettier",
        "compile",
        more=r"\[error\] (?: |>)",
    ),
    Row("lint", _FILE + r":(?P<line>\d+):(?P<column>\d+) lint/(?P<code>\S+/\S+)", "biome", STYLE),
    Row(
        "js",
        r" {2}" + _FILE + r":(?P<line>\d+):(?P<column>\d+): (?P<message>\S.+?)(?: \((?P<code>[\w@/-]+)\))?$",
        "standard",
        STYLE,
    ),
    Row("problems", r"\s*✖ \d+ problems? \([1-9]\d* error", "eslint", STYLE, summary=True),
    Row("problem", r"\s*✖ \d+ problems? \([1-9]\d* error", "eslint", STYLE, summary=True),
    Row(
        "style",
        r"(?:\[warn\] )?Code style issues? found in\b.*|Error occurred when checking code style in",
        "prettier",
        STYLE,
        summary=True,
    ),
)
_STYLISH = r"\s+(\d+):(\d+)\s+(?:error|✖)\s+(.*\S)"
_UNFORMATTED = r"\[warn\] (\S.*\.\w+)$"
_FAR = 400  # lines between a file's name and its last problem


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each error of a linter, and each file that the formatter would change."""
    yield from read(_ROWS, lines, at)
    yield from _stylish(lines, at)
    yield from _unformatted(lines, at)
    yield from _coffee(lines, at)


def _stylish(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    file, before = "", -1
    for position in positions(at, "error", "✖"):
        text = text_at(lines, position)
        if text[:1] not in {" ", "\t"} or not (found := compiled(_STYLISH).match(text)):
            continue
        for above in range(position - 1, max(before, position - _FAR, -1), -1):
            name = text_at(lines, above)
            if name.strip() and not name[:1].isspace():
                file = name.strip()
                break
        before = position
        if not compiled(r"(?:[A-Za-z]:)?[^\s:].*[./\\]\w+$").match(file):
            continue
        message, _, rule = found[3].rpartition("  ")
        if not message or " " in rule:
            message, rule = found[3], ""
        place = Place(file, number(found[1]), number(found[2]))
        tool = "stylelint" if "✖" in text[:40] else "eslint"
        kind = "compile" if message.startswith("Parsing error") else STYLE
        yield Failure(tool, kind, sentence(message), lines[position].number, lines[position].number, place, rule)


def _unformatted(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield the files that Prettier warns of: only its last line tells such a warning from any other."""
    for position in at.get("style", []):
        text = text_at(lines, position)
        if not compiled(r"(?:\[warn\] )?Code style issue").match(text):
            continue
        name = _UNFORMATTED if text.startswith("[") else r"((?!.* )\S+\.\w+)$"
        files = []
        for above in range(position - 1, max(position - 2000, -1), -1):
            if not (found := compiled(name).match(text_at(lines, above))):
                break
            files.append((lines[above].number, found[1]))
        for line, file in reversed(files):
            yield Failure("prettier", STYLE, "Code style differs from Prettier's", line, line, Place(file))


def _coffee(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield CoffeeLint's errors, which stand below the name of their file."""
    file = ""
    for position in at.get("✗", []):
        text = text_at(lines, position)
        if named := compiled(r"\s*✗ (\S+\.\w*coffee)$").match(text):
            file = named[1]
        elif file and (found := compiled(r"\s+✗ #(\d+): (.+?)(?:\. (\w+)\.)?$").match(text)):
            place, here = Place(file, number(found[1])), lines[position].number
            yield Failure("coffeelint", STYLE, sentence(found[2]), here, here, place, found[3] or "")
