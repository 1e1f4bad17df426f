"""The tiers of a repository, opened in this process, for commands that look into them one question at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pitstop.cache.tiers.layers import Got, look
from pitstop.cache.tiers.open import open_tier
from pitstop.cache.tiers.tier import TierError
from pitstop.cache.tiers.worker.layer import Trust
from pitstop.core.environ import environ
from pitstop.pipeline.execute.shared import is_shared
from pitstop.pipeline.places import key_sources, tiers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pitstop.cache.actions import ActionResult
    from pitstop.cache.tiers.tier import Address, Tier
    from pitstop.core.task import Task, TaskId
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

    def __init__(self, root: str, configured: Cache, notice: Callable[[str], None]) -> None:
        """Open them; `notice` is told what fails. Raises UsageError for settings that cannot be meant."""
        self._notice = notice
        sign, verify = key_sources(root, configured)
        self.trust = Trust(sign, verify, environ)
        self.listed = [_opened(address) for address in tiers(configured)]
        self._failed: set[str] = set()

    def close(self) -> None:
        """Let go of their connections."""
        for here in self.listed:
            if here.tier is not None:
                here.tier.close()

    def find(self, actions: Sequence[str]) -> dict[str, Found]:
        """Return, by action, the results of the nearest tier that has one which is believed; no blobs are brought."""
        found: dict[str, Found] = {}
        for here in self.listed:
            left = [action for action in actions if action not in found]
            if left and here.address.read:
                nothing: tuple[list[Got], dict[str, str]] = ([], {})
                got, _ = self.asked(here, partial(look, actions=left, judge=self.trust.judge), nothing)
                found |= {one.action: Found(one, here.place) for one in got}
        return found

    def asked(self, here: Here, question: Callable[[Tier], T], otherwise: T) -> T:
        """Return what a tier answers; `otherwise`, said once, where it cannot."""
        if here.tier is None or here.place in self._failed:
            return otherwise
        try:
            return question(here.tier)
        except TierError as error:
            self._failed.add(here.place)
            self._notice(error.problem + (f" ({error.hint})" if error.hint else ""))
            return otherwise

    def of_tasks(self, missed: Sequence[tuple[Task, Decision]]) -> dict[TaskId, tuple[ActionResult, str]]:
        """Return the results of tasks that are a miss here, and the tier that has each; one question to each tier."""
        actions = {
            task.id: decision.key.action
            for task, decision in missed
            if decision.key is not None and is_shared(task, decision.key)
        }
        found = self.find(list(dict.fromkeys(actions.values())))
        return {
            task: (found[action].got.result, found[action].place) for task, action in actions.items() if action in found
        }


def _opened(address: Address) -> Here:
    try:
        tier = open_tier(address, environ)
    except TierError as error:
        return Here(address, address.kind, None, error.problem)
    return Here(address, tier.place, tier)
