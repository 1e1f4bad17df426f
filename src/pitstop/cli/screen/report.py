"""Keeps what running tasks write until they end, and turns those that fail into lines to read."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from pitstop.cli.screen.failure import TASKS, Failure, report, verdict_lines
from pitstop.cli.screen.known import Known, known_in
from pitstop.core.events import CANCELLATION, SKIP, SUCCESS, TaskFinished, TaskOutput, TaskStarted

if TYPE_CHECKING:
    from pitstop.cli.screen.style import Style
    from pitstop.cli.screen.tally import Tally

_FAILURES_KEPT = 100  # the verdict tells of fewer

HEAD = 256 * 1024
"""Bytes of the beginning of an output that are remembered."""
TAIL = 1024 * 1024
"""And of its end, at least."""


class Kept:
    """Takes all of an output, remembers the first `HEAD` and at least the last `TAIL` bytes."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes that were written in all."""
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size += len(data)
        room = HEAD - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if not data:
            return
        self._tail.append(data)
        self._tail_size += len(data)
        while self._tail_size - len(self._tail[0]) >= TAIL:
            self._tail_size -= len(self._tail.popleft())

    @property
    def whole(self) -> bool:
        """Whether nothing was dropped."""
        return len(self._head) + self._tail_size == self.size

    def bytes(self) -> bytes:
        """Return what is remembered; where bytes are missing stands a line that says how many."""
        tail = b"".join(self._tail)
        if self.whole:
            return bytes(self._head) + tail
        missing = self.size - len(self._head) - len(tail)
        return b"%b\n... %d bytes left out ...\n%b" % (bytes(self._head), missing, tail)


class Reporter:
    """Listens to starts, output and ends of tasks. Memory is bounded per running process."""

    def __init__(self, tally: Tally, style: Style) -> None:
        self._tally = tally
        self._style = style
        self._kept: dict[str, Kept] = {}
        self._batch_of: dict[str, str] = {}
        self._members: dict[str, int] = {}
        self._told: dict[str, str] = {}
        """For a batch the first task of it that failed."""
        self.failures: list[Failure] = []
        self._known: Known | None = None

    def started(self, event: TaskStarted) -> None:
        """Forget what an earlier attempt wrote."""
        if not event.batch or event.attempt > 1:
            self._kept.pop(event.batch or event.task, None)
        if event.batch and event.task not in self._batch_of:
            self._batch_of[event.task] = event.batch
            self._members[event.batch] = self._members.get(event.batch, 0) + 1

    def output(self, event: TaskOutput) -> None:
        """Keep what a task or a batch wrote."""
        kept = self._kept.get(event.task)
        if kept is None:
            kept = self._kept[event.task] = Kept()
        kept.add(event.data)

    def log_of(self, task: str) -> bytes:
        """Return what is kept of the output of `task`, or where it wrote nothing itself of the batch it is part of."""
        kept = self._kept.get(task) or self._kept.get(self._batch_of.get(task, task))
        return kept.bytes() if kept else b""

    def finished(self, event: TaskFinished, *, brief: bool = False) -> list[str]:
        """Return the lines to show for a task that ended badly, else none; `brief`: its output was shown already."""
        shared = self._batch_of.pop(event.task, "") or event.task
        source = event.task if event.task in self._kept else shared
        lines: list[str] = []
        if event.outcome not in {SUCCESS, SKIP, CANCELLATION}:
            first = self._told.setdefault(source, event.task)
            command = started.command if (started := self._tally.running.get(event.task)) else ""
            if first != event.task:
                lines, failure = report(event, None, self._tally.run, self._style)
                failure = failure._replace(shared=first)
            else:
                asked = len(self.failures) < TASKS  # the verdict tells of no more, and it takes a twentieth of a second
                kept = self._kept.get(source)
                lines, failure = report(
                    event, kept, self._tally.run, self._style, command, self._here if asked else None
                )
            if brief or first != event.task:
                del lines[1:]
            if len(self.failures) < _FAILURES_KEPT:
                self.failures.append(failure)
        self._kept.pop(event.task, None)
        self._release(shared)
        return lines

    def _here(self) -> Known:
        if self._known is None:
            self._known = known_in(self._tally.root) if self._tally.root else Known()
        return self._known

    def _release(self, source: str) -> None:
        left = self._members.get(source, 1) - 1
        if left > 0:
            self._members[source] = left
        else:
            self._members.pop(source, None)
            self._kept.pop(source, None)

    def verdict(self) -> list[str]:
        """Return the lines above the last line of a run in which something failed or was stopped."""
        return verdict_lines(self._tally, self.failures, self._style)
