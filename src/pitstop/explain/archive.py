"""The logs in a zip, as GitHub packs those of a run, or in any other; also in one that breaks off in the middle.

Nothing is unpacked to disk. GitHub's layouts: `3_build.txt` is the whole log of the job `build`, `build/4_Run make.txt`
that of one of its steps, `build/system.txt` what the service itself did; newer zips leave the steps' files out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import SurroundingError
from pitstop.core.text import plural, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO
    from zipfile import ZipFile, ZipInfo

MOST = 2 << 30
"""Bytes of text that are read out of one file, so that a bomb ends."""

_ENTRIES = 20_000
_CHUNK = 1 << 18
_LONGEST_NAME = 200
_LOCAL = b"PK\x03\x04"
_HEADER = 30  # bytes of a local header before the name: APPNOTE.TXT 4.3.7
_DEFLATED = 8
_AGAIN = "fetch it again: it was not written to its end"


class Member(NamedTuple):
    """One file of an archive."""

    name: str
    """With `/`, as it stands there; it is only shown."""
    chunks: Callable[[], Iterator[bytes]]
    """Reads it; raises SurroundingError where it is damaged."""


class Part(NamedTuple):
    """One file of a job's log."""

    step: str
    member: Member


class Archive(NamedTuple):
    """The logs in a zip."""

    members: list[Member]
    note: str = ""
    """What is wrong with it, in a sentence; empty: nothing."""


def read_archive(file: BinaryIO, name: str) -> Archive:
    """Return the files of the zip `file`; `name` is how errors call it.

    Of one that breaks off, those at its beginning. Raises SurroundingError when there is nothing to read, more than
    20,000 files, or more than 2 GiB.
    """
    from zipfile import BadZipFile, ZipFile

    try:
        packed = ZipFile(file)
    except (BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError) as error:
        members = list(_salvaged(file))
        if not members:
            raise SurroundingError(f"`{name}` is a broken zip: {error}", hint=_AGAIN) from error
        return Archive(members, f"`{name}` breaks off: {plural(len(members), 'file')} could be read, the last in part")
    entries = [entry for entry in packed.infolist() if not entry.is_dir()]
    if len(entries) > _ENTRIES:
        raise SurroundingError(f"`{name}` holds {len(entries)} files, more than the logs of a run")
    if (total := sum(entry.file_size for entry in entries)) > MOST:
        raise SurroundingError(f"`{name}` would unpack to {size(total)}", hint="unpack it, and name one log in it")
    return Archive([Member(entry.filename, _reader(packed, entry, name)) for entry in entries])


def jobs_of(members: Iterable[Member]) -> dict[str, list[Part]]:
    """Return the files of each job by its name; a file outside of GitHub's layouts is a job of its own.

    Where there are files of steps, they are the log, in their order. What the service did is read where nothing else is.
    """
    import re

    layout = re.compile(r"(?:(?P<folder>.+)/)?(?:(?P<number>\d{1,9})_(?P<name>.*)|system)\.txt", re.DOTALL)
    whole: dict[str, list[Part]] = {}
    steps: dict[str, list[tuple[int, Part]]] = {}
    for member in members:
        found = layout.fullmatch(member.name.replace("\\", "/"))
        if not found or not (found["folder"] or found["name"]):
            whole.setdefault(_clean(member.name), []).append(Part("", member))
        elif found["folder"]:
            part = Part(_clean(found["name"] or ""), member)
            steps.setdefault(_clean(found["folder"]), []).append((int(found["number"] or -1), part))
        else:
            whole.setdefault(_clean(found["name"]), []).append(Part("", member))
    jobs: dict[str, list[Part]] = {}
    for name in [*whole, *(name for name in steps if name not in whole)]:
        of_steps = sorted(steps.get(name, []), key=lambda numbered: numbered[0])
        own = [part for number, part in of_steps if number >= 0]
        jobs[name] = own or whole.get(name) or [part for _, part in of_steps]
    return jobs


def _clean(name: str) -> str:
    """Return a name of a stranger's choice as it may be shown."""
    return "".join(char if char.isprintable() else "?" for char in name)[:_LONGEST_NAME]


def _reader(packed: ZipFile, entry: ZipInfo, name: str) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        from zipfile import BadZipFile
        from zlib import error as BadData  # noqa: N812  an exception in lower case

        try:
            with packed.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except (BadZipFile, BadData, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
            problem = f"`{_clean(entry.filename)}` in `{name}` cannot be read: {error}"
            raise SurroundingError(problem, hint="fetch the zip again") from error

    return chunks


def _salvaged(file: BinaryIO) -> Iterator[Member]:
    """Give the files of a zip without its list of contents, by the header that stands before each."""
    at = done = 0
    for _ in range(_ENTRIES):
        file.seek(at)
        header = file.read(_HEADER)
        if len(header) < _HEADER or header[:4] != _LOCAL:
            return
        flags, method = int.from_bytes(header[6:8], "little"), int.from_bytes(header[8:10], "little")
        packed = int.from_bytes(header[18:22], "little")
        length, extra = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
        name = file.read(length).decode("utf-8" if flags & 0x800 else "cp437", "replace")
        begin = at + _HEADER + length + extra
        if method == _DEFLATED and not flags & 1:
            end = begin
            for used, text in _inflated(file, begin):
                end += used
                done += len(text)
            if done > MOST:
                return
            yield Member(name, _inflater(file, begin))
        elif method == 0 and packed and not name.endswith("/"):
            end = begin + packed
            yield Member(name, _copier(file, begin, packed))
        else:
            end = begin + packed
        at = _next_header(file, end)
        if at < 0:
            return


def _next_header(file: BinaryIO, at: int) -> int:
    """Return where the next header begins: behind the data there may be a descriptor with sizes of up to 24 bytes."""
    file.seek(at)
    found = file.read(24 + len(_LOCAL)).find(_LOCAL)
    return at + found if found >= 0 else -1


def _inflated(file: BinaryIO, begin: int) -> Iterator[tuple[int, bytes]]:
    """Give, of the deflated data at `begin` as far as it is there, the bytes that were used up and the text."""
    from zlib import decompressobj, error

    stream = decompressobj(-15)
    at = begin
    done = 0
    while done < MOST:
        file.seek(at)
        packed = file.read(_CHUNK)
        at += len(packed)
        used = len(packed)
        if not packed:
            yield 0, stream.flush()  # a few bytes may be left inside
            return
        while packed:
            try:
                text = stream.decompress(packed, _CHUNK)
            except error:
                return
            done += len(text)
            if stream.eof:
                yield used - len(stream.unused_data), text
                return
            yield 0, text
            packed = stream.unconsumed_tail
        yield used, b""


def _inflater(file: BinaryIO, begin: int) -> Callable[[], Iterator[bytes]]:
    return lambda: (text for _, text in _inflated(file, begin) if text)


def _copier(file: BinaryIO, begin: int, length: int) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        for at in range(begin, begin + length, _CHUNK):
            file.seek(at)
            yield file.read(min(_CHUNK, begin + length - at))

    return chunks
