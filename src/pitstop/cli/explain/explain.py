"""`pitstop explain`: why a run, a log or a message failed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pitstop.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from pitstop.explain.report.explained import Explained

FORMATS = ("text", "lines")


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(prog="pitstop explain", description="Say why a run failed, and what to do.")
    add = made.add_argument
    add("what", nargs="?", default="", metavar="WHAT", help="a log file, or `-` for standard input")
    add("--against", default="", metavar="GREEN", help="the log of a run that passed")
    add("--format", choices=FORMATS, default="text", help="how to print it; by default `text`")
    return made


def explain(args: list[str]) -> int:
    """Carry out `pitstop explain`."""
    given = parser().parse_args(args)
    explained = [_explained(given.what, given.against)]
    if given.format == "lines":
        from pitstop.explain.report.lines import as_lines

        out = "".join(f"{line}\n" for line in as_lines(explained))
    else:
        from pitstop.cli.records.opened import style
        from pitstop.explain.report.text import as_text

        how = style()
        out = "".join(f"{line}\n" for one in explained for line in as_text(one, how.paint))
    sys.stdout.buffer.write(out.encode("utf-8", "replace"))
    return 0


def _explained(what: str, against: str) -> Explained:
    from pitstop.explain.diagnose import explain
    from pitstop.explain.lines import read_lines
    from pitstop.explain.report.explained import Explained

    lines = read_lines(_read(what))
    good = read_lines(_read(against)) if against else None
    return Explained(what, lines, explain(lines, good=good), what)


def _read(what: str) -> bytes:
    if what == "-":
        return sys.stdin.buffer.read()
    if not os.path.isfile(what):
        raise UsageError(f"there is no file `{what}`")
    with open(what, "rb") as file:
        return file.read()
