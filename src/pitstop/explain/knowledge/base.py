"""All that is known: pitstop's own entries and the repository's, and what of them a log shows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pitstop.explain.knowledge.entry import Match
from pitstop.explain.knowledge.packed import Row, own_rows, pattern_of, toml_names, unpack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.explain.knowledge.entry import Entry
    from pitstop.explain.lines import Line

FOLDER = os.path.join(".pitstop", "knowledge")
"""Where a repository has its own entries, below its root."""
_WORDS = 3  # place of the words in a packed pattern


class Knowledge:
    """Entries that can be looked for all at once. What is read of an entry is only what was asked for."""

    def __init__(self, rows: Sequence[Row], problems: Sequence[str] = ()) -> None:
        self._rows = {row[0]: row for row in rows}  # of two with one code the later one holds: the repository's
        self._codes = list(self._rows)
        self._patterns: dict[str, list[tuple[int, int, list[Any]]]] = {}
        for number, (_, patterns, _) in enumerate(self._rows.values()):
            for index, pattern in enumerate(patterns):
                for word in pattern[_WORDS]:
                    self._patterns.setdefault(word, []).append((number, index, pattern))
        self.problems = tuple(problems)
        """What is wrong in the repository's files, each with its file and line."""
        self.words = frozenset(self._patterns)
        """By which lines are found."""

    def match(self, lines: Sequence[Line], at: Mapping[str, Sequence[int]] | None = None) -> list[Match]:
        """Return what is known of the `lines`, in their order; one entry at most once for a line.

        `at` are the positions in `lines`, from 0, of those of `words` that occur, where they are known already.
        """
        from pitstop.explain.knowledge.search import find_all

        if at is None:
            from pitstop.explain.words import find_words

            at = find_words((line.text for line in lines), self.words)
        patterns = {
            word: [(number, index, pattern_of(packed)) for number, index, packed in self._patterns[word]]
            for word in self.words & at.keys()
        }
        known: dict[int, Entry] = {}
        found: list[Match] = []
        for position, number, _, pattern, groups in find_all(patterns, lines, at):
            if number not in known:
                known[number] = unpack(self._rows[self._codes[number]])
            line = lines[position]
            found.append(Match(known[number], line.number, line.text, groups, pattern))
        return found

    def entries(self) -> list[Entry]:
        """Return all entries, sorted by code, without their examples."""
        return [unpack(self._rows[code]) for code in sorted(self._codes)]

    def find(self, code: str) -> list[Entry]:
        """Return the entry with this code, else those whose last word it is (`E0382`), upper or lower case."""
        small = code.lower()
        if small in self._rows:
            return [unpack(self._rows[small])]
        return [unpack(row) for name, row in sorted(self._rows.items()) if small in name.split("/")[1:]]


def load(root: str | None = None) -> Knowledge:
    """Return pitstop's own entries, and with `root` those in the `.pitstop/knowledge/` of that repository."""
    rows = own_rows()
    if root is None or not toml_names(folder := os.path.join(root, FOLDER)):
        return Knowledge(rows)
    more, problems = _repository(folder)
    return Knowledge([*rows, *more], problems)


def _repository(folder: str) -> tuple[list[Row], list[str]]:
    """Return the rows of a repository's files; what was worked out is kept in the user's cache."""
    from hashlib import blake2b

    from pitstop import __version__
    from pitstop.pipeline import state
    from pitstop.pipeline.places import user_folder

    content = blake2b(__version__.encode(), digest_size=16)
    for name in toml_names(folder):
        try:
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
        except OSError:
            data = b""
        content.update(b"%s\0%d\0" % (os.fsencode(name), len(data)) + data)
    place = blake2b(os.fsencode(os.path.abspath(folder)), digest_size=16).hexdigest()
    kept = os.path.join(user_folder(), "knowledge", place)
    known = state.load(kept)
    if known is not None and known[0] == content.digest():
        return known[1], known[2]
    from pitstop.explain.knowledge.packed import pack, read_folder

    entries, wrong = read_folder(folder)
    rows = [pack(entry) for entry in entries]
    problems = [str(problem) for problem in wrong]
    state.save(kept, (content.digest(), rows, problems))
    return rows, problems
