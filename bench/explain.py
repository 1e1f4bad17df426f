"""`python -m bench.explain`: what explaining costs as a whole process, beside logdelta and grep on the same logs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import measure, peers

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROUNDS = 5
_MB = 1_000_000
_GIB = 1 << 30
_LINES = (
    "2026-11-22T01:15:{s:02}.{n:07}Z    Compiling thing-{n} v1.{s}.0 (/shop/crates/thing-{n})",
    "2026-11-22T01:15:{s:02}.{n:07}Z test tests::works_{n} ... ok",
    "2026-11-22T01:15:{s:02}.{n:07}Z Downloading https://registry.example.org/a-{n}.tgz 200 OK ({s} kB)",
    "2026-11-22T01:15:{s:02}.{n:07}Z warning: unused variable: `x{n}` in crates/shop/src/cart.rs",
    "2026-11-22T01:15:{s:02}.{n:07}Z  INFO  worker {s} took job {n} from queue `orders`, 0 errors so far",
    "2026-11-22T01:15:{s:02}.{n:07}Z ##[group]Run step {n}",
    "2026-11-22T01:15:{s:02}.{n:07}Z ##[endgroup]",
)
_END = """\
2026-11-22T01:16:00.0000001Z thread 'tests::half' panicked at crates/shop/src/lib.rs:5:9:
2026-11-22T01:16:00.0000002Z assertion `left == right` failed
2026-11-22T01:16:00.0000003Z   left: 2
2026-11-22T01:16:00.0000004Z  right: 3
2026-11-22T01:16:00.0000005Z test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
2026-11-22T01:16:00.0000006Z ##[error]Process completed with exit code 101.
"""


def log(size: int, *, failing: bool = True, first: int = 0) -> Iterator[str]:
    """Yield the lines of a log of about `size` bytes of a job of GitHub Actions."""
    number, written = first, 0
    while written < size:
        line = _LINES[number * 7919 % len(_LINES)].format(n=number, s=number % 60) + "\n"
        yield line
        number += 1
        written += len(line)
    if failing:
        yield _END


def main() -> int:
    """Measure and print; keep the figures in `bench/results/explain.json`."""
    root = peers.folder()
    pitstop = str(peers.install_pitstop(root / "pitstop") / "pitstop")
    logdelta = _logdelta(root / "logdelta")
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", ""), "XDG_CACHE_HOME": str(root / "explain")}
    rows: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(dir=root) as folder:
        work = Path(folder)
        _write(work / "one.log", _MB)
        _write(work / "fail.log", 3 * _MB)
        _write(work / "pass.log", 3 * _MB, failing=False, first=1000)
        _write(work / "large.log", _GIB)
        usual = ("sh", "-c", "grep -inE 'error|failed|panic' \"$0\" | tail -10")
        cases: dict[str, tuple[int, tuple[str, ...]]] = {
            "1 MB: pitstop explain": (_ROUNDS, (pitstop, "explain", "one.log")),
            "1 MB: grep": (_ROUNDS, (*usual, "one.log")),
            "3 MB pair: pitstop explain": (_ROUNDS, (pitstop, "explain", "fail.log", "--against", "pass.log")),
            "1 GiB: pitstop explain": (1, (pitstop, "explain", "large.log")),
            "1 GiB: grep": (1, (*usual, "large.log")),
        }
        if logdelta:
            said = ("sh", "-c", '"$0" "$@" || test $? = 1', logdelta)  # 1: it found something
            cases["3 MB pair: logdelta diff"] = (_ROUNDS, (*said, "diff", "pass.log", "--target", "fail.log"))
        for name, (rounds, argv) in cases.items():
            measure.once(argv, cwd=work, env=env, log=work / "out") if rounds > 1 else None
            samples = [measure.once(argv, cwd=work, env=env, log=work / "out") for _ in range(rounds)]
            wall, cpu = (measure.median([one[at] or 0.0 for one in samples]) for at in (0, 1))
            peak = max(one.peak_bytes for one in samples)
            rows[name] = {"time_s": round(wall, 3), "cpu_s": round(cpu, 3), "peak_mib": round(peak / (1 << 20), 1)}
            speed = f"{_GIB / _MB / wall:8.0f} MB/s" if "GiB" in name else ""
            print(f"{name:<28}{wall:>9.3f} s{cpu:>9.3f} s CPU{peak / (1 << 20):>8.0f} MiB{speed}", flush=True)
    result = Path(__file__).parent / "results" / "explain.json"
    result.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


def _write(path: Path, size: int, *, failing: bool = True, first: int = 0) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(log(size, failing=failing, first=first))


def _logdelta(root: Path) -> str:
    """Install logdelta from crates.io where cargo is; return its path, or nothing."""
    program = root / "bin" / "logdelta"
    if not program.exists() and shutil.which("cargo"):
        subprocess.run(("cargo", "install", "--quiet", "--root", str(root), "logdelta"), check=False)
    return str(program) if program.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
