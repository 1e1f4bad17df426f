"""Graphs as trees, DOT and JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cli.graph.net import Net, Node, net_of_packages, net_of_tasks, part, roots, turned
from pitstop.cli.graph.text import dot, packages_json, tasks_json, tree
from pitstop.cli.screen.style import Style
from pitstop.core.package import REPOSITORY, Package
from pitstop.core.task import Task, TaskId, TaskSpec

_PLAIN = Style()


@st.composite
def nets(draw: st.DrawFn) -> Net:
    """Any graph, circles of development needs among them."""
    names = [f"p{number}" for number in range(draw(st.integers(0, 9)))]
    net: Net = {}
    for at, name in enumerate(names):
        needs = draw(st.lists(st.sampled_from(names[:at]), unique=True, max_size=3)) if at else []
        dev = [
            other
            for other in draw(st.lists(st.sampled_from(names), unique=True, max_size=2))
            if other not in {*needs, name}
        ]
        net[name] = Node(name, "node", f"packages/{name}", tuple(needs), tuple(dev))
    return net


def _edges(net: Net) -> set[tuple[str, str]]:
    return {(name, need) for name, node in net.items() for need in (*node.needs, *node.dev_needs)}


def _edges_of_tree(lines: list[str]) -> list[tuple[str, str]]:
    """Read the edges back out of the drawing: the parent is the nearest line above that is less indented."""
    above: list[str] = []
    edges = []
    for line in lines:
        name = line.lstrip(" │├└─")
        level = (len(line) - len(name)) // 4
        del above[level:]
        above.append(name.split()[0])
        if level:
            edges.append((above[-2], above[-1]))
    return edges


@pytest.mark.slow
@given(nets())
def test_a_tree_has_each_edge_exactly_once(net: Net) -> None:
    lines = list(tree(net, roots(net), _PLAIN))
    edges = _edges_of_tree(lines)
    assert sorted(edges) == sorted(_edges(net))
    assert {line.lstrip(" │├└─").split()[0] for line in lines} == set(net)


@pytest.mark.slow
@given(nets())
def test_the_roots_reach_everything_and_none_is_below_another_without_a_circle(net: Net) -> None:
    found = roots(net)
    assert set(part(net, found)) == set(net)
    for name in found:
        for other in found:
            if other != name and name in part(net, [other]):
                assert other in part(net, [name])


@pytest.mark.slow
@given(nets())
def test_turning_twice_gives_the_same_edges(net: Net) -> None:
    assert _edges(turned(net)) == {(b, a) for a, b in _edges(net)}
    assert _edges(turned(turned(net))) == _edges(net)


def test_what_was_unfolded_before_is_marked() -> None:
    net = {
        "web": Node("web", "node", "web", ("ui", "api")),
        "api": Node("api", "cargo", "api", ("ui",), ("web",)),
        "ui": Node("ui", "node", "ui", ("words",)),
        "words": Node("words", "node", "words"),
    }
    assert list(tree(net, ["web"], _PLAIN)) == [
        "web  node  web",
        "├── ui  node  ui",
        "│   └── words  node  words",
        "└── api  cargo  api",
        "    ├── ui (*)",
        "    └── web [dev] (*)",
    ]
    assert list(tree(net, ["web"], Style(unicode=False), depth=1)) == [
        "web  node  web",
        "|-- ui  node  ui",
        "`-- api  cargo  api",
    ]


def test_a_chain_of_thousands_is_no_recursion() -> None:
    net = {f"p{at}": Node(f"p{at}", "", needs=(f"p{at + 1}",) if at < 4999 else ()) for at in range(5000)}
    assert sum(1 for _ in tree(net, roots(net), _PLAIN)) == 5000


def test_names_are_quoted_in_dot() -> None:
    net = {'a"b\\': Node('a"b\\', "node", "x\ny", (), ("c",)), "c": Node("c", "zig")}
    lines = list(dot(net))
    assert r'  "a\"b\\" -> "c" [style=dashed];' in lines
    assert sum(line.count('tooltip="x\\ny"') for line in lines) == 1


_PACKAGES = (
    Package(REPOSITORY, REPOSITORY, "", ""),
    Package("api", "api", "cargo", "api", needs=("core", "gone"), tasks=(TaskSpec("build"),)),
    Package("core", "core", "cargo", "core", dev_needs=("api",)),
)


def test_a_package_that_is_not_there_and_an_empty_repository_are_left_out() -> None:
    net = net_of_packages(_PACKAGES)
    assert list(net) == ["api", "core"]
    assert net["api"].needs == ("core",)


def test_json_says_what_each_package_needs() -> None:
    document = json.loads(packages_json(_PACKAGES[1:]))
    assert document["schema"] == 1
    assert [(row["id"], row["needs"], row["tasks"]) for row in document["packages"]] == [
        ("api", ["core", "gone"], ["build"]),
        ("core", [], []),
    ]


def test_json_tells_no_values_of_variables() -> None:
    spec = TaskSpec("build", ("make", "-j"), env=(("TOKEN", "hunter2"),))
    tasks = [Task(TaskId("api:build"), "api", spec, (TaskId("core:build"),))]
    text = tasks_json(tasks)
    assert "hunter2" not in text
    assert json.loads(text)["tasks"][0]["needs"] == ["core:build"]
    net = net_of_tasks(tasks, _PACKAGES)
    assert (net["api:build"].note, net["api:build"].kind, net["api:build"].needs) == ("make -j", "cargo", ())
    assert "hunter2" not in str(net)
