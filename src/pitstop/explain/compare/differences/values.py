"""What one difference is, one commit, and one suspect: values without behaviour."""

from __future__ import annotations

from typing import NamedTuple

IMAGE = "image"
TOOL = "tool"
ENVIRONMENT = "environment"
COMMIT = "commit"
FILE = "file"
LOCK = "lock"
INPUT = "input"
RESULT = "result"
TEST = "test"
CACHE = "cache"
DURATION = "duration"
KINDS = (IMAGE, TOOL, ENVIRONMENT, COMMIT, LOCK, FILE, INPUT, RESULT, TEST, CACHE, DURATION)
"""In the order in which they are told: the surroundings, the change, what came of it."""


class Difference(NamedTuple):
    """One thing that is not the same in two runs."""

    kind: str
    """One of `KINDS`."""
    name: str
    before: str = ""
    """In the first run; empty: it was not there."""
    after: str = ""
    detail: str = ""
    """Where it belongs: the lock file of an entry, the task of a test."""


class Commit(NamedTuple):
    """One commit between two runs."""

    revision: str
    author: str
    subject: str
    files: tuple[str, ...] = ()


class Suspect(NamedTuple):
    """A difference that may be the reason of the failure."""

    difference: Difference
    confidence: float
    """0 to 1: how strongly the evidence points to it."""
    reason: str
    """A sentence without a full stop."""
    commit: Commit | None = None
    """The one that made the difference, where only one did."""
