"""Results that carry the bytes of small outputs (`OutputFile.contents`): one object to ask for instead of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache import wire
from pitstop.cache.actions import ActionResult, decode_result, read_output_file
from pitstop.core.digest import EMPTY, Digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pitstop.cache.actions import OutputFile

MOST_FILE = 16 << 10
"""Bytes of a file up to which it is carried, where nothing speaks for more."""
MOST = 1 << 20
"""Bytes that one result carries at most: what asks for it may need only the result."""

_FILES = 2
"""`ActionResult.output_files`"""
_FILES_KEY = wire.varint(_FILES << 3 | 2)
_DIRECTORIES = 3
"""`ActionResult.output_directories`: whole trees, which pitstop does not write and cannot put back file by file."""
_CONTENTS = 5
"""`OutputFile.contents`"""


def filled(
    message: bytes, read: Callable[[Digest], bytes | None], most_file: int = MOST_FILE
) -> tuple[bytes, set[Digest]]:
    """Return an `ActionResult` with the bytes of its files of up to `most_file` bytes, and the digests of those.

    `read` returns the bytes of a blob, or None when it is not there: then the file goes without. Raises WireError.
    """
    left, carried = MOST, set[Digest]()
    out: list[bytes] = []
    for field, value, raw in _split(_stripped(message)):
        if field != _FILES or not isinstance(value, bytes):
            out.append(raw)
            continue
        digest = read_output_file(value)[0].digest
        if digest == EMPTY:
            carried.add(digest)
        elif digest.size <= min(most_file, left) and (data := read(digest)) is not None:
            left -= digest.size
            carried.add(digest)
            raw = wire.message(_FILES, value + wire.blob(_CONTENTS, data))
        out.append(raw)
    return b"".join(out), carried


class Taken(NamedTuple):
    """What an `ActionResult` message holds; nobody has verified any of it."""

    result: ActionResult
    plain: bytes
    """The message without the bytes that its files carry."""
    carried: dict[Digest, bytes]
    """Those bytes."""
    directories: bool
    """Whether it names output directories."""


def taken(message: bytes) -> Taken:
    """Read an `ActionResult`. Raises WireError."""
    found: dict[Digest, bytes] = {}
    files: list[OutputFile] = []
    plain: list[bytes] = []
    others: list[bytes] = []
    directories = False
    for field, value in wire.fields(message):
        if field == _FILES and isinstance(value, bytes):
            file, contents, begin = read_output_file(value)
            files.append(file)
            if contents:
                found[file.digest] = contents
                value = value[:begin] if begin > 0 else _without(value)
            plain += (_FILES_KEY, wire.varint(len(value)), value)
            continue
        directories = directories or field == _DIRECTORIES
        others.append(_raw(field, value))
        plain.append(others[-1])
    result = decode_result(b"".join(others))._replace(files=tuple(files))
    return Taken(result, b"".join(plain) if found else message, found, directories)


def _without(value: bytes) -> bytes:
    return b"".join(raw for field, _, raw in _split(value) if field != _CONTENTS)


def _stripped(message: bytes) -> bytes:
    out: list[bytes] = []
    for field, value, raw in _split(message):
        if field == _FILES and isinstance(value, bytes):
            kept = b"".join(inner_raw for inner, _, inner_raw in _split(value) if inner != _CONTENTS)
            raw = wire.message(_FILES, kept)
        out.append(raw)
    return b"".join(out)


def _split(message: bytes) -> Iterator[tuple[int, int | bytes, bytes]]:
    """Yield number, value and bytes of each field."""
    for field, value in wire.fields(message):
        yield field, value, _raw(field, value)


def _raw(field: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return wire.varint(field << 3) + wire.varint(value)
    return wire.varint(field << 3 | 2) + wire.varint(len(value)) + value
