"""A small process that ends all tasks when pitstop itself is killed, so that nothing writes on behind a dead run.

It is a fork that only reads a pipe: `+<group>` and `-<group>` lines say which process groups live. When the pipe ends
without a word, pitstop is gone, and every group is killed. It also inherits the lock of the run, so that nobody takes
the run for over before its processes are.
"""

from __future__ import annotations

import os
import signal


class Watchdog:
    """Knows which process groups are alive, on behalf of a process that may die. POSIX only."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(writing)
            try:
                _watch(reading)
            finally:
                os._exit(0)
        os.close(reading)
        self._pipe = writing

    def started(self, group: int) -> None:
        """A process group has begun."""
        self._tell(b"+%d\n" % group)

    def ended(self, group: int) -> None:
        """A process group has ended, or may live on."""
        self._tell(b"-%d\n" % group)

    def _tell(self, line: bytes) -> None:
        try:
            os.write(self._pipe, line)
        except OSError:  # the watchdog was killed: the run goes on without it
            return

    def close(self) -> None:
        """Send the watchdog away."""
        self._tell(b"bye\n")
        os.close(self._pipe)
        try:
            os.waitpid(self._pid, 0)
        except ChildProcessError:
            return


def _watch(pipe: int) -> None:
    os.setsid()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(name, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # who waits for the end of pitstop's output must not wait for this process
        os.dup2(null, standard)
    groups: set[int] = set()
    rest = b""
    while data := os.read(pipe, 65536):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if line == b"bye":
                return
            if line[:1] == b"+":
                groups.add(int(line[1:]))
            else:
                groups.discard(int(line[1:]))
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except OSError:
            continue
