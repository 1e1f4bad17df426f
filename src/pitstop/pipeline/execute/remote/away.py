"""Away: the tasks of a run that other machines do, seen from the loop, and the process that talks to these machines.

That process (`worker.py`) has the connection, the libraries and the threads; this side only writes frames to a socket
and reads them when the selector says that some are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.core import clock, events
from pitstop.pipeline.execute.children import Watch
from pitstop.pipeline.execute.remote.choose import properties, reason_here
from pitstop.pipeline.execute.remote.job import AwayJob

if TYPE_CHECKING:
    import socket

    from pitstop.cache import frames
    from pitstop.core.task import TaskId
    from pitstop.pipeline.execute.children import Children
    from pitstop.pipeline.execute.job import Work
    from pitstop.pipeline.execute.options import Options, World

WORKER = "pitstop.pipeline.execute.remote.worker"
_PIECE = 1 << 18
_AHEAD = 24
"""So many tasks are sent however few are executed: those that the cluster knows the result of end at once."""


class Away:
    """The tasks of one run that are on other machines; of none when the run has no cluster."""

    def __init__(self, world: World, options: Options, children: Children) -> None:
        self._world = world
        self._remote = options.remote
        """The cluster; None: there is none, or none any more."""
        self._no_cluster = options.no_cluster
        self._fallback = options.remote is None or options.remote.fallback
        self._dead = ""
        """Why there is no cluster any more."""
        self._said: set[str] = set()
        self._grace_s = options.grace_s
        self._children = children
        self.jobs: dict[int, AwayJob] = {}
        """By their number."""
        self._executing: set[int] = set()
        """Those of them that a worker is at."""
        self._ended: list[AwayJob] = []
        self._reasons: dict[TaskId, str] = {}
        self._told: set[str] = set()
        self._unoffered: dict[tuple[tuple[str, str], ...], str] = {}
        """Platform properties that no worker has, and how that was said."""
        self._count = 0
        self._link: socket.socket | None = None
        self._inbox: frames.Inbox | None = None
        self._watch = Watch(self._hear, self._flush)
        self._unsent = bytearray()
        self._give_up_at = 0.0
        """When what was asked to end is waited for no longer; 0: nothing was."""

    def to_race(self) -> list[AwayJob]:
        """Return the jobs that idle cores here may try as well, those first that nobody there is at yet."""
        if self._remote is None or not self._remote.race:
            return []
        quiet = (job for job in self.jobs.values() if not (job.reason or job.hushed or job.is_heard))
        return sorted(quiet, key=lambda job: (job.stage == "executing", job.number))

    def wants(self, work: Work) -> bool:
        """Return whether a task is to be carried out there."""
        name, marked = work.task.id, work.task.spec.remote
        if self._remote is None:
            if marked and self._no_cluster:
                self._say_stays(name, self._no_cluster)
            return False
        if name not in self._reasons:
            self._reasons[name] = reason_here(work, self._world, everything=self._remote.everything)
            if marked and self._reasons[name]:
                self._say_stays(name, self._reasons[name])
        if self._reasons[name]:
            return False
        return not (self._fallback and self._platform(work) in self._unoffered)

    def _say_stays(self, name: TaskId, why: str) -> None:
        """Tell, once for each reason, that a task runs here which is marked to be sent."""
        if why not in self._said:
            self._said.add(why)
            self._world.emit(
                events.Notice(clock.now(), f"`{name}` runs here although it says `remote = true`: {why}", name)
            )

    def _platform(self, work: Work) -> tuple[tuple[str, str], ...]:
        assert self._remote is not None
        return tuple(sorted(properties(work.task, self._remote.platform).items()))

    @property
    def is_full(self) -> bool:
        """Whether no more tasks are to be sent now.

        As many as are executed there, and a few more, may wait there: that keeps workers busy, and a cluster is not asked
        to hold more calls open than it can use (BuildGrid has a thread for each, and its workers need some, too).
        """
        bound = _AHEAD + 2 * len(self._executing)
        return self._remote is not None and len(self.jobs) >= min(self._remote.jobs, bound)

    def comes_home(self, job: AwayJob) -> bool:
        """Return whether a task that was lost there is to run on this machine, which is told once for each reason."""
        if job.answer is not None and not job.lost:
            return False
        if job.reason or not self._fallback:
            return False
        name = job.works[0].task.id
        if job.lost and job.lost not in self._said:
            self._said.add(job.lost)
            self._world.emit(events.Notice(clock.now(), f"`{name}` runs here: {job.lost}", name))
        self._reasons[name] = job.lost or "the cluster is gone"
        return True

    def job(self, work: Work) -> AwayJob:
        """Return the job for a task, not started."""
        self._count += 1
        return AwayJob(work, self._count, set())

    def start(self, job: AwayJob) -> None:
        """Send a task. What cannot be sent is among those that ended, lost."""
        from pitstop.pipeline.execute.remote.errand import errand

        assert self._remote is not None
        job.begin()
        self.jobs[job.number] = job
        if self._dead:
            self._lose(job, self._dead)
            return
        work = job.works[0]
        if why := self._unoffered.get(self._platform(work)):
            self._lose(job, why)
            return
        forced = work.task.id in self._world.forced or job.attempt > 1
        try:
            if self._link is None:
                self._open()
            told = self._told
            self._send(("run", job.number, errand(work, self._world, self._remote, told, forced=forced)))
        except OSError as error:
            self._lose(job, f"it could not be sent: {error.strerror or error}")

    def take_ended(self) -> list[AwayJob]:
        """Return the jobs that ended, or were lost; they are no longer among `jobs`."""
        if self._give_up_at and clock.monotonic() >= self._give_up_at:
            for job in list(self.jobs.values()):
                self._lose(job, "")
        ended, self._ended = self._ended, []
        return ended

    def cancel(self, job: AwayJob) -> None:
        """Have a job ended there, and hear no more of it."""
        if self._drop(job):
            self._send(("cancel", job.number))
        if job in self._ended:
            self._ended.remove(job)

    def ask_to_end(self, *, kill: bool) -> None:
        """Cancel every job; after a while, or at once, those that do not answer count as ended."""
        for job in self.jobs.values():
            job.reason = events.CANCELLATION
            self._send(("cancel", job.number))
        self._give_up_at = clock.monotonic() + (0.0 if kill else self._grace_s)

    def close(self) -> None:
        """Let the process end, which it does by itself when the line is closed: it cancels what is still there."""
        if self._link is not None:
            self._flush()
            self._disconnect()

    # The process

    def _open(self) -> None:
        assert self._remote is not None
        from pitstop.cache import frames  # the module `socket` costs some milliseconds, which other runs need not pay

        self._inbox = frames.Inbox()
        _, self._link = frames.start(WORKER, self._world.environ)
        self._link.setblocking(False)  # noqa: FBT003  as the module `socket` has it
        remote, store = self._remote, self._world.planner.store
        about = {
            "url": remote.url,
            "options": dict(remote.options),
            "root": self._world.root,
            "store": store.root,
            "priority": remote.priority,
            "queue_timeout_s": remote.queue_timeout_s,
            "reconnect_s": remote.reconnect_s,
            "jobs": remote.jobs,
        }
        self._send(("open", about))

    def _disconnect(self) -> None:
        if self._link is not None:
            self._children.unwatch(self._link.fileno())
            self._link.close()
            self._link = None

    def _send(self, value: Any) -> None:
        from pitstop.cache.frames import pack

        self._unsent += pack(value)
        self._flush()

    def _flush(self) -> None:
        """Send what the line takes now; the rest when it takes more."""
        if self._link is None:
            return
        try:
            while self._unsent:
                del self._unsent[: self._link.send(self._unsent[:_PIECE])]
        except BlockingIOError:
            pass
        except OSError:  # reading tells of the end
            self._unsent.clear()
        self._children.watch(self._link.fileno(), self._watch, writing=bool(self._unsent))

    def _hear(self) -> None:
        """Take up what the process tells."""
        assert self._link is not None
        assert self._inbox is not None
        try:
            data = self._link.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._disconnect()
            self._gone("the process that talks to the cluster ended")
            return
        for kind, *rest in self._inbox.feed(data):
            if kind == "gone":
                self._gone(str(rest[0]))
            elif kind == "notice":
                self._notice(str(rest[0]))
            elif (job := self.jobs.get(rest[0])) is not None:
                self._take_up(job, kind, rest[1])

    def _take_up(self, job: AwayJob, kind: str, value: Any) -> None:
        if kind == "stage":
            job.stage = value
            if value == "executing":
                self._executing.add(job.number)
            else:
                self._executing.discard(job.number)
        elif kind == "output":
            job.feed(value, self._world.emit)
        elif kind in {"refused", "unoffered"}:
            if kind == "unoffered":
                self._unoffered[self._platform(job.works[0])] = value
            self._lose(job, value)
        elif kind == "done":
            self._drop(job)
            if not job.reason:
                job.arrived(value)
            self._ended.append(job)

    def _lose(self, job: AwayJob, why: str) -> None:
        self._drop(job)
        job.lost = why
        self._ended.append(job)

    def _drop(self, job: AwayJob) -> bool:
        self._executing.discard(job.number)
        return self.jobs.pop(job.number, None) is not None

    def _gone(self, why: str) -> None:
        """Note that there is no cluster any more; said once."""
        if self._dead:
            return
        self._dead = why
        if self._fallback:
            self._remote = None
            self._notice(f"{why}: what is left runs here")
        for job in list(self.jobs.values()):
            self._lose(job, "" if self._fallback else why)

    def _notice(self, text: str) -> None:
        self._world.emit(events.Notice(clock.now(), text))
