"""The loop: carries a graph of tasks out, event by event. One thread, no locks."""

from __future__ import annotations

import os
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from pitstop.core import clock, events
from pitstop.core.task import CACHE_CHECKOUT
from pitstop.pipeline import plan
from pitstop.pipeline.execute import processes
from pitstop.pipeline.execute.approvals import Approvals
from pitstop.pipeline.execute.children import Children
from pitstop.pipeline.execute.claims import Claims
from pitstop.pipeline.execute.finish import finish, review
from pitstop.pipeline.execute.job import Ending, Job, Work, started
from pitstop.pipeline.execute.prepare import batch_of, prepare
from pitstop.pipeline.execute.remote.away import Away
from pitstop.pipeline.execute.remote.job import AwayJob
from pitstop.pipeline.execute.remote.race import Races
from pitstop.pipeline.execute.resources import Resources
from pitstop.pipeline.execute.restore import Restorer
from pitstop.pipeline.execute.retry import announcement, code_of, pause_s, sort_out, tolerate
from pitstop.pipeline.execute.schedule import Schedule, is_silent
from pitstop.pipeline.execute.shared import Shared
from pitstop.pipeline.keys import Upstream

if TYPE_CHECKING:
    from pitstop.core.task import Task, TaskId
    from pitstop.pipeline.execute.options import Options, World
    from pitstop.pipeline.plan import Decision

_TICK_S = 0.1
_INTERRUPTED = "interrupted"


