"""Valgrind: what its tools say that a program does to memory and between threads.

Formats: valgrind.org/docs/manual (Memcheck: explanation of error messages; Helgrind: data races).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_PREFIX = r"\s*+(?:\d+: )?==\d+== "
# The allocators that Valgrind puts in the place of the C library's are no place of the program's.
_FRAME = _PREFIX + r"   (?:at|by) 0x[0-9A-F]+: .* \((?!vg_|mc_|m_)(?P<file>[^\s():]+\.\w+):(?P<line>\d+)\)"

_ROWS = (
    Row(
        "invalid|conditional|uninitialised|syscall|mismatched|overlap|lost|race|terminating",
        "== ",
        _PREFIX
        + r"(?P<message>(?:Invalid (?:read|write) of size|Invalid free\(\)|Mismatched free|Conditional jump or move depends"
        r"|Use of uninitialised value|Syscall param .* (?:points|contains)|Source and destination overlap|Possible data race"
        r"|Process terminating with default action|[\d,]+ (?:\(.*\) )?bytes in [\d,]+ blocks are (?:definitely|indirectly) lost).*)",
        "valgrind",
        "crash",
        more=_PREFIX + r" +\S",
        most=30,
        below=_FRAME,
    ),
    Row(
        "summary",
        "ERROR SUMMARY: ",
        _PREFIX + r"(?P<message>ERROR SUMMARY: [1-9][\d,]* errors? from .*)",
        "valgrind",
        "crash",
        summary=True,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each misuse with its stacks and the first place in a source, and, as a summary, how many there are."""
    return read(_ROWS, lines, at)
