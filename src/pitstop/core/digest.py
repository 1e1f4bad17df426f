"""Digest: how REAPI names bytes, a SHA-256 and a size."""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple


class Digest(NamedTuple):
    """The `Digest` message of the Remote Execution API v2: lower-case hex SHA-256 and the size in bytes."""

    hash: str
    size: int

    def __str__(self) -> str:
        return f"{self.hash}/{self.size}"


def digest_of(data: bytes) -> Digest:
    """Return the digest of `data`."""
    return Digest(sha256(data).hexdigest(), len(data))


EMPTY = digest_of(b"")
