"""Runs one program to its end and says what it cost: time, processor, memory.

The program is started by a small Python of its own (this file, as a script): on Linux the peak memory that the kernel
reports for a process includes what its parent held at the moment of the start, and the bench itself is large. The
floor that is left is the size of that small Python, about 9 MB.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PATIENCE_S = 1800
"""A program that takes longer is killed, and the bench with it."""


class Sample(NamedTuple):
    """What one run of a program cost."""

    wall_s: float
    """From just before the start to the end of the process that was started."""
    cpu_s: float
    """User and system time of the process and of all descendants that were waited for; no daemon."""
    own_cpu_s: float | None
    """The same of the process alone, in steps of 10 ms; None where the system has no `/proc`."""
    peak_bytes: int
    """The largest resident size that any one process of the tree had."""


class BenchError(Exception):
    """A program that is measured did not do what it should."""


def once(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path) -> Sample:
    """Run `argv` in `cwd` with nothing but `env` around it, its output in `log`, and return its cost.

    Raises BenchError where it fails.
    """
    import json
    import subprocess

    probe = [sys.executable, "-I", "-S", __file__, str(cwd), str(log), *argv]
    done = subprocess.run(probe, env=dict(env), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise BenchError(f"the probe ended with {done.returncode}: {argv}")
    code, *figures = json.loads(done.stdout)
    if code:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 3000))
            end = file.read().decode(errors="replace")
        raise BenchError(f"`{' '.join(argv)}` in {cwd} ended with {code}:\n{end}")
    return Sample(*figures)


def median(values: Sequence[float]) -> float:
    """Return the middle of `values`, or the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _probe(cwd: str, log: str, argv: list[str]) -> None:
    os.chdir(cwd)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, out, 1),
        (os.POSIX_SPAWN_DUP2, out, 2),
    ]
    start = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions, setpgroup=0)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(pid, signal.SIGKILL))
    signal.alarm(PATIENCE_S)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    wall = time.perf_counter() - start
    own = _own_cpu(pid)
    _, status, used = os.wait4(pid, 0)
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    cpu = used.ru_utime + used.ru_stime
    shown = "null" if own is None else f"{own:.2f}"
    sys.stdout.write(f"[{os.waitstatus_to_exitcode(status)}, {wall:.6f}, {cpu:.6f}, {shown}, {peak}]\n")


def _own_cpu(pid: int) -> float | None:
    """Return the processor time of the ended, not yet reaped process `pid` without its children, seconds."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime and stime, proc(5)


if __name__ == "__main__":
    _probe(sys.argv[1], sys.argv[2], sys.argv[3:])
