"""Selectors: each way to name a run, and what is said when none or several are meant."""

from __future__ import annotations

import pytest

from pitstop.core.events import Event, RunFinished, RunStarted
from pitstop.records.selectors import RunNotFound, find_run
from pitstop.records.summary import RunRow, summarize


def run(name: str, branch: str, result: str) -> RunRow:
    events: list[Event] = [RunStarted(1.0, name, "/", branch=branch), RunFinished(2.0, result)]
    summary = summarize(events if result else events[:1])
    assert summary is not None
    return summary.run


RUNS = [
    run("20261123-090000-0007", "main", ""),
    run("20261122-090003-7f3a", "main", "success"),
    run("20261122-090002-7f3b", "fix/7", "failure"),
    run("20261122-090001-beef", "main", "timeout"),
    run("20261122-090000-cafe", "main", "cancellation"),
    run("20261121-090000-0001", "beef", "success"),
]


@pytest.mark.parametrize(
    ("selector", "place"),
    [
        ("latest", 0),
        ("latest~0", 0),
        ("latest~2", 2),
        ("last-green", 1),
        ("last-green~1", 5),
        ("last-failed", 2),
        ("last-failed~1", 3),
        ("main", 0),
        ("main~2", 3),
        ("fix/7", 2),
        ("20261122-090001-beef", 3),
        ("20261122-090001-beef~1", 4),
        ("7f3a", 1),
        ("7F3A", 1),
        ("caf", 4),
        ("20261123", 0),
        ("20261122-090002", 2),
        ("beef", 5),
        ("7f3a~1", 2),
    ],
)
def test_a_selector_names_one_run(selector: str, place: int) -> None:
    assert find_run(selector, RUNS) == RUNS[place]


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("dead", "error: no run matches `dead`\nhint: `pitstop runs` lists the recorded runs"),
        ("", "error: no run matches ``\nhint: `pitstop runs` lists the recorded runs"),
        (
            "20261122-090001-0000",
            "error: no run matches `20261122-090001-0000`\nhint: `pitstop runs` lists the recorded runs",
        ),
        (
            "7f3",
            "error: `7f3` matches 2 runs\nhint: say which: `20261122-090003-7f3a`, `20261122-090002-7f3b`",
        ),
        (
            "latest~9",
            "error: no run matches `latest~9`: there are 6 runs in all\nhint: `pitstop runs` lists the recorded runs",
        ),
        (
            "fix/7~1",
            "error: no run matches `fix/7~1`: there is 1 run on `fix/7`\nhint: `pitstop runs` lists the recorded runs",
        ),
        ("cafe~5", "error: no run matches `cafe~5`\nhint: `pitstop runs` lists the recorded runs"),
        ("latest~x", "error: `~x` in `latest~x` is no number\nhint: `latest~2` is the run two before the latest"),
        ("latest~²", "error: `~²` in `latest~²` is no number\nhint: `latest~2` is the run two before the latest"),
    ],
)
def test_a_selector_that_names_no_run_says_what_to_do(selector: str, said: str) -> None:
    with pytest.raises(RunNotFound) as caught:
        find_run(selector, RUNS)
    assert caught.value.render() == said


def test_without_any_run_the_first_one_is_proposed() -> None:
    with pytest.raises(RunNotFound) as caught:
        find_run("latest", [])
    assert caught.value.render() == "error: no run is recorded here\nhint: `pitstop run` makes the first one"
