"""Linkers: GNU ld, gold, lld, mold, Apple's ld and Microsoft's LINK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_LD = r"\s*+(?:= note: )?(?:(?:\S*/)?(?:[\w.-]*-)?(?:ld|lld|mold|ld64|lld-link|wasm-ld|link)(?:\.\w+)?(?:\.exe)?: )"
_PLACE = r"(?:(?P<file>[^\s:()]+\.\w+):(?P<line>\d+): |[^\s:()]+:\([^)]*\): |[^\s:]+\.[oa](?:\(\S*\))?: )?"

_ROWS = (
    Row(
        "reference",
        "undefined reference to ",
        r"\s*+(?:= note: )?(?:\S*ld(?:\.\w+)?: )?(?:\S+\.(?:o|a\(\S+\)|so): )?"
        r"(?:(?P<file>[^\s:()]+\.\w+):(?P<line>\d+): |[^\s:()]+:\([^)]*\): |[^:]{0,300}:\([^)]*\): |[^:]{0,300}: )?"
        r"(?:error: )?(?P<message>undefined reference to .*)",
        "ld",
        "link",
    ),
    Row("definition", "multiple definition of ", r".{0,300}?(?P<message>multiple definition of .*)", "ld", "link"),
    Row("find", "cannot find ", _LD + r"(?:error: )?(?P<message>cannot find .*)", "ld", "link"),
    Row(
        "undefined",
        "Undefined symbols",
        r"\s*+(?P<message>Undefined symbols(?: for architecture \S+)?:?.*)",
        "ld",
        "link",
        more=r"\s+\S",
        most=40,
    ),
    Row(
        "symbol|symbols",
        "symbol",
        _LD + r"(?P<message>symbol\(s\) not found.*|\d+ duplicate symbols? .*)",
        "ld",
        "link",
        summary=True,
    ),
    Row(
        "duplicate",
        "uplicate symbol",
        r"\s*+(?:\S*ld: )?(?:error: )?(?P<message>[dD]uplicate symbol.*)",
        "ld",
        "link",
        more=r"\s+\S|>>> ",
    ),
    Row(
        "returned|ld",
        "ld returned ",
        r"\s*+[^\s:]++: (?:error: )?ld returned .*",
        "ld",
        "link",
        summary=True,
    ),
    Row("ld|lld|mold", "final link failed", _LD + r"(?P<message>final link failed: .*)", "ld", "link"),
    Row(
        "ld|lld|mold|wasm|link",
        "error: ",
        _LD + r"(?:fatal )?error: " + _PLACE + r"(?P<message>.*)",
        "ld",
        "link",
        more=r">>> |\s+>>>",
    ),
    Row("ld", "not found ", _LD + r"(?P<message>(?:library|framework) not found .*)", "ld", "link"),
    Row(
        "region|section",
        "will not fit in region|overflowed by|is not within region|overlaps section",
        _LD
        + r"(?P<message>(?:\S+ section `[^']*' will not fit in region |region `[^']*' overflowed by |address \w+ of .{0,200} is not within region |section \S+ .{0,120}overlaps section ).*)",
        "ld",
        "link",
    ),
    Row("ld", "relocation", _LD + r".{0,300}?(?P<message>relocation .*)", "ld", "link"),
    Row(
        "ld",
        "file not recognized|file format not recognized|unrecognized option|file in wrong format|bad value",
        _LD
        + r".{0,300}?(?P<message>(?:file not recognized|file format not recognized|unrecognized option|file in wrong format|bad value).*)",
        "ld",
        "link",
    ),
    Row(
        "lnk1120",
        "LNK1120",
        r".*?error (?P<code>LNK1120): (?P<message>.*?)(?: \[[^\[\]]*\.\w*proj\])?$",
        "link",
        "link",
        summary=True,
    ),
    Row(
        "link|error",
        "error LNK",
        r"\s*+(?:\d+>)?(?P<file>[^\s:][^:]{0,200}|\w:[^:]{0,300}?) ?: (?:fatal )?error (?P<code>LNK\d{4}) ?: (?P<message>.*?)(?: \[[^\[\]]*\.\w*proj\])?$",
        "link",
        "link",
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each symbol, library or file that a linker misses, and the lines that say that it gave up."""
    for failure in read(_ROWS, lines, at):
        # LINK and LNK1120 name the program, not a source: where they stand instead of a file, there is no place.
        named = failure.place and failure.place.file.upper() in {"LINK", "LIB"}
        yield failure._replace(place=None) if named else failure
