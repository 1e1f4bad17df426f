"""What is known of one kind of failure, and one line in which it was recognised."""

from __future__ import annotations

from typing import NamedTuple

from pitstop.core.finding import (
    CANCELLATION,
    CODE,
    CONFIGURATION,
    DEPENDENCY,
    FLAKY,
    INFRASTRUCTURE,
    RESOURCE,
    TEST,
    Solution,
)

FATAL = "fatal"
"""Nothing goes on after it: a full disk, a lost runner."""
ERROR = "error"
WARNING = "warning"
"""Often goes by without harm; believed only where the evidence points."""
SEVERITIES = (FATAL, ERROR, WARNING)

AUTHOR = "author"
"""Who made the change."""
MAINTAINER = "maintainer"
"""Who keeps the repository's dependencies and pipeline."""
OPERATOR = "operator"
"""Who runs the machine."""
SERVICE = "service"
"""Whoever runs what did not answer; waiting is all that one can do."""
OWNERS = {
    CODE: AUTHOR,
    TEST: AUTHOR,
    FLAKY: AUTHOR,
    DEPENDENCY: MAINTAINER,
    CONFIGURATION: MAINTAINER,
    INFRASTRUCTURE: SERVICE,
    RESOURCE: OPERATOR,
    CANCELLATION: MAINTAINER,
}
"""Who is to look at it where the entry names nobody, by category."""


class Pattern(NamedTuple):
    """One pattern, made ready for search."""

    source: str
    """As it is written in the entry."""
    compiled: str
    """The same without a way to take long, see `bounded`."""
    anchored: bool
    """Whether `compiled` is tried at the beginning of the line only: it says itself what may stand before."""
    words: tuple[str, ...]
    """A line that matches contains one of them, as `explain.words` cuts words."""
    needles: tuple[str, ...]
    """A line that matches contains each of these texts."""
    steps: int
    """At most so many for a line of `bounded.LONGEST` characters."""


class Entry(NamedTuple):
    """What is known of one kind of failure."""

    code: str
    """Its name, for good: `rust/e0382`."""
    patterns: tuple[Pattern, ...]
    summary: str
    """One sentence without a full stop; `{name}` stands for what the named group of the pattern found."""
    category: str
    kind: str = ""
    owner: str = ""
    severity: str = ERROR
    details: str = ""
    retry: str = ""
    """Why running it again may help; empty where it cannot."""
    solutions: tuple[Solution, ...] = ()
    """What comes first helps most often. They may have `{name}` like the summary; commands never do."""
    references: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    """Lines that it must recognise."""
    misses: tuple[str, ...] = ()
    """Lines that it must not."""
    general: bool = False
    """Whether another entry that recognises the same line knows better."""
    source: str = ""
    """File that it was read from; empty: it came with pitstop."""


class Match(NamedTuple):
    """A line in which an entry was recognised."""

    entry: Entry
    number: int
    """Of the line in the log, from 1."""
    text: str
    groups: tuple[tuple[str, str], ...]
    """What the pattern's named groups found."""
    pattern: Pattern

    @property
    def summary(self) -> str:
        """The entry's summary with what this line says filled in."""
        return fill(self.entry.summary, self.groups)

    @property
    def solutions(self) -> tuple[Solution, ...]:
        """The entry's solutions with what this line says filled into their texts."""
        return tuple(Solution(fill(text, self.groups), command) for text, command in self.entry.solutions)


def fill(text: str, groups: tuple[tuple[str, str], ...]) -> str:
    """Return `text` with `{name}` replaced by what the group `name` found; where it found nothing, it is left out.

    With it goes what leads to it: of `not found: {host}` there is `not found` left, and the same for ` ({host})`.
    """
    for name, found in groups:
        hole = f"{{{name}}}"
        if hole not in text:
            continue
        if found:
            text = text.replace(hole, found)
        else:
            before, _, behind = text.partition(f"({hole})" if f"({hole})" in text else hole)
            text = before.rstrip(" :") + behind
    return text
