"""Results that carry the bytes of small outputs (`OutputFile.contents`): one object to ask for instead of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.cache import wire
from pitstop.cache.actions import decode_result, read_output_file
from pitstop.core.digest import EMPTY, Digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pitstop.cache.actions import ActionResult, OutputFile

MOST_FILE = 16 << 10
"""Bytes of a file up to which it is carried."""
MOST = 1 << 20
"""Bytes that one result carries at most: what asks for it may need only the result."""

_FILES = 2
"""`ActionResult.output_files`"""
_FILES_KEY = wire.varint(_FILES << 3 | 2)
_CONTENTS = 5
"""`OutputFile.contents`"""


def filled(message: bytes, read: Callable[[Digest], bytes | None]) -> tuple[bytes, set[Digest]]:
    """Return an `ActionResult` with the bytes of its small files, and the digests of those.

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
        elif digest.size <= min(MOST_FILE, left) and (data := read(digest)) is not None:
            left -= digest.size
            carried.add(digest)
            raw = wire.message(_FILES, value + wire.blob(_CONTENTS, data))
        out.append(raw)
    return b"".join(out), carried


def taken(message: bytes) -> tuple[ActionResult, bytes, dict[Digest, bytes]]:
    """Return the value of an `ActionResult`, itself without the bytes that its files carry, and those bytes.

    Nobody has verified them. Raises WireError.
    """
    found: dict[Digest, bytes] = {}
    files: list[OutputFile] = []
    plain: list[bytes] = []
    others: list[bytes] = []
    for field, value in wire.fields(message):
        if isinstance(value, int):
            others.append(wire.varint(field << 3) + wire.varint(value))
            plain.append(others[-1])
        elif field == _FILES:
            file, contents, begin = read_output_file(value)
            files.append(file)
            if contents:
                found[file.digest] = contents
                value = value[:begin] if begin > 0 else _without(value)
            plain += (_FILES_KEY, wire.varint(len(value)), value)
        else:
            others.append(wire.varint(field << 3 | 2) + wire.varint(len(value)) + value)
            plain.append(others[-1])
    result = decode_result(b"".join(others))._replace(files=tuple(files))
    return result, (b"".join(plain) if found else message), found


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
        if isinstance(value, int):
            yield field, value, wire.varint(field << 3) + wire.varint(value)
        else:
            yield field, value, wire.varint(field << 3 | 2) + wire.varint(len(value)) + value
