"""Searching a year of logs: makes a record of many runs and measures `pitstop logs search` on it.

`python bench/search.py /tmp/year --runs 10000` makes the record in the folder where it is not there yet, and prints
the time of the first search, which fills the index, and the best of five of some others. The record is the same each
time: names, words and failures come from a seed.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from pitstop.core.events import (
    FAILURE,
    SUCCESS,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskOutput,
    TaskStarted,
)
from pitstop.records.recorder import Recorder

END = 1_795_000_000.0
YEAR_S = 365 * 86_400
WORDS = (
    *("compiling", "checking", "running", "finished", "downloaded", "resolved", "warning", "note", "module", "crate"),
    *("package", "test", "passed", "ok", "target", "release", "debug", "profile", "cache", "restored", "built"),
    *("linking", "bundle", "emitted", "asset", "chunk", "route", "index", "server", "client", "session", "token"),
    *("parser", "reader", "writer", "schema", "table", "column", "query", "worker", "thread", "queue", "retry"),
)
NEEDLE = "error: connection to db-7731 was reset"
"""Stands in three runs of the whole year."""
QUESTIONS = (
    ("a rare text", [NEEDLE]),
    ("a text of the last month", ["assertion failed", "--since", "30d"]),
    ("a frequent word, the first 100", ["warning"]),
    ("no line", ["there is no such line anywhere"]),
    ("two common words side by side", ["cache restored built"]),
    ("an expression", ["--regex", r"db-\d+ was reset"]),
)


def make(folder: Path, runs: int, tasks: int, lines: int) -> None:
    """Write a record of `runs` runs over a year below `folder`, each of `tasks` tasks that write `lines` lines."""
    numbers = random.Random(4)
    place = str(folder / ".pitstop/runs")
    needles = {runs // 5, runs // 2, runs - 7}
    known = [[" ".join(numbers.choices(WORDS, k=numbers.randint(3, 14))) for _ in range(400)] for _ in range(tasks)]
    for run in range(runs):
        start = END - YEAR_S + run * YEAR_S / runs
        recorder = Recorder(place)
        name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(start))}-{run & 0xFFFF:04x}"
        recorder(RunStarted(start, name, str(folder), ("run",), "test", f"{run:040x}", "main"))
        bad = numbers.random() < 0.1
        for task in range(tasks):
            title = f"package{task}:test"
            recorder(TaskStarted(start, title, command="make test"))
            text = [
                f"{numbers.random():.6f}s {numbers.choice(known[task])} {numbers.randrange(10**6)}"
                for _ in range(numbers.randint(lines // 2, lines + lines // 2))
            ]
            if bad and not task:
                text.append(f"assertion failed: left == {numbers.randrange(100)}")
            if run in needles and task == 1:
                text.append(NEEDLE)
            recorder(TaskOutput(start, title, ("\n".join(text) + "\n").encode()))
            failed = bad and not task
            recorder(TaskFinished(start + 9, title, FAILURE if failed else SUCCESS, exit_code=int(failed)))
        recorder(RunFinished(start + 10, FAILURE if bad else SUCCESS, 10.0))


def ask(folder: Path, question: list[str]) -> tuple[float, int]:
    """Search once; return the seconds of the whole process and the number of lines it printed."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pitstop", "logs", "search", *question],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    return time.monotonic() - start, done.stdout.count(b"\n")


def main() -> None:
    """Make the record, ask, print a table."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("folder", type=Path)
    made.add_argument("--runs", type=int, default=10_000)
    made.add_argument("--tasks", type=int, default=8)
    made.add_argument("--lines", type=int, default=120, help="of one task, on average")
    given = made.parse_args()
    folder: Path = given.folder
    if not (folder / ".pitstop").exists():
        (folder / ".pitstop/runs").mkdir(parents=True)
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
        make(folder, given.runs, given.tasks, given.lines)
    size = sum(file.stat().st_size for file in (folder / ".pitstop/runs").glob("*/output.bin"))
    print(f"{given.runs} runs, {size / 1e6:.0f} MB of logs")
    index = folder / ".pitstop/search.db"
    if not index.exists():
        print(f"the first search, which fills the index: {ask(folder, [NEEDLE])[0]:.1f} s")
    print(f"index: {os.path.getsize(index) / 1e6:.0f} MB\n")
    print("| search | lines | seconds, best of 5 |\n| --- | --: | --: |")
    for title, question in QUESTIONS:
        tries = [ask(folder, question) for _ in range(5)]
        print(f"| {title}: `{' '.join(question)}` | {tries[0][1]} | {min(tries)[0]:.2f} |")


if __name__ == "__main__":
    main()
