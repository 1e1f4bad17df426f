"""Random pipelines over random graphs: the order holds, nothing is lost, nothing goes in a circle."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.task import Retry, Task, TaskId, TaskSpec
from pitstop.pipeline.graph import check
from pitstop.pipeline.stages.expand import Expanded, expand
from pitstop.pipeline.stages.matrix import Machine, legs
from pitstop.pipeline.stages.model import Matrix, PipelineSpec, StageSpec
from pitstop.pipeline.stages.when import Context

HERE = Machine("linux", "x86_64")
NAMES = ("lint", "build", "test")
WORDS = st.sampled_from(["a", "b", "c"])
ENTRY = st.dictionaries(st.sampled_from(["os", "py", "extra"]), WORDS, min_size=1, max_size=3)


class Case(NamedTuple):
    graph: dict[TaskId, Task]
    pipeline: PipelineSpec


@st.composite
def graphs(draw: st.DrawFn) -> dict[TaskId, Task]:
    """Tasks of up to four packages, each needing only some of those before it."""
    ids: list[TaskId] = []
    graph = {}
    for package in range(draw(st.integers(1, 3))):
        for name in draw(st.permutations(NAMES)):
            task = TaskId(f"p{package}:{name}")
            needs = draw(st.sets(st.sampled_from(ids), max_size=2)) if ids else set()
            graph[task] = Task(task, f"p{package}", TaskSpec(name, ("true",)), tuple(sorted(needs)))
            ids.append(task)
    return graph


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    axes = draw(st.dictionaries(st.sampled_from(["os", "py"]), st.lists(WORDS, min_size=1, unique=True), max_size=2))
    entry = st.builds(lambda d: tuple(d.items()), ENTRY)
    inside = st.builds(
        lambda d: tuple((k, v) for k, v in d.items() if k in axes),
        st.dictionaries(st.sampled_from(["os", "py"]), WORDS),
    )
    gone = [leg for leg in draw(st.lists(inside, max_size=2)) if leg]
    return Matrix(
        tuple((name, tuple(values)) for name, values in axes.items()),
        tuple(draw(st.lists(entry, max_size=3))),
        tuple(gone),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    graph = draw(graphs())
    stages: list[StageSpec] = []
    for index in range(draw(st.integers(1, 5))):
        before = [stage.name for stage in stages]
        stages.append(
            StageSpec(
                f"s{index}",
                tuple(sorted(draw(st.sets(st.sampled_from([*NAMES, *graph]), min_size=1, max_size=3)))),
                depends_on=tuple(sorted(draw(st.sets(st.sampled_from(before), max_size=2)))) if before else (),
                matrix=draw(st.one_of(st.just(Matrix()), matrices())),
                approval_required=draw(st.booleans()),
                when=draw(st.sampled_from(["", "", "branch == 'main'", "branch == 'other'"])),
                retry=draw(st.sampled_from([None, Retry(2)])),
            )
        )
    return Case(graph, PipelineSpec("p", tuple(draw(st.permutations(stages)))))


def expanded(case: Case) -> Expanded:
    return expand(case.pipeline, case.graph, Context(branch="main"), HERE)


def below(graph: dict[TaskId, Task], task: TaskId) -> set[TaskId]:
    """The oracle: everything that `task` waits for, by asking every task again until nothing is new."""
    found = set(graph[task].needs)
    while more := {need for name in found for need in graph[name].needs} - found:
        found |= more
    return found


@pytest.mark.slow
@given(cases())
def test_a_stage_starts_when_what_it_depends_on_has_ended_unless_that_needs_its_tasks(case: Case) -> None:
    graph = expanded(case).graph
    ends = {task.stage: name for name, task in graph.items() if name.startswith("stage:")}
    for stage in case.pipeline.stages:
        if stage.name not in ends:
            continue
        others = [ends[other] for other in needed(case.pipeline, stage) if other in ends]
        earlier = {task for other in others for task in below(graph, other)}
        for task in graph[ends[stage.name]].needs:
            if task not in earlier and not task.startswith(("stage:", "approve:")):
                assert set(others) <= below(graph, task), (stage.name, task)


def needed(pipeline: PipelineSpec, stage: StageSpec) -> set[str]:
    by_name = {one.name: one for one in pipeline.stages}
    found = set(stage.depends_on)
    while more := {other for name in found for other in by_name[name].depends_on} - found:
        found |= more
    return found


@pytest.mark.slow
@given(cases())
def test_nothing_goes_in_a_circle_and_nothing_is_lost(case: Case) -> None:
    done = expanded(case)
    check(done.graph)
    assert set(case.graph) <= set(done.graph)
    for name, task in case.graph.items():
        for need in task.needs:
            assert need in done.graph[name].needs or any(n.startswith(f"{need}[") for n in done.graph[name].needs)
    assert all(need in done.graph for task in done.graph.values() for need in task.needs)


@pytest.mark.slow
@given(cases())
def test_an_approval_stands_before_everything_that_only_its_stage_runs(case: Case) -> None:
    graph = expanded(case).graph
    for stage in case.pipeline.stages:
        approval = TaskId(f"approve:{stage.name}")
        assert (approval in graph) == (stage.approval_required and TaskId(f"stage:{stage.name}") in graph)
        if approval in graph:
            assert graph[approval].approval
            free = below(graph, approval)
            end = TaskId(f"stage:{stage.name}")
            assert all(approval in below(graph, task) for task in graph[end].needs if task not in {*free, approval})


@pytest.mark.slow
@given(cases())
def test_the_same_pipeline_gives_the_same_graph_again(case: Case) -> None:
    assert expanded(case) == expanded(case)


@given(matrices())
def test_a_matrix_has_the_legs_that_githubs_rules_give_it(matrix: Matrix) -> None:
    found = [frozenset(leg) for leg in legs(matrix)]
    assert len(found) == len(set(found))
    assert set(found) == by_the_book(matrix)


@given(matrices(), st.sets(st.sampled_from(NAMES), min_size=1))
def test_each_task_of_a_stage_runs_once_for_each_leg(matrix: Matrix, names: set[str]) -> None:
    graph = {TaskId(f"p:{n}"): Task(TaskId(f"p:{n}"), "p", TaskSpec(n, ("true",))) for n in NAMES}
    pipeline = PipelineSpec("p", (StageSpec("s", tuple(sorted(names)), matrix=matrix),))
    done = expand(pipeline, graph, Context(), HERE)
    copies = [task for task in done.graph.values() if task.matrix]
    assert len(copies) == len(by_the_book(matrix)) * len(names)
    assert {frozenset(task.matrix) for task in copies} == by_the_book(matrix)


def by_the_book(matrix: Matrix) -> set[frozenset[tuple[str, str]]]:
    """GitHub's documentation, sentence by sentence, in another style than the code."""
    axes = list(matrix.axes)
    combos: list[dict[str, str]] = []
    if axes:
        combos = [
            {name: value for (name, _), value in zip(axes, values, strict=True)}
            for values in product(*[values for _, values in axes])
        ]
    for gone in matrix.exclude:
        combos = [combo for combo in combos if any(combo[name] != value for name, value in gone)]
    originals = [(combo, set(combo)) for combo in combos]
    alone = []
    for entry in matrix.include:
        homes = [combo for combo, own in originals if not any(k in own and combo[k] != v for k, v in entry)]
        for home in homes:
            for key, value in entry:
                home[key] = value
        if not homes:
            alone.append(dict(entry))
    return {frozenset(combo.items()) for combo in [*combos, *alone]}


def test_a_stage_that_names_a_task_keeps_it_when_another_stage_copies_it_for_legs() -> None:
    graph = {name: Task(name, "p0", TaskSpec(name[3:], ("true",))) for name in (TaskId("p0:lint"), TaskId("p0:build"))}
    stages = (
        StageSpec("s0", ("lint",)),
        StageSpec("s1", ("lint",), matrix=Matrix(include=((("os", "a"),),))),
        StageSpec("s3", ("build", "lint"), depends_on=("s0",)),
        StageSpec("s4", ("build", "lint"), depends_on=("s1",)),
    )
    done = expanded(Case(graph, PipelineSpec("p", stages))).graph
    assert "p0:lint" in done[TaskId("stage:s0")].needs
