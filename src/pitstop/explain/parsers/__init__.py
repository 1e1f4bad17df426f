"""What the tools say of their failures in their own words: finds them all in a log, in its order, each told once."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from pitstop.explain.parsers.anchors import ANCHORS, RUNNERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_MOST = 500  # failures of one parser; who reads the five-hundredth?


def words() -> frozenset[str]:
    """Return the words that `find_failures` wants to find in a log: all anchors of all parsers."""
    return frozenset(word for needed, more in (*ANCHORS.values(), RUNNERS) for word in f"{needed} {more}".split())


def find_failures(lines: Sequence[Line], at: Mapping[str, list[int]] | None = None) -> list[Failure]:
    """Return what the tools say in `lines` of what went wrong, in the order of the log.

    `at` is what `words.find_words` finds of at least `words()` in the texts of `lines`: give it where others look for
    words of their own in the same pass. No two failures have a line in common; what is said again is marked `summary`.
    """
    from importlib import import_module

    from pitstop.explain.parsers.prefixes import without_packages
    from pitstop.explain.parsers.settle import settle

    if at is None:
        from pitstop.explain.words import find_words

        at = find_words((line.text for line in lines), words())
    lines = without_packages(lines, at)
    found: list[Failure] = []
    for name, (needed, _) in ANCHORS.items():
        if any(word in at for word in needed.split()):
            module = import_module(f"{__name__}.{name}")
            found += islice(module.failures(lines, at), _MOST)
    return settle(found)
