"""From packages to the graph of tasks: `depends_on` becomes edges, cycles are found. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.errors import PlanError
from pitstop.core.package import REPOSITORY
from pitstop.core.task import Task, TaskId

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from pitstop.core.package import Package

Graph = dict[TaskId, Task]


def task_id(package: str, name: str) -> TaskId:
    """Return the id of the task `name` of the package with the id `package`."""
    return TaskId(f"{package}:{name}")


def link(packages: Sequence[Package]) -> Graph:
    """Return every task of `packages` with what it waits for, in the order of the packages.

    Raises PlanError when a dependency names nothing, or when tasks wait for each other in a circle.
    """
    by_id = {package.id: package for package in packages}
    names: dict[str, list[str]] = {}
    for package in packages:
        names.setdefault(package.name, []).append(package.id)
    known = {task_id(package.id, spec.name) for package in packages for spec in package.tasks}
    upstream = _upstream(packages)
    passed: dict[str, dict[str, frozenset[TaskId]]] = {}

    def before(package: str, name: str) -> frozenset[TaskId]:
        """The tasks called `name` of the nearest packages that have one, among those that `package` needs."""
        if name not in passed:
            passed[name] = _nearest(name, upstream, known)
        return passed[name][package]

    def resolve(package: Package, dependency: str) -> Iterable[TaskId]:
        optional = dependency.startswith("?")
        wanted = dependency.lstrip("?")
        if wanted.startswith("^"):
            return before(package.id, wanted[1:])
        if wanted.startswith("//#"):  # as turbo writes it
            wanted = f"{REPOSITORY}:{wanted[3:]}"
        own = task_id(package.id, wanted)
        if own in known:
            return (own,)
        if wanted in known:
            return (TaskId(wanted),)
        owner, _, name = wanted.partition(":")
        if name and owner in names:
            found = [task_id(other, name) for other in names[owner] if task_id(other, name) in known]
            if found:
                return found
        if optional or (owner == REPOSITORY and REPOSITORY not in by_id):
            return ()
        raise _unknown(package, dependency, known)

    graph: Graph = {}
    for package in packages:
        for spec in package.tasks:
            here = task_id(package.id, spec.name)
            needs: set[TaskId] = set()
            for dependency in spec.depends_on:
                needs.update(resolve(package, dependency))
            graph[here] = Task(here, package.id, spec, tuple(sorted(needs)))
    check(graph)
    return graph


def check(graph: Mapping[TaskId, Task]) -> None:
    """Raise PlanError when tasks of `graph` wait for each other in a circle."""
    if cycle := find_cycle(graph, lambda task: graph[TaskId(task)].needs if task in graph else ()):
        raise PlanError(
            "tasks wait for each other in a circle: " + " -> ".join(f"`{task}`" for task in (*cycle, cycle[0])),
            hint="remove one of these from `depends_on`, or the dependency between their packages",
        )


def find_cycle(nodes: Iterable[str], needs: Callable[[str], Iterable[str]]) -> list[str]:
    """Return the nodes of one circle, each needing the next, or an empty list. Depth first, without recursion."""
    done: set[str] = set()
    for start in nodes:
        if start in done:
            continue
        trail: dict[str, None] = {start: None}
        stack = [iter(needs(start))]
        while stack:
            for node in stack[-1]:
                if node in trail:
                    return list(trail)[list(trail).index(node) :]
                if node not in done:
                    trail[node] = None
                    stack.append(iter(needs(node)))
                    break
            else:
                stack.pop()
                done.add(trail.popitem()[0])
    return []


def closure(graph: Mapping[TaskId, Task], wanted: Iterable[TaskId]) -> Graph:
    """Return the tasks of `wanted` and all they wait for, each after everything it waits for."""
    ordered: Graph = {}
    entered: set[TaskId] = set()
    stack = [(task, False) for task in reversed(tuple(wanted))]
    while stack:
        name, complete = stack.pop()
        task = graph[name]
        if complete:
            ordered[name] = task
        elif name not in entered:
            entered.add(name)
            stack.append((name, True))
            stack.extend((need, False) for need in reversed(task.needs) if need not in entered)
    return ordered


def _upstream(packages: Sequence[Package]) -> dict[str, tuple[str, ...]]:
    """For each package those that `^` means: all it needs, less development needs that would close a circle.

    Each package comes after those it needs, as far as these form no circle.
    """
    by_id = {p.id: p for p in packages}
    components = strong_components({p.id: (*p.needs, *p.dev_needs) for p in packages})
    found: dict[str, tuple[str, ...]] = {}
    for name, number in components.items():
        p = by_id[name]
        development = (need for need in p.dev_needs if components.get(need) != number)
        found[name] = tuple(dict.fromkeys((*p.needs, *development)))
    return found


def _nearest(
    name: str, upstream: Mapping[str, tuple[str, ...]], known: Container[TaskId]
) -> dict[str, frozenset[TaskId]]:
    """Return for each package the tasks called `name` that its needs have, or if one has none, that one's needs.

    `upstream` has each package after those it needs, so that a search soon meets what is known already.
    """
    found: dict[str, frozenset[TaskId]] = {}
    for package, needs in upstream.items():
        collected: set[TaskId] = set()
        waiting, entered = list(needs), {package}
        while waiting:
            need = waiting.pop()
            if (direct := task_id(need, name)) in known:
                collected.add(direct)
            elif need in found:
                collected |= found[need]
            elif need not in entered:
                entered.add(need)
                waiting.extend(upstream.get(need, ()))
        found[package] = frozenset(collected)
    return found


def strong_components(needs: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return the number of the strongly connected component of each node, upstream components first.

    Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion.
    """
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    component: dict[str, int] = {}
    path: list[str] = []
    for start in needs:
        if start in order:
            continue
        stack = [(start, iter(needs[start]))]
        order[start] = low[start] = len(order)
        path.append(start)
        while stack:
            node, rest = stack[-1]
            for other in rest:
                if other not in needs:
                    continue
                if other not in order:
                    order[other] = low[other] = len(order)
                    path.append(other)
                    stack.append((other, iter(needs[other])))
                    break
                if other not in component:
                    low[node] = min(low[node], order[other])
            else:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[node])
                if low[node] == order[node]:
                    number = len(component)
                    while True:
                        member = path.pop()
                        component[member] = number
                        if member == node:
                            break
    return component


def _unknown(package: Package, dependency: str, known: Iterable[str]) -> PlanError:
    from difflib import get_close_matches

    own = [name.removeprefix(f"{package.id}:") for name in known]
    near = get_close_matches(dependency, own, n=1)
    place = next((spec.origin for spec in package.tasks if dependency in spec.depends_on), "") or package.manifest
    return PlanError(
        f"{place}: a task of `{package.id}` depends on `{dependency}`, which is no task",
        hint=f"did you mean `{near[0]}`?" if near else "`pitstop graph --tasks` lists the tasks",
    )
