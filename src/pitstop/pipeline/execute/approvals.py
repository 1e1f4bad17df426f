"""Questions that a run has asked a person, and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core import clock, events

if TYPE_CHECKING:
    from pitstop.core.task import Task, TaskId
    from pitstop.pipeline.execute.options import World


class Answered(NamedTuple):
    """The end of a question."""

    task: Task
    outcome: str
    message: str


class Approvals:
    """The open questions of a run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._until: dict[TaskId, float] = {}

    def __len__(self) -> int:
        return len(self._until)

    def ask(self, task: Task) -> None:
        """Ask whether the run may go on at `task`; its time-out is how long the answer is waited for."""
        timeout = task.spec.timeout_s
        deadline = clock.now() + timeout if timeout else 0.0
        self._until[task.id] = deadline
        self._world.emit(events.ApprovalRequested(clock.now(), task.id, task.stage, deadline))

    def drop(self) -> None:
        """Ask no more."""
        self._until.clear()

    def answered(self) -> list[Answered]:
        """Return the questions that were answered, or have waited too long, since the last look."""
        found: list[Answered] = []
        now = clock.now()
        for name, deadline in list(self._until.items()):
            answer = self._world.read_answer(name)
            if answer is not None:
                approved, by = answer
                self._world.emit(events.ApprovalGiven(now, name, approved, by))
                outcome, word = (events.SUCCESS, "approved") if approved else (events.FAILURE, "rejected")
                found.append(Answered(self._world.graph[name], outcome, f"{word} by {by}"))
            elif deadline and now >= deadline:
                found.append(Answered(self._world.graph[name], events.TIMEOUT, "nobody approved it in time"))
        for one in found:
            del self._until[one.task.id]
        return found
