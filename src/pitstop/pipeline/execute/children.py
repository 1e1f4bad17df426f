"""Children: the processes of a run. Starts them, takes up what they write, notices how they end, and ends them."""

from __future__ import annotations

import os
import selectors
import signal
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core import clock, events
from pitstop.pipeline.execute import processes
from pitstop.pipeline.execute.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.core.events import Event
    from pitstop.pipeline.execute.job import Job

_DRAIN_S = 0.1
"""How long output is waited for when a process has ended, but something it started still holds its pipe."""
_PIPE_SIZE = 65536
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Watch(NamedTuple):
    """Who is told about a descriptor that belongs to no job: the line to a process that works for the run."""

    read: Callable[[], None]
    write: Callable[[], None]


class Children:
    """The running jobs. Between `open` and `close` it has the signals of this process; main thread only."""

    def __init__(self, emit: Callable[[Event], None], grace_s: float) -> None:
        self._emit = emit
        self._grace_s = grace_s
        self.jobs: dict[int, Job] = {}
        """By process id."""
        self.interrupts: list[int] = []
        """Signals that asked this process to end and were not answered yet."""
        self._woken = False
        self._ended: list[Job] = []
        self._lingering: dict[int, float] = {}
        """Process groups whose leader has ended but not all the rest, and when that is killed."""
        self._selector = selectors.DefaultSelector()
        self._watchdog: Watchdog | None = None

    def open(self) -> None:
        """Take over the signals."""
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)
        self._old_wakeup = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        self._old = {number: signal.signal(number, self._on_signal) for number in (*_SIGNALS, signal.SIGCHLD)}
        self._selector.register(self._reading, selectors.EVENT_READ, None)

    def close(self) -> None:
        """Kill whatever is left, and give the signals back."""
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_wakeup)
        self._selector.close()
        os.close(self._reading)
        os.close(self._writing)
        for group in (*self._lingering, *self.jobs):
            processes.send(group, signal.SIGKILL)
        if self._watchdog is not None:
            self._watchdog.close()

    def start(self, job: Job) -> None:
        """Start the next command of `job`. Raises OSError as the system says it."""
        if self._watchdog is None:
            self._watchdog = Watchdog()
        job.start()
        assert job.process is not None
        self._watchdog.started(job.process.pid)
        self.jobs[job.process.pid] = job
        self._selector.register(job.process.output, selectors.EVENT_READ, job)

    def wait(self, until: float) -> list[Job]:
        """Take up what happens until `until` (monotonic seconds) at the latest.

        Returns the jobs whose process has ended and whose output is complete; they are no longer among `jobs`.
        """
        patience = max(0.0, min([until, *self._due()]) - clock.monotonic())
        for key, mask in self._selector.select(patience):
            if key.data is None:
                self._woken = True
                _drain(self._reading)
            elif isinstance(key.data, Watch):
                if mask & selectors.EVENT_WRITE:
                    key.data.write()
                if mask & selectors.EVENT_READ:
                    key.data.read()
            else:
                self._read(key.data)
        if self._woken:
            self._woken = False
            for job in list(self.jobs.values()):
                self._reap(job)
        self._watch_clock(clock.monotonic())
        ended, self._ended = self._ended, []
        return ended

    def watch(self, fd: int, watch: Watch, *, writing: bool = False) -> None:
        """Have `watch` told when there is something to read at `fd`, and with `writing` when it takes more."""
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if writing else 0)
        try:
            if self._selector.get_key(fd).events != wanted:
                self._selector.modify(fd, wanted, watch)
        except KeyError:
            self._selector.register(fd, wanted, watch)

    def unwatch(self, fd: int) -> None:
        """Forget `fd`, which is about to be closed."""
        self._selector.unregister(fd)

    def ask_to_end(self, number: int, *, kill: bool) -> None:
        """Cancel every job: send signal `number` to its group and kill it after a while, or kill it now."""
        now = clock.monotonic()
        for job in self.jobs.values():
            job.reason = events.CANCELLATION
            job.kill_at = now if kill else now + self._grace_s
            if job.process is not None and not kill:
                job.process.send(number)

    def finish_off(self, group: int) -> None:
        """Kill what is left of a process group whose leader has ended."""
        if group in self._lingering:
            if processes.send(group, 0):
                processes.send(group, signal.SIGKILL)
            del self._lingering[group]
            if self._watchdog is not None:
                self._watchdog.ended(group)

    def _on_signal(self, number: int, _frame: object) -> None:
        if number == signal.SIGCHLD:
            self._woken = True
        else:
            self.interrupts.append(number)

    def _due(self) -> list[float]:
        """Return when something has to be done by the clock."""
        return [
            at
            for job in self.jobs.values()
            for at in (job.deadline if not job.kill_at else 0.0, job.kill_at, job.drain_until)
            if at
        ]

    def _read(self, job: Job) -> None:
        """Take up what has arrived from a job."""
        process = job.process
        if process is None or not job.open:
            return
        data = process.read()
        if data:
            if len(data) == _PIPE_SIZE:
                process.widen()
            job.feed(data, self._emit)
        elif data is not None:
            self._close_pipe(job)
            if job.result is not None:
                self._over(job)

    def _reap(self, job: Job) -> None:
        """Look whether the process of a job has ended."""
        process = job.process
        if process is None or job.result is not None:
            return
        job.result = process.reap()
        if job.result is None:
            return
        while job.open and (data := process.read()) is not None:
            if data:
                job.feed(data, self._emit)
            else:
                self._close_pipe(job)
        if job.open:
            job.drain_until = clock.monotonic() + _DRAIN_S
        else:
            self._over(job)

    def _close_pipe(self, job: Job) -> None:
        assert job.process is not None
        self._selector.unregister(job.process.output)
        job.process.close()
        job.open = False

    def _over(self, job: Job) -> None:
        """Hand out a job whose process has ended; what it left running is asked to end too."""
        assert job.process is not None
        group = job.process.pid
        del self.jobs[group]
        if processes.send(group, signal.SIGTERM):
            self._lingering[group] = clock.monotonic() + self._grace_s
        elif self._watchdog is not None:
            self._watchdog.ended(group)
        self._ended.append(job)

    def _watch_clock(self, now: float) -> None:
        for job in list(self.jobs.values()):
            process = job.process
            if process is None:
                continue
            if job.drain_until and now >= job.drain_until:
                self._close_pipe(job)
                self._over(job)
            elif job.kill_at and now >= job.kill_at:
                process.send(signal.SIGKILL)
                job.kill_at = now + self._grace_s
            elif job.deadline and not job.kill_at and now >= job.deadline:
                job.reason = events.TIMEOUT
                job.kill_at = now + self._grace_s
                process.send(signal.SIGTERM)
        for group, at in list(self._lingering.items()):
            if now >= at or not processes.send(group, 0):  # by and by its number will be another's
                self.finish_off(group)


def _drain(reading: int) -> None:
    try:
        while os.read(reading, 4096):
            pass
    except BlockingIOError:
        return
