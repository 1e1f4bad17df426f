"""OCaml: its compiler, dune, opam, uncaught exceptions, and the tests of Alcotest, OUnit and dune's own that compare output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 40  # lines of one failure
_FILE = (
    r"File \"(?P<file>[^\"]+?(?:\.(?:ml[ily]?|eliom|re|opam|t|md)|(?:^|/)dune(?:-project|-workspace)?|\bdune))\", "
    r"lines? (?P<line>\d+)(?:-\d+)?(?:, characters (?P<column>\d+)-\d+)?:?\s*$"
)
_SAID = r"(?:Error(?: \([^)]*\))?|.*Alert.*?|Fatal error): (?P<message>.*)"
_SHOWN = r"(?:\d+ \|| *\^|\.\.\.)"  # the source, and the mark under it
_DIFF = r"(?:diff --git |--- |\+\+\+ |@@ |\|?[-+] ?)"
_UNIT = r"(?:Error|Failure): (?P<test>\S.*)\.$"
_STACK = r"(?:Raised |Re-raised |Called |File \"|Error: )"

_ROWS = (
    Row(
        "exception",
        "Fatal error: exception ",
        r"\s*+Fatal error: exception (?P<message>\S.*)",
        "ocaml",
        "crash",
        more=r"(?:Raised|Re-raised|Called) ",
        most=30,
    ),
    Row(
        "failures|failure|error|errors",
        "! in ",
        r"(?P<message>[1-9]\d* (?:failures?|errors?)! in [\d.]+s\. \d+ tests? run\.)",
        "alcotest",
        TEST,
        summary=True,
    ),
    Row("fail", "[FAIL]", r"[> ] \[FAIL\] +(?P<test>\S.*?)\.?$", "alcotest", TEST, summary=True),
    Row(
        "cases",
        "FAILED: Cases: ",
        r"(?P<message>FAILED: Cases: \d+ Tried: .*)",
        "ounit",
        TEST,
        summary=True,
    ),
    Row(
        "package|packages",
        "[ERROR] ",
        r"\[ERROR\] (?P<message>(?:Package conflict!|No package named .*|No package matching .*|.* is not available .*))",
        "opam",
        "package",
        more=r"\s+\S",
        most=10,
    ),
    Row(
        "error",
        "#=== ERROR while ",
        r"#=== (?P<message>ERROR while (?:compiling|installing|fetching sources for|removing) \S+).*",
        "opam",
        "build",
        more=r"#|\S.*Fetch_fail",
        most=40,
        below=r"# (?P<message>(?:[Ee]rror|Error \([^)]*\)|make.*?): \S.*)",
    ),
    Row(
        "failed",
        " actions failed",
        r"[┌+]\S* The following actions failed$",
        "opam",
        "build",
        more=r"[│|] ",
        most=12,
        summary=True,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error of the compiler and of dune with its place, each failed test, and the lines that count."""
    for position in positions(at, "file"):
        if found := compiled(_FILE).match(text_at(lines, position)):
            yield from _error(lines, position, found)
    for position in positions(at, "fail", "error"):
        text = text_at(lines, position)
        if found := compiled(r"[│|] \[FAIL\] +(?P<test>\S.*?)\.? *[│|]$").match(text):
            yield _alcotest(lines, position, sentence(found["test"]))
        elif text_at(lines, position - 1).startswith("=" * 70) and (found := compiled(_UNIT).match(text)):
            yield _ounit(lines, position, sentence(found["test"]))
    yield from read(_ROWS, lines, at)


def _error(lines: Sequence[Line], position: int, found: re.Match[str]) -> Iterator[Failure]:
    """Read what stands under a place: the source, and an error; a warning is none, and a difference is a test's or a formatter's."""
    place = Place(found["file"], number(found["line"]), number(found["column"]))
    said, last, kind, step = "", position, COMPILE, lines[position].step
    hinted = False
    for ahead in range(position + 1, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead)
        if not text.strip() or text.startswith('File "') or lines[ahead].mark or lines[ahead].step != step:
            break
        if told := compiled(_SAID).match(text):
            said = said or told["message"]
        elif not said and compiled(_DIFF).match(text):
            kind = TEST if place.file.endswith((".t", ".md")) else STYLE
            said = f"{place.file} differs from what is expected" if kind == TEST else f"{place.file} is not formatted"
        elif text.startswith("Hint: "):
            hinted = True
        elif said and kind == COMPILE and not hinted and text[:2] == "  " and not compiled(_SHOWN).match(text):
            said = f"{said} {text}"
        last = ahead
    if said:
        if said.startswith(("Library ", "External library ")) and "not found" in said:
            kind = "package"
        yield Failure("ocaml", kind, sentence(said), lines[position].number, lines[last].number, place)


def _alcotest(lines: Sequence[Line], position: int, test: str) -> Failure:
    """Read what stands under the box with the name of a test, as far as to the stack."""
    said: list[str] = []
    last = position
    for ahead in range(position + 2, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead)
        if text.startswith(("Raised ", "Called ", "Logs saved to ", " ───", "┌──")):
            break
        if text.strip():
            said.append(text.removeprefix("FAIL ") if text.startswith("FAIL ") else text)
            last = ahead
    told = [each for each in said if not each.startswith("ASSERT ")]
    return Failure(
        "alcotest", TEST, sentence(" ".join(told)) or test, lines[position].number, lines[last].number, test=test
    )


def _ounit(lines: Sequence[Line], position: int, test: str) -> Failure:
    """Read one failed test as far as to the line that ends it: what it says stands behind the stack."""
    said: list[str] = []
    last = position
    for ahead in range(position + 1, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead)
        if text.startswith(("-" * 70, "=" * 70)):
            break
        if text.strip():
            last = ahead
            if not compiled(_STACK).match(text):
                said.append(text)
    return Failure(
        "ounit", TEST, sentence(" ".join(said)) or test, lines[position].number, lines[last].number, test=test
    )
