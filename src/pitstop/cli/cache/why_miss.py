"""`pitstop cache why-miss`: two keys of one task, side by side."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pitstop.core.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    from pitstop.core.task import TaskId


def why_miss(name: str, *, json: bool) -> int:
    """Print why the task `name` misses now or, if it does not, why it missed last; return the exit code."""
    from pitstop.cli.pipeline.carry_out import planner_of
    from pitstop.cli.pipeline.dry_run import decide_all
    from pitstop.links.git import find_root
    from pitstop.pipeline import workspace
    from pitstop.pipeline.graph import closure
    from pitstop.pipeline.memory import Memory
    from pitstop.pipeline.select import select

    root = find_root(os.getcwd())
    space = workspace.load(root)
    wanted = select(space.graph, space.packages, (name,)).wanted
    if len(wanted) != 1:
        listed = ", ".join(f"`{task}`" for task in wanted[:6])
        raise UsageError(f"`{name}` means several tasks: {listed}{' ...' if len(wanted) > 6 else ''}", hint="name one")
    task = wanted[0]
    planner = planner_of(space, Memory(root))
    rows = {row["task"]: row for row in decide_all(closure(space.graph, wanted), planner)}
    row = rows[task]
    changes = planner.explained.get(task, [])
    earlier = "" if row["status"] == "run" else _last_miss(root, task)
    if json:
        from json import dumps

        print(
            dumps({"task": task, **row, "changes": changes or _changes(root, earlier, task), "run": earlier}, indent=2)
        )
        return EXIT_OK
    if row["status"] == "run":
        print(f"{task} would run: {row['reason']}")
        _list(changes)
    elif row["status"] == "after":
        print(f"{task} would be looked at {row['reason']}, whose outputs decide")
    else:
        where = "its outputs here are up to date" if row["status"] == "fresh" else "the cache has its result"
        print(f"{task} would not run: {where}")
    if earlier:
        print(f"it last missed in run {earlier}:")
        _list(_changes(root, earlier, task))
    return EXIT_OK


def _list(changes: list[str]) -> None:
    for change in changes[:50]:
        print(f"  {change}")
    if len(changes) > 50:
        print(f"  and {len(changes) - 50} more", file=sys.stdout)


def _last_miss(root: str, task: TaskId) -> str:
    from pitstop.records.folders import run_ids

    runs = f"{root}/.pitstop/runs"
    try:
        names = os.listdir(runs)
    except OSError:
        return ""
    return next((run for run in reversed(run_ids(names)) if _changes(root, run, task)), "")


def _changes(root: str, run: str, task: TaskId) -> list[str]:
    from pitstop.pipeline import state

    return list((state.load(f"{root}/.pitstop/runs/{run}/misses") or {}).get(task, ())) if run else []
