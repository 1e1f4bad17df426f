"""The learned weights: trees that were grown by `python -m bench.diagnose learn`, read from a data file and evaluated without any library."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_EARLY = 50
"""Trees that look at every line."""
_AHEAD = 90
"""Lines that the other trees look at too."""
FORMAT = 1
"""Of the data file; another one is not read."""

# A tree as it stands in the file is the number of its leaf, or [feature, threshold, tree where the feature is at most that, tree where it is
# above, mean of the leaves below by how often they were reached when it was learned].


class Model(NamedTuple):
    """Trees, whose leaves are added up."""

    names: tuple[str, ...]
    """Of the features, by which trees number them."""
    trees: list[Any]
    """Nested lists as JSON gives them: the type cannot be said without slowing down the reading of them."""
    learned_from: str

    def scores(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """Return the score of each line; those that the first trees leave far behind get no more than that says of them."""
        found = [0.0] * len(rows)
        columns = list(zip(*rows, strict=True))
        _add(self.trees[:_EARLY], columns, range(len(rows)), found)
        order = sorted(range(len(rows)), key=lambda at: -found[at])
        ahead = order[:_AHEAD]
        late = [0.0] * len(rows)
        _add(self.trees[_EARLY:], columns, ahead, late)
        for at in ahead:
            found[at] += late[at]
        behind = min((found[at] for at in ahead), default=0.0)
        for at in order[_AHEAD:]:
            found[at] = min(found[at], behind)
        return found

    def score(self, row: Sequence[float]) -> float:
        """Return the score of one line, of all trees, by its features in the order of `names`."""
        total = 0.0
        for tree in self.trees:
            node = tree
            while type(node) is list:
                node = node[2] if row[node[0]] <= node[1] else node[3]
            total += node
        return total

    def reasons(self, row: Sequence[float]) -> list[tuple[str, float]]:
        """Return what each feature adds to the score, the greatest first: on the way through each tree, how the mean moves."""
        parts: dict[int, float] = {}
        for tree in self.trees:
            node = tree
            while type(node) is list:
                after = node[2] if row[node[0]] <= node[1] else node[3]
                value = after[4] if type(after) is list else after
                parts[node[0]] = parts.get(node[0], 0.0) + value - node[4]
                node = after
        named = [(self.names[at], round(part, 4)) for at, part in parts.items()]
        return sorted(named, key=lambda part: -abs(part[1]))


def _add(trees: Sequence[Any], columns: Sequence[Sequence[float]], lines: Sequence[int], scores: list[float]) -> None:
    """Add to the `scores` of the `lines` what the trees say of them: all lines go down a tree together."""
    for tree in trees:
        below: list[tuple[Any, Sequence[int]]] = [(tree, lines)]
        while below:
            node, own = below.pop()
            if type(node) is not list:
                for at in own:
                    scores[at] += node
                continue
            column, threshold = columns[node[0]], node[1]
            low = [at for at in own if column[at] <= threshold]
            if low:
                below.append((node[2], low))
            if len(low) < len(own):
                below.append((node[3], [at for at in own if column[at] > threshold] if low else own))


@cache
def load_model() -> Model:
    """Return the model that comes with pitstop."""
    import os

    with open(os.path.join(os.path.dirname(__file__), "weights.json"), "rb") as file:
        return parse_model(file.read())


def parse_model(data: bytes) -> Model:
    """Read a data file; ValueError where it has another format."""
    from json import loads

    read = loads(data)
    if read["format"] != FORMAT:
        raise ValueError(f"the weights have format {read['format']}, this reads {FORMAT}")
    return Model(tuple(read["features"]), read["trees"], read["learned from"])
