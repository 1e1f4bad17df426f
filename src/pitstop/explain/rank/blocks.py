"""Which lines stand together: the block of a line, and the line that it is indented under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.rank.figures import close, indent_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.explain.rank.survey import Survey

_PARENT = 30  # lines above in which a parent is looked for
_BLOCK = 40  # lines of a block on either side of a line

# An index is that of a line among those that are not blank, `solid` their positions in the log.


def parent(found: Survey, index: int) -> int:
    """Return the index of the line that one is indented under; its own where there is none near."""
    texts, solid = found.texts, found.solid
    indent = indent_of(texts[solid[index]])
    if indent:
        for above in range(index - 1, max(index - _PARENT, 0) - 1, -1):
            if indent_of(texts[solid[above]]) < indent:
                return above
    return index


def first_of_block(solid: Sequence[int], index: int) -> int:
    """Return the index of the first line of the block that a line stands in."""
    usual = _usual_gap(solid, index)
    first = index
    while first > 0 and index - first < _BLOCK and solid[first] - solid[first - 1] <= usual:
        first -= 1
    return first


def block(found: Survey, index: int, first: int) -> list[float]:
    """Return the figures of the block of a line, of which `first` is the first line, and of the lines beside it."""
    solid, texts = found.solid, found.texts
    usual = _usual_gap(solid, index)
    last = index
    while last + 1 < len(solid) and last - index < _BLOCK and solid[last + 1] - solid[last] <= usual:
        last += 1
    indent = indent_of(texts[solid[index]])
    over = indent - indent_of(texts[solid[index - 1]]) if index else 0
    under = indent_of(texts[solid[index + 1]]) - indent if index + 1 < len(solid) else 0
    return [
        first == index, last == index, close(index - first), close(last - index), close(last - first),
        max(-20, min(over, 20)), max(-20, min(under, 20)),
    ]  # fmt: skip


def _usual_gap(solid: Sequence[int], index: int) -> int:
    """Return how far apart lines stand here: 2 where a blank line follows each."""
    low, high = max(index - 3, 0), min(index + 4, len(solid))
    return min((solid[each + 1] - solid[each] for each in range(low, high - 1)), default=1)
