"""Two recorded runs as rows, the run to compare with, and what git says of what lies between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.events import (
    CACHED,
    FAILURE,
    RAN,
    SUCCESS,
    Event,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskStarted,
)
from pitstop.core.events import TestFinished as CaseFinished
from pitstop.explain.compare.differences.history import between
from pitstop.explain.compare.differences.runs import differing_inputs, differing_rows, same_inputs
from pitstop.explain.compare.differences.values import CACHE, DURATION, FILE, INPUT, LOCK, RESULT, TEST, Difference
from pitstop.explain.compare.green import find_green
from pitstop.records.summary import Summary, summarize

if TYPE_CHECKING:
    from tests.support.pit import Pit


def run(
    *events: Event, name: str = "a", at: float = 0.0, branch: str = "", end: str = SUCCESS, pipeline: str = "t"
) -> Summary:
    start = RunStarted(at, name, "/w", (), pipeline, "", branch)
    made = summarize([start, *events, RunFinished(at + 1, end)])
    assert made is not None
    return made


def task(name: str, outcome: str = SUCCESS, *, origin: str = RAN, took: float = 1.0, action: str = "") -> list[Event]:
    return [TaskStarted(0.0, name), TaskFinished(1.0, name, outcome, origin, action, duration_s=took)]


def case(name: str, outcome: str = SUCCESS, attempt: int = 1) -> Event:
    return CaseFinished(1.0, "x:test", "suite", name, outcome, attempt=attempt)


def test_tasks_that_turned_were_cached_took_longer_or_are_new_are_told() -> None:
    first = run(*task("a"), *task("b", took=2.0), *task("c"), *task("same"), *task("gone"))
    second = run(*task("a", FAILURE), *task("b", took=9.0), *task("c", origin=CACHED), *task("same"), *task("new"))
    assert sorted(differing_rows(first, second)) == [
        Difference(CACHE, "c", "ran", "from the cache"),
        Difference(DURATION, "b", "2.0 s", "9.0 s"),
        Difference(RESULT, "a", SUCCESS, FAILURE),
        Difference(RESULT, "gone", SUCCESS, ""),
        Difference(RESULT, "new", "", SUCCESS),
    ]


def test_tests_count_by_their_last_attempt() -> None:
    first = run(case("one"), case("two", FAILURE), case("two", attempt=2))
    second = run(case("one", FAILURE), case("two"), case("three", FAILURE), case("four"))
    assert differing_rows(first, second) == [
        Difference(TEST, "suite: one", SUCCESS, FAILURE, "x:test"),
        Difference(TEST, "suite: three", "", FAILURE, "x:test"),
    ]


def test_a_task_that_turned_with_the_same_key_is_told() -> None:
    first = run(*task("a", action="k"), *task("b", action="k"), *task("c"))
    second = run(*task("a", FAILURE, action="k"), *task("b", FAILURE, action="l"), *task("c", FAILURE))
    assert same_inputs(first, second) == ["a"]


def test_reasons_of_several_tasks_are_told_once() -> None:
    noted = [("a", ["env X: 1 -> 2", "src/a.py changed"]), ("b", ["env X: 1 -> 2"]), ("a", ["src/a.py changed"])]
    assert differing_inputs(noted) == [
        Difference(INPUT, "env X", "1", "2", "a, b"),
        Difference(INPUT, "src/a.py changed", detail="a"),
    ]


def test_the_green_run_is_the_last_before_of_the_same_tasks_and_branch() -> None:
    runs = {
        name: run(name=name, at=at, branch=branch, end=end, pipeline=pipeline).run
        for name, at, branch, end, pipeline in (
            ("old", 1.0, "x", SUCCESS, "t"),
            ("best", 2.0, "x", SUCCESS, "t"),
            ("main", 3.0, "main", SUCCESS, "t"),
            ("red", 4.0, "x", FAILURE, "t"),
            ("other", 5.0, "x", SUCCESS, "u"),
            ("bad", 6.0, "x", FAILURE, "t"),
            ("later", 7.0, "x", SUCCESS, "t"),
        )
    }
    assert find_green(runs["bad"], runs.values(), "main") == runs["best"]
    elsewhere = runs["bad"]._replace(ref_head_name="y")
    assert find_green(elsewhere, runs.values(), "main") == runs["main"]
    assert find_green(elsewhere, runs.values()) is None
    assert find_green(runs["bad"], []) is None


def test_what_lies_between_two_commits_is_told(pit: Pit) -> None:
    lock = '[[package]]\nname = "serde"\nversion = "1.0.1"\n'
    first = pit.write("a b.txt", "1").write("Cargo.lock", lock).write("old", "1").commit("first")
    (pit.root / "old").unlink()
    pit.write("a b.txt", "2").write("new é", "1").commit("words")
    last = pit.write("Cargo.lock", lock.replace("1.0.1", "1.0.2")).commit("newer serde")
    found = between(str(pit.root), first, last)
    assert [(commit.subject, commit.files) for commit in found.commits] == [
        ("newer serde", ("Cargo.lock",)),
        ("words", ("a b.txt", "new é", "old")),
    ]
    assert set(found.differences) == {
        Difference(FILE, "Cargo.lock", "was", "is"),
        Difference(FILE, "a b.txt", "was", "is"),
        Difference(FILE, "new é", "", "is"),
        Difference(FILE, "old", "was", ""),
        Difference(LOCK, "serde", "1.0.1", "1.0.2", "Cargo.lock"),
    }
    assert between(str(pit.root), last, last).commits == ()


def test_a_commit_that_is_not_here_or_not_recorded_is_a_note(pit: Pit) -> None:
    here = pit.write("a", "1").commit("first")
    assert "not in this repository" in between(str(pit.root), here, "0" * 40).note
    assert "not in this repository" in between(str(pit.root), "--output=x", here).note
    assert "not recorded" in between(str(pit.root), "", here).note
