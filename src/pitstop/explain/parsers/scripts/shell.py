"""Shell and PowerShell: ShellCheck, bats, shUnit2, Pester, PSScriptAnalyzer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import STYLE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "line",
        " line ",
        r"In (?!\S+\.php )(?P<file>\S.*?) line (?P<line>\d+):$",
        "shellcheck",
        STYLE,
        more=r".*\S",
        most=4,
        below=r"\s*+\^-*[\^-]+ (?P<code>SC\d+)(?: \(\w+\))?: (?P<message>.*)",
    ),
    Row(
        "sh|bash",
        ": note|: warning|: error|: style",
        r"\s*+(?P<file>[^\s:]+):(?P<line>\d+):(?P<column>\d+): (?:note|warning|error|style): (?P<message>.*) \[(?P<code>SC\d+)\]$",
        "shellcheck",
        STYLE,
    ),
    Row(
        "bats",
        "in test file ",
        r"\s*+\((?:from function .* )?in test file (?P<file>\S+), line (?P<line>\d+)\)?",
        "bats",
        TEST,
        more=r"\s{5,}\S",
        most=10,
        whole=True,
        above=r"\s*+✗ (?P<test>.*)",
    ),
    Row("assert", "ASSERT:", r"\s*+ASSERT:(?P<message>.*)", "shunit2", TEST),
    Row("failures", "(failures=", r"\s*+(?P<message>FAILED \(failures=\d+\))", "shunit2", TEST, summary=True),
    Row(
        "failed",
        "Tests Passed: ",
        r"\s*+(?P<message>Tests Passed: \d+, Failed: [1-9]\d*.*)",
        "pester",
        TEST,
        summary=True,
    ),
)
_PESTER = r"\s*+\[-\] (?P<test>.*?)(?: \d[\d.,]*m?s(?: \(.*\))?)?$"
_PESTER_PLACE = r".*?(?:, | at )(?P<file>\S+\.ps1)(?:: line |:)(?P<line>\d+)"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each finding and each failed test with its place, and the lines that count."""
    yield from read(_ROWS, lines, at)
    told = -1
    for position in positions(at, "ps1", "expected"):
        head = next(
            (each for each in range(position, max(position - 8, told, -1), -1) if "[-] " in text_at(lines, each)), -1
        )
        found = compiled(_PESTER).match(text_at(lines, head)) if head > told else None
        if not found:
            continue
        place = None
        last = head
        said: list[str] = []
        for ahead in range(head + 1, min(head + 10, len(lines))):
            text = text_at(lines, ahead)
            if "[-] " in text or "[+] " in text or (place and text.strip()):
                break
            if not text.strip():  # between any two lines, where a terminal wrote CR LF
                continue
            last = ahead
            if place is None and (where := compiled(_PESTER_PLACE).match(text)):
                place = Place(where["file"], int(where["line"]))
            elif len(said) < 4:
                said.append(text)
        told = last
        test = sentence(found["test"])
        message = sentence(" ".join(said)) or test or "failed"
        yield Failure("pester", TEST, message, lines[head].number, lines[last].number, place, test=test)
