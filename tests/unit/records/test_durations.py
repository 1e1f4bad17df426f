"""Durations: the median of the last runs, in a file that may be damaged anywhere."""

from __future__ import annotations

import os
from statistics import median
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.records.durations import load, update

if TYPE_CHECKING:
    from pathlib import Path

TASKS = st.text(st.characters(codec="utf-8") | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF))
TIMES = st.integers(0, 10**7).map(lambda number: number / 1000)


@pytest.mark.slow
@given(st.lists(st.dictionaries(TASKS, TIMES, max_size=4), max_size=8))
def test_a_task_is_expected_to_take_the_median_of_its_last_five_runs(
    tmp_path_factory: pytest.TempPathFactory, updates: list[dict[str, float]]
) -> None:
    path = str(tmp_path_factory.mktemp("state") / "durations")
    taken: dict[str, list[float]] = {}
    for seconds in updates:
        update(path, seconds)
        for task, took in seconds.items():
            taken.setdefault(task, []).append(took)
    known = load(path)
    assert known.keys() == taken.keys()
    for task, values in taken.items():
        assert known[task] == pytest.approx(median(values[-5:]), abs=0.001)


@given(st.binary())
def test_any_bytes_load(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("state") / "durations"
    path.write_bytes(data)
    load(str(path))
    update(str(path), {"a": 1.0})
    assert load(str(path))["a"] == 1.0


def test_a_damaged_line_costs_only_its_task(tmp_path: Path) -> None:
    path = tmp_path / "durations"
    path.write_bytes(b"1.0\t1.0\ta\nnan\tnan\tb\n-1\t-1\tc\nx\t1\td\n2.0\n3.0\t3.0\te\n1e99\t1\tf")
    assert load(str(path)) == {"a": 1.0, "e": 3.0}
    update(str(path), {"g": 4.0})
    assert load(str(path)).keys() >= {"a", "e", "g"}


def test_without_a_file_nothing_is_expected(tmp_path: Path) -> None:
    assert load(str(tmp_path / "durations")) == {}
    update(str(tmp_path / "durations"), {})
    assert list(tmp_path.iterdir()) == []


def test_numbers_that_say_nothing_are_not_kept(tmp_path: Path) -> None:
    path = str(tmp_path / "durations")
    update(path, {"a": float("nan"), "b": float("inf"), "c": -1.0, "d": 1.0})
    assert load(path) == {"d": 1.0}


def test_a_failed_update_leaves_the_file_as_it_was_and_nothing_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "durations")
    update(path, {"a": 1.0})

    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        update(path, {"a": 9.0})
    assert load(path) == {"a": 1.0}
    assert [entry.name for entry in tmp_path.iterdir()] == ["durations"]
