"""Which blobs a Bazel result stands on, so that a result is only given away when all of them are still here.

Messages and fields are those of REAPI v2 (build/bazel/remote/execution/v2/remote_execution.proto): ActionResult 2, 3, 6
and 8; OutputFile 2 and 5; OutputDirectory 3; Tree 1 and 2; Directory 1; FileNode 2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache.wire import WireError, fields

if TYPE_CHECKING:
    from collections.abc import Iterator


_SHA256 = re.compile(rb"[0-9a-f]{64}")


class Blobs(NamedTuple):
    """SHA-256s in hexadecimal, without the one of nothing."""

    plain: tuple[str, ...]
    trees: tuple[str, ...]
    """Of `Tree` messages, which name more."""


def blobs_of(result: bytes) -> Blobs:
    """Return what an ActionResult names; nothing for bytes that are none (ccache keeps its own format there)."""
    plain: list[str] = []
    trees: list[str] = []
    try:
        for field, value in fields(result):
            if not isinstance(value, bytes):
                continue
            if field == 2:
                inner = dict(fields(value))
                if not inner.get(5):
                    plain += _hash(inner.get(2))
            elif field == 3:
                trees += _hash(dict(fields(value)).get(3))
            elif field in {6, 8}:
                plain += _hash(value)
    except WireError:
        return Blobs((), ())
    return Blobs(tuple(plain), tuple(trees))


def files_of(tree: bytes) -> tuple[str, ...]:
    """Return the files that a Tree names; nothing for bytes that are none."""
    try:
        return tuple(_files(tree))
    except WireError:
        return ()


def _files(tree: bytes) -> Iterator[str]:
    for field, directory in fields(tree):
        if field in {1, 2} and isinstance(directory, bytes):
            for inner, node in fields(directory):
                if inner == 1 and isinstance(node, bytes):
                    yield from _hash(dict(fields(node)).get(2))


def _hash(digest: int | bytes | None) -> tuple[str, ...]:
    if not isinstance(digest, bytes):
        return ()
    found = dict(fields(digest))
    name, size = found.get(1), found.get(2)
    if not isinstance(name, bytes) or not _SHA256.fullmatch(name):
        raise WireError("a digest is no SHA-256")
    return (name.decode(),) if size else ()
