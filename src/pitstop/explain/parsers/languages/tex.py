"""TeX: the errors of any engine, of latexmk and of Biber."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE
from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_LINE = r"l\.(?P<line>\d+) .*"

_ROWS = (
    Row(
        "found",
        "not found",
        r"! (?:LaTeX|Package \S+) Error: (?P<message>File .* not found\.)",
        "tex",
        "package",
    ),
    Row(
        "error",
        " Error: ",
        r"! (?P<message>(?:LaTeX|LaTeX3|Package \S+|Class \S+) Error: .*)",
        "tex",
        COMPILE,
        more=r"(?!!).*",
        most=12,
        below=_LINE,
    ),
    Row(
        "undefined|missing|extra|emergency|paragraph|runaway|illegal|double|misplaced|too|capacity|dimension|argument|use|display|file|font|incomplete",
        "! ",
        r"! (?P<message>(?:Undefined control|Missing|Extra|Emergency stop|Paragraph ended|Illegal|Double|Misplaced|Too many|TeX capacity|Dimension too|Argument of|Use of|Display math|I can't|Font|Incomplete|You can't).*)",
        "tex",
        COMPILE,
        more=r"(?!!).*",
        most=12,
        below=_LINE,
    ),
    Row(
        "tex|sty|cls|ltx|dtx|bib",
        ".tex|.sty|.cls|.ltx|.dtx",
        r"(?P<file>[^\s:]+\.(?:tex|sty|cls|ltx|dtx)):(?P<line>\d+): (?P<message>(?:LaTeX|Package|Class|Undefined|Missing|Extra|Emergency|Illegal|Double|Misplaced|Too many|Paragraph|Argument|Use of|TeX|You can't|Font|File|==>).*)",
        "tex",
        COMPILE,
    ),
    Row("fatal", "==> Fatal error", r"! *(?P<message>==> Fatal error occurred.*)", "tex", COMPILE, summary=True),
    Row(
        "latexmk",
        "Latexmk: ",
        r"\s*+(?P<message>Latexmk: (?:Errors|Summary of warnings|If appropriate).*)",
        "latexmk",
        COMPILE,
        summary=True,
    ),
    Row("biber", "ERROR - ", r"(?:\[\d+\] .*> )?ERROR - (?P<message>.*)", "biber", COMPILE),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error of TeX with its line, and, as summaries, that it stopped and that there is no output."""
    said = False
    for failure in read(_ROWS, lines, at):
        stopped = failure.message.startswith("Emergency stop") and said
        yield failure._replace(summary=True) if stopped else failure
        said = said or not failure.summary
