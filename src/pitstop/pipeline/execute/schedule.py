"""Which task may start next. No clock, process or file lives here."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pitstop.core.task import Task, TaskId

_DEFAULT_S = 1.0


class Schedule:
    """The order of a graph of tasks: each after all it needs, the longest way to the end first.

    A task is *open* until everything it needs has passed, then `take` hands it out, once; whoever took it says
    `passed` or `failed`. A task whose need failed is never handed out.
    """

    def __init__(self, graph: Mapping[TaskId, Task], expected: Mapping[str, float]) -> None:
        self._graph = graph
        self._users: dict[TaskId, list[TaskId]] = {name: [] for name in graph}
        self._missing: dict[TaskId, int] = {}
        self._ended: set[TaskId] = set()
        for name, task in graph.items():
            needs = [need for need in task.needs if need in graph]
            self._missing[name] = len(needs)
            for need in needs:
                self._users[need].append(name)
        self.remaining = critical_paths(graph, self._users, expected)
        """Seconds from the start of each task to the end of the run, if only what it holds up mattered."""
        self._order = {name: number for number, name in enumerate(graph)}
        self._ready: list[tuple[float, int, TaskId]] = []
        for name, missing in self._missing.items():
            if not missing:
                self._push(name)

    def _push(self, name: TaskId) -> None:
        heappush(self._ready, (-self.remaining[name], self._order[name], name))

    def take(self) -> TaskId | None:
        """Return the most urgent task of which all needs have passed, or None when there is none now."""
        while self._ready:
            name = heappop(self._ready)[2]
            if name not in self._ended:
                return name
        return None

    def passed(self, name: TaskId) -> None:
        """Note that a task ended well: what waited only for it becomes ready."""
        self._ended.add(name)
        for user in self._users[name]:
            self._missing[user] -= 1
            if not self._missing[user] and user not in self._ended:
                self._push(user)

    def failed(self, name: TaskId) -> list[TaskId]:
        """Note that a task did not end well; return the tasks that can now never start, in the order of the graph."""
        self._ended.add(name)
        lost: list[TaskId] = []
        stack = [name]
        while stack:
            for user in self._users[stack.pop()]:
                if user not in self._ended:
                    self._ended.add(user)
                    lost.append(user)
                    stack.append(user)
        return sorted(lost, key=self._order.__getitem__)

    def left(self) -> list[TaskId]:
        """Return the tasks that have not ended, in the order of the graph."""
        return [name for name in self._graph if name not in self._ended]

    @property
    def done(self) -> bool:
        """Whether every task has ended."""
        return len(self._ended) == len(self._graph)


def critical_paths(
    graph: Mapping[TaskId, Task], users: Mapping[TaskId, Iterable[TaskId]], expected: Mapping[str, float]
) -> dict[TaskId, float]:
    """Return for each task its expected seconds plus those of the longest chain of tasks that wait for it.

    `graph` is in an order in which each task comes after what it needs. A task of unknown duration counts as a second.
    """
    remaining: dict[TaskId, float] = {}
    for name in reversed(list(graph)):
        after = max((remaining[user] for user in users[name]), default=0.0)
        own = expected.get(name, _DEFAULT_S) if graph[name].spec.command else 0.0
        remaining[name] = own + after
    return remaining


def is_silent(task: Task) -> bool:
    """Return whether `task` is only the end of a stage, of which nobody hears."""
    return bool(task.stage) and not task.spec.command and not task.approval
