"""What each tier was given of a checkout's results: one that is named later gets those that were here before it.

It is a small file beside the other state, of an action for each task and tier, so that a run whose tiers are the same as
before has nothing to ask. Losing it costs a question behind the next run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.pipeline import state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pitstop.core.task import TaskId

_TIERS = 8
"""So many are remembered: those of this run, and the last ones before."""


class Offered:
    """What is known of the checkout at `root` about `tiers`, which `cache.tiers.open.identity` names."""

    def __init__(self, root: str, tiers: Sequence[str]) -> None:
        self._path = f"{root}/.pitstop/state/offered"
        self._tiers = tiers
        self._known: dict[str, dict[str, str]] | None = None
        self._changed = False

    def lacking(self, task: TaskId, action: str) -> list[str]:
        """Return the tiers that were not given the result of `task` with this action."""
        known = self._load()
        return [tier for tier in self._tiers if known.get(tier, {}).get(task) != action]

    def note(self, task: TaskId, action: str, tiers: Iterable[str] | None = None) -> None:
        """Note that `tiers` (None: all) were given a result, or that it came from one of them."""
        known = self._load()
        for tier in self._tiers if tiers is None else tiers:
            given = known.setdefault(tier, {})
            if given.get(task) != action:
                given[task] = action
                self._changed = True

    def save(self) -> None:
        """Keep it for the next run."""
        if self._changed:
            known = self._load()
            others = [tier for tier in known if tier not in self._tiers]
            kept = [*others[-_TIERS:], *self._tiers][-max(_TIERS, len(self._tiers)) :]
            state.save(self._path, {tier: known[tier] for tier in kept if tier in known})
            self._changed = False

    def _load(self) -> dict[str, dict[str, str]]:
        if self._known is None:
            found = state.load(self._path)
            good = isinstance(found, dict) and all(isinstance(given, dict) for given in found.values())
            self._known = found if good else {}
        return self._known
