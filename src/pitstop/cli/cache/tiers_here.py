"""The tiers of a repository, opened in this process, for commands that look into them one question at a time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pitstop.cache.tiers.layers import Got, look
from pitstop.cache.tiers.open import open_tier
from pitstop.cache.tiers.tier import TierError
from pitstop.cache.tiers.worker.layer import Trust
from pitstop.core.environ import environ
from pitstop.pipeline.execute.shared import is_shared
from pitstop.pipeline.places import key_sources, tiers

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.cache.actions import ActionResult
    from pitstop.cache.tiers.tier import Address, Tier
    from pitstop.core.task import Task
    from pitstop.pipeline.plan import Decision
    from pitstop.pipeline.settings.model import Cache

T = TypeVar("T")


class Here(NamedTuple):
    """One tier."""

    address: Address
    place: str
    """As it may be printed."""
    tier: Tier | None
    problem: str = ""
    """Why it cannot be opened."""


class Found(NamedTuple):
    """A result that a tier has."""

    got: Got
    place: str


class Tiers:
    """The tiers that a repository names, nearest first. One that fails is said once, and not asked again."""

    def __init__(self, root: str, configured: Cache) -> None:
        """Open them. Raises UsageError for settings that cannot be meant."""
        sign, verify = key_sources(root, configured)
        self.trust = Trust(sign, verify, environ)
        self.listed = [_opened(address) for address in tiers(configured)]
        self._failed: set[str] = set()

    def close(self) -> None:
        """Let go of their connections."""
        for here in self.listed:
            if here.tier is not None:
                here.tier.close()

    def find(self, action: str) -> Found | None:
        """Return the result of an action from the nearest tier that has one which is believed; no blobs are brought."""
        for here in self.listed:
            if here.address.read:
                nothing: list[Got] = []
                if got := self.asked(here, lambda tier: look(tier, [action], self.trust.judge)[0], nothing):
                    return Found(got[0], here.place)
        return None

    def asked(self, here: Here, question: Callable[[Tier], T], otherwise: T) -> T:
        """Return what a tier answers; `otherwise`, said once on standard error, where it cannot."""
        if here.tier is None or here.place in self._failed:
            return otherwise
        try:
            return question(here.tier)
        except TierError as error:
            self._failed.add(here.place)
            print(f"note: {error.problem}" + (f" ({error.hint})" if error.hint else ""), file=sys.stderr)
            return otherwise

    def of_task(self, task: Task, decision: Decision) -> tuple[ActionResult, str] | None:
        """Return the result of a task that is a miss here, and the tier that has it."""
        if decision.key is None or not is_shared(task, decision.key):
            return None
        found = self.find(decision.key.action)
        return (found.got.result, found.place) if found is not None else None


def _opened(address: Address) -> Here:
    try:
        tier = open_tier(address, environ)
    except TierError as error:
        return Here(address, address.kind, None, error.problem)
    return Here(address, tier.place, tier)
