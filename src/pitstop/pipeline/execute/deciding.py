"""Deciding: which tasks of a run need a process. The others end here: fresh, restored, left out, lost."""

from __future__ import annotations

from heapq import heappush
from typing import TYPE_CHECKING

from pitstop.core import clock, events
from pitstop.pipeline import plan
from pitstop.pipeline.execute.approvals import Approvals
from pitstop.pipeline.execute.claims import Claims
from pitstop.pipeline.execute.job import Work
from pitstop.pipeline.execute.restore import Restorer
from pitstop.pipeline.execute.schedule import Schedule, is_silent
from pitstop.pipeline.execute.shared import Shared

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.core.task import Task, TaskId
    from pitstop.pipeline.execute.children import Children
    from pitstop.pipeline.execute.options import World
    from pitstop.pipeline.plan import Decision


class Deciding:
    """The tasks of one run that are not running."""

    def __init__(self, world: World, children: Children, *, replay: bool) -> None:
        self._world = world
        self._replay = replay
        self.schedule = Schedule(world.graph, world.expected)
        self.claims = Claims(world.root)
        self.shared = Shared(world, children)
        self.approvals = Approvals(world)
        self.runnable: list[tuple[float, int, Work]] = []
        """Misses of which all needs have passed, the most urgent first."""
        self.blocked: list[Task] = []
        """Tasks that another run in this checkout is at."""
        self._hits: list[tuple[Task, Decision]] = []
        """Tasks whose outputs are to be put back, and that are claimed."""
        self._restorer = Restorer(world)
        self._count = 0
        self.failed: list[TaskId] = []
        self.ready = 0
        """So many were answered from the cache."""

    def __bool__(self) -> bool:
        """Whether a task waits for something other than the tasks before it."""
        return bool(self.approvals or self.blocked or self.runnable or self.shared)

    def close(self) -> None:
        """Let go of what other processes may want."""
        self._restorer.close()
        self.shared.close()
        self.claims.close()

    def drop(self) -> None:
        """Start nothing of what waits."""
        self.runnable.clear()
        self.blocked.clear()
        self.shared.drop()
        self.approvals.drop()

    def advance(self, is_over: Callable[[], bool]) -> None:
        """Decide every task that may be decided, until `is_over`; those that need no process end at once."""
        for task, decision in self.shared.answered():
            self._take_answer(task, decision)
        if self.blocked:
            blocked, self.blocked = self.blocked, []
            self._world.planner.memory.refresh()
            for task in blocked:
                self._settle(task)
        while not is_over():
            name = self.schedule.take()
            if name is not None:
                self._settle(self._world.graph[name])
                continue
            self.shared.ask()
            if not self._hits:
                break
            self._restore()

    def _settle(self, task: Task) -> None:
        world, planner = self._world, self._world.planner
        if (reason := world.skipped.get(task.id)) is not None:
            self.go_on(task, events.SKIP, reason)
            return
        if (reason := world.missing.get(task.id)) is not None:
            self.lose(task, events.SKIP, reason)
            return
        if task.approval:
            self.approvals.ask(task)
            return
        decision = planner.decide(task, forced=task.id in world.forced)
        if decision.kind == plan.NOTHING:
            self.go_on(task)
        elif decision.kind == plan.FRESH:
            planner.settle_fresh(task)
            self._hit(task, decision, events.FRESH)
        elif not self.claims.take((task.id,)):
            self.blocked.append(task)
        elif decision.kind == plan.HIT:
            self._hits.append((task, decision))
        elif self.shared.hold(task, decision):
            self.claims.drop((task.id,))
        else:
            self.must_run(task, decision)

    def _take_answer(self, task: Task, decision: Decision) -> None:
        """Go on with a task of which it is known by now whether another machine has its result."""
        if decision.kind != plan.HIT:
            self.must_run(task, decision)
        elif self.claims.take((task.id,)):
            self._hits.append((task, decision))
        else:
            self.blocked.append(task)

    def _restore(self) -> None:
        """Put the outputs of the hits so far in place."""
        hits, self._hits = self._hits, []
        for (task, decision), there in zip(hits, self._restorer.restore(hits), strict=True):
            if there:
                self.claims.drop((task.id,))
                self._hit(task, decision, events.CACHED)
            else:
                self._world.planner.unrestorable.add(task.id)
                self.must_run(task, self._world.planner.decide_anew(task)._replace(kind=plan.MISS))

    def must_run(self, task: Task, decision: Decision) -> None:
        """Have a task wait for a core, or for another machine."""
        self.claims.drop((task.id,))
        self._count += 1
        heappush(self.runnable, (-self.schedule.remaining[task.id], self._count, Work(task, decision)))

    def _hit(self, task: Task, decision: Decision, origin: str) -> None:
        last = self._world.planner.memory.tasks.get(task.id)
        action = decision.key.action if decision.key is not None else ""
        duration, count = (last.duration_s, len(last.rows)) if last is not None else (0.0, 0)
        self.ready += 1
        if decision.key is not None:
            self.shared.was_here(task, decision.key)
        if self._replay and (log := self._world.planner.store.get_log(action)):
            self._world.emit(events.TaskOutput(clock.now(), task.id, log))
        done = (clock.now(), task.id, events.SUCCESS, origin, action)
        tier, size = self.shared.came.get(task.id, ("", 0)) if origin == events.CACHED else ("", 0)
        self._world.emit(events.TaskFinished(*done, duration_s=duration, outputs=count, tier=tier, fetched_bytes=size))
        self.schedule.passed(task.id)

    def go_on(self, task: Task, outcome: str = events.SUCCESS, message: str = "") -> None:
        """End a task that has nothing to run, and that nobody need wait for any longer."""
        planner = self._world.planner
        planner.upstream[task.id] = planner.passed_on(task)
        if not is_silent(task):
            origin = events.FRESH if outcome == events.SUCCESS else events.RAN
            self._world.emit(events.TaskFinished(clock.now(), task.id, outcome, origin, message=message))
        self.schedule.passed(task.id)

    def lose(self, task: Task, outcome: str, message: str) -> None:
        """End a task that cannot run, and all that wait for it."""
        self._world.emit(events.TaskFinished(clock.now(), task.id, outcome, message=message))
        if outcome != events.SKIP:
            self.failed.append(task.id)
        self.lose_users(task, "was left out" if outcome == events.SKIP else "did not pass")

    def lose_users(self, task: Task, why: str) -> None:
        """Tell of the tasks that can never start now."""
        message = f"needs `{task.id}`, which {why}"
        for lost in self.schedule.failed(task.id):
            if not is_silent(self._world.graph[lost]):
                self._world.emit(events.TaskFinished(clock.now(), lost, events.SKIP, message=message))
