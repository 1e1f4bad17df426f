"""Linters and formatters of JavaScript: ESLint (stylish, compact, unix), standard, TSLint, stylelint, Biome, Prettier, Spectral.

Formats: eslint.org/docs/latest/use/formatters, prettier.io/docs/cli#--check, stylelint.io/user-guide/options#formatter.
"""

# ruff: noqa: RUF001  signs that the tools print

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
        "css error",
        ") [error]",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+):(?P<column>\d+): (?P<message>.+) \((?P<code>[\w/-]+)\) \[error\]$",
        "stylelint",
        STYLE,
    ),
    Row(
        "scss error",
        ") [error]",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+):(?P<column>\d+): (?P<message>.+) \((?P<code>[\w/-]+)\) \[error\]$",
        "stylelint",
        STYLE,
    ),
    Row(
        "line col",
        ": line ",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:]+): line (?P<line>\d+), col (?P<column>\d+), (?![Ee]rror |[Ww]arning )(?P<message>.+?)(?: \((?P<code>[EW]\d+)\))?$",
        "jshint",
        STYLE,
    ),
    Row(
        "error",
        "ERROR: ",
        r"(?:ERROR: )(?:\((?P<code>[\w-]+)\) )?(?P<file>(?:[A-Za-z]:)?[^\s:\[]+)\[(?P<line>\d+), (?P<column>\d+)\]: (?P<message>.+)",
        "tslint",
        STYLE,
    ),
    Row(
        "ts",
        ".ts",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:\[]+\.tsx?)\[(?P<line>\d+), (?P<column>\d+)\]: (?P<message>.+)",
        "tslint",
        STYLE,
    ),
    Row("js", ".js", r"(?P<message>[A-Z].+) at (?P<file>\S+\.jsx?) ?:$", "jscs", STYLE, more=r" *\d+ \||-+\^"),
    Row("error", "Error ", r"Error [-┈]{3,} (?P<file>\S+?):(?P<line>\d+):(?P<column>\d+)$", "flow", "types"),
    Row("code style", " code style error", r"[1-9]\d* code style errors? found\.", "jscs", STYLE, summary=True),
    Row(
        "js",
        " (",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+) (?P<message>[A-Z].+) \((?P<code>[\w@/-]+)\)$",
        "eslint",
        STYLE,
    ),
    Row(
        "ts",
        " (",
        r"(?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+) (?P<message>[A-Z].+) \((?P<code>[\w@/-]+)\)$",
        "eslint",
        STYLE,
    ),
    Row(
        "error line col",
        ": line ",
        _FILE + r": line (?P<line>\d+), col (?P<column>\d+), [Ee]rror - (?P<message>.+?)(?: \((?P<code>\S+)\))?$",
        "eslint",
        STYLE,
    ),
    Row(
        "error",
        " [Error",
        _FILE + r":(?P<line>\d+):(?P<column>\d+): (?P<message>.+?) \[Error(?:/(?P<code>[^\s\]]+))?\]$",
        "eslint",
        STYLE,
    ),
    Row(
        "error",
        "ERROR: ",
        r"ERROR: " + _FILE + r"(?::(?P<line>\d+):(?P<column>\d+) - |\[\d+, \d+\]: )(?P<message>.+)",
        "tslint",
        STYLE,
    ),
    Row(
        "error syntaxerror",
        ": SyntaxError: ",
        r"\[error\] " + _FILE + r": SyntaxError: (?P<message>.+?) \((?P<line>\d+):(?P<column>\d+)\)$",
        "prettier",
        "compile",
        more=r"\[error\] (?: |>)",
    ),
    Row("lint", " lint/", _FILE + r":(?P<line>\d+):(?P<column>\d+) lint/(?P<code>\S+/\S+)", "biome", STYLE),
    Row(
        "js",
        ": ",
        r" {2}(?!.*\(warning\)$)"
        + _FILE
        + r":(?P<line>\d+):(?P<column>\d+): (?P<message>\S.+?)(?: \((?P<code>[\w@/-]+)\))?$",
        "standard",
        STYLE,
    ),
    Row(
        "eslint couldn",
        "ESLint couldn't find ",
        r"(?P<message>ESLint couldn't find (?:the config|the plugin|an eslint\.config|a configuration)\b.*)",
        "eslint",
        "configuration",
    ),
    Row("format", " format ━", r"(?P<file>\S+) format ━.*", "biome", STYLE),
    Row(
        "unused|unlisted|unresolved",
        "(",
        r"(?P<message>(?:Unused|Unlisted|Unresolved) (?:files|dependencies|devDependencies|exports|exported types|imports|binaries) \(\d+\))$",
        "knip",
        STYLE,
        more=r"\S+(?: {2,}\S+)*$",
        most=40,
    ),
    Row("problems", " problem", r"\s*✖ \d+ problems? \([1-9]\d* error", "eslint", STYLE, summary=True),
    Row("problem", " problem", r"\s*✖ \d+ problems? \([1-9]\d* error", "eslint", STYLE, summary=True),
    Row(
        "style",
        "Code style issue|Error occurred when checking code style in",
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
    yield from _headed(lines, at)
    yield from _pretty(lines, at)
    yield from _boxed(lines, at)
    yield from _carets(lines, at)


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
        if rule.startswith("("):  # yamllint's
            continue
        place = Place(file, number(found[1]), number(found[2]))
        tool = "stylelint" if "✖" in text[:40] else "eslint"
        if told := compiled(r"([a-z][\w-]+) {2,}(\S.*?)(?: {2,}\S+)?$").match(found[3]):
            tool, rule, message = "spectral", told[1], told[2]
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


def _boxed(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield what oxlint says above the box that shows the place: its warnings only where there are no errors."""
    found: dict[str, list[Failure]] = {"×": [], "⚠": []}
    for position in at.get("╭─", []):
        where = compiled(r"\s+╭─\[(\S.*?):(\d+):(\d+)\]$").match(text_at(lines, position))
        said = compiled(r"\s+([×⚠]) (?:[\w-]+\(([\w/-]+)\): )?(\S.*)").match(text_at(lines, position - 1))
        if where and said:
            place = Place(where[1], number(where[2]), number(where[3]))
            first, last = lines[position - 1].number, lines[position].number
            found[said[1]].append(Failure("oxlint", STYLE, sentence(said[3]), first, last, place, said[2] or ""))
    yield from found["×"] or found["⚠"]


def _pretty(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield what eslint-formatter-pretty (xo, tsd) lists below a file and the place of its first problem."""
    file = ""
    for position in at.get("✖", []):
        if not (found := compiled(r"  ✖ +(\d+):(\d+) +(\S.*)").match(text_at(lines, position))):
            continue
        if named := compiled(r"  (\S+\.\w+):\d+:\d+$").match(text_at(lines, position - 1)):
            file = named[1]
        message, _, rule = found[3].rstrip().rpartition("  ")
        if not message.strip() or " " in rule:
            message, rule = found[3], ""
        if file:
            place = Place(file, number(found[1]), number(found[2]))
            here = lines[position].number
            yield Failure("eslint", STYLE, sentence(message), here, here, place, rule)


def _headed(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield the errors of CoffeeLint and TSLint, which stand below the name of their file."""
    file = ""
    for position in positions(at, "✗", "error"):
        text = text_at(lines, position)
        here = lines[position].number
        if named := compiled(r"\s*✗ (\S+\.\w*coffee)$").match(text):
            file = named[1]
        elif file and (found := compiled(r"\s+✗ #(\d+): (.+?)\.(?: \(?(\w+)\b.*)?$").match(text)):
            yield Failure(
                "coffeelint", STYLE, sentence(found[2]), here, here, Place(file, number(found[1])), found[3] or ""
            )
        elif found := compiled(r"ERROR: (\d+):(\d+)\s+([\w-]+)\s+(\S.*)").match(text):
            place = _tslint_file(lines, position, number(found[1]), number(found[2]))
            yield Failure("tslint", STYLE, sentence(found[4]), here, here, place, found[3])


def _tslint_file(lines: Sequence[Line], position: int, line: int, column: int) -> Place | None:
    for above in range(position - 1, max(position - _FAR, -1), -1):
        text = text_at(lines, above)
        if not text.startswith(("ERROR: ", "WARNING: ")):
            found = compiled(r"(\S+\.\w+)(?::\d+:\d+)?$").match(text)
            return Place(found[1], line, column) if found else None
    return None


def _carets(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield what HTMLHint and grunt's JSHint point at with a caret, above a line that counts it."""
    for position in positions(at, "scanned", "files", "file"):
        text = text_at(lines, position)
        tool = "jshint" if text.startswith(">>") else "htmlhint"
        if not compiled(r">> [1-9]\d* errors? in |Scanned \d+ files?, found [1-9]").match(text):
            continue
        found: list[tuple[int, int, str]] = []
        for above in range(position - 1, max(position - _FAR, -1), -1):
            text = text_at(lines, above)
            if caret := compiled(r"\s+\^ (\S.*)").match(text):
                found.append((above, 0, caret[1]))
            elif code := compiled(r"\s+L?(\d+) \|").match(text):
                found = [(n, line or number(code[1]), said) for n, line, said in found]
            elif named := compiled(r"\s+(\S+\.\w+)$").match(text):
                yield from _pointed(lines, tool, named[1], found)
                found = []
            elif text.strip():
                break


def _pointed(lines: Sequence[Line], tool: str, file: str, found: list[tuple[int, int, str]]) -> Iterator[Failure]:
    for position, line, said in reversed(found):
        rule = compiled(r"(.+) \(([a-z-]+)\)$").match(said)
        message, code = (rule[1], rule[2]) if rule else (said, "")
        here = lines[position].number
        yield Failure(tool, STYLE, sentence(message), here, here, Place(file, line), code)
