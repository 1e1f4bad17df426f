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
        early, late = self.trees[:_EARLY], self.trees[_EARLY:]
        found = [self.score(row, early) for row in rows]
        ahead = sorted(range(len(rows)), key=lambda at: -found[at])
        for at in ahead[:_AHEAD]:
            found[at] += self.score(rows[at], late)
        behind = min((found[at] for at in ahead[:_AHEAD]), default=0.0)
        for at in ahead[_AHEAD:]:
            found[at] = min(found[at], behind)
        return found

    def score(self, row: Sequence[float], trees: Sequence[Any] | None = None) -> float:
        """Return the score of one line by its features, in the order of `names`: of all trees, or of some."""
        total = 0.0
        for tree in self.trees if trees is None else trees:
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
