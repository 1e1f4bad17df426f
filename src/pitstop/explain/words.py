"""Which lines contain which words: one pass over a log that is shared by all that look for something in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_")
_TABLE = bytes(byte if byte in _KEPT or byte >= 0x80 else 0x20 for byte in bytes(range(256)).lower())
_THIN = "\u2009"  # a space that pnpm sets around its codes
_TABLE_OF_LINES = _TABLE[:10] + b"\n" + _TABLE[11:]


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
    texts = list(texts)
    whole = "\n".join(texts).replace(_THIN, " ")
    if whole.count("\n") >= max(len(texts), 1):
        whole = "\n".join(text.replace("\n", " ") for text in texts).replace(_THIN, " ")
    data = whole.encode("utf-8", "replace").translate(_TABLE_OF_LINES)
    found: dict[bytes, list[int]] = {}
    for at, words in enumerate(map(bytes.split, data.split(b"\n"))):
        for word in wanted.intersection(words):
            if word in found:
                found[word].append(at)
            else:
                found[word] = [at]
    return {word.decode(): positions for word, positions in found.items()}


def positions(at: Mapping[str, Sequence[int]], words: Iterable[str]) -> list[int]:
    """Return the positions, rising, of all lines with one of `words`; `at` is what `find_words` found of them."""
    return sorted({position for word in words for position in at.get(word, ())})


def _words(text: str) -> list[bytes]:
    return text.replace(_THIN, " ").encode("utf-8", "replace").translate(_TABLE).split()
