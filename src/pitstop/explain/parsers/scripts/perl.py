"""Perl: what the interpreter cannot run, Test::More's diagnostics, prove's summary, modules that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 30  # lines of one failed test
_FAILED = r"\s*+#\s+Failed (?:\(TODO\) )?test (?:'(?P<test>.*)'|\(.*\)|at )"
_AT = r"\s*+#\s+(?:Failed test )?\(?(?:in|at) (?P<file>\S+)(?: at)? line (?P<line>\d+)\.?"

_ROWS = (
    Row(
        "locate",
        "Can't locate ",
        r"\s*+(?:# +Error: +)?(?P<message>Can't locate \S+ in @INC.*?)(?: \(@INC .*?\))? at (?P<file>\S+) line (?P<line>\d+)\.?",
        "perl",
        "package",
    ),
    Row(
        "syntax",
        "syntax error at ",
        r"\s*+(?P<message>syntax error) at (?P<file>\S+) line (?P<line>\d+), near .*",
        "perl",
        COMPILE,
    ),
    Row(
        "symbol",
        "Global symbol ",
        r"\s*+(?P<message>Global symbol .* requires explicit package name.*?) at (?P<file>\S+) line (?P<line>\d+)",
        "perl",
        COMPILE,
    ),
    Row(
        "aborted|require",
        "aborted|Compilation failed in require",
        r"\s*+(?P<message>(?:Execution of \S+ aborted due to compilation errors|BEGIN failed--compilation aborted|Compilation failed in require).*)",
        "perl",
        COMPILE,
        summary=True,
    ),
    Row(
        "wstat",
        "(Wstat: ",
        r"\s*+(?P<message>(?P<test>\S+)\s+\(Wstat: .*\))",
        "prove",
        TEST,
        summary=True,
        more=r"\s+(?:Failed|Non-zero|Parse|TODO)",
        most=8,
    ),
    Row(
        "subtests",
        "Failed ",
        r"\s*+(?P<message>(?:Failed \d+/\d+ subtests|Failed \d+/\d+ test programs.*|Failed test\(?s?\)?:.*))",
        "prove",
        TEST,
        summary=True,
    ),
    Row(
        "looks",
        "Looks like you",
        r"\s*+# (?P<message>Looks like (?:you failed \d+|your test exited).*)",
        "prove",
        TEST,
        summary=True,
    ),
    Row(
        "severity",
        "(Severity: ",
        r"\s*+(?:(?P<file>[^\s:]+): )?(?P<message>.*) at line (?P<line>\d+), column (?P<column>\d+)\. .*\(Severity: \d\)",
        "perlcritic",
        STYLE,
    ),
    Row(
        "error",
        "*** ERROR: ",
        r"\*\*\* ERROR: (?P<message>.*) at line (?P<line>\d+) in file (?P<file>\S+)$",
        "podchecker",
        "docs",
    ),
    Row(
        "prerequisites",
        "FATAL: prerequisites",
        r"\s*+MakeMaker FATAL: (?P<message>prerequisites not found\.)",
        "perl",
        "package",
        more=r"\s+\S+ ",
        most=20,
    ),
    Row("installing", "! Installing ", r"\s*+! (?P<message>Installing .* failed\..*)", "cpanm", "package"),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each failed test whose diagnostics are shown, what Perl itself cannot run, and the lines that count."""
    yield from read(_ROWS, lines, at)
    dead: set[int] = set()
    for position in positions(at, "looks", "dubious"):
        if (failure := _death(lines, position)) and failure.first not in dead:
            dead.add(failure.first)
            yield failure
    for position in positions(at, "failed"):
        text = text_at(lines, position)
        if "#" in text and "(TODO)" not in text and (found := compiled(_FAILED).match(text)):
            yield _test(lines, position, found["test"] or "")


def _death(lines: Sequence[Line], position: int) -> Failure | None:
    """Return what a test died of: the last words before Test::More or prove notes that it ended too soon."""
    if not compiled(r"\s*+(?:# Looks like your test exited with|Dubious, test returned) [1-9]").match(
        text_at(lines, position)
    ):
        return None
    for behind in range(position - 1, max(position - 6, -1), -1):
        if found := compiled(r"(?!\s*+#|BEGIN failed|Compilation failed)(.+) at (\S+) line (\d+)[.,]").match(
            text_at(lines, behind)
        ):
            number = lines[behind].number
            return Failure("perl", TEST, sentence(found[1]), number, number, Place(found[2], int(found[3])))
    return None


def _test(lines: Sequence[Line], position: int, test: str) -> Failure:
    """Read the diagnostics, lines that begin with `#`, that say where and what."""
    said: list[str] = []
    place = None
    last = position
    for ahead in range(position, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead)
        bare = text.strip()
        if not bare.startswith("#") or "# Looks like" in text or (ahead > position and compiled(_FAILED).match(text)):
            break
        last = ahead
        if place is None and (where := compiled(_AT).match(text)):
            place = Place(where["file"], int(where["line"]))
        elif ahead > position and len(said) < 6:
            said.append(bare.lstrip("# "))
    message = sentence(" ".join(said)) or sentence(text_at(lines, position).strip().lstrip("# "))
    first, end = lines[position].number, lines[last].number
    return Failure("prove", TEST, message or "Failed test", first, end, place, test=sentence(test))
