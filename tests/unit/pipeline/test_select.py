"""Which tasks names on a command line mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.errors import UsageError
from pitstop.core.package import Package
from pitstop.core.task import Task, TaskId, TaskSpec
from pitstop.pipeline.select import select


def package(called: str, *, name: str = "") -> Package:
    return Package(called, name or called, "node", called.strip("/@"))


def graph_of(*ids: str) -> dict[TaskId, Task]:
    """Tasks whose package ends at the first colon, in the order given."""
    graph = {}
    for text in ids:
        owner, _, rest = text.partition(":")
        graph[TaskId(text)] = Task(TaskId(text), owner, TaskSpec(rest.partition("[")[0]))
    return graph


PACKAGES = (package("api"), package("web"), package("@acme/ui"), package("ui@cargo", name="ui"), package("//"))
GRAPH = graph_of(
    "//:install",
    "api:build",
    "api:build:prod",
    "api:test[os=linux]",
    "api:test[os=mac]",
    "web:build",
    "web:build:prod",
    "web:api:gen",
    "@acme/ui:test",
    "ui@cargo:test",
)


def wanted(*names: str, filters: tuple[str, ...] = ()) -> list[str]:
    return list(select(GRAPH, PACKAGES, names, filters).wanted)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("build", ["api:build", "web:build"]),
        ("api:build", ["api:build"]),
        ("api#build", ["api:build"]),
        ("//:install", ["//:install"]),
        ("//#install", ["//:install"]),
        ("install", ["//:install"]),
        ("build:prod", ["api:build:prod", "web:build:prod"]),
        ("web:build:prod", ["web:build:prod"]),
        ("build:*", ["api:build:prod", "web:build:prod"]),
        ("api:*", ["api:build", "api:build:prod", "api:test[os=linux]", "api:test[os=mac]"]),
        ("*:build", ["api:build", "web:build"]),
        ("@acme/*:test", ["@acme/ui:test"]),
        ("ui:test", ["ui@cargo:test"]),
        ("*ui*:test", ["@acme/ui:test", "ui@cargo:test"]),
        ("api:test", ["api:test[os=linux]", "api:test[os=mac]"]),
        ("api:test[os=mac]", ["api:test[os=mac]"]),
        ("*:test[os=*]", ["api:test[os=linux]", "api:test[os=mac]"]),
        ("api:gen", ["web:api:gen"]),
        ("b*d", ["api:build", "api:build:prod", "web:build", "web:build:prod"]),
    ],
)
def test_a_name_means(name: str, expected: list[str]) -> None:
    assert wanted(name) == expected


def test_the_task_of_a_package_wins_over_a_task_that_is_called_like_both() -> None:
    graph = graph_of("api:build", "web:api:build")
    assert select(graph, PACKAGES, ("api:build",)).wanted == ("api:build",)


def test_several_names_come_in_the_order_of_the_graph_each_task_once() -> None:
    assert wanted("web:build", "build", "install") == ["//:install", "api:build", "web:build"]


def test_no_names_mean_every_task() -> None:
    assert wanted() == list(GRAPH)


def test_filters_narrow_names_of_every_kind() -> None:
    assert wanted("build", filters=("web",)) == ["web:build"]
    assert wanted("*:test", filters=("ui",)) == ["ui@cargo:test"]
    assert wanted(filters=("web",)) == ["web:build", "web:build:prod", "web:api:gen"]
    selection = select(GRAPH, PACKAGES, ("api:build", "build"), ("web",))
    assert selection.wanted == ("web:build",)
    assert selection.empty == ("api:build",)
    assert selection.packages == frozenset({"web"})


@pytest.mark.parametrize(
    ("name", "problem", "hint"),
    [
        ("biuld", "there is no task `biuld`", "did you mean `build`?"),
        ("api:biuld", "the package `api` has no task `biuld`", "did you mean `api:build`"),
        ("api:zzz", "the package `api` has no task `zzz`", "it has `build`, `build:prod`, `test`"),
        ("apo:build", "there is no task `apo:build`", "did you mean `api:build`"),
        ("web", "`web` is a package, not a task", "its tasks are `web:"),
        ("zzz*", "there is no task `zzz*`", "there are `api:gen`, `build`"),
        ("", "there is no task ``", "there are"),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest(name: str, problem: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        wanted(name)
    assert caught.value.problem == problem
    assert caught.value.hint.startswith(hint)


WORDS = st.text("ab:*#", min_size=1, max_size=4)
PARTS = st.text("ab:", min_size=1, max_size=3)


@given(WORDS, st.lists(st.tuples(PARTS, PARTS), max_size=5, unique_by=":".join))
def test_a_name_means_what_the_readings_in_their_order_say(name: str, tasks: list[tuple[str, str]]) -> None:
    graph = {TaskId(f"{owner}:{task}"): Task(TaskId(f"{owner}:{task}"), owner, TaskSpec(task)) for owner, task in tasks}
    packages = tuple(package(owner) for owner in {owner for owner, _ in tasks})

    def like(pattern: str, text: str) -> bool:  # the slow, obvious way
        if not pattern:
            return not text
        if pattern[0] == "*":
            return any(like(pattern[1:], text[start:]) for start in range(len(text) + 1))
        return bool(text) and text[0] == pattern[0] and like(pattern[1:], text[1:])

    def joined(separator: str) -> set[str]:
        return {
            f"{owner}:{task}"
            for at, character in enumerate(name)
            if character == separator
            for owner, task in tasks
            if like(name[:at], owner) and like(name[at + 1 :], task)
        }

    alone = {f"{owner}:{task}" for owner, task in tasks if like(name, task)}
    readings = ({name} & set(graph), joined(":"), joined("#"), alone)
    expected = next((reading for reading in readings if reading), None)
    if expected is None:
        with pytest.raises(UsageError):
            select(graph, packages, (name,))
    else:
        assert set(select(graph, packages, (name,)).wanted) == expected
