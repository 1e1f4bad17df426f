"""What an explanation says: places, failures as tools tell them, lines of evidence, and the finding that joins them."""

from __future__ import annotations

from typing import NamedTuple

CODE = "code"
TEST = "test"
FLAKY = "flaky test"
DEPENDENCY = "dependency"
INFRASTRUCTURE = "infrastructure"
CONFIGURATION = "configuration"
RESOURCE = "resource"
CANCELLATION = "cancellation"
UNKNOWN = "unknown"
CATEGORIES = (CODE, TEST, FLAKY, DEPENDENCY, INFRASTRUCTURE, CONFIGURATION, RESOURCE, CANCELLATION, UNKNOWN)
"""Whose failure it is."""

COMPILE = "compile"
STYLE = "style"
KINDS = (COMPILE, TEST, STYLE, "link", "types", "docs", "package", "network", "git", "permission", "memory", "disk")
"""What went wrong, finer than the category; a kind that is not listed may be given where none of these is true."""


class Place(NamedTuple):
    """Where a line points to, as its tool wrote the path; `line` and `column` count from 1, 0: not told."""

    file: str
    line: int = 0
    column: int = 0


class Failure(NamedTuple):
    """What one tool says of one thing that went wrong, read out of its own words."""

    tool: str
    """Its command: `rustc`, `pytest`, `npm`."""
    kind: str
    """One of `KINDS` where one of them is true."""
    message: str
    """The tool's own sentence, in one line."""
    first: int
    """Number of the line that says it best; lines are counted from 1."""
    last: int
    """Number of the last line that belongs to it."""
    place: Place | None = None
    code: str = ""
    """The tool's own: `E0277`, `TS2345`, `F401`."""
    test: str = ""
    """Name of the test case, as one would type it to run it again."""
    summary: bool = False
    """Whether this only counts or repeats what others say: `3 failed`, `error: could not compile`."""


class Evidence(NamedTuple):
    """One line of a log that is worth showing."""

    number: int
    """Of the line in the log as it was given, from 1."""
    text: str
    """Without control codes."""
    score: float = 0.0
    """The greater, the more telling; comparable within one log only."""
    why: tuple[tuple[str, float], ...] = ()
    """The parts of the score by name, greatest first; only where they were asked for."""


class Solution(NamedTuple):
    """One way to mend it."""

    text: str
    command: str = ""
    """What to type, safe to copy; empty where there is no one command."""


class Finding(NamedTuple):
    """Why one step failed."""

    summary: str
    """One sentence without a full stop."""
    category: str = UNKNOWN
    kind: str = ""
    confidence: float = 0.0
    """That the category is right, 0 to 1."""
    reasons: tuple[str, ...] = ()
    """Why this category, strongest first, each a sentence without a full stop."""
    evidence: tuple[Evidence, ...] = ()
    """Most telling first."""
    failures: tuple[Failure, ...] = ()
    """In the order of the log; those that only sum up are marked."""
    code: str = ""
    """Of the knowledge entry that knows this failure; empty: a new kind of failure."""
    details: str = ""
    solutions: tuple[Solution, ...] = ()
    references: tuple[str, ...] = ()
    retry: str = ""
    """Why running it again may help; empty where it cannot."""
    step: str = ""
    """Name of the step or job that failed, where the log tells."""
