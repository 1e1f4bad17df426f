"""The loop: the one place that starts processes, listens to them and ends them. One thread, no locks."""

from __future__ import annotations

import os
import selectors
import signal
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from pitstop.core import clock, events
from pitstop.core.task import CACHE_CHECKOUT
from pitstop.pipeline import outputs, plan
from pitstop.pipeline.execute import processes
from pitstop.pipeline.execute.claims import Claims
from pitstop.pipeline.execute.finish import finish
from pitstop.pipeline.execute.job import Ending, Job, Work
from pitstop.pipeline.execute.jobserver import JobServer
from pitstop.pipeline.execute.prepare import prepare
from pitstop.pipeline.execute.schedule import Schedule
from pitstop.pipeline.execute.watchdog import Watchdog

if TYPE_CHECKING:
    from pitstop.core.task import Task, TaskId
    from pitstop.pipeline.execute.options import Options, World
    from pitstop.pipeline.plan import Decision

_TICK_S = 0.1
_DRAIN_S = 0.1
_PIPE_SIZE = 65536
_MAX_BACKOFF_S = 60.0
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Loop:
    """Carries a graph of tasks out. To be used once, in the main thread: `outcome = Loop(world, options).run()`."""

    def __init__(self, world: World, options: Options) -> None:
        processes.require()
        self._world = world
        self._options = options
        self._schedule = Schedule(world.graph, world.expected)
        self._slots = options.jobs or processes.cores()
        self._memory = options.memory or processes.memory() or 1 << 62
        self._runnable: list[tuple[float, int, Work]] = []
        self._blocked: list[Task] = []
        self._delayed: list[tuple[float, int, Job]] = []
        self._approvals: dict[TaskId, float] = {}
        self._jobs: dict[int, Job] = {}
        self._locks: set[str] = set()
        self._count = 0
        self._failed: list[TaskId] = []
        self._stopping = ""
        self._interrupts: list[int] = []
        self._woken = False
        self._lingering: dict[int, float] = {}
        self._next_tick = 0.0
        self._ready = 0
        self._selector = selectors.DefaultSelector()
        self._claims = Claims(world.root)
        self._watchdog: Watchdog | None = None
        self._server: JobServer | None = None

    def run(self) -> str:
        """Return the outcome of the run: `success`, `failure`, `timeout` or `cancellation`."""
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else _pipe()
        old_wakeup = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        old = {number: signal.signal(number, self._on_signal) for number in (*_SIGNALS, signal.SIGCHLD)}
        self._selector.register(reading, selectors.EVENT_READ, None)
        try:
            self._advance()
            self._world.emit(
                events.RunPlanned(
                    clock.now(),
                    sum(not _silent(task) for task in self._world.graph.values()),
                    self._ready,
                    max(self._schedule.remaining.values(), default=0.0) if self._world.expected else 0.0,
                )
            )
            self._start()
            while self._jobs or self._delayed or self._approvals or self._blocked or self._runnable:
                self._wait(reading)
                self._advance()
                self._start()
            return self._close()
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(old_wakeup)
            self._selector.close()
            os.close(reading)
            os.close(writing)
            for group in (*self._lingering, *self._jobs):
                processes.send(group, signal.SIGKILL)
            if self._watchdog is not None:
                self._watchdog.close()
            if self._server is not None:
                self._server.close()
            self._claims.close()

    # What needs no process

    def _advance(self) -> None:
        """Decide every task that may be decided; those that need no process end at once."""
        if self._blocked:
            blocked, self._blocked = self._blocked, []
            self._world.planner.memory.refresh()
            for task in blocked:
                self._settle(task)
        while not (self._stopping or self._interrupts) and (name := self._schedule.take()) is not None:
            self._settle(self._world.graph[name])

    def _settle(self, task: Task) -> None:
        world, planner = self._world, self._world.planner
        if (reason := world.skipped.get(task.id)) is not None:
            world.emit(events.TaskFinished(clock.now(), task.id, events.SKIP, message=reason))
            planner.upstream[task.id] = planner.passed_on(task)
            self._schedule.passed(task.id)
            return
        if (reason := world.missing.get(task.id)) is not None:
            self._lose(task, events.SKIP, reason)
            return
        if task.approval:
            self._ask(task)
            return
        decision = planner.decide(task, forced=task.id in world.forced)
        if decision.kind == plan.NOTHING:
            planner.upstream[task.id] = planner.passed_on(task)
            if not _silent(task):
                world.emit(events.TaskFinished(clock.now(), task.id, events.SUCCESS, events.FRESH))
            self._schedule.passed(task.id)
        elif decision.kind == plan.FRESH:
            planner.settle_fresh(task)
            self._hit(task, decision, events.FRESH)
        elif not self._claims.take((task.id,)):
            self._blocked.append(task)
        elif decision.kind == plan.MISS or not self._restored(task, decision):
            self._claims.drop((task.id,))
            self._count += 1
            urgency = -self._schedule.remaining[task.id]
            heappush(self._runnable, (urgency, self._count, Work(task, decision)))

    def _restored(self, task: Task, decision: Decision) -> bool:
        """Put the outputs of a hit in place; False when the store could not give them all."""
        world, planner, result = self._world, self._world.planner, decision.result
        assert result is not None
        last = planner.memory.tasks.get(task.id)
        try:
            rows = outputs.restore(world.root, result, last.rows if last is not None else (), planner.store)
        except OSError as error:
            world.emit(events.Notice(clock.now(), f"cannot restore its outputs: {error}", task.id))
            rows = None
        if rows is None:
            return False
        planner.store.touch_result(decision.key.action if decision.key else "")
        kept = outputs.Kept(result.files, result.links, rows)
        planner.settle(task, decision.key, kept, result.duration_s)
        if decision.key is not None:
            planner.remember(task, decision.key)
        self._claims.drop((task.id,))
        self._hit(task, decision, events.CACHED)
        return True

    def _hit(self, task: Task, decision: Decision, origin: str) -> None:
        last = self._world.planner.memory.tasks.get(task.id)
        action = decision.key.action if decision.key is not None else ""
        duration, count = (last.duration_s, len(last.rows)) if last is not None else (0.0, 0)
        self._ready += 1
        if self._options.replay and (log := self._world.planner.store.get_log(action)):
            self._world.emit(events.TaskOutput(clock.now(), task.id, log))
        self._world.emit(
            events.TaskFinished(
                clock.now(), task.id, events.SUCCESS, origin, action, duration_s=duration, outputs=count
            )
        )
        self._schedule.passed(task.id)

    def _lose(self, task: Task, outcome: str, message: str) -> None:
        """End a task that cannot run, and all that wait for it."""
        self._world.emit(events.TaskFinished(clock.now(), task.id, outcome, message=message))
        if outcome != events.SKIP:
            self._failed.append(task.id)
        for lost in self._schedule.failed(task.id):
            if not _silent(self._world.graph[lost]):
                why = "was left out" if outcome == events.SKIP else "did not pass"
                self._world.emit(
                    events.TaskFinished(clock.now(), lost, events.SKIP, message=f"needs `{task.id}`, which {why}")
                )

    # Approval

    def _ask(self, task: Task) -> None:
        timeout = task.spec.timeout_s
        deadline = clock.now() + timeout if timeout else 0.0
        self._approvals[task.id] = deadline
        self._world.emit(events.ApprovalRequested(clock.now(), task.id, task.stage, deadline))

    def _look_at_answers(self, now: float) -> None:
        for name, deadline in list(self._approvals.items()):
            answer = self._world.read_answer(name)
            if answer is not None:
                del self._approvals[name]
                approved, by = answer
                self._world.emit(events.ApprovalGiven(now, name, approved, by))
                if approved:
                    task = self._world.graph[name]
                    self._world.planner.upstream[name] = self._world.planner.passed_on(task)
                    self._world.emit(events.TaskFinished(now, name, events.SUCCESS, message=f"approved by {by}"))
                    self._schedule.passed(name)
                else:
                    self._lose(self._world.graph[name], events.FAILURE, f"rejected by {by}")
            elif deadline and now >= deadline:
                del self._approvals[name]
                self._lose(self._world.graph[name], events.TIMEOUT, "nobody approved it in time")

    # Starting

    def _start(self) -> None:
        """Start what fits, the most urgent first."""
        if self._interrupts:
            return
        now = clock.monotonic()
        while self._delayed and self._delayed[0][0] <= now:
            job = self._delayed[0][2]
            job.held = self._seize(job.works)
            if not job.held:
                break
            heappop(self._delayed)
            self._launch(job)
        later: list[tuple[float, int, Work]] = []
        while self._runnable:
            entry = heappop(self._runnable)
            work = entry[2]
            if work.task.spec.lock in self._locks:
                later.append(entry)
                continue
            together = self._batch(work) if work.task.spec.batch else ()
            works = together or (work,)
            held = self._seize(works)
            if not held:
                later.append(entry)
                break
            self._drop_from_runnable(works[1:])
            if not self._claims.take([one.task.id for one in works]):
                self._give_up(works, held)
                self._blocked += [one.task for one in works]
                continue
            if work.task.spec.cache == CACHE_CHECKOUT and work.task.id in self._world.planner.memory.tasks:
                self._world.planner.memory.set(work.task.id, None)  # a run that is killed leaves it half done
                self._world.planner.memory.save(keys=False)
            job = prepare(works, self._world, self._server_flags(), batched=bool(together))
            job.held = held
            self._launch(job)
        for entry in later:
            heappush(self._runnable, entry)

    def _batch(self, first: Work) -> tuple[Work, ...]:
        """Return the waiting tasks that one call can run together with `first`, which is among them; `()`: none can."""
        from pitstop.pipeline.batch import Member, group

        spec = first.task.spec
        alike = [first] + [
            work
            for _, _, work in self._runnable
            if (work.task.spec.batch, work.task.spec.lock, work.task.matrix)
            == (spec.batch, spec.lock, first.task.matrix)
        ]
        packages = self._world.planner.packages
        by_id = {work.task.id: work for work in alike}
        members = tuple(Member(work.task.id, packages[work.task.package], work.task.spec) for work in alike)
        for together in group(members):
            if any(member.task == first.task.id for member in together):
                return tuple(by_id[member.task] for member in together)
        return ()

    def _drop_from_runnable(self, works: tuple[Work, ...]) -> None:
        if works:
            gone = {work.task.id for work in works}
            self._runnable = [entry for entry in self._runnable if entry[2].task.id not in gone]
            self._runnable.sort()

    def _seize(self, works: tuple[Work, ...]) -> int:
        """Take the cores, memory and lock that a job needs; return the cores, 0 when it must wait.

        Alone, a job may always start, and holds one core at least.
        """
        lock = works[0].task.spec.lock
        memory = sum(work.task.spec.memory for work in works)
        used = sum(work.task.spec.memory for running in self._jobs.values() for work in running.works)
        if lock in self._locks or (self._jobs and memory and used + memory > self._memory):
            return 0
        wanted = min(max(1, round(max(work.task.spec.cpu for work in works))), self._slots)
        server = self._pool()
        if not self._jobs:
            server.refill()
        held = server.take(wanted)
        if held < wanted and self._jobs:
            server.give(held)
            return 0
        if lock:
            self._locks.add(lock)
        return max(held, 1)

    def _give_up(self, works: tuple[Work, ...], held: int) -> None:
        """Give back what `_seize` took."""
        self._pool().give(held)
        self._locks.discard(works[0].task.spec.lock)

    def _pool(self) -> JobServer:
        if self._server is None:
            folder = f"{self._world.root}/.pitstop/state"
            try:
                self._server = JobServer(folder if os.access(folder, os.W_OK) else _temporary(), self._slots)
            except OSError:
                self._server = JobServer(_temporary(), self._slots)
            self._watchdog = Watchdog()
        return self._server

    def _server_flags(self) -> str:
        return self._pool().flags if self._slots > 1 else ""

    def _launch(self, job: Job) -> None:
        now = clock.now()
        for work in job.works:
            task = work.task
            self._world.emit(
                events.TaskStarted(
                    now,
                    task.id,
                    job.attempt,
                    task.spec.command if isinstance(task.spec.command, str) else " ".join(task.spec.command),
                    work.decision.reason,
                    self._world.expected.get(task.id, 0.0),
                    job.name if job.batch is not None else "",
                )
            )
        timeouts = [work.task.spec.timeout_s for work in job.works if work.task.spec.timeout_s is not None]
        job.deadline = clock.monotonic() + max(timeouts) if timeouts else 0.0
        self._spawn(job)

    def _spawn(self, job: Job) -> None:
        try:
            job.start()
        except OSError as error:
            self._refused(job, error)
            return
        assert job.process is not None
        if self._watchdog is not None:
            self._watchdog.started(job.process.pid)
        self._jobs[job.process.pid] = job
        self._selector.register(job.process.output, selectors.EVENT_READ, job)

    def _refused(self, job: Job, error: OSError) -> None:
        """End a job whose process the system would not start."""
        argv = job.command or ("",)
        if isinstance(error, FileNotFoundError) and not os.path.isdir(job.cwd):
            text = f"its folder `{job.cwd}` does not exist"
        elif isinstance(error, FileNotFoundError):
            text = f"`{argv[0]}` was not found"
        else:
            text = f"`{argv[0]}` could not be started: {error.strerror}"
        job.end = clock.monotonic()
        job.began = job.began or job.end
        self._release(job)
        for work in job.works:
            self._over(job, Ending(work, events.ERROR, 127, message=text))

    # Listening

    def _wait(self, reading: int) -> None:
        now = clock.monotonic()
        if now >= self._next_tick:
            self._next_tick = now + _TICK_S
            self._world.tick(clock.now())
        for key, _ in self._selector.select(self._patience(now)):
            if key.data is None:
                self._woken = True
                _drain(reading)
            else:
                self._read(key.data)
        if self._interrupts:
            self._interrupted()
        if self._woken:
            self._woken = False
            for job in list(self._jobs.values()):
                self._reap(job)
        self._watch_clock(clock.monotonic())
        if self._approvals:
            self._look_at_answers(clock.now())

    def _patience(self, now: float) -> float:
        """Return the seconds until something is due by the clock."""
        due = [self._next_tick]
        for job in self._jobs.values():
            due += [at for at in (job.deadline if not job.kill_at else 0.0, job.kill_at, job.drain_until) if at]
        due += [at for at, _, _ in self._delayed[:1] if at > now]  # one that is due waits for a core, not for the clock
        return max(0.0, min(due) - now)

    def _read(self, job: Job) -> None:
        """Take up what has arrived from a job, and go on with it when that was the last of it."""
        process = job.process
        if process is None or not job.open:
            return
        data = process.read()
        if data:
            if len(data) == _PIPE_SIZE:
                process.widen()
            job.feed(data, self._world.emit)
        elif data is not None:
            self._close_pipe(job)
            if job.result is not None:
                self._next_step(job)

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
                job.feed(data, self._world.emit)
            else:
                self._close_pipe(job)
        if job.open:  # something it started holds the pipe
            job.drain_until = clock.monotonic() + _DRAIN_S
        else:
            self._next_step(job)

    def _close_pipe(self, job: Job) -> None:
        assert job.process is not None
        self._selector.unregister(job.process.output)
        job.process.close()
        job.open = False

    def _watch_clock(self, now: float) -> None:
        for job in list(self._jobs.values()):
            process = job.process
            if process is None:
                continue
            if job.drain_until and now >= job.drain_until:
                self._close_pipe(job)
                self._next_step(job)
            elif job.kill_at and now >= job.kill_at:
                process.send(signal.SIGKILL)
                job.kill_at = now + self._options.grace_s
            elif job.deadline and not job.kill_at and now >= job.deadline:
                job.reason = events.TIMEOUT
                job.kill_at = now + self._options.grace_s
                process.send(signal.SIGTERM)
        for group, at in list(self._lingering.items()):
            if now >= at:
                self._finish_off(group)

    def _finish_off(self, group: int) -> None:
        """Kill what is left of a process group."""
        processes.send(group, signal.SIGKILL)
        del self._lingering[group]
        if self._watchdog is not None:
            self._watchdog.ended(group)

    def _next_step(self, job: Job) -> None:
        """Go on with a job whose process has ended and whose output is complete."""
        process = job.process
        assert process is not None
        del self._jobs[process.pid]
        if processes.send(process.pid, signal.SIGTERM):  # something it left running
            self._lingering[process.pid] = clock.monotonic() + self._options.grace_s
        elif self._watchdog is not None:
            self._watchdog.ended(process.pid)
        if job.ended(self._world.emit):
            self._spawn(job)
            return
        self._release(job)
        if self._again(job):
            if process.pid in self._lingering:  # the next attempt must not meet what this one left
                self._finish_off(process.pid)
            return
        for ending in job.endings():
            self._over(job, ending)

    def _release(self, job: Job) -> None:
        self._give_up(job.works, job.held)
        job.held = 0

    def _again(self, job: Job) -> bool:
        """Arrange one more attempt of a failed job, if its task wants that."""
        retry = job.works[0].task.spec.retry
        code = 124 if job.reason == events.TIMEOUT else job.exit_code
        if job.batch is not None or not code or job.attempt > retry.times or self._stopping:
            return False
        if job.reason == events.CANCELLATION or (retry.exit_codes and code not in retry.exit_codes):
            return False
        pause = min(retry.backoff_s * 2 ** (job.attempt - 1), _MAX_BACKOFF_S)
        text = f"attempt {job.attempt} of {retry.times + 1} failed with exit code {code}; trying again"
        self._world.emit(events.Notice(clock.now(), text + (f" in {pause:g} s" if pause else ""), job.name))
        job.again()
        self._count += 1
        heappush(self._delayed, (clock.monotonic() + pause, self._count, job))
        return True

    def _over(self, job: Job, ending: Ending) -> None:
        task = ending.work.task
        finish(job, ending, self._world, self._options)
        self._claims.drop((task.id,))
        if ending.outcome == events.SUCCESS:
            self._schedule.passed(task.id)
            return
        if ending.outcome != events.SKIP:
            self._failed.append(task.id)
        for lost in self._schedule.failed(task.id):
            if not _silent(self._world.graph[lost]):
                text = f"needs `{task.id}`, which did not pass"
                self._world.emit(events.TaskFinished(clock.now(), lost, events.SKIP, message=text))
        if not self._options.keep_going and not self._stopping and ending.outcome != events.SKIP:
            self._stopping = f"not started: `{task.id}` failed before"
            self._drop_waiting()

    # Ending

    def _on_signal(self, number: int, _frame: object) -> None:
        if number == signal.SIGCHLD:
            self._woken = True
        else:
            self._interrupts.append(number)

    def _interrupted(self) -> None:
        """Ask everything to end; at a second signal, kill it."""
        numbers, self._interrupts = self._interrupts, []
        again = self._stopping == "interrupted" or len(numbers) > 1
        self._stopping = "interrupted"
        self._drop_waiting()
        now = clock.monotonic()
        for job in self._jobs.values():
            job.reason = events.CANCELLATION
            job.kill_at = now if again else now + self._options.grace_s
            if job.process is not None and not again:
                job.process.send(numbers[0])

    def _drop_waiting(self) -> None:
        self._runnable.clear()
        self._delayed.clear()
        self._blocked.clear()
        self._approvals.clear()

    def _close(self) -> str:
        """Tell of what was never started, and say how it went."""
        if self._interrupts and not self._schedule.done:
            self._interrupted()
        interrupted = self._stopping == "interrupted"
        for name in self._schedule.left():
            if not _silent(self._world.graph[name]):
                outcome = events.CANCELLATION if interrupted else events.SKIP
                self._world.emit(events.TaskFinished(clock.now(), name, outcome, message=self._stopping))
        if interrupted:
            return events.CANCELLATION
        return events.FAILURE if self._failed else events.SUCCESS


def _silent(task: Task) -> bool:
    """Return whether `task` is only the end of a stage, of which nobody hears."""
    return bool(task.stage) and not task.spec.command and not task.approval


def _drain(reading: int) -> None:
    try:
        while os.read(reading, 4096):
            pass
    except BlockingIOError:
        return


def _pipe() -> tuple[int, int]:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    return reading, writing


def _temporary() -> str:
    import tempfile

    return tempfile.gettempdir()
