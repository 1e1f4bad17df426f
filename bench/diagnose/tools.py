"""Who is judged: pitstop, in this process or as its program, and what people do today in one line."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Tool = Callable[[bytes], list[int]]
    """From a log to the numbers of lines, the most telling first."""
    PairTool = Callable[[bytes, bytes], list[int]]
    """The same with the log of a run that passed."""

_USUAL = re.compile(rb"error|failed|panic", re.IGNORECASE)


def grep_first(data: bytes) -> list[int]:
    """`grep -inE 'error|failed|panic' | head -10`."""
    return _grep(data)[:10]


def grep_last(data: bytes) -> list[int]:
    """The last ten of them, the last first."""
    return _grep(data)[:-11:-1]


def tail(data: bytes) -> list[int]:
    """`tail -10`, the last first."""
    count = len(data.rstrip(b"\n").split(b"\n"))
    return list(range(count, max(count - 10, 0), -1))


def _grep(data: bytes) -> list[int]:
    return [number for number, line in enumerate(data.split(b"\n"), 1) if _USUAL.search(line)]


def ranked(data: bytes) -> list[int]:
    """What `explain.rank` alone says, without starting a program."""
    from pitstop.explain.lines import read_lines
    from pitstop.explain.parsers import find_failures
    from pitstop.explain.rank import rank

    lines = read_lines(data)
    return [one.number for one in rank(lines, find_failures(lines))]


def program(data: bytes) -> list[int]:
    """What `pitstop explain --format lines` prints."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "fail.log"
        log.write_bytes(data)
        argv = [sys.executable, "-m", "pitstop", "explain", str(log), "--format", "lines"]
        done = subprocess.run(argv, cwd=folder, capture_output=True, check=False)
    return [int(line.split(b"\t")[0]) for line in done.stdout.splitlines() if line[:1].isdigit()]


def compared(data: bytes, good: bytes) -> list[int]:
    """What `explain.compare` alone says, without starting a program."""
    from pitstop.explain.compare import compare
    from pitstop.explain.lines import read_lines
    from pitstop.explain.parsers import find_failures

    lines = read_lines(data)
    return [one.number for one in compare(lines, read_lines(good), find_failures(lines)).evidence]


def program_against(data: bytes, good: bytes) -> list[int]:
    """What `pitstop explain --against --format lines` prints."""
    with tempfile.TemporaryDirectory() as folder:
        log, passed = Path(folder) / "fail.log", Path(folder) / "pass.log"
        log.write_bytes(data)
        passed.write_bytes(good)
        argv = [sys.executable, "-m", "pitstop", "explain", str(log), "--against", str(passed), "--format", "lines"]
        done = subprocess.run(argv, cwd=folder, capture_output=True, check=False)
    return [int(line.split(b"\t")[0]) for line in done.stdout.splitlines() if line[:1].isdigit()]


def set_difference(data: bytes, good: bytes) -> list[int]:
    """Lines that the other log does not have, digits masked: one line of awk."""
    known = {re.sub(rb"[0-9]+", b"0", line) for line in good.split(b"\n")}
    lines = enumerate(data.split(b"\n"), 1)
    return [number for number, line in lines if re.sub(rb"[0-9]+", b"0", line) not in known]


PAIR_TOOLS: dict[str, PairTool] = {
    "pitstop explain": program_against,
    "explain.compare": compared,
    "set difference": set_difference,
}
TOOLS: dict[str, Tool] = {
    "pitstop explain": program,
    "explain.rank": ranked,
    "grep, first ten": grep_first,
    "grep, last ten": grep_last,
    "tail": tail,
}
