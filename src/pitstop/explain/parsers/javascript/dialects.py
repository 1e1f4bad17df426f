"""What compiles to JavaScript, or with its tools: Svelte, ReScript, Solidity, Parcel's assets, code made from GraphQL.

Formats: svelte-check's human output, rescript-lang.org, solc's human readable errors, Parcel's command line, listr's lines.
"""

# ruff: noqa: RUF001  signs that the tools print

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE
from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_AT = r"(?P<file>(?:[A-Za-z]:)?[^\s:]+):(?P<line>\d+):(?P<column>\d+)"
_ROWS = (
    Row(
        "error",
        "Error: ",
        r"Error: (?P<message>.+) \((?P<code>ts|js|svelte|css|scss)\)$",
        "svelte-check",
        "types",
        above=_AT + "$",
    ),
    Row(
        "svelte found",
        "svelte-check found ",
        r"svelte-check found [1-9]\d* errors?\b.*",
        "svelte-check",
        "types",
        summary=True,
    ),
    Row(
        "bug found",
        "We've found a bug for you!",
        r"\s+We've found a bug for you!",
        "rescript",
        COMPILE,
        more=r"\s+\S|\s*$",
        most=20,
        below=r"\s+" + _AT + r"|  (?P<message>(?!\d+ │)\S.*)",
    ),
    Row(
        "failed progress",
        "FAILED: cannot make progress",
        r"FAILED: cannot make progress\b.*",
        "rescript",
        COMPILE,
        summary=True,
    ),
    Row(
        "sol",
        ".sol:",
        r"\s*--> (?P<file>[^\s:]+\.sol):(?P<line>\d+):(?P<column>\d+):?$",
        "solc",
        COMPILE,
        more=r"\s*\d* +\|",
        above=r"(?!Warning)(?P<code>[A-Z]\w*Error|Error)(?: \(\d+\))?: (?P<message>.+)",
    ),
    Row(
        "parcel",
        "@parcel/",
        r"(?P<message>@parcel/[\w-]+: .+)",
        "parcel",
        COMPILE,
        more=r"\s+\S|$",
        most=4,
        below=r"  " + _AT + "$",
    ),
    Row(
        "graphql failed",
        "[FAILED: ",
        r"\s*[✖×] .*\[FAILED: (?P<message>[^\]]+)",
        "graphql-codegen",
        COMPILE,
        more=r"(?!\]|\s+at )\S",
        most=2,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each error that one of them gives."""
    yield from read(_ROWS, lines, at)
