"""Put the outputs of hits in place, several tasks at once: what takes time is the file system."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.core import clock, events
from pitstop.pipeline import outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.task import Task
    from pitstop.pipeline.execute.options import World
    from pitstop.pipeline.plan import Decision
    from pitstop.pipeline.rows import Row

_THREADS = 4
_FEW = 8
"""So few tasks are not worth the start of threads."""

Hit = tuple["Task", "Decision"]


def restore_all(hits: Sequence[Hit], world: World) -> list[bool]:
    """Restore tasks of which none waits for another; return for each whether the store could give everything.

    Threads only touch files below the repository and in the store; what is remembered is noted here, in this one.
    """
    if len(hits) < _FEW:
        done = [_put_back(task, decision, world) for task, decision in hits]
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_THREADS) as pool:
            done = list(pool.map(lambda hit: _put_back(hit[0], hit[1], world), hits))
    return [_settle(task, decision, rows, world) for (task, decision), rows in zip(hits, done, strict=True)]


def _put_back(task: Task, decision: Decision, world: World) -> tuple[Row, ...] | str:
    """Return how the outputs of a hit lie on disk now, or why they do not."""
    planner, result, key = world.planner, decision.result, decision.key
    assert result is not None
    assert key is not None
    if link := outputs.behind_link(world.root, planner.globs(task)):
        return f"they lie behind the link `{link}`{leads_out(world.root, link)}"
    last = planner.memory.tasks.get(task.id)
    try:
        rows = outputs.restore(world.root, result, last.rows if last is not None else (), planner.store)
    except OSError as error:
        return str(error)
    if rows is None:
        return ""
    planner.store.touch_result(key.action)
    for file in result.files:
        planner.store.touch(file.digest)
    return rows


def _settle(task: Task, decision: Decision, rows: tuple[Row, ...] | str, world: World) -> bool:
    if isinstance(rows, str):
        if rows:
            text = f"the outputs of `{task.id}` are not restored: {rows}"
            world.emit(events.Notice(clock.now(), text, task.id))
        return False
    planner, result, key = world.planner, decision.result, decision.key
    assert result is not None
    assert key is not None
    last = planner.memory.tasks.get(task.id)
    planner.settle(task, key, outputs.Kept(result.files, result.links, rows), result.duration_s)
    if last is None or last.action != key.action:
        planner.remember(task, key)
    return True


def leads_out(root: str, link: str) -> str:
    """Return the end of a sentence about a link that leads out of the repository."""
    inside = os.path.realpath(f"{root}/{link}").startswith(os.path.realpath(root) + "/")
    return "" if inside else ", outside of the repository"
