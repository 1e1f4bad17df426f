"""`pitstop diff` on logs and on recorded runs, as a person sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

from pitstop.core.clock import now
from pitstop.core.events import (
    FAILURE,
    SUCCESS,
    RunFinished,
    RunPlanned,
    RunStarted,
    TaskFinished,
    TaskOutput,
    TaskStarted,
)
from pitstop.core.events import TestFinished as CaseFinished
from pitstop.records.folders import new_run_id
from pitstop.records.recorder import Recorder

if TYPE_CHECKING:
    from tests.support.pit import Pit

GOOD = b"collected 2 items\ntests/test_money.py ..\n2 passed in 0.05s\n"
BAD = b"""\
collected 2 items
tests/test_money.py F.
E   assert 3 == 2
src/money/rounding.py:4: AssertionError
1 failed, 1 passed in 0.06s
"""


def record(
    pit: Pit, result: str, log: bytes, *, ago: float, branch: str = "main", revision: str = "", action: str = ""
) -> str:
    """Record a run of the task `money:test` and return its name."""
    start = now() - ago
    runs = str(pit.root / ".pitstop" / "runs")
    name = new_run_id(start, runs)
    tell = Recorder(runs)
    tell(RunStarted(start, name, str(pit.root), ("run", "test"), "test", revision, branch))
    tell(RunPlanned(start, 1))
    tell(TaskStarted(start, "money:test", command="pytest"))
    tell(TaskOutput(start, "money:test", log))
    tell(CaseFinished(start, "money:test", "tests.test_money", "test_half", result))
    tell(
        TaskFinished(
            start + 1, "money:test", result, action=action, exit_code=0 if result == SUCCESS else 1, duration_s=1.0
        )
    )
    tell(RunFinished(start + 1, result, 1.0))
    tell.close()
    return name


def commits(pit: Pit) -> tuple[str, str]:
    """Commit the good and the bad state, and return both revisions."""
    first = pit.write("src/money/rounding.py", "half = 2\n").write(".gitignore", ".pitstop/\n").commit("Add halves")
    return first, pit.write("src/money/rounding.py", "half = 3\n").commit("Round up")


def test_two_logs_are_shown_aligned_and_folded(pit: Pit) -> None:
    pit.write("good.log", GOOD).write("bad.log", BAD)
    assert pit("diff", "good.log", "bad.log") == snapshot("""\
exit: 0
bad.log against good.log

4 lines are new (against good.log)
      1   collected 2 items
        - tests/test_money.py ..
        - 2 passed in [time]
      2 + tests/test_money.py F.
      3 ! E   assert 3 == 2
      4 ! src/money/rounding.py:4: AssertionError
      5 + 1 failed, 1 passed in [time]
""")


def test_the_latest_run_is_compared_with_the_last_green_one_and_the_change_is_suspected(pit: Pit) -> None:
    first, last = commits(pit)
    good = record(pit, SUCCESS, GOOD, ago=100, revision=first)
    record(pit, SUCCESS, GOOD, ago=80, revision=first, branch="other")
    bad = record(pit, FAILURE, BAD, ago=60, revision=last)
    found = pit("diff")
    assert found.out.splitlines()[0].endswith("(failure on main) against run [run] (success on main)")
    assert (
        f"suspect: src/money/rounding.py changed: line 4 names it, by {last[:9]} Round up (Pit)".encode()
        in found.raw_out
    )
    assert "test_half  success -> failure" in found.out
    data = pit("diff", "--json").json
    assert (good in data["first"], bad in data["second"]) == (True, True)
    assert [each["name"] for each in data["differences"] if each["kind"] == "file"] == ["src/money/rounding.py"]
    assert [line["number"] for line in data["logs"][0]["evidence"]] == [3, 4]
    assert [commit["subject"] for commit in data["commits"]] == ["Round up"]


def test_a_task_that_turned_with_the_same_key_is_called_flaky(pit: Pit) -> None:
    first, _ = commits(pit)
    record(pit, SUCCESS, GOOD, ago=100, revision=first, action="ab/12")
    record(pit, FAILURE, BAD, ago=60, revision=first, action="ab/12")
    assert "nothing that `money:test` depends on has changed" in pit("diff").out


def test_without_any_green_run_it_says_what_to_do(pit: Pit) -> None:
    record(pit, FAILURE, BAD, ago=60)
    found = pit("diff")
    assert found.exit == 2
    assert found.err == snapshot("""\
error: no run of `test` passed before run `[run]`
hint: name the run to compare with: `pitstop diff RUN [run]`; `pitstop runs` lists them
""")


def test_two_green_runs_differ_in_nothing(pit: Pit) -> None:
    first, _ = commits(pit)
    good = record(pit, SUCCESS, GOOD, ago=100, revision=first)
    again = record(pit, SUCCESS, GOOD, ago=60, revision=first)
    assert pit("diff", good, again).out.splitlines()[1:] == ["no difference was found"]
    assert "no line is new" in pit("diff", good, again, "--task", "test").out


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("a.log",), "no other is given"),
        (("a.log", "missing.log"), "missing.log"),
        (("x", "y", "z"), "3 things are given"),
        (("nothing",), "no run is recorded here"),
    ],
)
def test_wrong_use_is_said_in_a_line(pit: Pit, given: tuple[str, ...], says: str) -> None:
    pit.write("a.log", "")
    found = pit("diff", *given)
    assert found.exit == 2
    assert says in found.err
    assert "Traceback" not in found.err


def test_empty_and_odd_logs_are_compared(pit: Pit) -> None:
    pit.write("empty.log", b"").write("odd.log", b"\xff\x00\x1b[31mred\r\n\n")
    assert "no line is new" in pit("diff", "empty.log", "empty.log").out
    assert pit("diff", "empty.log", "odd.log").exit == 0
    assert pit("diff", "odd.log", "empty.log", "--json").json["logs"][0]["new"] == []
