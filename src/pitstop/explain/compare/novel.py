"""Which lines of a log are new against a good one: by what is left without digits, then by templates, then by likeness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.compare.masks import roughen, template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.explain.lines import Line

_NEIGHBOURS = 64
"""Good lines that one new line is held against at most."""
_RAREST = 6
"""Words of a new line by which its neighbours are looked for."""


class Known:
    """What a good log says, to be asked for what is like it. It is built once, the costly parts on first use."""

    def __init__(self, good: Sequence[Line]) -> None:
        self._texts = [line.text for line in good]
        self._rough = dict(zip(roughen(self._texts), self._texts, strict=True)) if good else {}
        self._templates: set[str] | None = None
        self._words: list[frozenset[str]] = []
        self._places: dict[str, list[int]] = {}

    def new(self, lines: Sequence[Line]) -> dict[int, str]:
        """Return the positions (from 0) of the lines that the good log has nothing equal to, with their templates."""
        rough = self._rough
        candidates = [
            at for at, text in enumerate(roughen([line.text for line in lines])) if text not in rough and text
        ]
        known: dict[str, str] = {}
        found = {}
        for at in candidates:
            text = lines[at].text
            mask = known.get(text)
            if mask is None:
                mask = known[text] = template(text)
            if mask not in self.templates:
                found[at] = mask
        return found

    @property
    def templates(self) -> set[str]:
        """The templates of all good lines."""
        if self._templates is None:
            self._templates = {template(text) for text in self._rough.values()}
        return self._templates

    def likeness(self, mask: str) -> float:
        """Return how like the most similar good line is to the template `mask`: 0 no word in common, 1 the same words."""
        words = words_of_template(mask)
        if not words:
            return 0.0
        if not self._places:
            self._index()
        lists = sorted((self._places[word] for word in words if word in self._places), key=len)
        seen: set[int] = set()
        for places in lists[:_RAREST]:
            seen.update(places[: _NEIGHBOURS // 2])
            if len(seen) >= _NEIGHBOURS:
                break
        best = 0.0
        for at in seen:
            other = self._words[at]
            common = len(words & other)
            best = max(best, common / (len(words) + len(other) - common))
        return best

    def _index(self) -> None:
        for at, mask in enumerate(sorted(self.templates)):
            words = words_of_template(mask)
            self._words.append(words)
            for word in words:
                self._places.setdefault(word, []).append(at)


def words_of_template(mask: str) -> frozenset[str]:
    """Return the words of a template, in lower case."""
    return frozenset(
        word for word in "".join(char if char.isalnum() else " " for char in mask).lower().split() if len(word) > 1
    )
