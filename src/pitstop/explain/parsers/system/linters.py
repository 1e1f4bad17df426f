"""Linters of scripts, data and prose: ShellCheck, hadolint, yamllint, SQLFluff, markdownlint, pre-commit, spelling.

Formats: each tool's own manual (ShellCheck's tty and gcc, yamllint's standard and parsable, markdownlint-cli's lines).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import STYLE, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_AT = r"(?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+)"
_MARKDOWN = r"(?P<file>(?:[A-Za-z]:)?[^\s:]+\.(?:md|markdown)): ?(?P<line>\d+)(?::(?P<column>\d+))?:? "
_ROWS = (
    Row("lint", ">>> Lint for ", r">>> Lint for (?P<file>\S+):$", "lintrunner", STYLE),
    Row(
        "misspelling",
        '" is a misspelling of ',
        r"(?P<file>[^\s:]+):(?P<line>\d+):(?P<column>\d+): (?P<message>\".+\" is a misspelling of .+)",
        "misspell",
        STYLE,
    ),
    Row(
        "line",
        ".pp - ERROR: ",
        r"(?P<file>\S+\.pp) - ERROR: (?P<message>.+) on line (?P<line>\d+).*",
        "puppet-lint",
        STYLE,
    ),
    Row(
        "md",
        ".md|.markdown",
        _MARKDOWN + r"(?:error )?(?P<code>[A-Z]{2,}\d{3}(?:/[\w/-]+)?) (?P<message>.+)",
        "markdownlint",
        STYLE,
    ),
    Row("md", ":", _AT + r":(?:(?P<column>\d+):)? ?(?P<message>[A-Z]\w+ .+)", "markdownlint", STYLE),
    Row(
        "yml",
        ": [error] ",
        _AT + r":(?P<column>\d+): \[error\] (?P<message>.+?)(?: \((?P<code>[\w-]+)\))?$",
        "yamllint",
        STYLE,
    ),
    Row(
        "yaml",
        ": [error] ",
        _AT + r":(?P<column>\d+): \[error\] (?P<message>.+?)(?: \((?P<code>[\w-]+)\))?$",
        "yamllint",
        STYLE,
    ),
    Row(
        "yml",
        ": ",
        _AT + r":(?P<column>\d+): (?P<message>.+) \[(?P<code>[a-z-]+)\]$",
        "actionlint",
        STYLE,
        more=r" {4}|  +\|",
    ),
    Row(
        "yaml",
        ": ",
        _AT + r":(?P<column>\d+): (?P<message>.+) \[(?P<code>[a-z-]+)\]$",
        "actionlint",
        STYLE,
        more=r" {4}|  +\|",
    ),
    Row(
        "sh",
        ": error|: warning|: note",
        _AT + r":(?P<column>\d+): (?:error|warning|note): (?P<message>.+) \[(?P<code>SC\d+)\]$",
        "shellcheck",
        STYLE,
    ),
    Row(
        "yaml|yml",
        ".yaml|.yml",
        r"(?P<file>\S+(?:\.yaml|\.yml)):(?P<line>\d+)(?::(?P<column>\d+))?(?: .*)?$",
        "ansible-lint",
        STYLE,
        above=r"(?P<code>[a-z][\w-]+(?:\[[\w/-]+\])?): (?P<message>[A-Z].+)",
    ),
    Row("dockerfile", ":", _AT + r" (?P<code>(?:DL|SC)\d+) (?:error|warning)?:? ?(?P<message>.+)", "hadolint", STYLE),
    Row(
        "hook",
        "- hook id: ",
        r"- hook id: (?P<message>\S+)",
        "pre-commit",
        STYLE,
        more=r"- (?:exit code|duration|files were)",
    ),
    Row("subject", "✖   ", r"\s*✖   (?P<message>.+) \[(?P<code>[a-z-]+)\]$", "commitlint", STYLE),
    Row("type", "✖   ", r"\s*✖   (?P<message>.+) \[(?P<code>[a-z-]+)\]$", "commitlint", STYLE),
    Row("body", "✖   ", r"\s*✖   (?P<message>.+) \[(?P<code>[a-z-]+)\]$", "commitlint", STYLE),
    Row(
        "unknown word",
        " - Unknown word (",
        _AT + r":(?P<column>\d+) - (?P<message>Unknown word \(.+\).*)",
        "cspell",
        STYLE,
    ),
    Row(
        "exceeded size limit",
        "Package size limit has exceeded by ",
        r"\s*(?P<message>Package size limit has exceeded by .+)",
        "size-limit",
        STYLE,
        more=r"\s*(?:Package size|Size limit|With all)",
    ),
    Row(
        "license",
        "error[rejected]| not allowed| is not approved",
        r"\s*(?P<message>(?:error\[rejected\]|Licenses? .+ (?:not allowed|is not approved)).*)",
        "license",
        "package",
    ),
)
_FAR = 2000  # lines that codespell writes
_LISTS = (
    (
        "yamllint",
        r"(\S+\.ya?ml)$",
        r" +(?P<line>\d+):(?P<column>\d+) +(?P<level>error|warning) +(?P<message>\S.*?)(?: +\((?P<code>[\w-]+)\))?$",
    ),
    (
        "sqlfluff",
        r"== \[(.+)\] FAIL$",
        r"(?P<level>)L: +(?P<line>\d+) \| P: +(?P<column>\d+) \| +(?P<code>\w{2,4}) \| (?P<message>.+)",
    ),
)
"""The tool, the line that names a file, and the lines below it."""
_IN = r"In (\S+) line (\d+):$"
_CARET = r"\s*(?:\^-*\^?|`)-*>? ?--? ?(SC\d+)(?: \((?:error|warning|info|style)\))?: (.+)"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each finding."""
    yield from read(_ROWS, lines, at)
    for position in positions(at, "in"):
        if found := compiled(_IN).match(text_at(lines, position)):
            for below in range(position + 1, position + 6):
                if caret := compiled(_CARET).match(text_at(lines, below)):
                    place = Place(found[1], number(found[2]))
                    first, last = lines[position].number, lines[below].number
                    yield Failure("shellcheck", STYLE, sentence(caret[2]), first, last, place, caret[1])
                    break
    for position in at.get("codespell", []):
        yield from _misspelt(lines, position)
    for position in at.get("generated", []):
        yield from _redocly(lines, position)
    for position in positions(at, "yaml", "yml", "sql"):
        yield from _below(lines, position)


