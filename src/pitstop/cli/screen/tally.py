"""What a run has come to so far, counted from its events; every screen keeps one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.events import (
    CANCELLATION,
    RAN,
    SKIP,
    SUCCESS,
    ApprovalGiven,
    ApprovalRequested,
    Event,
    RunFinished,
    RunPlanned,
    RunStarted,
    TaskFinished,
    TaskStarted,
    TestFinished,
)
from pitstop.core.text import duration, plural

if TYPE_CHECKING:
    from collections.abc import Callable

_TESTS_KEPT = 1000  # failed tests of one run that are kept for the verdict


class Tally:
    """The counts of a run, the tasks that run now and those that ended badly."""

    def __init__(self, folder: Callable[[str], str] | None = None) -> None:
        self.folder = folder or (lambda _: "")
        """The folder of a task's package, relative to the repository."""
        self.run = ""
        self.root = ""
        self.started = 0.0
        self.expected_s = 0.0
        self.total = 0
        self.cached = 0
        self.elsewhere = 0
        """Those of the cached that came from other machines."""
        self.ran = 0
        self.skipped = 0
        self.cancelled = 0
        self.running: dict[str, TaskStarted] = {}
        self.sources: set[str] = set()
        """Names under which output of this run arrives: tasks and batches that were started."""
        self.failed: list[TaskFinished] = []
        self.stopped: list[TaskFinished] = []
        """Skipped and cancelled ones, in order."""
        self.commands: dict[str, str] = {}
        """Of the tasks that failed, as a person would type them."""
        self.tests: dict[str, list[TestFinished]] = {}
        """Failed tests by task, of the last attempt."""
        self.waiting: set[str] = set()
        """Approvals that nobody has given yet."""
        self.finish: RunFinished | None = None
        self._ready = 0

    def __call__(self, event: Event) -> None:
        """Count `event`."""
        match event:
            case TaskFinished():
                self._task_finished(event)
            case TaskStarted():
                self.running[event.task] = event
                self.sources.add(event.batch or event.task)
                self.tests.pop(event.task, None)
            case TestFinished():
                if event.outcome not in {SUCCESS, SKIP} and len(self.tests) < _TESTS_KEPT:
                    self.tests.setdefault(event.task, []).append(event)
            case RunStarted():
                self.run, self.root, self.started = event.run, event.root, event.time
            case RunPlanned():
                self.total, self._ready, self.expected_s = event.total, event.ready, event.expected_s
            case RunFinished():
                self.finish = event
            case ApprovalRequested():
                self.waiting.add(event.task)
            case ApprovalGiven():
                self.waiting.discard(event.task)
            case _:
                pass

    def _task_finished(self, event: TaskFinished) -> None:
        started = self.running.pop(event.task, None)
        self.waiting.discard(event.task)
        if event.outcome == SUCCESS:
            self.tests.pop(event.task, None)
            if event.origin == RAN:
                self.ran += 1
            else:
                self.cached += 1
                self.elsewhere += bool(event.tier)
        elif event.outcome == SKIP:
            self.skipped += 1
            self.stopped.append(event)
        elif event.outcome == CANCELLATION:
            self.cancelled += 1
            self.stopped.append(event)
        else:
            self.failed.append(event)
            if started:
                self.commands[event.task] = started.command

    @property
    def answered(self) -> int:
        """Number of tasks that came from the cache, told one by one or all at once when the run was planned."""
        return max(self.cached, self._ready)

    @property
    def ended(self) -> int:
        """Number of tasks that are through, whatever became of them."""
        return self.answered + self.ran + len(self.failed) + self.skipped + self.cancelled

    def verdict(self) -> str:
        """Return the one line: `500 tasks: 498 cached, 2 ran, 0 failed in 0.31 s`."""
        shared = f" ({self.elsewhere} from other machines)" if self.elsewhere else ""
        parts = [f"{self.answered} cached{shared}", f"{self.ran} ran", f"{len(self.failed)} failed"]
        missing = max(self.total - self.ended, 0) if self.finish and self.finish.outcome != SUCCESS else 0
        for count, word in ((self.skipped, "skipped"), (self.cancelled, "cancelled"), (missing, "not started")):
            if count:
                parts.append(f"{count} {word}")
        line = f"{plural(self.ended + missing, 'task')}: {', '.join(parts)}"
        return f"{line} in {duration(self.finish.duration_s)}" if self.finish else line

    @property
    def role(self) -> str:
        """How the verdict is painted (see `Style.paint`)."""
        if self.failed or (self.finish and self.finish.outcome not in {SUCCESS, CANCELLATION}):
            return "bad"
        return "good" if not self.finish or self.finish.outcome == SUCCESS else "warn"
