"""Job: the process, or the row of processes, that runs one task or a batch of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core import clock, events
from pitstop.core.text import Masker
from pitstop.pipeline.execute.log import Log
from pitstop.pipeline.execute.processes import Ended, Process, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pitstop.core.events import Event
    from pitstop.core.task import Task, TaskId
    from pitstop.links.testing.case import TestCase
    from pitstop.pipeline.batch import Batch
    from pitstop.pipeline.outputs import Kept
    from pitstop.pipeline.plan import Decision


class Work(NamedTuple):
    """One task of a job, with what was decided about it."""

    task: Task
    decision: Decision


class Ending(NamedTuple):
    """How one task of a job ended."""

    work: Work
    outcome: str
    exit_code: int | None = None
    signal: int = 0
    message: str = ""
    paths: tuple[str, ...] | None = None
    """Outputs that the tool itself reported, relative to the repository; None: as the task declares them."""
    kept: Kept | None = None
    """Outputs that are in the store and in place already, because another machine made them."""
    origin: str = events.RAN
    worker: str = ""
    """The machine that ran it; empty: this one."""


class Job:
    """Runs commands one after the other and gathers what they write.

    It waits for nothing by itself: the loop calls `start`, then `feed` with what arrives, then `ended`.
    """

    def __init__(
        self,
        works: tuple[Work, ...],
        command: tuple[str, ...],
        cwd: str,
        env: Mapping[str, str],
        secrets: Iterable[str],
        batch: Batch | None = None,
    ) -> None:
        self.works = works
        self.command: tuple[str, ...] | None = command
        """What it runs now, or next; None: nothing more."""
        self.cwd = cwd
        self.env = env
        self.batch = batch
        self.process: Process | None = None
        self.attempt = 1
        self.held = 0
        """Cores it holds."""
        self.deadline = 0.0
        """Monotonic seconds after which it is ended; 0: never."""
        self.kill_at = 0.0
        """When it is killed, having been asked; 0: it was not asked."""
        self.reason = ""
        """`timeout` or `cancellation`, when it was asked to end."""
        self.open = False
        """Whether the pipe of its process has not ended yet."""
        self.result: Ended | None = None
        """How its process ended, once it has."""
        self.drain_until = 0.0
        """When no more output is waited for, although somebody holds the pipe of a process that ended; 0: not yet."""
        self.exit_code = 0
        """Of its last command, 128 + signal when one ended it."""
        self.signal = 0
        self.usage = Usage()
        self.began = self.end = 0.0
        self.hushed = False
        """Whether nobody is told yet what it writes, because another job does the same task and may win."""
        self.logs: dict[TaskId, Log] = {work.task.id: Log() for work in works}
        self._masker = Masker(secrets)
        self._name = works[0].task.id if batch is None else label(works)

    @property
    def name(self) -> str:
        """The id of its task, or the common name of its batch."""
        return self._name

    def start(self) -> None:
        """Start its next command. Raises OSError as the system says it."""
        assert self.command is not None
        self.began = self.began or clock.monotonic()
        self.result, self.drain_until = None, 0.0
        self.process = Process(self.command, self.cwd, self.env)
        self.open = True

    def again(self) -> None:
        """Forget how it ended, for one more attempt; not for batches."""
        self.attempt += 1
        self.exit_code, self.signal, self.usage, self.began = 0, 0, Usage(), 0.0
        self.deadline = self.kill_at = 0.0
        self.reason = ""
        self.logs = {work.task.id: Log() for work in self.works}

    def feed(self, data: bytes, emit: Callable[[Event], None]) -> None:
        """Take output up and tell of it."""
        self._tell(self._masker.feed(data), emit)

    def _tell(self, data: bytes, emit: Callable[[Event], None]) -> None:
        if not data:
            return
        if self.batch is not None:
            self._tell_batch(data, emit)
            return
        self.logs[self.works[0].task.id].add(data)
        if not self.hushed:
            emit(events.TaskOutput(clock.now(), self._name, data))

    def speak(self, emit: Callable[[Event], None]) -> None:
        """Tell what it wrote while it was hushed, and from now on what it writes."""
        if self.hushed:
            self.hushed = False
            if data := self.logs[self.works[0].task.id].bytes():
                emit(events.TaskOutput(clock.now(), self._name, data))

    def _tell_batch(self, data: bytes, emit: Callable[[Event], None]) -> None:
        """Give `data` to the batch, which knows whose it is; `b""` is the end of what a command wrote."""
        from pitstop.pipeline.batch import Tested

        assert self.batch is not None
        now = clock.now()
        for piece in self.batch.feed(data):
            if isinstance(piece, Tested):
                emit(test_event(piece.task, piece.case, self.attempt))
                continue
            if piece.task is not None:
                self.logs[piece.task].add(piece.data)
            emit(events.TaskOutput(now, piece.task or self.name, piece.data))

    def ended(self, emit: Callable[[Event], None]) -> bool:
        """Take in how its process ended (`result`); return whether another command follows."""
        assert self.result is not None
        self._tell(self._masker.flush(), emit)
        self.exit_code, signal, usage = self.result
        self.signal = self.signal or signal
        self.usage = Usage(
            self.usage.cpu_s + usage.cpu_s,
            max(self.usage.memory, usage.memory),
            self.usage.read_bytes + usage.read_bytes,
            self.usage.written_bytes + usage.written_bytes,
        )
        self.process = None
        self.end = clock.monotonic()
        if self.batch is not None:
            self._tell_batch(b"", emit)
            if not self.reason:
                self.command = self.batch.next_command(-signal if signal else self.exit_code)
                self._tell_batch(b"", emit)
                return self.command is not None
        return False

    def endings(self) -> list[Ending]:
        """Return how each of its tasks ended; to be asked once, after the last command."""
        if self.batch is None:
            work, code = self.works[0], self.exit_code
            outcome = self.reason or (events.FAILURE if code else events.SUCCESS)
            return [Ending(work, outcome, code, self.signal)]
        works = {work.task.id: work for work in self.works}
        found: list[Ending] = []
        for result in self.batch.finish():
            outcome = self.reason if self.reason and result.outcome != events.SUCCESS else result.outcome
            message = "" if self.reason == events.CANCELLATION else result.message
            found.append(Ending(works[result.task], outcome, result.exit_code, self.signal, message, result.outputs))
        return found

    @property
    def duration_s(self) -> float:
        """Seconds from its start to its end, or to now."""
        return (self.end or clock.monotonic()) - self.began


def label(works: tuple[Work, ...]) -> str:
    """Return the name that the tasks of a batch share on screens and in the record."""
    first = works[0].task
    return f"{first.spec.batch} ({len(works)} packages)" if len(works) > 1 else first.id


def started(job: Job, expected: Mapping[str, float]) -> Iterator[events.TaskStarted]:
    """Yield that the tasks of a job begin, with the seconds they are `expected` to take."""
    now = clock.now()
    for task, decision in job.works:
        command = task.spec.command if isinstance(task.spec.command, str) else " ".join(task.spec.command)
        batch = job.name if job.batch is not None else ""
        took = expected.get(task.id, 0.0)
        yield events.TaskStarted(now, task.id, job.attempt, command, decision.reason, took, batch)


def test_event(task: str, case: TestCase, attempt: int) -> events.TestFinished:
    """Return the event for a test case of `task`."""
    return events.TestFinished(
        clock.now(),
        task,
        case.suite,
        case.name,
        case.outcome,
        case.duration_s,
        case.message,
        case.file,
        case.line,
        max(attempt, case.attempt),
    )
