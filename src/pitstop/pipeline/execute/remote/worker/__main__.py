"""The process of a run that talks to a cluster: `python -m pitstop.pipeline.execute.remote.worker`, for `Away` alone.

It reads frames from its standard input, a socket, and answers there. When that is closed, because the run has ended or
was killed, whatever is still executing is cancelled.

    ("open", about)            once, first: address, options, folders
    ("run", number, errand)    carry a task out, see `errand.py`
    ("cancel", number)
    ("stage", number, stage), ("output", number, bytes), ("notice", text)
    ("done", number, answer)   it ended, see `execution.py`
    ("refused", number, why)   it did not, and will not there
    ("unoffered", number, why) it did not, nor will another that asks for the same properties
    ("gone", why)              nothing will end there any more
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from pitstop.cache import frames
from pitstop.core import clock
from pitstop.core.environ import environ
from pitstop.core.errors import PitstopError

if TYPE_CHECKING:
    import socket

    from pitstop.pipeline.execute.remote.worker.cluster import Cluster
    from pitstop.pipeline.execute.remote.worker.execution import Execution

_TICK_S = 0.2
_LAST_S = 1.0
"""How long cancelling may take when the run is over."""


class Worker:
    """All executions of one run."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._writing = threading.Lock()
        self._executions: dict[int, Execution] = {}
        self._cluster: Cluster | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._over = threading.Event()

    def tell(self, *value: Any) -> None:
        """Send a frame to the run; one that does not listen any more is no error."""
        with self._writing:
            try:
                self._link.sendall(frames.pack(value))
            except OSError:
                return

    def serve(self) -> None:
        """Do what the run says until it says no more."""
        for kind, *rest in frames.receive(self._link):
            if kind == "open":
                self._open(rest[0])
            elif self._cluster is None:
                continue
            elif kind == "run":
                self._run(*rest)
            elif kind == "cancel" and (execution := self._executions.get(rest[0])) is not None:
                execution.stop()
        self._over.set()
        left = list(self._executions.values())
        for execution in left:
            execution.stop()
        deadline = clock.monotonic() + _LAST_S
        while self._executions and clock.monotonic() < deadline:
            threading.Event().wait(0.01)
        if self._cluster is not None:
            self._cluster.close()

    def _open(self, about: dict[str, Any]) -> None:
        try:
            from pitstop.pipeline.execute.remote.worker.cluster import Cluster

            self._cluster = Cluster(about, environ, self.tell)
        except ImportError as error:
            self.tell("gone", f"running on a cluster needs `{error.name}`, `pip install 'pitstop[reapi]'` brings it")
            return
        except PitstopError as error:
            self.tell("gone", error.problem)
            return
        self._pool = ThreadPoolExecutor(about["jobs"])
        threading.Thread(target=self._watch, daemon=True).start()

    def _run(self, number: int, errand: dict[str, Any]) -> None:
        from pitstop.pipeline.execute.remote.worker.execution import Execution

        assert self._cluster is not None
        assert self._pool is not None
        self._cluster.inputs.learn(errand["directories"], errand["files"])
        execution = self._executions[number] = Execution(number, errand, self._cluster)
        self._pool.submit(self._carry_out, execution)

    def _carry_out(self, execution: Execution) -> None:
        try:
            execution.run()
        except BaseException as error:  # a mistake of ours must not leave the run waiting
            self.tell("refused", execution.number, f"{type(error).__name__}: {error}")
            raise
        finally:
            del self._executions[execution.number]

    def _watch(self) -> None:
        """Look at the clock for all executions."""
        from pitstop.pipeline.execute.remote.worker.overdue import watch

        assert self._cluster is not None
        while not self._over.wait(_TICK_S):
            watch(list(self._executions.values()), self._cluster)


def main() -> None:
    """Serve the run that started this process."""
    Worker(frames.inherited()).serve()
    os._exit(0)  # threads may hang in a call that nobody waits for


if __name__ == "__main__":
    main()
