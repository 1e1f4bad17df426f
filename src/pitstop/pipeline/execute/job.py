"""Job: the process, or the row of processes, that runs one task or a batch of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core import clock, events
from pitstop.core.text import Masker
from pitstop.pipeline.execute.log import Log
from pitstop.pipeline.execute.processes import Ended, Process, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pitstop.core.events import Event
    from pitstop.core.task import Task, TaskId
    from pitstop.pipeline.batch import Batch
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


class Job:
    """Runs commands one after the other and gathers what they write.

    It waits for nothing by itself: the loop calls `start`, then `feed` with what arrives, then `ended`.
    """

    def __init__(
        self,
        works: tuple[Work, ...],
        commands: tuple[tuple[str, ...], ...],
        cwd: str,
        env: Mapping[str, str],
        secrets: Iterable[str],
        batch: Batch | None = None,
    ) -> None:
        self.works = works
        self.commands = commands
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
        self.codes: list[int] = []
        self.signal = 0
        self.usage = Usage()
        self.began = self.end = 0.0
        self.logs: dict[TaskId, Log] = {work.task.id: Log() for work in works}
        self._masker = Masker(secrets)
        self._name = works[0].task.id if batch is None else label(works)

    @property
    def name(self) -> str:
        """The id of its task, or the common name of its batch."""
        return self._name

    def start(self) -> None:
        """Start its next command. Raises OSError as the system says it."""
        if not self.codes:
            self.began = clock.monotonic()
        self.result, self.drain_until = None, 0.0
        self.process = Process(self.commands[len(self.codes)], self.cwd, self.env)
        self.open = True

    def again(self) -> None:
        """Forget how it ended, for one more attempt."""
        self.attempt += 1
        self.codes, self.signal, self.usage = [], 0, Usage()
        self.deadline = self.kill_at = 0.0
        self.reason = ""
        self.logs = {work.task.id: Log() for work in self.works}

    def feed(self, data: bytes, emit: Callable[[Event], None]) -> None:
        """Take output up and tell of it."""
        self._tell(self._masker.feed(data), emit)

    def _tell(self, data: bytes, emit: Callable[[Event], None]) -> None:
        if not data:
            return
        now = clock.now()
        if self.batch is None:
            self.logs[self.works[0].task.id].add(data)
            emit(events.TaskOutput(now, self._name, data))
            return
        for piece in self.batch.feed(data):
            _tell_piece(piece, now, self, emit)

    def ended(self, emit: Callable[[Event], None]) -> bool:
        """Take in how its process ended (`result`); return whether another command follows."""
        assert self.result is not None
        self._tell(self._masker.flush(), emit)
        exit_code, signal, usage = self.result
        self.codes.append(exit_code)
        self.signal = self.signal or signal
        self.usage = Usage(
            self.usage.cpu_s + usage.cpu_s,
            max(self.usage.memory, usage.memory),
            self.usage.read_bytes + usage.read_bytes,
            self.usage.written_bytes + usage.written_bytes,
        )
        self.process = None
        self.end = clock.monotonic()
        return len(self.codes) < len(self.commands) and not self.reason

    def endings(self, emit: Callable[[Event], None]) -> list[Ending]:
        """Return how each of its tasks ended; to be asked once, after the last command."""
        if self.batch is None:
            work, code = self.works[0], self.codes[-1]
            outcome = self.reason or (events.FAILURE if code else events.SUCCESS)
            return [Ending(work, outcome, code, self.signal)]
        works = {work.task.id: work for work in self.works}
        results = self.batch.finish(tuple(self.codes))
        now = clock.now()
        for piece in self.batch.feed(b""):
            _tell_piece(piece, now, self, emit)
        found: list[Ending] = []
        for result in results:
            outcome = self.reason if self.reason and result.outcome != events.SUCCESS else result.outcome
            work = works.pop(result.task)
            found.append(Ending(work, outcome, result.exit_code, self.signal, result.message, result.outputs))
        lost = [
            Ending(work, self.reason or events.ERROR, self.codes[-1], self.signal, "the tool did not say how it ended")
            for work in works.values()
        ]
        return found + lost

    @property
    def duration_s(self) -> float:
        """Seconds from its start to its end, or to now."""
        return (self.end or clock.monotonic()) - self.began


def label(works: tuple[Work, ...]) -> str:
    """Return the name that the tasks of a batch share on screens and in the record."""
    first = works[0].task
    return f"{first.spec.batch} ({len(works)} packages)" if len(works) > 1 else first.id


def _tell_piece(piece: object, now: float, job: Job, emit: Callable[[Event], None]) -> None:
    from pitstop.pipeline.batch import Tested

    if isinstance(piece, Tested):
        case = piece.case
        emit(
            events.TestFinished(
                now,
                piece.task,
                case.suite,
                case.name,
                case.outcome,
                case.duration_s,
                case.message,
                case.file,
                case.line,
                job.attempt,
            )
        )
        return
    task, data = piece.task, piece.data  # type: ignore[attr-defined]
    if task is not None:
        job.logs[task].add(data)
    emit(events.TaskOutput(now, task or job.name, data))
