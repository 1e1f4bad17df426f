"""The loop: carries a graph of tasks out, event by event. One thread, no locks."""

from __future__ import annotations

import os
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from pitstop.core import clock, events
from pitstop.core.task import CACHE_CHECKOUT
from pitstop.pipeline.execute import processes
from pitstop.pipeline.execute.children import Children
from pitstop.pipeline.execute.deciding import Deciding
from pitstop.pipeline.execute.finish import finish, review
from pitstop.pipeline.execute.job import Ending, Job, Work, started
from pitstop.pipeline.execute.prepare import batch_of, prepare
from pitstop.pipeline.execute.remote.away import Away
from pitstop.pipeline.execute.remote.job import AwayJob
from pitstop.pipeline.execute.remote.race import Races
from pitstop.pipeline.execute.resources import Resources
from pitstop.pipeline.execute.retry import announcement, code_of, pause_s, sort_out, tolerate
from pitstop.pipeline.execute.schedule import is_silent
from pitstop.pipeline.keys import Upstream

if TYPE_CHECKING:
    from pitstop.pipeline.execute.options import Options, World

_TICK_S = 0.1
_INTERRUPTED = "interrupted"


class Loop:
    """Carries a graph of tasks out. To be used once, in the main thread: `outcome = Loop(world, options).run()`."""

    def __init__(self, world: World, options: Options) -> None:
        processes.require()
        self._world = world
        self._options = options
        self._children = Children(world.emit, options.grace_s)
        self._tasks = Deciding(world, self._children, replay=options.replay)
        """Those that are not running."""
        self._away = Away(world, options, self._children)
        self._races = Races()
        self._resources = Resources(f"{world.root}/.pitstop/state", options.jobs, options.memory)
        self._delayed: list[tuple[float, int, Job]] = []
        """Jobs that are tried again, by when."""
        self._count = 0
        self._stopping = ""
        """Why nothing more is started."""
        self._next_tick = 0.0

    def run(self) -> str:
        """Return the outcome of the run: `success`, `failure` or `cancellation`."""
        world = self._world
        self._children.open()
        try:
            self._tasks.advance(self._is_over)
            total = sum(not is_silent(task) for task in world.graph.values())
            longest = max(self._tasks.schedule.remaining.values(), default=0.0) if world.expected else 0.0
            world.emit(events.RunPlanned(clock.now(), total, self._tasks.ready, longest))
            self._start()
            while self._children.jobs or self._away.jobs or self._delayed or self._tasks:
                self._wait()
                self._tasks.advance(self._is_over)
                self._start()
            return self._close()
        finally:
            self._away.close()
            self._tasks.close()
            self._children.close()
            self._resources.close()

    def _is_over(self) -> bool:
        """Return whether nothing more is to be decided."""
        return bool(self._stopping or self._children.interrupts)

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
        while self._tasks.runnable:
            entry = heappop(self._tasks.runnable)
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
            waiting = (entry[2] for entry in self._tasks.runnable if not self._away.wants(entry[2]))
            together = batch_of(work, waiting, self._world) if work.task.spec.batch else ()
            works = together or (work,)
            held = self._resources.seize(works)
            if not held:
                later.append(entry)
                break
            self._drop_from_runnable(works[1:])
            if not self._tasks.claims.take([one.task.id for one in works]):
                self._resources.give_back(works, held)
                self._tasks.blocked += [one.task for one in works]
                continue
            if any(self._world.planner.is_done_by_now(one.task, one.decision) for one in works):
                self._resources.give_back(works, held)
                self._tasks.claims.drop([one.task.id for one in works])
                self._tasks.blocked += [one.task for one in works]  # to be decided anew
                continue
            if work.task.spec.cache == CACHE_CHECKOUT and work.task.id in self._world.planner.memory.tasks:
                self._world.planner.memory.set(work.task.id, None)  # a run that is killed leaves it half done
                self._world.planner.memory.save(keys=False)
            job = prepare(works, self._world, self._resources.make_flags, batched=bool(together))
            job.held = held
            self._launch(job)
        for entry in later:
            heappush(self._tasks.runnable, entry)
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
        if not self._tasks.claims.take((work.task.id,)):
            self._tasks.blocked.append(work.task)
        elif self._world.planner.is_done_by_now(work.task, work.decision):
            self._tasks.claims.drop((work.task.id,))
            self._tasks.blocked.append(work.task)  # to be decided anew
        else:
            self._launch(self._away.job(work))

    def _drop_from_runnable(self, works: tuple[Work, ...]) -> None:
        gone = {work.task.id for work in works}
        if gone:
            self._tasks.runnable = sorted(entry for entry in self._tasks.runnable if entry[2].task.id not in gone)

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
        self._tasks.shared.tick(lambda: review(self._world))
        for answer in self._tasks.approvals.answered():
            if answer.outcome == events.SUCCESS:
                self._tasks.go_on(answer.task, message=answer.message)
            else:
                self._tasks.lose(answer.task, answer.outcome, answer.message)

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
            self._tasks.must_run(*job.works[0])
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
        self._tasks.claims.drop((task.id,))
        if ending.outcome == events.SUCCESS:
            self._tasks.schedule.passed(task.id)
            return
        if tolerated:
            # nobody knows what it left
            self._world.planner.upstream[task.id] = Upstream(os.urandom(32).hex(), known=False)
            self._tasks.schedule.passed(task.id)
            return
        if ending.outcome != events.SKIP:
            self._tasks.failed.append(task.id)
        self._tasks.lose_users(task, "did not pass")
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
        self._delayed.clear()
        self._tasks.drop()

    def _close(self) -> str:
        """Tell of what was never started, and say how it went."""
        self._tasks.shared.offer(review(self._world))
        if self._children.interrupts and not self._tasks.schedule.done:
            self._interrupted()
        interrupted = self._stopping == _INTERRUPTED
        for name in self._tasks.schedule.left():
            if not is_silent(self._world.graph[name]):
                outcome = events.CANCELLATION if interrupted else events.SKIP
                self._world.emit(events.TaskFinished(clock.now(), name, outcome, message=self._stopping))
        self._tasks.shared.finish(0.0 if interrupted else self._options.upload_wait_s, self._idle)
        badly = events.CANCELLATION if interrupted else events.FAILURE
        return badly if interrupted or self._tasks.failed else events.SUCCESS
