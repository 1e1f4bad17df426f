"""A small process that ends all tasks when pitstop itself is killed, so that nothing writes on behind a dead run.

It is a fork that sleeps on one pipe, `life`, and is told of process groups through another, `news`, which it reads only
when it must: when `life` ends without a word, pitstop is gone, and every group that began and did not end is killed. It
also inherits the lock of the run, so that nobody takes the run for over before its processes are.
"""

from __future__ import annotations

import os
import signal

_PATIENCE_S = 1.0
"""How long a full pipe is waited for; what it was to take comes with the next line then."""


class Watchdog:
    """Knows which process groups are alive, on behalf of a process that may die. POSIX only."""

    def __init__(self) -> None:
        life_out, self._life = os.pipe()
        news_out, self._news = os.pipe()
        os.set_blocking(self._news, False)
        self._held = b""
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._life)
            os.close(self._news)
            try:
                _watch(life_out, news_out)
            finally:
                os._exit(0)
        os.close(life_out)
        os.close(news_out)

    def started(self, group: int) -> None:
        """A process group has begun."""
        self._pass_on(b"+%d\n" % group)

    def ended(self, group: int) -> None:
        """A process group has ended. Told at once: its number may be another's by the time that this process is killed."""
        self._pass_on(b"-%d\n" % group)

    def _pass_on(self, line: bytes) -> None:
        line = self._held + line
        self._held = b""
        for _ in range(2):
            try:
                os.write(self._news, line)
            except BlockingIOError:  # the pipe is full: have it read
                self._tell(b"read\n")
                _wait_for_room(self._news)
            except OSError:  # the watchdog was killed: the run goes on without it
                return
            else:
                return
        self._held = line

    def _tell(self, line: bytes) -> None:
        try:
            os.write(self._life, line)
        except OSError:
            return

    def close(self) -> None:
        """Send the watchdog away."""
        self._tell(b"bye\n")
        os.close(self._life)
        os.close(self._news)
        try:
            os.waitpid(self._pid, 0)
        except ChildProcessError:
            return


def _wait_for_room(pipe: int) -> None:
    import select

    select.select([], [pipe], [], _PATIENCE_S)


def _watch(life: int, news: int) -> None:
    os.setsid()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(name, signal.SIG_IGN)
    signal.set_wakeup_fd(-1)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # who waits for the end of pitstop's output must not wait for this process
        os.dup2(null, standard)
    os.set_blocking(news, False)
    groups: set[int] = set()
    rest = b""
    while True:
        word = os.read(life, 4096)
        if b"bye" in word:
            return
        rest = _read_news(news, rest, groups)
        if not word:
            break
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except OSError:
            continue


def _read_news(news: int, rest: bytes, groups: set[int]) -> bytes:
    """Take in what is in the pipe; return the piece of a line at its end."""
    while True:
        try:
            data = os.read(news, 1 << 20)
        except BlockingIOError:
            return rest
        if not data:
            return rest
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if line[:1] == b"+":
                groups.add(int(line[1:]))
            else:
                groups.discard(int(line[1:]))
