"""The few messages of REAPI v2 that the cache needs, to and from protobuf's wire format.

Written by hand because the hot path cannot afford the protobuf runtime (75 ms of CPU), and because the digests demand
one exact encoding: fields in ascending order, defaults left out, maps and repeated fields sorted where the
specification (build/bazel/remote/execution/v2/remote_execution.proto) asks for it.
Wire format: protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.errors import SurroundingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.core.digest import Digest


class WireError(SurroundingError):
    """Bytes that are no message."""


def varint(number: int) -> bytes:
    """Return the base-128 encoding of a number from 0 up to 2^64 - 1."""
    if number < 0x80:
        return bytes((number,))
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def blob(field: int, data: bytes) -> bytes:
    """Return the field `field` (1 to 15) with a length-delimited value, or nothing for an empty one."""
    if not data:
        return b""
    return bytes((field << 3 | 2,)) + varint(len(data)) + data


def text(field: int, value: str) -> bytes:
    """Return a string field; `surrogateescape` brings file names back to their bytes."""
    return blob(field, value.encode("utf-8", "surrogateescape"))


def message(field: int, data: bytes) -> bytes:
    """Return a message field, present even when the message is empty."""
    return bytes((field << 3 | 2,)) + varint(len(data)) + data


def number(field: int, value: int) -> bytes:
    """Return an integer field (int32, int64, bool, enum), or nothing for 0."""
    if not value:
        return b""
    return bytes((field << 3,)) + varint(value & 0xFFFFFFFFFFFFFFFF)


def digest(field: int, value: Digest) -> bytes:
    """Return a field that holds a `Digest` message."""
    return message(field, b"\x0a\x40" + value[0].encode() + number(2, value[1]))


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (field number, value) of each field in `data`: an int for varints, bytes for the rest.

    Raises WireError when `data` is truncated or uses a group.
    """
    position, end = 0, len(data)
    while position < end:
        key = data[position]
        position += 1
        if key >= 0x80:
            key, position = _varint(data, position - 1)
        kind = key & 7
        if kind == 0:
            value, position = _varint(data, position)
            yield key >> 3, value
            continue
        if kind == 2:
            if position < end and data[position] < 0x80:  # nearly all are this short
                size = data[position]
                position += 1
            else:
                size, position = _varint(data, position)
        elif kind in {1, 5}:
            size = 8 if kind == 1 else 4
        else:
            raise WireError(f"wire type {kind} is not used by any REAPI message")
        if position + size > end:
            raise WireError("a message ends in the middle of a field")
        yield key >> 3, data[position : position + size]
        position += size


def last_blob(field: int, data: bytes, position: int) -> tuple[bytes, int]:
    """Return the length-delimited field at `position` and where its value begins, if it is `field` and ends `data`.

    Else nothing, and 0. Raises WireError when `data` ends in the middle of a number.
    """
    if data[position] != field << 3 | 2:
        return b"", 0
    size, begin = _varint(data, position + 1)
    return (data[begin:], begin) if begin + size == len(data) else (b"", 0)


def _varint(data: bytes, position: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        if position >= len(data) or shift > 63:
            raise WireError("a message ends in the middle of a number")
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7
