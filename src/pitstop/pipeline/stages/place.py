"""Give the tasks of stages their place in the graph: whom they wait for, and in how many legs they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.package import REPOSITORY
from pitstop.core.task import CACHE_NEVER, Task, TaskId, TaskSpec
from pitstop.pipeline.stages.matrix import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.pipeline.graph import Graph
    from pitstop.pipeline.stages.model import Leg, StageSpec


class Stage(NamedTuple):
    """A stage that takes part in a run."""

    spec: StageSpec
    end: TaskId
    needs: tuple[str, ...]
    """The stages it waits for, those that are left out replaced by what they wait for."""
    named: tuple[TaskId, ...]
    """The tasks that it names, before they are multiplied."""
    legs: tuple[Leg, ...]
    """Empty: it has no matrix."""


class _Known(NamedTuple):
    """What the placing of one stage has to know of the others."""

    ends: dict[str, TaskId]
    above: dict[str, set[str]]
    """Of each stage all that it waits for, however far away."""
    run: dict[str, set[TaskId]]
    """Of each stage the tasks that it runs, without those that a gate makes them wait for."""
    users: dict[TaskId, set[str]]
    """Of each task the stages that run it."""
    copies: dict[TaskId, list[tuple[str, tuple[TaskId, ...]]]]
    """Of each multiplied task the stages that did it, and the legs they made of it."""


def place(graph: Graph, stages: Sequence[Stage]) -> None:
    """Change `graph` so that `stages`, each after those it waits for, are in it.

    No edge closes a circle: a task gets one to the gates of its stage only when these do not wait for it already.
    """
    known = _Known({stage.spec.name: stage.end for stage in stages}, {}, {}, {}, {})
    for stage in stages:
        name = stage.spec.name
        known.above[name] = set(stage.needs).union(*(known.above[other] for other in stage.needs))
        known.run[name] = _run_by(graph, stage)
        for task in known.run[name]:
            known.users.setdefault(task, set()).add(name)
    for stage in stages:
        gates = _gates(graph, stage, known)
        earlier = reach(graph, gates)
        _hold(graph, stage, gates, earlier, known)
        ends = _multiply(graph, stage, gates, earlier, known) if stage.legs else stage.named
        graph[stage.end] = graph[stage.end]._replace(needs=tuple(sorted({*ends, *gates})))


def _run_by(graph: Graph, stage: Stage) -> set[TaskId]:
    """Return the tasks that a stage runs; of those it multiplies not the originals."""
    if not stage.legs:
        return reach(graph, stage.named)
    return reach(graph, {need for task in stage.named for need in graph[task].needs}.difference(stage.named))


def _gates(graph: Graph, stage: Stage, known: _Known) -> tuple[TaskId, ...]:
    """Return what the tasks of a stage wait for: the ends of stages, or the approval after them."""
    ends = tuple(sorted(known.ends[name] for name in stage.needs))
    spec = stage.spec
    if not spec.approval_required:
        return ends
    approval = free_id(f"approve:{spec.name}", graph)
    about = TaskSpec(spec.name, cache=CACHE_NEVER, timeout_s=spec.approval_timeout_s, description=spec.description)
    graph[approval] = Task(approval, REPOSITORY, about, ends, spec.name, approval=True)
    return (approval,)


def _hold(graph: Graph, stage: Stage, gates: tuple[TaskId, ...], earlier: set[TaskId], known: _Known) -> None:
    """Let the tasks of a stage wait for its gates, as far as these do not wait for them."""
    named = set() if stage.legs else set(stage.named)
    for name in known.run[stage.spec.name]:
        if name in earlier:
            continue
        task = graph[name]
        users = known.users.get(name, {stage.spec.name})
        if name in named:
            held = set(gates)
            if task.stage in {"", stage.spec.name}:
                task = task._replace(spec=_under(stage.spec, task.spec), stage=stage.spec.name)
        elif users == {stage.spec.name}:
            held = set(gates)
        else:
            held = {known.ends[other] for other in stage.needs if all(other in known.above[user] for user in users)}
        needs = _with_legs({*task.needs, *held}, users, known)
        graph[name] = task._replace(needs=tuple(sorted(needs)))


def _multiply(
    graph: Graph, stage: Stage, gates: tuple[TaskId, ...], earlier: set[TaskId], known: _Known
) -> list[TaskId]:
    """Copy the tasks that a stage names for each leg, and return the copies. Among themselves they stay in their leg.

    A copy that another stage has made already is taken, and held as the tasks of a stage without legs are.
    """
    made: list[TaskId] = []
    copies: dict[TaskId, list[TaskId]] = {name: [] for name in stage.named}
    for leg in stage.legs:
        called = {name: TaskId(f"{name}[{name_of(leg)}]") for name in stage.named}
        for name, copy in called.items():
            copies[name].append(copy)
            if copy in graph:
                if copy not in earlier:
                    graph[copy] = graph[copy]._replace(needs=tuple(sorted({*graph[copy].needs, *gates})))
                continue
            task = graph[name]
            needs = _with_legs({need for need in task.needs if need not in called}, {stage.spec.name}, known)
            needs.update(called[need] for need in task.needs if need in called)
            spec = _under(stage.spec, task.spec)
            if spec.outputs and not spec.lock:
                spec = spec._replace(lock=f"legs of {name}")  # they write the same files
            graph[copy] = Task(copy, task.package, spec, tuple(sorted({*needs, *gates})), stage.spec.name, leg)
        made += called.values()
    for name, legs in copies.items():
        known.copies.setdefault(name, []).append((stage.spec.name, tuple(legs)))
    return made


def _with_legs(needs: set[TaskId], users: Iterable[str], known: _Known) -> set[TaskId]:
    """Replace each task that a stage before all `users` multiplied by its legs."""
    found: set[TaskId] = set()
    for need in needs:
        legs = [
            leg
            for stage, made in known.copies.get(need, ())
            if all(stage in known.above[user] for user in users)
            for leg in made
        ]
        found.update(legs or (need,))
    return found


def _under(stage: StageSpec, spec: TaskSpec) -> TaskSpec:
    """Return a task as its stage wants it: tried again as often as that says, no longer than it allows, failing or not."""
    if stage.retry is not None:
        spec = spec._replace(retry=stage.retry)
    if stage.timeout_s is not None:
        spec = spec._replace(timeout_s=min(stage.timeout_s, spec.timeout_s or stage.timeout_s))
    if stage.continue_on_error is not None:
        spec = spec._replace(continue_on_error=stage.continue_on_error)
    return spec


def reach(graph: Mapping[TaskId, Task], start: Iterable[TaskId]) -> set[TaskId]:
    """Return the tasks of `start` and all they wait for."""
    found = set(start)
    stack = list(found)
    while stack:
        for need in graph[stack.pop()].needs:
            if need not in found:
                found.add(need)
                stack.append(need)
    return found


def free_id(wanted: str, graph: Mapping[TaskId, Task]) -> TaskId:
    """Return `wanted`, or when a task of the repository is called so, the same with a mark."""
    name = TaskId(wanted)
    while name in graph:
        name = TaskId(f"{name}+")
    return name
