"""Tools that make and check documents and data: Hugo, MkDocs, Sass, YAML and JSON readers, checkers of links.

Formats: gohugo.io/troubleshooting, mkdocs.org, sass-lang.com, yaml.org/spec (libyaml's problem marks), awesome_bot, lychee.
"""

# ruff: noqa: RUF001  signs that the tools print

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_YAML = r".*?(?P<message>(?:found character that cannot start any token|did not find expected|mapping values are not allowed|could not find expected|found undefined (?:alias|tag)|block sequence entries are not allowed|found (?:a tab|unexpected|unknown escape)).*)"
_ROWS = (
    Row(
        "parse error line",
        "Parse error on line ",
        r"(?:Error: )?(?P<message>Parse error on line (?P<line>\d+):)",
        "json",
        COMPILE,
        more=r"\.{3}|-*\^|Expecting ",
    ),
    Row(
        "link",
        " failed| broken| does not exist| which does not",
        r"\s+\* +(?P<message>(?:External|internal|internally|image|linking).* (?:failed|broken|does not exist|which does not).*)",
        "html-proofer",
        "docs",
    ),
    Row(
        "internally linking",
        "internally linking to ",
        r"\s+\* +(?P<message>internally linking to .+)",
        "html-proofer",
        "docs",
    ),
    Row(
        "error",
        "ERROR ",
        r"(?:.*… )?ERROR (?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d )?(?P<message>(?:\[\w+\] )?(?:.*\"(?P<file>[^\"]+\.\w+):(?P<line>\d+):(?P<column>\d+)\"|REF_NOT_FOUND|render of|failed to).*)",
        "hugo",
        "docs",
    ),
    Row(
        "site building",
        " building site: ",
        r"Error: (?:Error|error) building site: (?P<message>(?:.*?\"(?P<file>[^\"]+\.\w+):(?P<line>\d+):(?P<column>\d+)\")?.*)",
        "hugo",
        "docs",
    ),
    Row(
        "strict aborted",
        "Aborted with ",
        r"(?P<message>Aborted with \d+ warnings? in (?:'strict'|strict) mode!?)",
        "mkdocs",
        "docs",
        summary=True,
    ),
    Row(
        "broken",
        " broken link",
        r"(?:ERROR: )?(?P<message>(?:Detected|Found) [1-9]\d* broken links?\b.*)",
        "links",
        "docs",
    ),
    Row("dead", " dead link", r"(?:ERROR: )?(?P<message>[1-9]\d* dead links? found.*)", "links", "docs"),
    Row(
        "http",
        "http",
        r"\s*(?:✗ |[✖×] )?\[(?P<code>[45]\d\d|✖|ERROR|TIMEOUT)\] (?:<)?(?P<message>https?://.+)",
        "links",
        "docs",
    ),
    Row(
        "https",
        "http",
        r"\s*(?:✗ |[✖×] )?\[(?P<code>[45]\d\d|✖|ERROR|TIMEOUT)\] (?:<)?(?P<message>https?://.+)",
        "links",
        "docs",
    ),
    Row(
        "token",
        "found character that cannot start any token|did not find expected|mapping values are not allowed|could not find expected|found undefined |block sequence entries are not allowed|found a tab|found unexpected|found unknown escape",
        _YAML,
        "yaml",
        COMPILE,
    ),
    Row(
        "expected",
        "found character that cannot start any token|did not find expected|mapping values are not allowed|could not find expected|found undefined |block sequence entries are not allowed|found a tab|found unexpected|found unknown escape",
        _YAML,
        "yaml",
        COMPILE,
    ),
    Row(
        "mapping",
        "found character that cannot start any token|did not find expected|mapping values are not allowed|could not find expected|found undefined |block sequence entries are not allowed|found a tab|found unexpected|found unknown escape",
        _YAML,
        "yaml",
        COMPILE,
    ),
    Row(
        "json",
        "Unexpected |json: cannot unmarshal |invalid character ",
        r".*?(?P<message>(?:Unexpected (?:token|end of JSON).* JSON.*|json: cannot unmarshal .+|invalid character .+ looking for beginning of .+))",
        "json",
        COMPILE,
    ),
    Row(
        "less",
        ".less on line ",
        r"(?P<code>\w+Error): (?P<message>.+) in (?P<file>\S+\.less) on line (?P<line>\d+), column (?P<column>\d+):",
        "less",
        COMPILE,
    ),
    Row(
        "csssyntaxerror",
        "CssSyntaxError: ",
        r"(?:\[\w+\] )?CssSyntaxError: (?:\S+: )?(?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+):(?P<column>\d+): (?P<message>.+)",
        "postcss",
        COMPILE,
    ),
    Row(
        "undefined",
        "! Undefined control sequence|! LaTeX Error: |! Package |! Emergency stop",
        r"\s*(?:LaTeX )?(?P<message>! (?:Undefined control sequence|LaTeX Error: .+|Package .+ Error: .+|Emergency stop).*)",
        "latex",
        "docs",
        more=r"l\.\d+ ",
    ),
    Row("latex", "! LaTeX Error: ", r"(?P<message>! LaTeX Error: .+)", "latex", "docs", more=r"l\.\d+ "),
)
_ON = r"\s+on line (?P<line>\d+)(?::(?P<column>\d+))? of (?P<file>\S+)|\s+(?P<at>\S+\.s[ac]ss) (?P<row>\d+):(?P<place>\d+) +(?:root stylesheet|\S+\(\)|@\w+)"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each error of a document."""
    yield from read(_ROWS, lines, at)
    yield from _links(lines, at)
    yield from _strict(lines, at)
    done = -1
    for position in positions(at, "sass", "scss"):
        found = compiled(_ON).match(text_at(lines, position))
        if not found or position <= done or not position:
            continue
        first = position - 1
        while (
            position - first < 12
            and not text_at(lines, first).startswith(("Error: ", "error ", "Syntax error"))
            and first
        ):
            first -= 1
        if "rror" not in text_at(lines, first)[:14]:
            continue
        done = position
        while compiled(r"\s+(?:(?:from|on) line \d+|\S+\.s[ac]ss \d+:\d+ )").match(text_at(lines, done + 1)):
            done += 1
        message = sentence(text_at(lines, first)).removeprefix("Error: ")
        if message:
            place = Place(
                found["file"] or found["at"],
                number(found["line"] or found["row"]),
                number(found["column"] or found["place"]),
            )
            yield Failure("sass", COMPILE, message, lines[first].number, lines[done].number, place)


def _links(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield the links that awesome_bot lists as issues; those that it allows stand below another head."""
    for position in at.get("links", []):
        if text_at(lines, position).strip() != "> Links":
            continue
        below = position + 1
        while found := compiled(r"\s*\d+\. \[L\d+\] (\d*) ?(.*)").match(text_at(lines, below)):
            here = lines[below].number
            yield Failure("awesome_bot", "docs", sentence(found[2]) or "link", here, here, code=found[1])
            below += 1


def _strict(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield the warnings of MkDocs where they end the build."""
    if not any(compiled(r"Aborted with \d+ warnings? in ").match(text_at(lines, n)) for n in at.get("aborted", [])):
        return
    for position in at.get("warning", []):
        if found := compiled(r"WARNING +-  ?(?:\[[\d:,]+\] )?(\S.+)").match(text_at(lines, position)):
            here = lines[position].number
            yield Failure("mkdocs", "docs", sentence(found[1]), here, here)
