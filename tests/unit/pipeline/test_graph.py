"""From `depends_on` to edges, and what is asked of graphs, each against a slow oracle."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.core.errors import PlanError
from pitstop.core.package import REPOSITORY, Package
from pitstop.core.task import Task, TaskId, TaskSpec
from pitstop.pipeline.graph import check, closure, find_cycle, link, strong_components

Graph = dict[str, list[str]]
NAMES = ("build", "test", "lint")


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any edges between up to eight nodes, circles and edges to oneself among them."""
    nodes = [str(number) for number in range(draw(st.integers(0, 8)))]
    return {node: draw(st.lists(st.sampled_from(nodes), max_size=3, unique=True)) for node in nodes}


def reach(graph: Graph, start: str) -> set[str]:
    """The oracle: what can be reached from `start` in one step or more."""
    found = set(graph.get(start, ()))
    while more := {other for node in found for other in graph.get(node, ())} - found:
        found |= more
    return found


@given(graphs())
def test_a_circle_is_found_exactly_when_there_is_one(graph: Graph) -> None:
    cycle = find_cycle(graph, graph.__getitem__)
    assert bool(cycle) == any(node in reach(graph, node) for node in graph)
    assert len(set(cycle)) == len(cycle)
    for node, other in pairwise([*cycle, *cycle[:1]]):
        assert other in graph[node]


@pytest.mark.slow
@settings(max_examples=60)
@given(graphs())
def test_a_component_is_what_reaches_each_other_and_what_it_needs_comes_first(graph: Graph) -> None:
    components = strong_components(graph)
    assert components.keys() == graph.keys()
    order = list(components)
    for one in graph:
        for other in graph:
            together = one == other or (other in reach(graph, one) and one in reach(graph, other))
            assert (components[one] == components[other]) == together
            if not together and other in reach(graph, one):
                assert order.index(other) < order.index(one)


@pytest.mark.slow
@settings(max_examples=60)
@given(graphs(), st.data())
def test_a_closure_holds_what_is_needed_each_after_its_needs(graph: Graph, data: st.DataObject) -> None:
    graph = {node: [need for need in needs if need < node] for node, needs in graph.items()}
    tasks = {
        TaskId(node): Task(TaskId(node), node, TaskSpec("t"), tuple(map(TaskId, needs)))
        for node, needs in graph.items()
    }
    wanted = data.draw(st.lists(st.sampled_from(sorted(tasks)), max_size=3)) if tasks else []
    found = closure(tasks, wanted)
    assert found == {node: tasks[node] for node in {*wanted}.union(*(map(TaskId, reach(graph, one)) for one in wanted))}
    order = list(found)
    for node in found:
        assert all(order.index(need) < order.index(node) for need in tasks[node].needs)


@st.composite
def repositories(draw: st.DrawFn) -> list[Package]:
    """Packages in any order, needing each other without circles, and with any development needs."""
    ids = [f"p{number}" for number in range(draw(st.integers(1, 6)))]
    packages = []
    for number, name in enumerate(ids):
        tasks = []
        for task in draw(st.sets(st.sampled_from(NAMES))):
            choices = [f"^{one}" for one in NAMES] + [f"?{one}" for one in NAMES if one < task]
            tasks.append(TaskSpec(task, ("x",), depends_on=tuple(draw(st.lists(st.sampled_from(choices), max_size=2)))))
        needs = draw(st.sets(st.sampled_from(ids[:number]))) if number else set()
        dev_needs = draw(st.sets(st.sampled_from(ids), max_size=2))
        packages.append(
            Package(name, name, "node", name, needs=tuple(needs), dev_needs=tuple(dev_needs), tasks=tuple(tasks))
        )
    return draw(st.permutations(packages))


def nearest(packages: list[Package], package: str, name: str) -> set[str]:
    """The oracle of `^name`: each way down the packages, until one has the task."""
    by_id = {one.id: one for one in packages}
    everything = {one.id: [*one.needs, *one.dev_needs] for one in packages}
    found: set[str] = set()
    entered: set[str] = set()

    def down(here: str) -> None:
        entered.add(here)
        for need in everything[here]:
            circle = here in reach(everything, need) or need == here
            if need not in by_id[here].needs and circle:
                continue
            if any(task.name == name for task in by_id[need].tasks):
                found.add(f"{need}:{name}")
            elif need not in entered:
                down(need)

    down(package)
    return found


