"""Which lines contain which words: one pass over a log that is shared by all that look for something in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
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


def find_parts(texts: Sequence[str], parts: Iterable[str]) -> list[int]:
    """Return the positions, from 0 and rising, of the texts that have one of the `parts` in them, just as written.

    No text and no part has a line end in it. Each part costs one search through everything, which is quick.
    """
    from bisect import bisect_right
    from itertools import accumulate

    data = "\n".join(texts)
    begins = list(accumulate((len(text) + 1 for text in texts), initial=0))
    found: set[int] = set()
    for part in parts:
        at = data.find(part)
        while at >= 0:
            position = bisect_right(begins, at) - 1
            found.add(position)
            at = data.find(part, begins[position + 1])
    return sorted(found)


def _words(text: str) -> list[bytes]:
    return text.encode("utf-8", "replace").translate(_TABLE).split()
