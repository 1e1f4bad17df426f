"""What a repository knows of failures, for the verdict at the end of a run: the same that `pitstop explain` uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pitstop.explain.knowledge.base import Knowledge
    from pitstop.explain.seen import Seen


class Known(NamedTuple):
    """What the repository knows of failures."""

    knowledge: Knowledge | None = None
    seen: Seen | None = None


def known_in(root: str) -> Known:
    """Return what the repository at `root` knows, as `pitstop explain` uses it; some milliseconds where runs are recorded."""
    import os

    from pitstop.explain.knowledge import load
    from pitstop.explain.seen import A_LITTLE, seen_in

    return Known(load(root), seen_in(os.path.join(root, ".pitstop"), A_LITTLE))
