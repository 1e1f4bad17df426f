"""What is known of failures: entries in TOML, found in a log all at once. `load` is the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.explain.knowledge.base import Knowledge


def load(root: str | None = None) -> Knowledge:
    """Return pitstop's own entries, and with `root` those in the `.pitstop/knowledge/` of that repository."""
    from pitstop.explain.knowledge.base import load

    return load(root)
