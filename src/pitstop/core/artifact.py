"""Artifact: what of a task's outputs is kept by name, so that people and later jobs can ask for it."""

from __future__ import annotations

from typing import NamedTuple

NAME = "a name has up to 100 letters, digits, `.`, `_` and `-`, and starts with a letter or a digit"
KEEP_S = 30 * 86_400.0
"""How long an artifact is kept when nobody says."""


class Artifact(NamedTuple):
    """One artifact of a task as it is declared."""

    name: str
    paths: tuple[str, ...] = ()
    """Globs relative to the package, `!` negates."""
    keep_s: float = KEEP_S


def is_name(text: str) -> bool:
    """Return whether an artifact may be called so: the name is a file name on every system, and part of no path."""
    return (
        0 < len(text) <= 100
        and text.isascii()
        and text[0].isalnum()
        and all(char.isalnum() or char in "._-" for char in text)
    )
