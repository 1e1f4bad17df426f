"""What a person names, as logs: a file, a gzip, a zip or a folder of a run's logs, a stream, or the words of a message.

The only place of this room that reads files.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import SurroundingError
from pitstop.explain.lines import Line, read_lines
from pitstop.explain.sieve import sieve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from pitstop.explain.archive import Member, Part

_CHUNK = 1 << 18
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"
_LOGS = (".txt", ".log", ".out", ".err")  # what is a log among the files of a folder


class Log(NamedTuple):
    """One log: of a job, or of whatever wrote the file."""

    name: str
    """Of the job; else the name that the log was opened by."""
    lines: list[Line]
    dropped: int = 0
    """Number of lines that were left out because the log is huge."""
    size: int = 0
    """Bytes of all of it."""
    note: str = ""
    """What is wrong with the file, in a sentence; empty: nothing."""


def read_path(path: str) -> Iterator[Log]:
    """Give the logs of a file, of a zip, or of a folder as GitHub's zip unpacks, one at a time: they may be many.

    Raises SurroundingError where it cannot be read.
    """
    try:
        if os.path.isdir(path):
            from pitstop.explain.archive import jobs_of

            yield from _jobs(jobs_of(_members(path)))
            return
        with open(path, "rb") as file:
            yield from read_stream(file, path)
    except OSError as error:
        raise SurroundingError(f"`{path}` cannot be read: {error.strerror or error}") from error


def read_stream(file: BinaryIO, name: str) -> Iterator[Log]:
    """Give the logs of a file that is open, be it text, gzip or a zip; `name` is what it is called in errors."""
    head = file.read(_CHUNK)
    if head[:4] in _ZIP:
        if not file.seekable():
            yield from _spooled(head, file, name)
            return
        from pitstop.explain.archive import jobs_of, read_archive

        archive = read_archive(file, name)
        yield from _jobs(jobs_of(archive.members), archive.note)
        return
    chunks: Iterable[bytes] = chain((head,), iter(partial(file.read, _CHUNK), b""))
    notes: list[str] = []
    if head[:2] == _GZIP:
        chunks = _unpacked(chunks, name, notes)
    kept = sieve(chunks)
    yield Log(name, kept.lines, kept.dropped, kept.size, *notes)


def read_message(text: str) -> Log:
    """Return the words of a message as a log."""
    data = text.encode("utf-8", "surrogateescape")
    return Log("the message", read_lines(data), size=len(data))


def _jobs(jobs: dict[str, list[Part]], note: str = "") -> Iterator[Log]:
    for name, parts in jobs.items():
        begins: list[int] = []
        notes = [note] if note else []
        kept = sieve(_joined(parts, begins, notes))
        steps = [part.step for part in parts]
        lines = kept.lines
        if any(steps):
            lines = [
                line._replace(step=steps[bisect_right(begins, line.number) - 1] or line.step) for line in kept.lines
            ]
        yield Log(name, lines, kept.dropped, kept.size, "; ".join(notes))


def _joined(parts: list[Part], begins: list[int], notes: list[str]) -> Iterator[bytes]:
    """Give the files of a job as one log; tell the number of the first line of each, and what is wrong with them."""
    number = 1
    for part in parts:
        begins.append(number)
        last = b""
        try:
            for chunk in part.member.chunks():
                number += chunk.count(b"\n")
                last = chunk[-1:] or last
                yield chunk
        except SurroundingError as error:
            notes.append(error.problem)
        if last not in {b"", b"\n"}:
            number += 1
            yield b"\n"


def _unpacked(chunks: Iterable[bytes], name: str, notes: list[str]) -> Iterator[bytes]:
    """Give what a gzip of one or several parts holds, as far as it goes."""
    from zlib import decompressobj
    from zlib import error as BadData  # noqa: N812  an exception in lower case

    from pitstop.explain.archive import MOST

    stream = decompressobj(31)
    done = 0
    for chunk in chunks:
        packed = chunk
        while packed:
            if stream.eof:
                stream = decompressobj(31)
            try:
                text = stream.decompress(packed, _CHUNK)
            except BadData as error:
                notes.append(f"`{name}` is a broken gzip: {error}")
                return
            packed = stream.unused_data.lstrip(b"\0") if stream.eof else stream.unconsumed_tail
            done += len(text)
            yield text
            if done > MOST:
                notes.append(f"`{name}` unpacks to more than is read of one file")
                return
    yield stream.flush()  # a few bytes may be left inside
    if not stream.eof:
        notes.append(f"`{name}` breaks off")


def _spooled(head: bytes, file: BinaryIO, name: str) -> Iterator[Log]:
    """Give the logs of a zip that comes through a pipe: its list of contents is at its end."""
    from shutil import copyfileobj
    from tempfile import TemporaryFile

    with TemporaryFile() as copy:
        copy.write(head)
        copyfileobj(file, copy)
        copy.seek(0)
        yield from read_stream(copy, name)


def _members(folder: str) -> Iterator[Member]:
    """Give the logs in a folder and the folders in it, sorted."""
    from pitstop.explain.archive import Member

    for path, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(_LOGS):
                file = os.path.join(path, name)
                yield Member(os.path.relpath(file, folder).replace(os.sep, "/"), partial(_read, file))


def _read(path: str) -> Iterator[bytes]:
    try:
        with open(path, "rb") as file:
            yield from iter(partial(file.read, _CHUNK), b"")
    except OSError as error:
        raise SurroundingError(f"`{path}` cannot be read: {error.strerror or error}") from error
