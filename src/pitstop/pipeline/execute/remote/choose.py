"""Which tasks may be carried out elsewhere, and why the others may not. Pure but for a look at the disk for links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.task import CACHE_CHECKOUT, CACHE_NEVER
from pitstop.core.text import looks_secret
from pitstop.pipeline import outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.core.task import Task, TaskId
    from pitstop.pipeline.execute.job import Work
    from pitstop.pipeline.execute.options import World
    from pitstop.pipeline.graph import Graph


def reason_here(work: Work, world: World, *, everything: bool) -> str:
    """Return why a task has to run on this machine, in words that follow "it runs here:"; empty: it need not.

    `everything`: the run was told to send what can be sent, not only what is marked so.
    """
    task, spec = work.task, work.task.spec
    key = work.decision.key
    if spec.remote is False:
        return "`remote = false`"
    if not (everything or spec.remote):
        return "`remote` is not set"
    if not spec.remote and (why := _unfit(task, world.graph)):
        return why
    if spec.cache == CACHE_CHECKOUT:
        return "what an installation leaves is of use on this machine alone"
    if key is None or key.unreadable:
        return "not all of its inputs can be read"
    if spec.secrets or any(looks_secret(name) for name in spec.read_env):
        return "it is given secrets, which are not sent"
    if not all(world.planner.upstream[need].known for need in task.needs):
        return "nobody knows what a task before it left"
    if outputs.behind_link(world.root, world.planner.globs(task)):
        return "its outputs lie behind a link"
    return ""


def _unfit(task: Task, graph: Graph) -> str:
    """Return why a task that is not marked for it is not sent."""
    spec = task.spec
    if spec.cache == CACHE_NEVER:
        return "it is never cached, so it may be for what it does to this machine"
    if spec.batch:
        return "its tool shares what it makes with other packages, and keeps downloads in the home folder"
    if spec.lock:
        return "it holds a lock of this machine"
    if _installed(task.id, graph, {}):
        return "it needs what was installed here"
    return ""


def _installed(name: TaskId, graph: Graph, known: dict[TaskId, bool]) -> bool:
    """Return whether an installation lies before a task, however far."""
    if name not in known:
        known[name] = False
        task: Task | None = graph.get(name)
        needs = task.needs if task is not None else ()
        known[name] = any(
            (need in graph and graph[need].spec.cache == CACHE_CHECKOUT) or _installed(need, graph, known)
            for need in needs
        )
    return known[name]


def properties(task: Task, platform: Mapping[str, str]) -> dict[str, str]:
    """Return the platform properties that a worker for `task` must have; `platform` are those for all tasks."""
    return {**platform, **dict(task.spec.platform)}
