"""sccache's server: one for a run, on a socket of its own, with its storage in its environment alone."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from pitstop.core import clock
from pitstop.pipeline.compilers.counts import Counts, Stats, read_sccache
from pitstop.pipeline.compilers.guard import FIRED, server_at

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

_START_S = 10.0
"""By default; with a storage on another machine its time-out counts twice."""
_ASK_S = 5.0
_WRITE_S = 5.0
"""How long what was compiled last may take to be written, at the end of a run."""
_IDLE_S = 900
"""A server whose pitstop was killed ends after so many seconds without a question."""


class SccacheServer:
    """A server to be started once and stopped once. Nothing here raises."""

    def __init__(self, program: str, folder: str, env: Mapping[str, str], start_s: float = _START_S) -> None:
        """Nothing is started yet. `folder` is the server's alone; starting it may take `start_s` seconds."""
        os.makedirs(folder, exist_ok=True)
        self._program = program
        self._folder = folder
        self._start_s = start_s
        self.socket = f"{folder}/s"
        """The socket that clients find it at."""
        self._env = {
            **env,
            "SCCACHE_SERVER_UDS": self.socket,
            "SCCACHE_IDLE_TIMEOUT": str(_IDLE_S),
            "SCCACHE_CONF": os.devnull,  # what is in the user's own would be laid over this
        }
        self.client = {
            "SCCACHE_SERVER_UDS": self.socket,
            "SCCACHE_IGNORE_SERVER_IO_ERROR": "1",  # without a server a client compiles by itself
            "SCCACHE_DIR": env.get("SCCACHE_DIR", ""),  # the next three: for a server that a client has to start
            "SCCACHE_IDLE_TIMEOUT": "60",
            "SCCACHE_CONF": os.devnull,
        }
        """What a task is given, to find the server."""
        self._before = Counts()
        self._guard: subprocess.Popen[bytes] | None = None
        self.running = self._started = False

    def start(self) -> str:
        """Start it; return why that failed, `""` when it did not."""
        self._started = True
        code, said = self._call("--start-server", timeout_s=self._start_s)
        self.running = code == 0
        return "" if self.running else _reason(said)

    def watch(self, kind: str, host: str, port: int, timeout_s: float) -> None:
        """Have the server ended when its storage stops answering (see `guard`)."""
        import subprocess

        argv = [sys.executable, "-P", "-m", "pitstop.pipeline.compilers.guard", self.socket, kind, host, str(port)]
        with suppress(OSError):
            self._guard = subprocess.Popen(
                [*argv, str(timeout_s)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )

    def is_lost(self) -> bool:
        """Return whether it was ended because of its storage."""
        if self._guard is not None and self._guard.poll() == FIRED:
            self.running = False
            return True
        return False

    def stats(self) -> Stats | None:
        """Return what it counts, or None when it does not answer: then it is not asked again, and tasks do without."""
        if not self.running:
            return None
        code, said = self._call("--show-stats", "--stats-format", "json", timeout_s=_ASK_S)
        with suppress(ValueError):
            if code == 0:
                return read_sccache(said)
        self.running = False
        return None

    def since(self) -> Counts:
        """Return what it counted since this was last asked."""
        stats = self.stats()
        if stats is None:
            return Counts()
        before, self._before = self._before, stats.counts
        return stats.counts - before

    def stop(self) -> None:
        """Let it write what is not written yet, for a few seconds, and end it."""
        until = clock.monotonic() + _WRITE_S
        while (
            not self.is_lost() and (stats := self.stats()) is not None and stats.writing and clock.monotonic() < until
        ):
            time.sleep(0.05)
        # Where it was ended, a client may have started another one; one that does not listen is ended without a word.
        if self._started and self._call("--stop-server", timeout_s=_ASK_S)[0] and (pid := server_at(self.socket)):
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait()
        self.running = False

    def _call(self, *argv: str, timeout_s: float) -> tuple[int, str]:
        """Return the exit code and what was printed; 124 when it takes too long."""
        import subprocess

        said = f"{self._folder}/said"
        try:
            with open(said, "w+b") as file:
                # A file, since the server it leaves behind would keep a pipe open.
                done = subprocess.run(
                    [self._program, *argv],
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    env=self._env,
                    timeout=timeout_s,
                    check=False,
                )
                file.seek(0)
                return done.returncode, file.read().decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            return 124, f"it does not answer for {timeout_s:.0f} s"
        except OSError as error:
            return 127, error.strerror or str(error)


def _reason(said: str) -> str:
    """Return the line that says most, without what may stand in an address."""
    import re

    lines = [line.removeprefix("sccache:").strip() for line in said.splitlines()]
    lines = [line for line in lines if line and not line.startswith("Starting")]
    told = next((line for line in lines if "caused by" in line or "error" in line.lower()), lines[0] if lines else "")
    return re.sub(r"//[^/@\s]*@|[?]\S*", "//", told)[:200] or "it gives no reason"
