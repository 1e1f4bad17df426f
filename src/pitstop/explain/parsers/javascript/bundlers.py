"""Bundlers and task runners of JavaScript: webpack, Rollup, Vite, esbuild, Rolldown, Parcel, Babel, Sass, gulp, grunt.

Formats: `stats.toString()` of webpack, `handleError` of Rollup's command line, esbuild's `formatMessages`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, position_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "plugin error",
        "Error in plugin ",
        r"(?:\[[\d:]+\] )?(?P<message>Error in plugin ['\"].+)",
        "gulp",
        COMPILE,
        more=r"Message:|\s{4}\S",
    ),
    Row("error", "Error|] Error", r"\[\d\d:\d\d:\d\d\] (?P<message>(?:\w*Error|Error): .+)", "gulp", COMPILE),
    Row("syntaxerror", "] SyntaxError: ", r"\[\d\d:\d\d:\d\d\] (?P<message>SyntaxError: .+)", "gulp", COMPILE),
    Row("fatal error", "Fatal error: ", r"Fatal error: (?P<message>.+)", "grunt", "command"),
    Row("loading tasks", '" tasks...ERROR', r"Loading \".+\" tasks\.\.\.ERROR", "grunt", "command", more=r">> "),
    Row("files", " error", r">> [1-9]\d* errors? in \d+ files?", "grunt", "style", summary=True),
    Row("file", " error", r">> [1-9]\d* errors? in \d+ files?", "grunt", "style", summary=True),
    Row(
        "coffee",
        ": error: ",
        r"\s*(?P<file>[^\s:]+):(?P<line>\d+):(?P<column>\d+): error: (?P<message>.+)",
        "coffee",
        COMPILE,
    ),
    Row("error", " [ERROR] ", r"\s*[✘✖X] \[ERROR\] (?P<message>.+)", "esbuild", COMPILE, more=r"\s*$| {4}"),
    Row(
        "error",
        ": error: ",
        r" ?> ?(?P<file>[^\s:]+):(?P<line>\d+):(?P<column>\d+): error: (?P<message>.+)",
        "esbuild",
        COMPILE,
    ),
    Row(
        "syntaxerror",
        "SyntaxError: ",
        r"\s*(?:\[!\] |Error: )?(?:\([\w@/ -]+\) |[\w@/-]+: )?SyntaxError: (?P<file>(?:[A-Za-z]:)?[^\s:]+\.\w+): (?P<message>.+?) \((?P<line>\d+):(?P<column>\d+)\)",
        "babel",
        COMPILE,
    ),
    Row(
        "rolluperror",
        "RollupError: ",
        r"\s*(?:\[!\] )?(?:\(.*\) )?RollupError: (?P<message>(?:(?P<file>[^\s()]+) \((?P<line>\d+):(?P<column>\d+)\): )?.+)",
        "rollup",
        COMPILE,
    ),
    Row(
        "rollup vite failed",
        "[vite]: Rollup failed to resolve import ",
        r"\s*(?:Error: )?\[vite\]: Rollup failed to resolve import (?P<message>.+)",
        "vite",
        COMPILE,
    ),
    Row(
        "vite",
        "[vite",
        r"\s*(?:Error: )?\[(?P<tool>vite)[\w:-]*\] (?P<message>(?!warning|hmr|connect).*(?:[Ff]ailed|[Ee]rror|[Cc]ould not|not found).*)",
        "vite",
        COMPILE,
    ),
    Row(
        "resolve",
        "Could not resolve ",
        r"\s*(?:\[!\] )?(?:Error: )?(?P<message>Could not resolve ['\"].+['\"] (?:from|in) [\"']?(?P<file>[^\s\"']+)[\"']?)",
        "rollup",
        COMPILE,
    ),
    Row(
        "exported",
        " is not exported by ",
        r"\s*(?:\[!\] )?(?:Error: )?(?P<message>['\"].+['\"] is not exported by .+)",
        "rollup",
        COMPILE,
    ),
    Row(
        "resolve",
        "Can't resolve ",
        r"(?P<message>Module not found: (?:Error: )?Can't resolve .+)",
        "webpack",
        COMPILE,
        above=r"(?P<file>\.{0,2}/\S+\.\w+)(?::(?P<line>\d+):(?P<column>\d+))?$",
    ),
    Row("failed parse", "Error: Parse Error: ", r"Error: (?P<message>Parse Error: .+)", "bundler", COMPILE),
    Row(
        "errored after",
        "' errored after ",
        r"\[\d\d:\d\d:\d\d\] '(?P<message>.+' errored after .+)",
        "gulp",
        "command",
        summary=True,
    ),
    Row(
        "task failed",
        '" failed.',
        r"\s*(?:Warning|Fatal error): Task \"(?P<message>.+)\" failed\.",
        "grunt",
        "command",
        summary=True,
    ),
    Row(
        "aborted due warnings",
        "Aborted due to warnings.",
        r"\s*Aborted due to warnings\.",
        "grunt",
        "command",
        summary=True,
    ),
    Row(
        "webpack compiled",
        " compiled with ",
        r"\s*webpack \d\S* compiled with [1-9]\d* errors?\b",
        "webpack",
        COMPILE,
        summary=True,
    ),
    Row("compile failed", "Failed to compile", r"Failed to compile\.?$", "webpack", COMPILE, summary=True),
)
_IN = r"\s*(?:ERROR|✖ ERROR|Error) in (?:multi )?(?P<file>[^\s:(]+)(?:[ (:]*(?P<line>\d+)[:,](?P<column>\d+))?"
_MODULE = r"\s*(?:Module (?:not found|parse failed|build failed)|\w*Error)\b.*|.*\bCan't resolve\b.*"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each error of a build."""
    for failure in read(_ROWS, lines, at):
        yield _placed(failure, lines) if failure.place is None and not failure.summary else failure
    yield from _webpack(lines, at)
    yield from _rolldown(lines, at)


