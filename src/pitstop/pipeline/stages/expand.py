"""Lay a pipeline over the graph of tasks: stages, legs of matrices and approvals become tasks of their own. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.package import REPOSITORY, Package
from pitstop.core.task import CACHE_NEVER, Task, TaskId, TaskSpec
from pitstop.pipeline.stages.matrix import legs, name_of, runs_here
from pitstop.pipeline.stages.place import Stage, free_id, place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.pipeline.graph import Graph
    from pitstop.pipeline.stages.matrix import Machine
    from pitstop.pipeline.stages.model import PipelineSpec, StageSpec
    from pitstop.pipeline.stages.when import Context


class Expanded(NamedTuple):
    """A graph with the tasks of a pipeline in it."""

    graph: Graph
    wanted: tuple[TaskId, ...]
    """The ends of the stages, in order: with all they wait for they are the pipeline."""
    notes: tuple[str, ...]
    """What was left out, and why."""


def expand(
    pipeline: PipelineSpec,
    graph: Mapping[TaskId, Task],
    context: Context,
    machine: Machine,
    packages: Sequence[Package] = (),
) -> Expanded:
    """Return `graph` with the stages of `pipeline` in it; `packages` only lend their names to selectors.

    Each stage ends in a task `stage:NAME` without a command that waits for the stage's tasks. The tasks that a stage
    names wait for the ends of the stages it depends on, unless those stages need them themselves; a task that they
    only need waits too where every stage that needs it does. An approval is a task `approve:NAME` before them. Legs
    are copies, `web:build[os=linux]`; those that this machine cannot run are left out, and so is a stage whose
    condition does not hold: what depends on it goes on as if it had passed.

    Raises ConfigError, with the place of the stage, for tasks that do not exist.
    """
    notes: list[str] = []
    found: Graph = dict(graph)
    stages = _stages(pipeline, found, context, machine, packages, notes)
    place(found, stages)
    return Expanded(found, tuple(stage.end for stage in stages), tuple(notes))


def _stages(
    pipeline: PipelineSpec,
    graph: Graph,
    context: Context,
    machine: Machine,
    packages: Sequence[Package],
    notes: list[str],
) -> list[Stage]:
    """Return the stages that take part, each after those it waits for."""
    from pitstop.pipeline.stages.when import evaluate

    waiting = {stage.name: stage for stage in pipeline.stages}
    passed_over: dict[str, tuple[str, ...]] = {}
    stages: list[Stage] = []
    while waiting:
        spec = next(stage for stage in waiting.values() if not any(other in waiting for other in stage.depends_on))
        del waiting[spec.name]
        needs: dict[str, None] = {}
        for other in spec.depends_on:
            needs.update(dict.fromkeys(passed_over.get(other, (other,))))
        named = () if spec.run else _named(spec, graph, packages)
        if spec.when and not evaluate(spec.when, context):
            notes.append(f"stage `{spec.name}` is left out: `{spec.when}` does not hold")
            passed_over[spec.name] = tuple(needs)
            continue
        all_legs = legs(spec.matrix)
        here = tuple(leg for leg in all_legs if runs_here(leg, machine))
        if others := [name_of(leg) for leg in all_legs if leg not in here]:
            listed = ", ".join(f"`{name}`" for name in others)
            notes.append(f"stage `{spec.name}` leaves out {listed}: this machine is {machine.os} on {machine.arch}")
        if all_legs and not here:
            passed_over[spec.name] = tuple(needs)
            continue
        if spec.run:
            named = (_inline(spec, graph),)
        end = free_id(f"stage:{spec.name}", graph)
        graph[end] = Task(end, REPOSITORY, TaskSpec(spec.name, cache=CACHE_NEVER), stage=spec.name)
        stages.append(Stage(spec, end, tuple(needs), named, here))
    return stages


def _named(spec: StageSpec, graph: Graph, packages: Sequence[Package]) -> tuple[TaskId, ...]:
    """Return the tasks that a stage names."""
    from pitstop.core.errors import UsageError
    from pitstop.pipeline.select import select

    owners = packages or [Package(name, name, "", "") for name in {task.package for task in graph.values()}]
    tasks = {name: task for name, task in graph.items() if not task.stage}
    try:
        return select(tasks, owners, spec.tasks).wanted
    except UsageError as error:
        raise spec.origin.error(f"stage `{spec.name}`: {error.problem}", hint=error.hint) from error


def _inline(spec: StageSpec, graph: Graph) -> TaskId:
    """Make a task of the command of a stage."""
    task = free_id(f"{REPOSITORY}:{spec.name}", graph)
    command = TaskSpec(spec.name, spec.run, cache=CACHE_NEVER, description=spec.description, origin=str(spec.origin))
    graph[task] = Task(task, REPOSITORY, command, stage=spec.name)
    return task
