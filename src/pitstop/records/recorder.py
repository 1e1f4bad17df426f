"""The listener that keeps a run: events and output appended to files that outlive a `kill -9`."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from pitstop.core.events import (
    RAN,
    ArtifactProduced,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskOutput,
    TaskStarted,
    TestFinished,
)
from pitstop.links.locks import wait_lock
from pitstop.records.codec import encode
from pitstop.records.folders import LIVE, LOG, OUTPUT, make_run

if TYPE_CHECKING:
    from pitstop.core.events import Event

_FLUSH_AFTER_S = 0.1
_HELD_BYTES = 256 * 1024
_HELD_PIECES = 1000  # below IOV_MAX, 1024 on Linux and macOS
_HELD_LINES = 2000  # about half a megabyte
_BINARY = getattr(os, "O_BINARY", 0)
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _BINARY


class Recorder:
    """Keeps the events of one run below the folder `runs`; give it to the `Broadcast`.

    Events are held back for 0.1 s at most, output also until 256 KiB are together; call `flush` about ten times a second
    so that the last of them before a silence gets out. What begins or ends a run, or asks a person, is written at once.
    Output is written without a copy. Errors of the disk are raised as `OSError`:
    the `Broadcast` then drops this listener and the run goes on. One thread at a time.
    """

    def __init__(self, runs: str) -> None:
        self._runs = runs
        self._folder = ""
        self._log = self._output = self._live = -1
        self._lines: list[bytes] = []
        self._pieces: list[bytes] = []
        self._held = 0
        self._end = 0
        # The last pieces that have no line yet: whose they are, how many bytes, when they began.
        self._task = ""
        self._size = 0
        self._since = 0.0
        self._flushed_at = 0.0

    def __call__(self, event: Event) -> None:
        """Keep `event`."""
        if isinstance(event, TaskOutput):
            self._keep_output(event)
            return
        if isinstance(event, RunStarted):
            self._start(event.run)
        if self._log < 0:
            return
        if self._size:
            self._end_piece()
        self._lines.append(encode(event))
        if (
            isinstance(event, TaskFinished | TaskStarted | TestFinished | ArtifactProduced)
            and len(self._lines) < _HELD_LINES
        ):
            if event.time - self._flushed_at < _FLUSH_AFTER_S or (
                isinstance(event, TaskFinished) and event.origin != RAN
            ):
                return
            self._flushed_at = event.time
        self.flush()
        if isinstance(event, RunFinished):
            self.close()

    def flush(self) -> None:
        """Write what is held back; costs nothing when nothing is."""
        if self._size:
            self._end_piece()
        if self._pieces:
            pieces, self._pieces, self._held = self._pieces, [], 0
            _write(self._output, pieces)
        if self._lines:
            lines, self._lines = self._lines, []
            _write(self._log, [b"".join(lines)])

    def close(self) -> None:
        """Let go of the run without a word in its log; what is held back is lost. `RunFinished` does this itself."""
        log, output, live = self._log, self._output, self._live
        self._log = self._output = self._live = -1
        if live >= 0:
            with suppress(OSError):  # Windows, while somebody looks: whoever closes dead runs next removes it
                os.unlink(os.path.join(self._runs, self._folder + LIVE))
        for fd in (output, log, live):  # the lock goes last
            if fd >= 0:
                os.close(fd)

    def _start(self, run: str) -> None:
        if self._log >= 0:
            raise RuntimeError("a recorder keeps one run")
        with suppress(FileExistsError):  # made with its name; `O_EXCL` below decides whose it is
            make_run(self._runs, run)
        self._folder = run
        folder = os.path.join(self._runs, run)
        # The lock comes before the log, so that a log without `RunFinished` whose lock is free is that of a dead run.
        self._live = os.open(folder + LIVE, _APPEND | os.O_EXCL, 0o666)
        wait_lock(self._live)
        self._log = os.open(os.path.join(folder, LOG), _APPEND | os.O_EXCL, 0o666)

    def _keep_output(self, event: TaskOutput) -> None:
        data = event.data
        size = len(data)
        if not size or self._log < 0:
            return
        if self._output < 0:
            folder = os.path.join(self._runs, self._folder)
            self._output = os.open(os.path.join(folder, OUTPUT), _APPEND, 0o666)
        if self._size and self._task != event.task:
            self._end_piece()
        if not self._size:
            self._task = event.task
            self._since = event.time
        self._size += size
        self._pieces.append(data)
        self._end += size
        self._held += size
        if (
            self._held >= _HELD_BYTES
            or len(self._pieces) >= _HELD_PIECES
            or not 0 <= event.time - self._flushed_at < _FLUSH_AFTER_S
        ):
            self._flushed_at = event.time
            self.flush()

    def _end_piece(self) -> None:
        """Put the line about the last pieces in its place among the lines."""
        piece = TaskOutput(self._since, self._task, offset=self._end - self._size, size=self._size)
        self._lines.append(encode(piece))
        self._size = 0


def _write(fd: int, pieces: list[bytes]) -> None:
    """Write all of `pieces`, at most 1,024, however few bytes the system takes at once."""
    while pieces:
        written = os.writev(fd, pieces) if len(pieces) > 1 and hasattr(os, "writev") else os.write(fd, pieces[0])
        done = 0
        for piece in pieces:
            if written < len(piece):
                break
            written -= len(piece)
            done += 1
        pieces = pieces[done:]
        if written:
            pieces[0] = pieces[0][written:]
