"""What other machines have of the tasks of a run: asked for what is missing here, offered what was made here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core import clock, events
from pitstop.core.task import CACHE_STORE
from pitstop.core.text import looks_secret, plural
from pitstop.pipeline import environment, plan
from pitstop.pipeline.execute.children import Watch
from pitstop.pipeline.execute.offered import Offered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pitstop.cache.tiers.far import Far
    from pitstop.core.task import Task, TaskId
    from pitstop.pipeline.execute.children import Children
    from pitstop.pipeline.execute.options import World
    from pitstop.pipeline.keys import Key
    from pitstop.pipeline.plan import Decision

_REVIEW_S = 5.0
"""Results are offered that long after they were made at the soonest, unless the run ends."""
_SHARE = 0.01
"""Of the time, that looking whether results may be offered may take."""


class Came(NamedTuple):
    """Where the result of a task came from."""

    place: str
    size: int
    """Bytes that came."""


class Shared:
    """The tasks of one run that wait for an answer, and the results that wait to be offered."""

    def __init__(self, world: World, children: Children) -> None:
        self._world = world
        self._children = children
        self._far: Far | None = world.far
        self._watched = -1
        self._woken = False
        """Whether the worker has said something, or takes more."""
        self._refused: set[str] = set()
        """Tiers of which it was said that a result was not taken."""
        self._known: set[str] = set()
        """Actions that were answered."""
        self._held: list[tuple[Task, Decision]] = []
        """To be asked for, all together."""
        self._asked: dict[str, list[tuple[Task, Decision]]] = {}
        """By action."""
        self.came: dict[TaskId, Came] = {}
        self._here: dict[TaskId, tuple[Task, Key]] = {}
        """Tasks whose results were here before this run."""
        self._offered = Offered(world.root, world.far.takers if world.far is not None else ())
        self._review_at = 0.0
        self._project: str | None = None
        self._told: dict[tuple[str, str], str] = {}
        """What is in the store already about keys."""

    def __len__(self) -> int:
        """How many tasks wait."""
        return len(self._held) + sum(map(len, self._asked.values()))

    def hold(self, task: Task, decision: Decision) -> bool:
        """Take a task that is a miss here; return whether it is worth asking for."""
        key = decision.key
        if (
            self._far is None
            or not self._far.reads
            or key is None
            or not is_shared(task, key)
            or not self._world.planner.can_restore(task)
            or decision.reason == plan.FORCED
            or key.action in self._known
        ):
            return False
        self._far.begin()
        self._held.append((task, decision))
        return True

    def ask(self) -> None:
        """Ask for all tasks that were taken since, as one question."""
        if not self._held or self._far is None:
            return
        news: list[str] = []
        for task, decision in self._held:
            assert decision.key is not None
            waiting = self._asked.setdefault(decision.key.action, [])
            if not waiting:
                news.append(decision.key.action)
            waiting.append((task, decision))
        self._held = []
        if news:
            self._far.ask(news)
            self._watch()

    def answered(self) -> list[tuple[Task, Decision]]:
        """Return the tasks whose answer has come: a hit, if another machine had its result, or the miss that it was."""
        if self._far is None or not (self._woken or self._asked):
            return []
        self._woken = False
        found: list[tuple[Task, Decision]] = []
        answers = self._far.answers()
        self._watch()
        for action, place, size in answers:
            self._known.add(action)
            for task, decision in self._asked.pop(action, ()):
                hit = self._world.planner.hit(task, decision) if place else ""
                if not isinstance(hit, str):
                    self._world.planner.store.stored_bytes += size
                    self.came[task.id] = Came(place, size)
                    self._offered.note(task.id, action)
                    found.append((task, hit))
                    continue
                found.append((task, decision))
                if hit and place not in self._refused:
                    self._refused.add(place)
                    text = f"`{place}` has a result for `{task.id}` that is not taken: {hit}"
                    self._world.emit(events.Notice(clock.now(), text, task.id))
        return found

    def drop(self) -> None:
        """Wait for nothing any more."""
        self._held.clear()
        self._asked.clear()

    def _watch(self) -> None:
        """Have the loop woken by what the worker says."""
        assert self._far is not None
        fd = self._far.fileno()
        if fd != self._watched and self._watched >= 0:
            self._children.unwatch(self._watched)
        self._watched = fd
        if fd >= 0:
            self._children.watch(fd, Watch(self._wake, self._wake), writing=self._far.is_full)

    def _wake(self) -> None:
        self._woken = True

    def close(self) -> None:
        """Let the worker go."""
        if self._far is not None:
            if self._watched >= 0:
                self._children.unwatch(self._watched)
                self._watched = -1
            self._far.close()

    # Offering

    def tick(self, review: Callable[[], Iterable[tuple[Task, Key]]]) -> None:
        """Offer, now and then, the results that `review` still stands by."""
        if self._far is None or not self._far.writes or not self._world.planner.kept:
            return
        now = clock.monotonic()
        if not self._review_at:
            self._review_at = now + _REVIEW_S
        if now >= self._review_at:
            self.offer(review())
            self._review_at = clock.monotonic() + max(_REVIEW_S, (clock.monotonic() - now) / _SHARE)

    def offer(self, results: Iterable[tuple[Task, Key]]) -> None:
        """Have results sent to other machines."""
        if self._far is None or not self._far.writes or self._world.planner.store.trouble:
            return
        from pitstop.cache.tiers.journal import Pending

        forced = self._world.forced
        shared = [(task, key) for task, key in results if is_shared(task, key)]
        going = [Pending(key.action, task.id in forced, *self._described(task, key)) for task, key in shared]
        if going:
            if self._far.offer(going):
                for task, key in shared:
                    self._offered.note(task.id, key.action)
            self._watch()

    def was_here(self, task: Task, key: Key) -> None:
        """Note that this run found the result of a task on this machine."""
        if self._far is not None and self._far.writes and task.id not in self.came:
            self._here[task.id] = task, key

    def _offer_again(self) -> None:
        """Have results that were here before sent to tiers that were not given them, if they are not there already."""
        far, world = self._far, self._world
        if far is None or not far.vouches or world.planner.store.trouble or not os.access(world.root, os.W_OK):
            return  # in a checkout that is only read nobody could remember it
        from pitstop.cache.tiers.journal import Pending

        going: dict[str, list[tuple[TaskId, Pending]]] = {}
        for task, key in self._here.values():
            lacking = self._offered.lacking(task.id, key.action)
            if lacking and self._may_go(task, key):
                for tier in lacking:
                    going.setdefault(tier, []).append((task.id, Pending(key.action, if_absent=True)))
        for tier, results in going.items():
            if far.offer([pending for _, pending in results], [tier]):
                for name, pending in results:
                    self._offered.note(name, pending.action, [tier])
        if going:
            self._watch()

    def _may_go(self, task: Task, key: Key) -> bool:
        """Return whether a result that was here before is there still, and one that others can use."""
        if not key.parts:  # what it is made of was not looked at
            names = environment.chosen(self._world.environ, (*task.spec.read_env, *task.spec.secrets))
            if any(name in task.spec.secrets or looks_secret(name) for name in names):
                return False
        return is_shared(task, key) and os.path.exists(self._world.planner.store.action_path(key.action))

    def _described(self, task: Task, key: Key) -> tuple[str, str]:
        """Return where others look for the keys of `task`, and the digest of a text about this one (`tiers.history`)."""
        from pitstop.cache.tiers import history
        from pitstop.pipeline.places import project

        world = self._world
        if self._project is None:
            self._project = project(world.root)
        tables, put = world.planner.memory.load_parts(), world.planner.store.put
        machine = os.uname().nodename
        text = history.describe(tables, task.package, key.parts, machine, put, self._told)
        return history.place_of(self._project, task.id), text

    def finish(self, wait_s: float, wait: Callable[[float], bool]) -> None:
        """Wait for what is still being sent, so long at most (see `Far.settle`); tell what the tiers were used for."""
        if self._far is None:
            return
        self._offer_again()
        self._offered.save()
        if wait_s and self._far.writes:
            left = self._far.settle(clock.monotonic() + wait_s, wait)
            if left:
                count = plural(left, "result") if left > 0 else "some results"
                text = f"not sent yet: {count}; the next run goes on"
                self._world.emit(events.Notice(clock.now(), text))
        self._far.answers()
        for used in self._far.used:
            self._world.emit(
                events.TierUsed(
                    clock.now(),
                    used.place,
                    used.asked,
                    used.hits,
                    used.fetched,
                    used.sent,
                    used.sent_bytes,
                    used.trouble,
                    used.refused,
                )
            )


def is_shared(task: Task, key: Key) -> bool:
    """Return whether other machines can have made, or use, a result with this key.

    Secrets enter a key by a hash that only this user's pitstop can make.
    """
    return (task.spec.cache == CACHE_STORE or bool(task.spec.tree)) and not key.unreadable and not secrets_in(key)


def secrets_in(key: Key) -> list[str]:
    """Return the names of the variables in a key whose values are secret."""
    return [part.removeprefix("secret ") for part in key.parts if part.startswith("secret ")]
