"""The process behind `pitstop-cc`: holds the connection to the cluster for all compilations of one repository.

`python -m pitstop.pipeline.execute.remote.compile ROOT SOCKET`, started by the first compilation. It ends when nobody
has asked it for a while. Frames on its socket: ("compile", ...) is answered with what the compiler said (bytes), or with
None when the compiler is to run where it was called; ("stats",) with numbers; ("stop",) with None.
"""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import threading
from collections import Counter
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from pitstop.cache import frames
from pitstop.core import clock
from pitstop.core.environ import environ
from pitstop.core.errors import PitstopError
from pitstop.pipeline.execute.remote.compile.depfile import written
from pitstop.pipeline.execute.remote.compile.tree import Trees
from pitstop.pipeline.execute.remote.compile.wanted import Wanted, below, moved
from pitstop.pipeline.execute.remote.errand import PATH, untold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.pipeline.execute.remote.worker.cluster import Cluster
    from pitstop.pipeline.execute.remote.worker.execution import Execution
    from pitstop.pipeline.settings.model import Remote

_IDLE_S = 120.0
_IDLE_GONE_S = 10.0
"""The same once there is no cluster: the next build is to look again."""
_NOT_STARTED = (126, 127)
"""What a shell ends with when it cannot start a program (POSIX, 2.8.2)."""
_RUN = 'cd -- "$1" && shift && exec "$@"'


