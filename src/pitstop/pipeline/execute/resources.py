"""Resources: the cores, the memory and the locks that running jobs share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.pipeline.execute import processes
from pitstop.pipeline.execute.jobserver import JobServer

if TYPE_CHECKING:
    from pitstop.core.task import TaskSpec
    from pitstop.pipeline.execute.job import Work


class Resources:
    """What is left of `cores` (0: of this machine) and `memory` in bytes (0: of this machine), and which locks are taken.

    The cores are the slots of a job server (`folder` is where its pipe may be made), so that makes and cargos inside
    of tasks share them.
    """

    def __init__(self, folder: str, cores: int, memory: int) -> None:
        self._folder = folder
        self._cores = cores or processes.cores()
        self._memory = memory or processes.memory() or 1 << 62
        self._used = 0
        self._jobs = 0
        self._locks: set[str] = set()
        self._server: JobServer | None = None

    @property
    def make_flags(self) -> str:
        """What MAKEFLAGS says for tasks to join in; `""` with one core."""
        return self._pool().flags if self._cores > 1 else ""

    def is_locked(self, lock: str) -> bool:
        """Return whether a running job has this lock."""
        return lock in self._locks

    def seize(self, works: tuple[Work, ...]) -> int:
        """Take what a job needs; return its cores, 0 when it must wait.

        Alone, a job may always start, and holds one core at least.
        """
        spec = works[0].task.spec
        memory = _memory(works)
        if spec.lock in self._locks or (self._jobs and memory and self._used + memory > self._memory):
            return 0
        server = self._pool()
        if not self._jobs:
            server.refill()
        wanted = min(max(1, round(max(work.task.spec.cpu for work in works))), self._cores)
        held = server.take(wanted)
        if held < wanted and self._jobs:
            server.give(held)
            return 0
        self._take(spec, memory)
        return max(held, 1)

    def give_back(self, works: tuple[Work, ...], cores: int) -> None:
        """Give back what `seize` took."""
        self._pool().give(cores)
        self._jobs -= 1
        self._used -= _memory(works)
        self._locks.discard(works[0].task.spec.lock)

    def close(self) -> None:
        """Close the job server."""
        if self._server is not None:
            self._server.close()

    def _take(self, spec: TaskSpec, memory: int) -> None:
        self._jobs += 1
        self._used += memory
        if spec.lock:
            self._locks.add(spec.lock)

    def _pool(self) -> JobServer:
        if self._server is None:
            try:
                self._server = JobServer(self._folder, self._cores)
            except OSError:  # a read-only checkout
                import tempfile

                self._server = JobServer(tempfile.gettempdir(), self._cores)
        return self._server


def _memory(works: tuple[Work, ...]) -> int:
    return sum(work.task.spec.memory for work in works)
