"""Nodes that need each other: what all forms of a graph are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.package import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import Task, TaskSpec


class Node(NamedTuple):
    """A package or a task."""

    id: str
    kind: str
    """Its ecosystem; `""` for the repository itself."""
    note: str = ""
    """The folder of a package, the command of a task."""
    needs: tuple[str, ...] = ()
    dev_needs: tuple[str, ...] = ()
    """Needed only by tests and tools; may form cycles."""
    detail: tuple[tuple[str, str], ...] = ()
    """What else is known, as names and values."""


Net = dict[str, Node]
"""Nodes by id. Each id in `needs` and `dev_needs` is there."""


def net_of_packages(packages: Iterable[Package]) -> Net:
    """Return the graph of `packages`; the repository itself is in it when it has tasks."""
    found = [package for package in packages if package.id != REPOSITORY or package.tasks]
    known = {package.id for package in found}
    return {package.id: _package_node(package, known) for package in found}


def _package_node(package: Package, known: Collection[str]) -> Node:
    detail = [
        ("name", package.name if package.name != package.id else ""),
        ("manifest", package.manifest),
        ("workspace", package.workspace),
        ("tasks", ", ".join(sorted(spec.name for spec in package.tasks))),
    ]
    return Node(
        package.id,
        package.ecosystem,
        package.root or ".",
        tuple(need for need in package.needs if need in known),
        tuple(need for need in package.dev_needs if need in known and need not in package.needs),
        tuple((name, value) for name, value in detail if value),
    )


def net_of_tasks(tasks: Iterable[Task], packages: Iterable[Package]) -> Net:
    """Return the graph of `tasks`."""
    kinds = {package.id: package.ecosystem for package in packages}
    values = {str(task.id): task for task in tasks}
    return {
        name: Node(
            name,
            kinds.get(task.package, ""),
            command_of(task.spec),
            tuple(need for need in task.needs if need in values),
            (),
            _task_detail(task),
        )
        for name, task in values.items()
    }


def command_of(spec: TaskSpec) -> str:
    """Return the command of a task as a person would type it; empty where it has none."""
    if isinstance(spec.command, str):
        return spec.command
    from shlex import join

    return join(spec.command)


def _task_detail(task: Task) -> tuple[tuple[str, str], ...]:
    spec = task.spec
    detail = [
        ("package", task.package),
        ("what", spec.description),
        ("stage", task.stage),
        ("matrix", ", ".join(f"{name}={value}" for name, value in task.matrix)),
        ("when", spec.when),
        ("inputs", " ".join(spec.inputs)),
        ("outputs", " ".join(spec.outputs)),
        ("cache", spec.cache),
        ("timeout", f"{spec.timeout_s:g} s" if spec.timeout_s else ""),
        ("declared in", spec.origin),
    ]
    return tuple((name, value) for name, value in detail if value)


def part(net: Net, wanted: Iterable[str]) -> Net:
    """Return the nodes `wanted` and all they need, in the order of `net`."""
    found: set[str] = set()
    stack = [name for name in wanted if name in net]
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += [*net[name].needs, *net[name].dev_needs]
    return {name: node for name, node in net.items() if name in found}


def turned(net: Net) -> Net:
    """Return `net` with each edge the other way round: `needs` are then those that need it."""
    needs: dict[str, list[str]] = {name: [] for name in net}
    dev_needs: dict[str, list[str]] = {name: [] for name in net}
    for name, node in net.items():
        for need in node.needs:
            needs[need].append(name)
        for need in node.dev_needs:
            dev_needs[need].append(name)
    return {
        name: node._replace(needs=tuple(needs[name]), dev_needs=tuple(dev_needs[name])) for name, node in net.items()
    }


def roots(net: Net) -> Sequence[str]:
    """Return the fewest nodes from which all others can be reached: those nobody needs, the first of each top circle."""
    from pitstop.pipeline.graph import strong_components

    component = strong_components({name: (*node.needs, *node.dev_needs) for name, node in net.items()})
    needed = {
        component[need]
        for name, node in net.items()
        for need in (*node.needs, *node.dev_needs)
        if component[need] != component[name]
    }
    first: dict[int, str] = {}
    for name in net:
        if component[name] not in needed:
            first.setdefault(component[name], name)
    return list(first.values())