def _misspelt(lines: Sequence[Line], start: int) -> Iterator[Failure]:
    """Yield what codespell, named at `start`, wrote below: a place, a word and the word that it takes it for."""
    for position in range(start + 1, min(start + _FAR, len(lines))):
        if found := compiled(_AT + r": (?P<message>\S+ ==> \S.*)").match(text_at(lines, position)):
            here, place = lines[position].number, Place(found["file"], number(found["line"]))
            yield Failure("codespell", STYLE, sentence(found["message"]), here, here, place)
        elif "codespell" in text_at(lines, position):
            return


def _redocly(lines: Sequence[Line], end: int) -> Iterator[Failure]:
    """Yield the error of Redocly that ends at `end` with the name of its rule: it begins with its number and place."""
    rule = compiled(r"Error was generated by the (\S+) rule\.").match(text_at(lines, end))
    for first in range(end - 1, max(end - 40, -1), -1) if rule else ():
        if found := compiled(r"\[\d+\] (\S+):(\d+):(\d+) at #").match(text_at(lines, first)):
            said = first + 1 + (not text_at(lines, first + 1).strip())
            place = Place(found[1], number(found[2]), number(found[3]))
            message, code = sentence(text_at(lines, said)), rule[1] if rule else ""
            if message:
                yield Failure("redocly", STYLE, message, lines[first].number, lines[end].number, place, code)
            return


def _below(lines: Sequence[Line], head: int) -> Iterator[Failure]:
    """Yield what yamllint and SQLFluff list below the name of a file that stands alone in the line at `head`."""
    for tool, name, form in _LISTS:
        if not (named := compiled(name).match(text_at(lines, head))):
            continue
        position = head + 1
        while text := text_at(lines, position):
            found = compiled(form).match(text)
            if found and found["level"] != "warning":
                place = Place(named[1], number(found["line"]), number(found["column"]))
                here = lines[position].number
                yield Failure(tool, STYLE, sentence(found["message"]), here, here, place, found["code"] or "")
            elif not found and not text.startswith(" "):
                break
            position += 1
