"""The small figures of ranking that need nothing but a text, or positions and a place among them."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from math import log2

_FAR = 14.0
"""What stands for the distance to a line that is not there."""


@lru_cache(maxsize=5000)
def close(distance: int) -> float:
    """Return a distance or a count on a scale on which near ones differ most."""
    return round(log2(1 + distance), 3) if distance < 5000 else 13.0


def indent_of(text: str) -> int:
    """Return the number of blanks that a text begins with."""
    return len(text) - len(text.lstrip())


def form(text: str, words: list[bytes]) -> list[float]:
    """Return the figures of how a line is written."""
    bare = text.strip()
    size = len(bare) or 1
    letters = sum(map(len, words))
    digits = sum(map(bare.count, "0123456789"))
    upper = sum(map(str.isupper, bare[:200]))
    first = bare[:1]
    return [
        close(size), close(len(words)), min(len(text) - len(text.lstrip()), 20), (size - letters - digits) / size,
        upper / min(size, 200), digits / size, bare[-1:] == ":", bare[-1:] == ".", first.islower(), first.isupper(),
        not first.isalnum(),
    ]  # fmt: skip


def since(positions: list[int], at: int) -> float:
    """Return how far the last of the rising `positions` before `at` is."""
    here = bisect_left(positions, at)
    return close(at - positions[here - 1]) if here else _FAR


def to(positions: list[int], at: int, end: int) -> float:
    """Return how far the next of the rising `positions` after `at` is, up to `end`."""
    here = bisect_left(positions, at + 1)
    return close(positions[here] - at) if here < len(positions) and positions[here] <= end else _FAR
