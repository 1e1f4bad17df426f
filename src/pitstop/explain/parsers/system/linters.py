"""Linters of scripts, data and prose: ShellCheck, hadolint, yamllint, actionlint, markdownlint, pre-commit, spelling.

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
