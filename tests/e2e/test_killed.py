"""`kill -9` at random moments: whatever the next run finds, it ends with the right outputs and an open record."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.e2e.mill import Mill, differences, living_in
from tests.support.pit import PROGRAM, until

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")]

ROUNDS = 50


def change(mill: Mill, turn: int) -> None:
    """Give the next run something to do: work that is new, work that was done before, outputs that are gone."""
    rng = mill.rng
    some = rng.sample(mill.names, rng.choice((3, 15, 40)))
    match turn % 5:
        case 0 | 1 | 2:
            mill.write({name: f"{name} in turn {turn}\n" for name in some})
        case 3:
            mill.write({name: f"{name} at first\n" for name in mill.names})
        case _:
            for name in some:
                shutil.rmtree(mill.root / "out" / name, ignore_errors=True)


def test_a_killed_run_is_followed_by_one_that_is_right(pit: Pit) -> None:
    mill = Mill(pit.root, 200, seed=11)
    assert pit("run", "--logs", "none").exit == 0
    assert differences(mill.found(), mill.expected()) == {}
    took, killed = [2.0], 0
    for turn in range(ROUNDS):
        change(mill, turn)
        process = subprocess.Popen(
            (*PROGRAM, "run", "--logs", "none"),
            cwd=pit.root,
            env=pit.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(mill.rng.uniform(0.05, 1.1 * statistics.median(took[-5:])))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
        events = pit("run", "--output", "json").events
        assert events[-1]["outcome"] == "success", (turn, events[-5:])
        took.append(events[-1]["duration_s"] + 0.15)
        assert differences(mill.found(), mill.expected()) == {}, turn
    assert killed >= ROUNDS // 2
    until(lambda: not living_in(pit.root), "the end of every process of a killed run")
    runs = pit("runs", "--limit", "0", "--json").json
    assert {run["result"] for run in runs} == {"success", "cancellation"}
    cancelled = [run["run_id"] for run in runs if run["result"] == "cancellation"]
    assert cancelled
    for run in cancelled[:3]:
        assert pit("show", run).exit == pit("logs", run).exit == 0
    assert not list((pit.root / ".pitstop/runs").glob("*.live"))
    assert not list((pit.root / ".pitstop/state").glob("restored-*"))
    assert pit("cache", "verify").exit == 0