class Loop:
    """Carries a graph of tasks out. To be used once, in the main thread: `outcome = Loop(world, options).run()`."""

    def __init__(self, world: World, options: Options) -> None:
        processes.require()
        self._world = world
        self._options = options
        self._schedule = Schedule(world.graph, world.expected)
        self._children = Children(world.emit, options.grace_s)
        self._away = Away(world, options, self._children)
        self._races = Races()
        self._resources = Resources(f"{world.root}/.pitstop/state", options.jobs, options.memory)
        self._claims = Claims(world.root)
        self._runnable: list[tuple[float, int, Work]] = []
        """Misses of which all needs have passed, the most urgent first."""
        self._blocked: list[Task] = []
        """Tasks that another run in this checkout is at."""
        self._restorer = Restorer(world)
        self._shared = Shared(world, self._children)
        self._hits: list[tuple[Task, Decision]] = []
        """Tasks whose outputs are to be put back, and that are claimed."""
        self._delayed: list[tuple[float, int, Job]] = []
        """Jobs that are tried again, by when."""
        self._approvals = Approvals(world)
        self._count = 0
        self._failed: list[TaskId] = []
        self._stopping = ""
        """Why nothing more is started."""
        self._next_tick = 0.0
        self._ready = 0

    def run(self) -> str:
        """Return the outcome of the run: `success`, `failure` or `cancellation`."""
        world = self._world
        self._children.open()
        try:
            self._advance()
            total = sum(not is_silent(task) for task in world.graph.values())
            longest = max(self._schedule.remaining.values(), default=0.0) if world.expected else 0.0
            world.emit(events.RunPlanned(clock.now(), total, self._ready, longest))
            self._start()
            while (
                self._children.jobs
                or self._away.jobs
                or self._delayed
                or self._approvals
                or self._blocked
                or self._runnable
                or self._shared
            ):
                self._wait()
                self._advance()
                self._start()
            return self._close()
        finally:
            self._restorer.close()
            self._shared.close()
            self._away.close()
            self._children.close()
            self._resources.close()
            self._claims.close()

    # What needs no process

    def _advance(self) -> None:
        """Decide every task that may be decided; those that need no process end at once."""
        if self._blocked:
            blocked, self._blocked = self._blocked, []
            self._world.planner.memory.refresh()
            for task in blocked:
                self._settle(task)
        while not (self._stopping or self._children.interrupts):
            name = self._schedule.take()
            if name is not None:
                self._settle(self._world.graph[name])
                continue
            self._shared.ask()
            if not self._hits:
                break
            self._restore()

    def _settle(self, task: Task) -> None:
        world, planner = self._world, self._world.planner
        if (reason := world.skipped.get(task.id)) is not None:
            self._go_on(task, events.SKIP, reason)
            return
        if (reason := world.missing.get(task.id)) is not None:
            self._lose(task, events.SKIP, reason)
            return
        if task.approval:
            self._approvals.ask(task)
            return
        decision = planner.decide(task, forced=task.id in world.forced)
        if decision.kind == plan.NOTHING:
            self._go_on(task)
        elif decision.kind == plan.FRESH:
            planner.settle_fresh(task)
            self._hit(task, decision, events.FRESH)
        elif not self._claims.take((task.id,)):
            self._blocked.append(task)
        elif decision.kind == plan.HIT:
            self._hits.append((task, decision))
        elif self._shared.hold(task, decision):
            self._claims.drop((task.id,))
        else:
            self._must_run(task, decision)

    def _take_answers(self) -> None:
        """Go on with the tasks of which it is known by now whether another machine has their result."""
        for task, decision in self._shared.answered():
            if decision.kind != plan.HIT:
                self._must_run(task, decision)
            elif self._claims.take((task.id,)):
                self._hits.append((task, decision))
            else:
                self._blocked.append(task)

    def _restore(self) -> None:
        """Put the outputs of the hits so far in place."""
        hits, self._hits = self._hits, []
        for (task, decision), there in zip(hits, self._restorer.restore(hits), strict=True):
            if there:
                self._claims.drop((task.id,))
                self._hit(task, decision, events.CACHED)
            else:
                self._must_run(task, self._world.planner.decide_anew(task)._replace(kind=plan.MISS))

    def _must_run(self, task: Task, decision: Decision) -> None:
        self._claims.drop((task.id,))
        self._count += 1
        heappush(self._runnable, (-self._schedule.remaining[task.id], self._count, Work(task, decision)))

    def _hit(self, task: Task, decision: Decision, origin: str) -> None:
        last = self._world.planner.memory.tasks.get(task.id)
        action = decision.key.action if decision.key is not None else ""
        duration, count = (last.duration_s, len(last.rows)) if last is not None else (0.0, 0)
        self._ready += 1
        if self._options.replay and (log := self._world.planner.store.get_log(action)):
            self._world.emit(events.TaskOutput(clock.now(), task.id, log))
        done = (clock.now(), task.id, events.SUCCESS, origin, action)
        tier, size = self._shared.came.get(task.id, ("", 0)) if origin == events.CACHED else ("", 0)
        self._world.emit(events.TaskFinished(*done, duration_s=duration, outputs=count, tier=tier, fetched_bytes=size))
        self._schedule.passed(task.id)

    def _go_on(self, task: Task, outcome: str = events.SUCCESS, message: str = "") -> None:
        """End a task that has nothing to run, and that nobody need wait for any longer."""
        planner = self._world.planner
        planner.upstream[task.id] = planner.passed_on(task)
        if not is_silent(task):
            origin = events.FRESH if outcome == events.SUCCESS else events.RAN
            self._world.emit(events.TaskFinished(clock.now(), task.id, outcome, origin, message=message))
        self._schedule.passed(task.id)

    def _lose(self, task: Task, outcome: str, message: str) -> None:
        """End a task that cannot run, and all that wait for it."""
        self._world.emit(events.TaskFinished(clock.now(), task.id, outcome, message=message))
        if outcome != events.SKIP:
            self._failed.append(task.id)
        self._lose_users(task, "was left out" if outcome == events.SKIP else "did not pass")

    def _lose_users(self, task: Task, why: str) -> None:
        """Tell of the tasks that can never start now."""
        message = f"needs `{task.id}`, which {why}"
        for lost in self._schedule.failed(task.id):
            if not is_silent(self._world.graph[lost]):
                self._world.emit(events.TaskFinished(clock.now(), lost, events.SKIP, message=message))

    # Starting

    def _start(self) -> None:
        """Start what fits, the most urgent first."""
        if self._children.interrupts:
            return
        now = clock.monotonic()
        while self._delayed and self._delayed[0][0] <= now:
            job = self._delayed[0][2]
            if not isinstance(job, AwayJob):
                job.held = self._resources.seize(job.works)
                if not job.held:
                    break
            heappop(self._delayed)
            self._launch(job)
        later: list[tuple[float, int, Work]] = []
        while self._runnable:
            entry = heappop(self._runnable)
            work = entry[2]
            if self._away.wants(work):
                if self._away.is_full:
                    later.append(entry)
                else:
                    self._send(work)
                continue
            if self._resources.is_locked(work.task.spec.lock):
                later.append(entry)
                continue
            waiting = (entry[2] for entry in self._runnable)
            together = batch_of(work, waiting, self._world) if work.task.spec.batch else ()
            works = together or (work,)
            held = self._resources.seize(works)
            if not held:
                later.append(entry)
                break
            self._drop_from_runnable(works[1:])
            if not self._claims.take([one.task.id for one in works]):
                self._resources.give_back(works, held)
                self._blocked += [one.task for one in works]
                continue
            if any(self._world.planner.is_done_by_now(one.task, one.decision) for one in works):
                self._resources.give_back(works, held)
                self._claims.drop([one.task.id for one in works])
                self._blocked += [one.task for one in works]  # to be decided anew
                continue
            if work.task.spec.cache == CACHE_CHECKOUT and work.task.id in self._world.planner.memory.tasks:
                self._world.planner.memory.set(work.task.id, None)  # a run that is killed leaves it half done
                self._world.planner.memory.save(keys=False)
            job = prepare(works, self._world, self._resources.make_flags, batched=bool(together))
            job.held = held
            self._launch(job)
        for entry in later:
            heappush(self._runnable, entry)
        for away in self._away.to_race():
            if not self._race(away):
                break

    def _race(self, away: AwayJob) -> bool:
        """Start a task here as well that is on another machine; return whether there was a core for it."""
        work = away.works[0]
        if work.task.spec.batch or self._resources.is_locked(work.task.spec.lock):
            return True
        if not (held := self._resources.seize(away.works)):
            return False
        job = prepare(away.works, self._world, self._resources.make_flags, batched=False)
        job.held, job.attempt = held, away.attempt
        self._set_deadline(job)
        try:
            self._children.start(job)
        except OSError:  # then the cluster does it alone
            self._resources.give_back(job.works, held)
        else:
            self._races.begin(job, away)
        return True

    def _send(self, work: Work) -> None:
        """Have a task carried out on another machine."""
        if not self._claims.take((work.task.id,)):
            self._blocked.append(work.task)
        elif self._world.planner.is_done_by_now(work.task, work.decision):
            self._claims.drop((work.task.id,))
            self._blocked.append(work.task)  # to be decided anew
        else:
            self._launch(self._away.job(work))

    def _drop_from_runnable(self, works: tuple[Work, ...]) -> None:
        gone = {work.task.id for work in works}
        if gone:
            self._runnable = sorted(entry for entry in self._runnable if entry[2].task.id not in gone)

    def _launch(self, job: Job) -> None:
        for event in started(job, self._world.expected):
            self._world.emit(event)
        if isinstance(job, AwayJob):
            self._away.start(job)
            return
        self._set_deadline(job)
        self._spawn(job)

    def _set_deadline(self, job: Job) -> None:
        timeouts = [work.task.spec.timeout_s for work in job.works if work.task.spec.timeout_s is not None]
        job.deadline = clock.monotonic() + max(timeouts) if timeouts else 0.0

    def _spawn(self, job: Job) -> None:
        try:
            self._children.start(job)
        except OSError as error:  # the system will not have it
            text = processes.refusal(error, job.command or ("",), job.cwd)
            job.end = clock.monotonic()
            job.began = job.began or job.end
            self._resources.give_back(job.works, job.held)
            for work in job.works:
                self._over(job, Ending(work, events.ERROR, 127, message=text))

    # Listening

    def _wait(self) -> None:
        """Wait for something to happen, a tenth of a second at most, and see to it."""
        now = clock.monotonic()
        if now >= self._next_tick:
            self._next_tick = now + _TICK_S
            self._world.tick(clock.now())
        due = self._delayed[0][0] if self._delayed else 0.0
        ended = self._children.wait(min(self._next_tick, due) if due > now else self._next_tick)
        if self._children.interrupts:
            self._interrupted()
        for job in ended:
            self._next_step(job)
        for sent in self._away.take_ended():
            self._came_back(sent)
        self._take_answers()
        self._shared.tick(lambda: review(self._world))
        for answer in self._approvals.answered():
            if answer.outcome == events.SUCCESS:
                self._go_on(answer.task, message=answer.message)
            else:
                self._lose(answer.task, answer.outcome, answer.message)

    def _next_step(self, job: Job) -> None:
        """Go on with a job whose process has ended and whose output is complete."""
        assert job.process is not None
        group = job.process.pid
        if job.ended(self._world.emit):
            if self._stopping != _INTERRUPTED:
                self._spawn(job)
                return
            job.reason = events.CANCELLATION
        self._resources.give_back(job.works, job.held)
        if self._world.compilers is not None:
            self._world.compilers.used(job.env, job.name)
        away, is_beaten = self._races.ended_here(job)
        if away is not None and is_beaten:
            self._put_in_place(away, raced=True)
            return
        if away is not None:
            self._away.cancel(away)
            job.speak(self._world.emit)
        for ending in self._final(job, group):
            self._over(job, ending)

    def _came_back(self, job: AwayJob) -> None:
        """Go on with a job that another machine did, or did not do after all."""
        if not self._races.ended_away(job, self._world.emit):
            self._put_in_place(job, raced=False)

    def _put_in_place(self, job: AwayJob, *, raced: bool) -> None:
        job.speak(self._world.emit)
        if job.answer is not None:
            job.settle(self._world, raced=raced)
        if self._stopping:
            job.reason = job.reason or (events.CANCELLATION if job.answer is None else "")
        elif self._away.comes_home(job):
            self._must_run(*job.works[0])
            return
        for ending in self._final(job, 0):
            self._over(job, ending)

    def _final(self, job: Job, group: int) -> list[Ending]:
        """Return the endings that count; for the others one more attempt is arranged (see `retry.sort_out`)."""
        endings = job.endings()
        if job.reason == events.CANCELLATION or self._stopping:
            return endings
        more, final = sort_out(endings, job.attempt)
        if more:
            self._children.finish_off(group)  # the next attempt must not meet what this one left
            how = "failed"
            if job.batch is None:
                how += f" with exit code {code_of(endings[0])}"
                job.again()
            else:
                attempt, works = job.attempt + 1, tuple([ending.work for ending in more])
                job = prepare(works, self._world, self._resources.make_flags, batched=True)
                job.attempt = attempt
            self._delay(job, how)
        return final

    def _delay(self, job: Job, what: str) -> None:
        """Have the next attempt of a job made after its pause, and say so."""
        before, retry = job.attempt - 1, job.works[0].task.spec.retry
        self._world.emit(events.Notice(clock.now(), announcement(retry, before, what), job.name))
        self._count += 1
        heappush(self._delayed, (clock.monotonic() + pause_s(retry, before), self._count, job))

    def _over(self, job: Job, ending: Ending) -> None:
        task, (ending, tolerated) = ending.work.task, tolerate(ending)
        finish(job, ending, self._world, self._options)
        self._claims.drop((task.id,))
        if ending.outcome == events.SUCCESS:
            self._schedule.passed(task.id)
            return
        if tolerated:
            # nobody knows what it left
            self._world.planner.upstream[task.id] = Upstream(os.urandom(32).hex(), known=False)
            self._schedule.passed(task.id)
            return
        if ending.outcome != events.SKIP:
            self._failed.append(task.id)
        self._lose_users(task, "did not pass")
        if not self._options.keep_going and not self._stopping and ending.outcome != events.SKIP:
            self._stopping = f"not started: `{task.id}` failed before"
            self._drop_waiting()

    # Ending

    def _interrupted(self) -> None:
        """Ask everything to end; at a second signal, kill it."""
        numbers, self._children.interrupts = self._children.interrupts, []
        again = self._stopping == _INTERRUPTED or len(numbers) > 1
        self._stopping = _INTERRUPTED
        self._drop_waiting()
        self._children.ask_to_end(numbers[0], kill=again)
        self._away.ask_to_end(kill=again)

    def _idle(self, seconds: float) -> bool:
        """Wait while nothing runs any more, so long at most; return whether nobody asked this process to end."""
        self._world.tick(clock.now())
        self._children.wait(clock.monotonic() + seconds)
        return not self._children.interrupts

    def _drop_waiting(self) -> None:
        self._runnable.clear()
        self._delayed.clear()
        self._blocked.clear()
        self._shared.drop()
        self._approvals.drop()

    def _close(self) -> str:
        """Tell of what was never started, and say how it went."""
        self._shared.offer(review(self._world))
        if self._children.interrupts and not self._schedule.done:
            self._interrupted()
        interrupted = self._stopping == _INTERRUPTED
        for name in self._schedule.left():
            if not is_silent(self._world.graph[name]):
                outcome = events.CANCELLATION if interrupted else events.SKIP
                self._world.emit(events.TaskFinished(clock.now(), name, outcome, message=self._stopping))
        self._shared.finish(0.0 if interrupted else self._options.upload_wait_s, self._idle)
        badly = events.CANCELLATION if interrupted else events.FAILURE
        return badly if interrupted or self._failed else events.SUCCESS
