"""Which lines contain which words: one pass over a log that is shared by all that look for something in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_")
_TABLE = bytes(byte if byte in _KEPT or byte >= 0x80 else 0x20 for byte in bytes(range(256)).lower())


def words_of(text: str) -> list[str]:
    """Return the words of a line in lower case: runs of ASCII letters, digits, `_` and whatever is beyond ASCII.

    `error[E0277]: a::b` is `error`, `e0277`, `a`, `b`.
    """
    return [word.decode() for word in _words(text)]


def find_words(texts: Iterable[str], anchors: AbstractSet[str]) -> dict[str, list[int]]:
    """Return, for each of the words `anchors` (lower case) that occurs in `texts`, the positions of the texts, from 0.

    The time does not grow with the number of anchors.
    """
    wanted = frozenset(anchor.encode() for anchor in anchors)
    found: dict[bytes, list[int]] = {}
    for at, text in enumerate(texts):
        for word in wanted.intersection(_words(text)):
            found.setdefault(word, []).append(at)
    return {word.decode(): positions for word, positions in found.items()}


def _words(text: str) -> list[bytes]:
    return text.encode("utf-8", "replace").translate(_TABLE).split()