@pytest.mark.slow
@settings(max_examples=60)
@given(repositories())
def test_edges_are_what_depends_on_means_and_development_needs_make_no_circle(packages: list[Package]) -> None:
    graph = link(packages)
    assert list(graph) == [f"{package.id}:{task.name}" for package in packages for task in package.tasks]
    for package in packages:
        own = {task.name for task in package.tasks}
        for task in package.tasks:
            expected: set[str] = set()
            for dependency in task.depends_on:
                if dependency.startswith("^"):
                    expected |= nearest(packages, package.id, dependency[1:])
                elif dependency[1:] in own:
                    expected.add(f"{package.id}:{dependency[1:]}")
            assert graph[TaskId(f"{package.id}:{task.name}")].needs == tuple(sorted(expected))


def package(name: str, *tasks: TaskSpec, needs: tuple[str, ...] = (), manifest: str = "") -> Package:
    return Package(name, name.partition("@")[0], "node", name, manifest, needs=needs, tasks=tasks)


def needs_of(packages: list[Package], task: str) -> tuple[str, ...]:
    return link(packages)[TaskId(task)].needs


def task(name: str, *depends_on: str, origin: str = "") -> TaskSpec:
    return TaskSpec(name, ("x",), depends_on=depends_on, origin=origin)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_long_row_of_packages_without_the_task_is_passed_through(backwards: object) -> None:
    row = [package(f"p{number}", needs=(f"p{number - 1}",)) for number in range(1, 3000)]
    packages = [package("p0", task("build")), *row, package("end", task("build", "^build"), needs=("p2999",))]
    assert needs_of(packages[::-1] if backwards else packages, "end:build") == ("p0:build",)


@pytest.mark.parametrize("first", ["a", "b"])
def test_packages_that_need_each_other_pass_on_all_they_need(first: str) -> None:
    ring = {"a": package("a", needs=("b", "c")), "b": package("b", needs=("a",))}
    packages = [
        ring.pop(first),
        *ring.values(),
        package("c", task("build")),
        package("d", task("build", "^build"), needs=("a",)),
        package("e", task("build", "^build"), needs=("b",)),
    ]
    assert needs_of(packages, "d:build") == needs_of(packages, "e:build") == ("c:build",)


@pytest.mark.parametrize(
    ("depends_on", "expected"),
    [
        ("one:build", ("one:build",)),
        ("two:build", ("two@cargo:build", "two@node:build")),
        ("two@node:build", ("two@node:build",)),
        ("//:install", ("//:install",)),
        ("//#install", ("//:install",)),
        ("?//#nothing", ()),
        ("?nothing", ()),
        ("?one:nothing", ()),
        ("^nothing", ()),
        ("lint:all", ("here:lint:all",)),
    ],
)
def test_what_each_form_names(depends_on: str, expected: tuple[str, ...]) -> None:
    packages = [
        package(REPOSITORY, task("install")),
        package("one", task("build")),
        package("two@cargo", task("build")),
        package("two@node", task("build")),
        package("here", task("test", depends_on), task("lint:all")),
    ]
    assert needs_of(packages, "here:test") == expected


def test_without_a_pseudo_package_its_tasks_are_not_waited_for() -> None:
    assert needs_of([package("a", task("build", "//#install"))], "a:build") == ()


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("biuld", "did you mean `build`?"),
        ("other:tset", "did you mean `other:test`?"),
        ("zzzzzzz", "`pitstop graph --tasks` lists the tasks"),
        ("//#nothing", "`pitstop graph --tasks` lists the tasks"),
    ],
)
def test_an_unknown_task_is_named_with_its_place_and_the_nearest_one(wrong: str, hint: str) -> None:
    packages = [
        package(REPOSITORY),
        package("a", task("build"), task("test", wrong, origin="pitstop.toml:7")),
        package("other", task("test")),
    ]
    with pytest.raises(PlanError) as caught:
        link(packages)
    assert caught.value.problem == f"pitstop.toml:7: a task of `a` depends on `{wrong}`, which is no task"
    assert caught.value.hint == hint


def test_without_an_origin_the_manifest_is_the_place() -> None:
    with pytest.raises(PlanError, match=r"^a/package.json: a task of `a` depends on `x`"):
        link([package("a", task("build", "x"), manifest="a/package.json")])


def test_a_circle_of_tasks_is_shown_all_around() -> None:
    with pytest.raises(PlanError) as caught:
        link([package("a", task("x", "y"), task("y", "z"), task("z", "x"))])
    assert caught.value.problem == ("tasks wait for each other in a circle: `a:x` -> `a:y` -> `a:z` -> `a:x`")
    with pytest.raises(PlanError, match="`a:x` -> `a:x`"):
        link([package("a", task("x", "x"))])


def test_needs_outside_of_a_graph_close_no_circle() -> None:
    check({TaskId("a"): Task(TaskId("a"), "a", TaskSpec("a"), (TaskId("gone"),))})
