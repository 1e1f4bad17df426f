"""`pitstop run --dry-run`: what would run, and why; nothing is started, brought or written but what planning remembers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pitstop.core import clock
from pitstop.core.errors import EXIT_OK
from pitstop.core.text import duration
from pitstop.pipeline import plan
from pitstop.pipeline.keys import Upstream
from pitstop.pipeline.places import tiers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pitstop.cache.actions import ActionResult
    from pitstop.cli.pipeline.choice import Choice
    from pitstop.cli.pipeline.run import Request
    from pitstop.core.task import Task, TaskId
    from pitstop.pipeline.graph import Graph
    from pitstop.pipeline.plan import Decision, Planner
    from pitstop.pipeline.settings.model import Cache
    from pitstop.pipeline.tiers_here import Tiers

    Elsewhere = Callable[[Sequence[tuple[Task, Decision]]], dict[TaskId, tuple[ActionResult, str]]]

_PATIENCE_S = 10.0
"""After so long no further question is asked of stores on other machines."""
_TOO_SLOW = f"stores on other machines are asked no more after {_PATIENCE_S:.0f} s: what they have may be told as `run`"


def dry_run(chosen: Choice, planner: Planner, request: Request, configured: Cache) -> int:
    """Print what `chosen` would do; return the exit code."""
    forced = chosen.wanted if request.force else frozenset()
    notes = list(chosen.notes)
    elsewhere = _Asked(planner.root, configured, notes) if request.cache and tiers(configured) else None
    try:
        rows = decide_all(chosen.graph, planner, forced, {**chosen.skipped, **chosen.missing}, elsewhere)
    finally:
        if elsewhere is not None:
            elsewhere.close()
    planner.memory.save(keys=planner.learned)
    if request.json:
        import json

        print(json.dumps({"name": chosen.name, "notes": notes, "tasks": rows}, indent=2))
        return EXIT_OK
    running = [row for row in rows if row["status"] in {"run", "after"}]
    width = max((len(row["task"]) for row in running), default=0)
    for row in running:
        print(f"{row['status']:<6} {row['task']:<{width}}  {row['reason']}".rstrip())
    for note in notes:
        print(f"note: {note}")
    counts = {
        status: sum(row["status"] == status and "tier" not in row for row in rows)
        for status in ("run", "after", "cache", "fresh", "skip")
    }
    places = Counter(row["tier"] for row in rows if "tier" in row)
    texts = {
        "run": "would run",
        "after": "depend on what those make",
        "cache": "from the cache",
        "fresh": "up to date",
        "skip": "left out",
    }
    total = len(rows)
    told = [f"{count} {texts[status]}" for status, count in counts.items() if count]
    told += [f"{count} from {place}" for place, count in places.items()]
    print(f"{total} {'task' if total == 1 else 'tasks'}" + (f": {', '.join(told)}" if told else ""))
    return EXIT_OK


class _Asked:
    """The stores on other machines, opened when something is missing here. They are asked, and nothing is brought."""

    def __init__(self, root: str, configured: Cache, notes: list[str]) -> None:
        self._root = root
        self._configured = configured
        self._notes = notes
        self._tiers: Tiers | None = None
        self._until = 0.0

    def __call__(self, missed: Sequence[tuple[Task, Decision]]) -> dict[TaskId, tuple[ActionResult, str]]:
        if self._tiers is None:
            from pitstop.pipeline.tiers_here import Tiers

            self._until = clock.monotonic() + _PATIENCE_S
            self._tiers = Tiers(self._root, self._configured, self._notes.append)
            self._notes += [here.problem for here in self._tiers.listed if here.problem]
        if clock.monotonic() < self._until:
            return self._tiers.of_tasks(missed)
        if _TOO_SLOW not in self._notes:
            self._notes.append(_TOO_SLOW)
        return {}

    def close(self) -> None:
        if self._tiers is not None:
            self._tiers.close()


def decide_all(
    graph: Graph,
    planner: Planner,
    forced: frozenset[TaskId] = frozenset(),
    left_out: Mapping[TaskId, str] = {},
    elsewhere: Elsewhere | None = None,
) -> list[dict[str, Any]]:
    """Return for each task of `graph` (in order, with all that it waits for) what would be done, as it is printed.

    `status` is `fresh`, `cache`, `run`, `skip`, or `after` where the outputs of a task that would run decide.
    `elsewhere` returns what other machines have of misses, and where. It is asked for all at once of which the keys are
    known, so as many times as the misses that it has are deep.
    """
    rows: dict[TaskId, dict[str, Any]] = {}
    unknown: set[TaskId] = set()
    waiting = list(graph.values())
    while waiting:
        later: dict[TaskId, Task] = {}
        missed: list[tuple[Task, Decision]] = []
        for task in waiting:
            if not later.keys().isdisjoint(task.needs):
                later[task.id] = task
            elif not task.spec.command and not task.approval:
                if unknown.intersection(task.needs):
                    unknown.add(task.id)
                else:
                    planner.upstream[task.id] = planner.passed_on(task)
            elif task.id in left_out:
                planner.upstream[task.id] = Upstream("")
                rows[task.id] = {"status": "skip", "reason": left_out[task.id]}
            else:
                row = _decided(planner, task, unknown, forced=task.id in forced)
                if isinstance(row, dict):
                    rows[task.id] = row
                elif elsewhere is None or task.id in forced or not planner.can_restore(task):
                    rows[task.id] = _missed(planner, task, row, unknown)
                else:
                    later[task.id] = task
                    missed.append((task, row))
        found = elsewhere(missed) if elsewhere is not None and missed else {}
        for task, decision in missed:
            del later[task.id]
            if task.id in found:
                result, place = found[task.id]
                rows[task.id] = {**_answered(planner, task, decision._replace(result=result)), "tier": place}
            else:
                rows[task.id] = _missed(planner, task, decision, unknown)
        waiting = list(later.values())
    return [
        {"task": task.id, "package": task.package, **rows[task.id], "needs": list(task.needs)}
        for task in graph.values()
        if task.id in rows
    ]


def _decided(planner: Planner, task: Task, unknown: set[TaskId], *, forced: bool) -> dict[str, Any] | Decision:
    """Return what would be done for one task, or the miss that it is here.

    `unknown`: those whose outputs are not known before they ran.
    """
    waits = sorted(unknown.intersection(task.needs))
    if waits:
        unknown.add(task.id)
        return {"status": "after", "reason": f"after {waits[0]}" + (f" and {len(waits) - 1} more" if waits[1:] else "")}
    if task.approval:
        planner.upstream[task.id] = planner.passed_on(task)
        return {"status": "run", "reason": "waits for approval"}
    decision = planner.decide(task, forced=forced)
    if decision.kind == plan.FRESH:
        planner.settle_fresh(task)
        return {"status": "fresh", "reason": "", "action": _action(decision)}
    return _answered(planner, task, decision) if decision.kind == plan.HIT else decision


def _answered(planner: Planner, task: Task, decision: Decision) -> dict[str, Any]:
    """Return what is told of a task whose result is known."""
    assert decision.result is not None
    planner.upstream[task.id] = planner.of_result(task, decision)
    took = duration(decision.result.duration_s)
    return {"status": "cache", "reason": f"took {took}", "action": _action(decision)}


def _missed(planner: Planner, task: Task, decision: Decision, unknown: set[TaskId]) -> dict[str, Any]:
    """Return what is told of a task that would run."""
    if task.spec.outputs or task.spec.batch:
        unknown.add(task.id)
    else:
        planner.upstream[task.id] = Upstream(_action(decision))
    return {"status": "run", "reason": decision.reason, "action": _action(decision)}


def _action(decision: Decision) -> str:
    return decision.key.action if decision.key is not None else ""
