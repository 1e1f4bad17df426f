"""The schedule: each task once, after its needs, the most urgent first, and none whose need failed."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.core.task import Task, TaskId, TaskSpec
from pitstop.pipeline.execute.schedule import Schedule

Graph = dict[TaskId, Task]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Tasks in an order in which each comes after its needs; a few have nothing to run."""
    graph: Graph = {}
    for number in range(draw(st.integers(0, 10))):
        needs = draw(st.sets(st.sampled_from(list(graph)), max_size=3)) if graph else set()
        name = TaskId(str(number))
        command = draw(st.sampled_from([("x",), ("x",), ()]))
        graph[name] = Task(name, "p", TaskSpec("t", command), (*sorted(needs), TaskId("not in the graph")))
    return graph


EXPECTED = st.dictionaries(st.integers(0, 9).map(str), st.integers(0, 8).map(float))


def closure(graph: Graph, name: TaskId) -> set[TaskId]:
    """The oracle: all that a task waits for."""
    found = set(graph[name].needs) & graph.keys()
    while more := {need for one in found for need in graph[one].needs if need in graph} - found:
        found |= more
    return found


@pytest.mark.slow
@settings(max_examples=60)
@given(graphs(), st.sets(st.integers(0, 9).map(str)), st.integers(1, 4), st.randoms(use_true_random=False), EXPECTED)
def test_a_task_is_skipped_exactly_when_something_it_needs_failed(
    graph: Graph, bad: set[str], cores: int, random: object, expected: dict[str, float]
) -> None:
    schedule = Schedule(graph, expected)
    running: list[TaskId] = []
    taken: list[TaskId] = []
    passed: set[TaskId] = set()
    skipped: list[TaskId] = []
    while not schedule.done:
        while len(running) < cores and (name := schedule.take()) is not None:
            assert set(graph[name].needs) & graph.keys() <= passed, "never before its needs"
            running.append(name)
            taken.append(name)
        assert running, "never stuck"
        assert set(schedule.left()) == graph.keys() - passed - {
            one for one in taken if one in bad and one not in running
        } - set(skipped)
        ended = running.pop(random.randrange(len(running)))  # type: ignore[attr-defined]
        if ended in bad:
            lost = schedule.failed(ended)
            assert lost == [name for name in graph if name in lost], "in the order of the graph"
            skipped += lost
        else:
            schedule.passed(ended)
            passed.add(ended)
    assert schedule.take() is None
    assert schedule.left() == []
    assert not running
    assert sorted(taken + skipped) == sorted(graph), "each once, none lost"
    for name in graph:
        assert (name in skipped) == bool(closure(graph, name) & bad)


@pytest.mark.slow
@settings(max_examples=60)
@given(graphs(), EXPECTED, st.integers(1, 3))
def test_the_most_urgent_of_those_that_may_start_comes_first(
    graph: Graph, expected: dict[str, float], cores: int
) -> None:
    @cache
    def urgency(name: TaskId) -> float:
        """The oracle: the longest of all ways from here to the end."""
        own = expected.get(name, 1.0) if graph[name].spec.command else 0.0
        return own + max((urgency(user) for user in graph if name in graph[user].needs), default=0.0)

    schedule = Schedule(graph, expected)
    order = list(graph)
    running: list[TaskId] = []
    started: set[TaskId] = set()
    passed: set[TaskId] = set()
    while not schedule.done:
        while len(running) < cores and (name := schedule.take()) is not None:
            open_ = [one for one in graph if one not in started and set(graph[one].needs) & graph.keys() <= passed]
            assert name == min(open_, key=lambda one: (-urgency(one), order.index(one)))
            running.append(name)
            started.add(name)
        ended = running.pop(0)
        schedule.passed(ended)
        passed.add(ended)
    assert passed == graph.keys()


@pytest.mark.slow
@settings(max_examples=60)
@given(graphs(), EXPECTED)
def test_the_remaining_seconds_are_those_of_the_longest_way_to_the_end(
    graph: Graph, expected: dict[str, float]
) -> None:
    def ways(name: TaskId) -> list[float]:
        own = expected.get(name, 1.0) if graph[name].spec.command else 0.0
        users = [user for user in graph if name in graph[user].needs]
        return [own + rest for user in users for rest in ways(user)] or [own]

    assert Schedule(graph, expected).remaining == {name: max(ways(name)) for name in graph}
