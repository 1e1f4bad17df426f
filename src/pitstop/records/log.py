"""The log of a run, read back: at once, while it grows, or only the output of a task; and closed when its writer died."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.core.events import (
    CANCELLATION,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskOutput,
    TaskStarted,
)
from pitstop.links.locks import try_lock
from pitstop.records.codec import RecordTooNew, decode, encode
from pitstop.records.folders import LIVE, LOG, OUTPUT, delete_run, run_ids, started_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from pitstop.core.events import Event

_POLL_S = 0.05
_CHUNK = 1024 * 1024
_EMPTY_AFTER_S = 3600.0
_BINARY = getattr(os, "O_BINARY", 0)


def read(folder: str) -> Iterator[Event]:
    """Yield the events of the run in `folder` as far as they are written.

    A torn last line, a line that is no event and kinds of later versions are left out; a folder without a log holds
    no events. Raises `RecordTooNew` when the run was recorded with a greater `SCHEMA`.
    """
    try:
        file = open(os.path.join(folder, LOG), "rb")  # noqa: SIM115  stays open while we yield
    except FileNotFoundError:
        return
    with file:
        for line in file:
            event = _event(line)
            if event is not None:
                yield event


def complete(folder: str, now: float) -> list[Event]:
    """Return the events of the run in `folder`; of one whose writer died with the end that its log lacks.

    Nothing is written, so that this holds for a record that cannot be: see `closing`.
    """
    events = list(read(folder))
    if events and not isinstance(events[-1], RunFinished) and not is_live(folder):
        # A writer locks before it writes: now that the lock is free, nothing more will come.
        events = list(read(folder))
        events += closing(events, now)
    return events


def follow(folder: str, wait: Callable[[float], None]) -> Iterator[Event]:
    """Yield the events of the run in `folder` as they come, until the run ends or its writer is gone.

    `wait` is called with the seconds to pause (0.05) whenever everything written so far is read.
    """
    log = os.path.join(folder, LOG)
    while not os.path.exists(log):
        if not is_live(folder):
            return
        wait(_POLL_S)
    with open(log, "rb") as file:
        rest = b""
        while True:
            live = is_live(folder)  # asked before reading: what a writer that is gone now wrote is read below
            for line in _lines(file, rest):
                if not line.endswith(b"\n"):
                    rest = line
                    break
                rest = b""
                event = _event(line)
                if event is not None:
                    yield event
                if isinstance(event, RunFinished):
                    return
            if not live:
                return
            wait(_POLL_S)


def output_of(folder: str, task: str = "") -> Iterator[bytes]:
    """Yield the output of `task` in order, that of its batch included; without a task that of all."""
    for _, data in outputs(read(folder), folder, task):
        yield data


def outputs(events: Iterable[Event], folder: str, task: str = "") -> Iterator[tuple[TaskOutput, bytes]]:
    """Yield each piece of output among `events` of the run in `folder` with its bytes, at most 1 MiB at once.

    With `task` only what it wrote, alone or as part of a batch. Bytes that never reached the disk are left out.
    """
    names = {task}
    fd = -1
    try:
        for event in events:
            if isinstance(event, TaskStarted):
                if event.task == task and event.batch:
                    names.add(event.batch)
            elif isinstance(event, TaskOutput) and (not task or event.task in names):
                if fd < 0:
                    try:
                        fd = os.open(os.path.join(folder, OUTPUT), os.O_RDONLY | _BINARY)
                    except FileNotFoundError:
                        continue
                for data in _slice(fd, event.offset, event.size):
                    yield event, data
    finally:
        if fd >= 0:
            os.close(fd)


def is_live(folder: str) -> bool:
    """Return whether the writer of the run in `folder` still goes on."""
    try:
        fd = os.open(folder + LIVE, os.O_RDONLY | _BINARY)
    except OSError:
        return False
    try:
        return not try_lock(fd, exclusive=False)  # shared: those who ask do not mistake each other for the writer
    finally:
        os.close(fd)


def closing(events: Iterable[Event], now: float) -> list[Event]:
    """Return the events that a run lacks whose writer died after `events`; none when it ended or never began.

    The time of the end is that of the last event, as `now` is only when somebody found it; `now` bounds it.
    """
    last: Event | None = None
    start: RunStarted | None = None
    running: dict[str, TaskStarted] = {}
    for event in events:
        last = event
        if isinstance(event, RunStarted):
            start = event
        elif isinstance(event, TaskStarted):
            running[event.task] = event
        elif isinstance(event, TaskFinished):
            running.pop(event.task, None)
    if start is None or last is None or isinstance(last, RunFinished):
        return []
    time = min(last.time, now)
    ended: list[Event] = [
        TaskFinished(
            time,
            task.task,
            CANCELLATION,
            duration_s=max(0.0, time - task.time),
            attempts=task.attempt,
            message="pitstop was killed while it ran",
        )
        for task in running.values()
    ]
    message = "pitstop was killed, or could not write its record to the end"
    return [*ended, RunFinished(time, CANCELLATION, max(0.0, time - start.time), message)]


def close_dead(runs: str, now: float) -> list[str]:
    """End the log of each run below `runs` whose writer died; return the names of those that were closed.

    What cannot be written now is left for the next time. One listing of a folder when nothing died.
    """
    try:
        names = os.listdir(runs)
    except OSError:
        return []
    dead = run_ids(name.removesuffix(LIVE) for name in names if name.endswith(LIVE))
    return [run for run in dead if _close(os.path.join(runs, run), now)]


def _close(folder: str, now: float) -> bool:
    """Close one run if its lock is free; whoever gets the lock late finds the log ended and changes nothing."""
    try:
        live = os.open(folder + LIVE, os.O_RDWR | _BINARY)
    except OSError:
        return False
    try:
        if not try_lock(live, exclusive=True):
            return False
        events = list(read(folder))
        end = closing(events, now)
        if end:
            _append(os.path.join(folder, LOG), end)
        elif not events:
            runs, run = os.path.split(folder)
            if now - started_at(run) < _EMPTY_AFTER_S:
                return False  # just being started: the lock is taken after the file is made
            delete_run(runs, run)  # its writer died before it could say anything
        os.unlink(folder + LIVE)
    except (OSError, RecordTooNew):
        return False
    finally:
        os.close(live)
    return bool(end)


def _append(path: str, events: list[Event]) -> None:
    fd = os.open(path, os.O_RDWR | _BINARY)
    try:
        end = _whole(fd)
        os.ftruncate(fd, end)
        os.lseek(fd, end, os.SEEK_SET)
        os.write(fd, b"".join(map(encode, events)))
    finally:
        os.close(fd)


def _whole(fd: int) -> int:
    """Return the offset behind the last newline."""
    end = os.lseek(fd, 0, os.SEEK_END)
    while end:
        start = max(0, end - 4096)
        os.lseek(fd, start, os.SEEK_SET)
        found = os.read(fd, end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _event(line: bytes) -> Event | None:
    if not line.endswith(b"\n"):
        return None
    try:
        return decode(line)
    except ValueError:
        return None


def _lines(file: BinaryIO, rest: bytes) -> Iterator[bytes]:
    """Yield what is there to read, line by line, `rest` before it; the last one may be torn."""
    for line in file:
        yield rest + line
        rest = b""


def _slice(fd: int, offset: int, size: int) -> Iterator[bytes]:
    while size > 0:
        os.lseek(fd, offset, os.SEEK_SET)
        data = os.read(fd, min(size, _CHUNK))
        if not data:
            return
        yield data
        offset += len(data)
        size -= len(data)