def _rolldown(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield what Rolldown says in the line above the one that points into the source."""
    for position in at.get("╭─", []):
        where = compiled(r" +╭─+\[ (\S+?):(\d+):(\d+) \]").match(text_at(lines, position))
        said = compiled(r"\s*(?:Error: )?\[([A-Z]+(?:_[A-Z]+)*)\](?: Error:)? (\S.*)").match(
            text_at(lines, position - 1)
        )
        if where and said:
            last = position
            while last - position < 12 and compiled(r" +[╭│╰]| *\d+ │|─+╯").match(text_at(lines, last + 1)):
                last += 1
            place = Place(where[1], number(where[2]), number(where[3]))
            first, end = lines[position - 1].number, lines[last].number
            yield Failure("rolldown", COMPILE, sentence(said[2]), first, end, place, said[1])


def _placed(failure: Failure, lines: Sequence[Line]) -> Failure:
    """Return `failure` with the place that stands in one of the lines that follow."""
    first = position_of(lines, failure.first)
    for below in range(first + 1, first + 5):
        text = text_at(lines, below)
        found = compiled(r"\s*(?:file: |at )?([^\s:()]+\.\w+)(?::(\d+):(\d+)| \((\d+):(\d+)\))").match(text)
        if found:
            place = Place(found[1], number(found[2] or found[4]), number(found[3] or found[5]))
            return failure._replace(place=place, last=max(failure.last, lines[below].number))
    return failure


def _webpack(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    for position in positions(at, "error"):
        text = text_at(lines, position)
        if " in " not in text or not (found := compiled(_IN).match(text)):
            continue
        for below in range(position + 1, position + 5):
            said = text_at(lines, below)
            if compiled(_MODULE).match(said) and " TS" not in said:
                where = compiled(r".*\((\d+):(\d+)\)").match(said)
                line, column = (where[1], where[2]) if where else (found["line"], found["column"])
                place = Place(found["file"], number(line), number(column)) if "." in found["file"] else None
                message = sentence(said)
                yield Failure("webpack", COMPILE, message, lines[below].number, lines[below].number, place)
                break
            if compiled(_IN).match(said):
                break
