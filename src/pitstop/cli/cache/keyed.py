"""From the name of a task, as it is typed, to its key as it is now."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.errors import UsageError

if TYPE_CHECKING:
    from pitstop.core.task import Task
    from pitstop.pipeline.plan import Planner
    from pitstop.pipeline.tiers_here import Tiers


class Keyed(NamedTuple):
    """A task and what would be done for it."""

    task: Task
    planner: Planner
    """Which has decided everything that the task waits for."""
    row: dict[str, Any]
    """See `dry_run.decide_all`."""


def keyed(root: str, name: str, tiers: Tiers | None = None) -> Keyed:
    """Return the one task that `name` means; `tiers` are asked for what is missing here. Raises UsageError."""
    from pitstop.cli.pipeline.carry_out import planner_of
    from pitstop.cli.pipeline.dry_run import decide_all
    from pitstop.pipeline import workspace
    from pitstop.pipeline.graph import closure
    from pitstop.pipeline.memory import Memory
    from pitstop.pipeline.select import select

    space = workspace.load(root)
    wanted = select(space.graph, space.packages, (name,)).wanted
    if len(wanted) != 1:
        listed = ", ".join(f"`{task}`" for task in wanted[:6])
        raise UsageError(f"`{name}` means several tasks: {listed}{' ...' if len(wanted) > 6 else ''}", hint="name one")
    task = space.graph[wanted[0]]
    planner = planner_of(space, Memory(root))
    graph = closure(space.graph, wanted)
    rows = decide_all(graph, planner, elsewhere=tiers.of_tasks if tiers is not None else None)
    return Keyed(task, planner, next(row for row in rows if row["task"] == task.id))


def tell(text: str) -> None:
    """Say what a tier could not do."""
    print(f"note: {text}", file=sys.stderr)


def is_action(text: str) -> bool:
    """Return whether `text` is the hash of an action, whole."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def action_of(root: str, name: str, tiers: Tiers | None = None) -> tuple[str, str]:
    """Return the task that `name` means and its action; for a hash, no task and the hash itself. Raises UsageError."""
    if is_action(name):
        return "", name
    found = keyed(root, name, tiers)
    action = str(found.row.get("action", ""))
    if not action:
        why = (
            "it has nothing to run"
            if found.row["status"] != "after"
            else f"it depends on what {found.row['reason'][6:]} makes"
        )
        raise UsageError(f"`{found.task.id}` has no key: {why}", hint="run it first, or name the hash of an action")
    return found.task.id, action
