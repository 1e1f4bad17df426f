"""How a result lies in a tier that is ours alone: packed, with a SHA-256 over its action and itself in front.

Blobs are named by their digest and need none. Of a result, a flipped bit could be another path, and one that lies under
another's key would be taken for it: both are `DAMAGED`.
"""

from __future__ import annotations

from hashlib import sha256

from pitstop.cache.tiers import codec
from pitstop.cache.tiers.tier import DAMAGED

LIMIT = 1 << 27
"""Bytes of the largest result that is taken, with all that it carries of small files."""


def frame(action: str, message: bytes) -> bytes:
    """Return what to keep under the hash `action`. Raises TierError without zstd."""
    return codec.pack(sha256(action.encode() + message).digest() + message)


def unframe(action: str, value: bytes) -> bytes:
    """Return the message that was framed, or `DAMAGED` when `value` is something else. Raises TierError without zstd."""
    try:
        data = codec.unpack(value, LIMIT)
    except codec.CodecError:
        return DAMAGED
    message = data[32:]
    return message if sha256(action.encode() + message).digest() == data[:32] else DAMAGED
