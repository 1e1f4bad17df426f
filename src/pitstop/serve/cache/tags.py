"""What turbo says about an artifact beside its bytes, kept in front of them: `PSTB`, a length, JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAGIC = b"PSTB"
_HEAD = len(_MAGIC) + 2
_NAMES = (b"x-artifact-tag", b"x-artifact-duration", b"x-artifact-sha", b"x-artifact-dirty-hash")
"""The signature, how long the task took in milliseconds, the commit, and what was not committed."""
_LONGEST = 1024
"""Characters of one value; a signature of turbo's has 44."""


def packed(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return what is kept in front of the bytes, of the headers of a request."""
    found = {
        name.decode(): value.decode("latin-1") for name, value in headers if name in _NAMES and len(value) <= _LONGEST
    }
    text = json.dumps(found, separators=(",", ":")).encode()
    return _MAGIC + len(text).to_bytes(2, "big") + text


def unpacked(first: bytes) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Return how many bytes of an object's beginning are not its own, and the headers to send with the rest.

    Raises ValueError when the beginning is not what `packed` made.
    """
    size = int.from_bytes(first[len(_MAGIC) : _HEAD], "big")
    text = first[_HEAD : _HEAD + size]
    if not first.startswith(_MAGIC) or len(text) != size:
        raise ValueError("not a packed artifact")
    found = json.loads(text)
    return _HEAD + size, [(name, found[name.decode()].encode("latin-1")) for name in _NAMES if name.decode() in found]
