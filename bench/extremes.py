"""What only pitstop is asked for: a large plan, many small tasks, much output, a quick start. Peers stand beside."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from bench import inputs, measure
from bench.scenarios import forget_pitstop
from bench.tools import CORES

if TYPE_CHECKING:
    from pathlib import Path

    from bench.measure import Sample
    from bench.peers import Peers
    from bench.scenarios import Bench, Samples

PLAN = inputs.Shape(packages=5000, files=20)
TASKS = 10_000
GIB = 1 << 30
START_ROUNDS = 21
WRITES = f"yes 'the quick brown fox jumps over the lazy dog, and the lazy dog minds it little more than that' | head -c {GIB}"

# Starts the same shells as the runners, one a core at a time, and does nothing else: what the tasks themselves cost.
_BARE = """
import os, sys
count, cores, running = int(sys.argv[1]), int(sys.argv[2]), 0
for number in range(count):
    if running == cores:
        os.wait()
        running -= 1
    argv = ["/bin/sh", "-c", f"cd packages/t{number:05} && true"]
    os.posix_spawn(argv[0], argv, os.environ)
    running += 1
while running:
    os.wait()
    running -= 1
"""


def planning(bench: Bench, pitstop: Path | None, peers: Peers | None) -> Samples:
    """Plan 5,000 packages with 100,000 files again and again; pitstop has run them all once, so it knows each file."""
    workspace = inputs.fresh(bench.work / "large")
    inputs.make(workspace, PLAN._replace(manager="pnpm", packages=PLAN.packages * bench.shape.packages // 500))
    programs: dict[str, tuple[str, ...]] = {}
    if pitstop is not None:
        programs["pitstop"] = (str(pitstop / "pitstop"), "run", "build", "--dry-run")
        measure.once(programs["pitstop"][:-1], cwd=workspace, env=bench.env, log=bench.work / "run.log")
    if peers is not None:
        programs["turbo"] = (str(peers.modules / ".bin" / "turbo"), "run", "build", "--dry=json")
        programs["ninja"] = (str(peers.scripts / "ninja"), "-n", "--quiet")
    for argv in programs.values():
        measure.once(argv, cwd=workspace, env=bench.env, log=bench.work / "run.log")
    return _side_by_side(bench, {name: (argv, workspace) for name, argv in programs.items()})


def engine(bench: Bench, pitstop: Path | None, peers: Peers | None) -> Samples:
    """Run 10,000 tasks that do nothing, with nothing known about them before."""
    workspace = inputs.fresh(bench.work / "many")
    inputs.many_tasks(workspace, TASKS)
    programs: dict[str, tuple[str, ...]] = {}
    if pitstop is not None:
        programs["pitstop"] = (str(pitstop / "pitstop"), "run", "build")
    if peers is not None:
        programs["ninja"] = (str(peers.scripts / "ninja"), f"-j{CORES}", "--quiet")
    programs["bare"] = (sys.executable, "-I", "-S", "-c", _BARE, str(TASKS), str(CORES))
    return _side_by_side(bench, {name: (argv, workspace) for name, argv in programs.items()}, cold=True)


def flood(bench: Bench, pitstop: Path | None, _peers: Peers | None) -> Samples:
    """Run one task that prints 1 GiB; and, beside it, one that writes it into a file that is its output."""
    printed = inputs.fresh(bench.work / "printed")
    inputs.one_task(printed, WRITES)
    written = inputs.fresh(bench.work / "written")
    inputs.one_task(written, f"mkdir -p dist && {WRITES} > dist/flood.txt")
    programs: dict[str, tuple[tuple[str, ...], Path]] = {}
    if pitstop is not None:
        run = (str(pitstop / "pitstop"), "run", "build")
        programs |= {"pitstop": (run, printed), "pitstop (file)": (run, written)}
    programs["bare"] = (("/bin/sh", "-c", f"({WRITES}) | cat > /dev/null"), printed)
    return _side_by_side(bench, programs, cold=True)


def start(bench: Bench, pitstop: Path | None, _peers: Peers | None) -> Samples:
    """Start pitstop only to hear its version, or its help, beside its own interpreter doing nothing."""
    programs: dict[str, tuple[tuple[str, ...], Path]] = {}
    python = sys.executable
    if pitstop is not None:
        python = str(pitstop / "python")
        for option in ("--version", "--help"):
            programs[f"pitstop {option}"] = ((str(pitstop / "pitstop"), option), bench.work)
    programs["python -I -c pass"] = ((python, "-I", "-c", "pass"), bench.work)
    rounds = START_ROUNDS if bench.rounds > 1 else 1
    return _side_by_side(bench._replace(rounds=rounds), programs)


EXTREMES = {
    "plan": ("Planning 5,000 packages and 100,000 files, warm", planning),
    "engine": ("10,000 trivial tasks", engine),
    "flood": ("A task that writes 1 GiB", flood),
    "start": ("`--version` and `--help`", start),
}


def _side_by_side(bench: Bench, programs: dict[str, tuple[tuple[str, ...], Path]], *, cold: bool = False) -> Samples:
    samples: dict[str, list[Sample]] = {name: [] for name in programs}
    log = bench.work / "run.log"
    for number in range(bench.rounds):
        for name, (argv, workspace) in programs.items():
            if cold:
                forget_pitstop(bench.work, workspace)
                shutil.rmtree(workspace / "packages" / "flood" / "dist", ignore_errors=True)
                (workspace / ".ninja_log").unlink(missing_ok=True)
                os.sync()  # a gigabyte of the last run, still on its way to the disk, is not this one's burden
            sample = measure.once(argv, cwd=workspace, env=bench.env, log=log)
            samples[name].append(sample)
            bench.say(f"{workspace.name} {number + 1}: {name} {sample.wall_s:.3f} s, CPU {sample.cpu_s:.3f} s")
    return samples
