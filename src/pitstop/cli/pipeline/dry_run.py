"""`pitstop run --dry-run`: what would run, and why; nothing is started or written but what planning remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.core.errors import EXIT_OK
from pitstop.core.text import duration
from pitstop.pipeline import plan
from pitstop.pipeline.keys import Upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pitstop.cache.actions import ActionResult
    from pitstop.cli.pipeline.choice import Choice
    from pitstop.cli.pipeline.run import Request
    from pitstop.core.task import Task, TaskId
    from pitstop.pipeline.graph import Graph
    from pitstop.pipeline.plan import Decision, Planner


def dry_run(chosen: Choice, planner: Planner, request: Request) -> int:
    """Print what `chosen` would do; return the exit code."""
    forced = chosen.wanted if request.force else frozenset()
    rows = decide_all(chosen.graph, planner, forced, {**chosen.skipped, **chosen.missing})
    planner.memory.save(keys=planner.learned)
    if request.json:
        import json

        print(json.dumps({"name": chosen.name, "notes": list(chosen.notes), "tasks": rows}, indent=2))
        return EXIT_OK
    running = [row for row in rows if row["status"] in {"run", "after"}]
    width = max((len(row["task"]) for row in running), default=0)
    for row in running:
        print(f"{row['status']:<6} {row['task']:<{width}}  {row['reason']}".rstrip())
    for note in chosen.notes:
        print(f"note: {note}")
    counts = {
        status: sum(row["status"] == status for row in rows) for status in ("run", "after", "cache", "fresh", "skip")
    }
    texts = {
        "run": "would run",
        "after": "depend on what those make",
        "cache": "from the cache",
        "fresh": "up to date",
        "skip": "left out",
    }
    total = len(rows)
    said = ", ".join(f"{count} {texts[status]}" for status, count in counts.items() if count)
    print(f"{total} {'task' if total == 1 else 'tasks'}" + (f": {said}" if said else ""))
    return EXIT_OK


def decide_all(
    graph: Graph,
    planner: Planner,
    forced: frozenset[TaskId] = frozenset(),
    left_out: Mapping[TaskId, str] = {},
    elsewhere: Callable[[Task, Decision], tuple[ActionResult, str] | None] = lambda _task, _decision: None,
) -> list[dict[str, Any]]:
    """Return for each task of `graph` (in order, with all that it waits for) what would be done, as it is printed.

    `status` is `fresh`, `cache`, `run`, `skip`, or `after` where the outputs of a task that would run decide.
    `elsewhere` returns what another machine has of a miss, and where.
    """
    rows: list[dict[str, Any]] = []
    unknown: set[TaskId] = set()
    for task in graph.values():
        if not task.spec.command and not task.approval:
            if unknown.intersection(task.needs):
                unknown.add(task.id)
            else:
                planner.upstream[task.id] = planner.passed_on(task)
            continue
        if task.id in left_out:
            planner.upstream[task.id] = Upstream("")
            row: dict[str, Any] = {"status": "skip", "reason": left_out[task.id]}
        else:
            row = _decided(planner, task, unknown, elsewhere, forced=task.id in forced)
        rows.append({"task": task.id, "package": task.package, **row, "needs": list(task.needs)})
    return rows


def _decided(
    planner: Planner,
    task: Task,
    unknown: set[TaskId],
    elsewhere: Callable[[Task, Decision], tuple[ActionResult, str] | None],
    *,
    forced: bool,
) -> dict[str, Any]:
    """Return what would be done for one task; `unknown`: those whose outputs are not known before they ran."""
    waits = sorted(unknown.intersection(task.needs))
    if waits:
        unknown.add(task.id)
        return {"status": "after", "reason": f"after {waits[0]}" + (f" and {len(waits) - 1} more" if waits[1:] else "")}
    if task.approval:
        planner.upstream[task.id] = planner.passed_on(task)
        return {"status": "run", "reason": "waits for approval"}
    decision = planner.decide(task, forced=forced)
    action = decision.key.action if decision.key is not None else ""
    if decision.kind == plan.FRESH:
        planner.settle_fresh(task)
        return {"status": "fresh", "reason": "", "action": action}
    if decision.kind == plan.HIT and decision.result is not None:
        planner.upstream[task.id] = planner.of_result(task, decision)
        return {"status": "cache", "reason": f"took {duration(decision.result.duration_s)}", "action": action}
    if not forced and (found := elsewhere(task, decision)) is not None:
        result, place = found
        planner.upstream[task.id] = planner.of_result(task, decision._replace(result=result))
        return {"status": "cache", "reason": f"took {duration(result.duration_s)}", "action": action, "tier": place}
    if task.spec.outputs or task.spec.batch:
        unknown.add(task.id)
    else:
        planner.upstream[task.id] = Upstream(action)
    return {"status": "run", "reason": decision.reason, "action": action}
