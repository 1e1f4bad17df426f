"""What the tasks of a run wrote, cut into pieces of whole lines that can be found and read one by one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.core.events import TaskOutput
from pitstop.core.text import strip_ansi
from pitstop.records.codec import RecordTooNew
from pitstop.records.folders import OUTPUT
from pitstop.records.log import read

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 16 * 1024  # bytes: smaller makes a larger index, greater more reading in vain
_LONGEST = 256 * 1024  # bytes of a piece that has no line end


def pieces_of(folder: str) -> Iterator[tuple[str, int, list[tuple[int, int]], str]]:
    """Yield what each task of a run wrote in pieces: its name, the first line's number, the spans, the clean text."""
    open_spans: dict[str, list[tuple[int, int]]] = {}
    rests: dict[str, bytes] = {}
    lines: dict[str, int] = {}
    try:
        fd = os.open(os.path.join(folder, OUTPUT), os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return
    try:
        for event in _outputs(folder):
            offset, left = event.offset, event.size
            while left > 0:
                os.lseek(fd, offset, os.SEEK_SET)
                data = os.read(fd, min(left, _PIECE))
                if not data:
                    break
                task = event.task
                text = rests.pop(task, b"") + data
                spans = _longer(open_spans.pop(task, []), offset, len(data))
                offset += len(data)
                left -= len(data)
                end = text.rfind(b"\n") + 1
                if len(text) >= _PIECE and (end or len(text) >= _LONGEST):
                    done, spans = _cut(spans, end or len(text))
                    first = lines.get(task, 1)
                    yield task, first, done, clean(text[: end or None])
                    lines[task] = first + text.count(b"\n")
                    text = text[end:] if end else b""
                rests[task], open_spans[task] = text, spans
        for task, text in rests.items():
            if text:
                yield task, lines.get(task, 1), open_spans[task], clean(text)
    finally:
        os.close(fd)


def _outputs(folder: str) -> Iterator[TaskOutput]:
    try:
        yield from (event for event in read(folder) if isinstance(event, TaskOutput))
    except (OSError, RecordTooNew):
        return


def _longer(spans: list[tuple[int, int]], offset: int, size: int) -> list[tuple[int, int]]:
    if spans and sum(spans[-1]) == offset:
        return [*spans[:-1], (spans[-1][0], spans[-1][1] + size)]
    return [*spans, (offset, size)]


def _cut(spans: list[tuple[int, int]], size: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return `spans` in two: the first `size` bytes, and the rest."""
    first: list[tuple[int, int]] = []
    rest: list[tuple[int, int]] = []
    for offset, length in spans:
        take = min(length, size)
        size -= take
        first += [(offset, take)] if take else []
        rest += [(offset + take, length - take)] if length > take else []
    return first, rest


def clean(text: bytes) -> str:
    """Return what a log holds as text without control codes."""
    return strip_ansi(text).decode("utf-8", "replace")