class Server:
    """All compilations of one repository."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._trees = Trees(root)
        self._told: set[str] = set()
        self._lock = threading.Lock()
        self._answers: dict[int, SimpleQueue[tuple[Any, ...]]] = {}
        self._executions: dict[int, Execution] = {}
        self._count = 0
        self._cluster: Cluster | None = None
        self._settings: Remote | None = None
        self.gone = ""
        """Why nothing is sent."""
        self.over = threading.Event()
        self.counts: Counter[str] = Counter()

    def connect(self) -> None:
        """Connect to the cluster that the repository names."""
        from pitstop.pipeline.keys import this_platform
        from pitstop.pipeline.places import store_folder
        from pitstop.pipeline.workspace import load_settings

        try:
            settings = load_settings(self._root)
            remote = settings.remote
            if not remote.url:
                self.gone = "`[remote] url` names no cluster"
                return
            from pitstop.pipeline.execute.remote.address import options_of
            from pitstop.pipeline.execute.remote.worker.cluster import Cluster

            about = {
                "url": remote.url,
                "options": options_of(remote),
                "root": "",
                "store": store_folder(self._root, settings.cache.dir),
                "priority": remote.priority,
                "queue_timeout_s": remote.queue_timeout,
                "reconnect_s": remote.reconnect,
            }
            self._cluster = Cluster(about, environ, self._tell)
            self._settings = remote._replace(platform=this_platform() if remote.platform is None else remote.platform)
        except PitstopError as error:
            self.gone = error.problem
        except ImportError as error:
            self.gone = f"`{error.name}` is not installed"
        else:
            threading.Thread(target=self._watch, daemon=True).start()

    def serve(self, link: socket.socket) -> None:
        """Answer one connection."""
        with link:
            try:
                for kind, *rest in frames.receive(link):
                    link.sendall(frames.pack(self._answer(kind, rest)))
            except OSError:
                return

    def _answer(self, kind: str, rest: list[Any]) -> Any:
        if kind == "compile":
            wanted, program, cwd, reads, variables = rest
            try:
                said = self._compile(Wanted(*wanted), program, cwd, reads, variables)
            except (OSError, PitstopError) as error:
                said, why = None, str(error)
            else:
                why = "it failed there"
            self.counts["sent" if said is not None else f"here: {self.gone or why}"] += 1
            return said
        if kind == "stop":
            self.over.set()
            return None
        return dict(self.counts)

    def _compile(
        self, wanted: Wanted, program: str, cwd: str, reads: Sequence[str], variables: Mapping[str, str]
    ) -> bytes | None:
        """Have it done; return what the compiler said, None when it did not end well. Raises OSError."""
        if self.gone or self._cluster is None or self._settings is None:
            return None
        from pitstop.pipeline.execute.remote.worker.execution import Execution

        for path in (*wanted.outputs, *([wanted.depfile] if wanted.depfile else [])):
            place = os.path.join(cwd, path)
            if os.path.lexists(place) and (os.path.islink(place) or not os.path.isfile(place)):
                raise OSError(f"`{path}` is no file of its own")
        prepared = self._trees.prepare(wanted, program, cwd, reads)
        base = prepared.base
        with self._lock:
            self._count += 1
            number = self._count
            directories, files = untold(prepared.tree, self._told)
            # What was told must be learned before another thread counts on it.
            self._cluster.inputs.learn(directories, [(name, size, f"{base}/{path}"[1:]) for name, size, path in files])
        root = prepared.tree.encode()[1]
        place = below(base, "/", cwd) or "."
        env = {"PATH": PATH, "HOME": "/tmp", **self._settings.env, **variables}  # noqa: S108  of a worker
        errand = {
            "task": f"{os.path.basename(wanted.argv[0])} {wanted.outputs[-1]}",
            "argv": ["/bin/sh", "-c", _RUN, "sh", place, *moved(wanted, base, cwd)],
            "env": sorted(env.items()),
            "outputs": sorted((below(base, cwd, path), False) for path in wanted.outputs),
            "platform": sorted((self._settings.platform or {}).items()),
            "timeout_s": None,
            "salt": prepared.salt,
            "root": (root.hash, root.size),
            "again": False,
            "keep": True,
        }
        answers = self._answers[number] = SimpleQueue()
        execution = self._executions[number] = Execution(number, errand, self._cluster)
        try:
            execution.run()
            return self._taken(answers, wanted, (base, cwd), reads)
        finally:
            del self._answers[number], self._executions[number]

    def _taken(
        self, answers: SimpleQueue[tuple[Any, ...]], wanted: Wanted, where: tuple[str, str], reads: Sequence[str]
    ) -> bytes | None:
        """Put what was made in place; return what was said, None when it is not all there."""
        base, cwd = where
        assert self._cluster is not None
        said = b""
        while not answers.empty():
            kind, value = answers.get()
            if kind == "output":
                said += value
            elif kind in {"refused", "unoffered"}:
                raise OSError(value)
            elif kind == "done":
                made = {path: (name, size, mode) for path, name, size, mode in value["files"]}
                asked = {below(base, cwd, path) for path in wanted.outputs}
                if value["exit_code"] in _NOT_STARTED:
                    raise OSError(f"the worker has no `{wanted.argv[0]}`")
                if value["status"] or value["exit_code"] or set(made) != asked:
                    return None
                from pitstop.core.digest import Digest

                for path, (name, size, mode) in made.items():
                    if self._cluster.store.restore(Digest(name, size), f"{base}/{path}", executable=mode) is None:
                        return None
                if wanted.depfile:
                    listed = [path for path in reads if wanted.system or not self._trees.is_system(path)]
                    with open(
                        os.path.join(cwd, wanted.depfile), "w", encoding="utf-8", errors="surrogateescape"
                    ) as file:
                        file.write(written(wanted.target, listed, phony=wanted.phony))
                self._trees.learn(wanted, cwd)
                return said
        return None

    def _tell(self, kind: str, *rest: Any) -> None:
        if kind == "gone":
            self.gone = str(rest[0])
        elif kind in {"output", "refused", "unoffered", "done"} and (answers := self._answers.get(rest[0])) is not None:
            answers.put((kind, rest[1]))

    def _watch(self) -> None:
        from pitstop.pipeline.execute.remote.worker.overdue import watch

        assert self._cluster is not None
        while not self.over.wait(0.5):
            watch(list(self._executions.values()), self._cluster)


def main(root: str, path: str) -> None:
    """Serve the repository `root` at the socket `path`, unless another process does."""
    frames.close_inherited()
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    server = Server(root)
    server.connect()
    with suppress(FileNotFoundError):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(256)
    listener.settimeout(1.0)
    last = clock.monotonic()
    threads: list[threading.Thread] = []
    while not server.over.is_set():
        threads = [thread for thread in threads if thread.is_alive()]
        try:
            link, _ = listener.accept()
        except TimeoutError:
            if not threads and clock.monotonic() - last > (_IDLE_GONE_S if server.gone else _IDLE_S):
                break
            continue
        last = clock.monotonic()
        link.settimeout(None)
        threads.append(threading.Thread(target=server.serve, args=(link,), daemon=True))
        threads[-1].start()
    os.unlink(path)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:3])
