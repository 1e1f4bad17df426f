"""Which lines of a log are new against a good one: by what is left without digits, then by words, then by likeness."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pitstop.explain.compare.masks import roughen, template

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pitstop.explain.lines import Line

_NEIGHBOURS = 64
"""Good lines that one new line is held against at most."""
_RAREST = 6
"""Words of a new line by which its neighbours are looked for."""
_BAD = frozenset(
    b"error errors fail fails failed failing failure failures fatal exception panic panicked cannot unable denied refused"
    b" missing undefined unresolved invalid aborted killed crashed timeout unexpected err not".split()
)


class Known:
    """What a good log says, to be asked for what is like it. The costly parts are made on first use."""

    def __init__(self, good: Iterable[Line]) -> None:
        texts = [line.text for line in good]
        self._rough = dict(zip(roughen(texts), texts, strict=True)) if texts else {}

    def new(self, lines: Sequence[Line]) -> dict[int, bytes]:
        """Return the positions (from 0) of the lines that the good log has nothing equal to, with their templates.

        Lines without any word are never new.
        """
        rough = self._rough
        found = {}
        known: dict[bytes, bytes] = {}
        for at, text in enumerate(roughen([line.text for line in lines])):
            if text in rough or not text:
                continue
            mask = known.get(text)
            if mask is None:
                mask = known[text] = template(lines[at].text)
            if mask and mask not in self._templates:
                found[at] = mask
        return found

    def likeness(self, mask: bytes) -> float:
        """Return how like the most similar good line is to the template `mask`: 0 no word in common, 1 the same words.

        A good line that lacks one of its words for a failure is not like it, whatever else they share.
        """
        words = frozenset(mask.split())
        bad = words & _BAD
        places, all_words = self._index
        lists = sorted((places[word] for word in words if word in places), key=len)
        seen: set[int] = set()
        for each in lists[:_RAREST]:
            seen.update(each[: _NEIGHBOURS // 2])
            if len(seen) >= _NEIGHBOURS:
                break
        best = 0.0
        for at in seen:
            other = all_words[at]
            if not bad <= other:
                continue
            common = len(words & other)
            best = max(best, common / (len(words) + len(other) - common))
        return best

    @cached_property
    def _templates(self) -> frozenset[bytes]:
        return frozenset(map(template, self._rough.values()))

    @cached_property
    def _index(self) -> tuple[dict[bytes, list[int]], list[frozenset[bytes]]]:
        places: dict[bytes, list[int]] = {}
        all_words = []
        for at, mask in enumerate(sorted(self._templates)):
            words = frozenset(mask.split())
            all_words.append(words)
            for word in words:
                places.setdefault(word, []).append(at)
        return places, all_words
