"""Retention: which runs go, against an oracle, and what their deletion costs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.clock import stamp
from pitstop.core.events import RunFinished, RunStarted
from pitstop.records.recorder import Recorder
from pitstop.records.retention import Kept, delete_old_runs, runs_to_delete

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400.0
NOW = 1_795_310_130.0

runs = st.lists(
    st.builds(
        Kept,
        run=st.text("0123456789abcdef", min_size=4, max_size=4),
        started_at=st.integers(0, 40).map(lambda age: NOW - age * DAY / 4),
        failed=st.booleans(),
        live=st.integers(0, 9).map(lambda number: number == 0),
    ),
    max_size=40,
    unique_by=lambda run: run.run,
)


@pytest.mark.slow
@given(runs, st.integers(0, 30), st.sampled_from([0.0, 1.0, 3.3]), st.integers(0, 10))
def test_a_run_goes_exactly_when_a_bound_says_so(known: list[Kept], count: int, days: float, failed: int) -> None:
    gone = runs_to_delete(known, NOW, count, days, failed)

    def newer(run: Kept, among: list[Kept]) -> int:
        return sum((other.started_at, other.run) > (run.started_at, run.run) for other in among)

    for run in known:
        too_many = count and newer(run, known) >= count
        if run.failed and newer(run, [other for other in known if other.failed]) < failed:
            too_many = False
        too_old = days and NOW - run.started_at > days * DAY and newer(run, known) >= 10
        assert (run.run in gone) == bool(not run.live and (too_many or too_old))
    age = {run.run: (run.started_at, run.run) for run in known}
    assert [age[name] for name in gone] == sorted(age[name] for name in gone)


def record(folder: Path, ages: list[float], outcome: str = "success") -> list[str]:
    """Record one run of each age in days; return their names, oldest first."""
    names = []
    for place, age in enumerate(sorted(ages, reverse=True)):
        time = NOW - age * DAY
        names.append(f"{stamp(time)}-{place:04x}")
        recorder = Recorder(str(folder))
        recorder(RunStarted(time, names[-1], "/"))
        recorder(RunFinished(time + 1, outcome))
    return names


def test_nothing_is_due_below_the_bounds_and_costs_one_listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, [1.0] * 29)
    listed = []
    real = os.listdir

    def listdir(path: str) -> list[str]:
        listed.append(path)
        return real(path)

    monkeypatch.setattr(os, "listdir", listdir)
    monkeypatch.setattr(os, "open", pytest.fail)
    assert delete_old_runs(str(tmp_path), NOW, 20, 90, 0) == []
    assert listed == [str(tmp_path)]


def test_ten_runs_too_many_go_at_once(tmp_path: Path) -> None:
    names = record(tmp_path, [30 - place for place in range(30)])
    assert delete_old_runs(str(tmp_path), NOW, 20, 90, 0) == names[:10]
    assert sorted(os.listdir(tmp_path)) == names[10:]


def test_failed_runs_outlive_the_number(tmp_path: Path) -> None:
    failed = record(tmp_path, [40.0, 39.0], "failure")
    names = record(tmp_path, [30 - place for place in range(30)])
    gone = delete_old_runs(str(tmp_path), NOW, 20, 90, 1)
    assert gone == [failed[0], *names[:10]]


def test_old_runs_go_but_the_newest_ten_stay(tmp_path: Path) -> None:
    names = record(tmp_path, [100 + place for place in range(25)])
    assert delete_old_runs(str(tmp_path), NOW, 500, 90, 0) == names[:15]
    assert delete_old_runs(str(tmp_path), NOW, 500, 90, 0) == []


def test_a_run_that_goes_on_stays(tmp_path: Path) -> None:
    names = record(tmp_path, [30 - place for place in range(30)])
    (tmp_path / (names[0] + ".live")).touch()
    assert delete_old_runs(str(tmp_path), NOW, 20, 90, 0) == names[1:10]


def test_what_a_killed_deletion_left_goes_next_time(tmp_path: Path) -> None:
    left = tmp_path / ".gone-20261122-011530-7f3a"
    (left / "approvals").mkdir(parents=True)
    (left / "approvals" / "a.json").write_text("{}")
    assert delete_old_runs(str(tmp_path), NOW) == []
    assert list(tmp_path.iterdir()) == []


def test_without_any_record_there_is_nothing_to_delete(tmp_path: Path) -> None:
    assert delete_old_runs(str(tmp_path / "runs"), NOW) == []
