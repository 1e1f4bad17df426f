"""The asking side of one tier: results looked up and brought here, in threads that may hang without holding anybody up."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache.tiers.layers import Got, bring, look
from pitstop.cache.tiers.tier import TierError
from pitstop.core import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pitstop.cache.disk import DiskStore
    from pitstop.cache.tiers.layers import Judge
    from pitstop.cache.tiers.tier import Tier
    from pitstop.core.digest import Digest

_THREADS = 3
"""A large download must not keep the next question waiting."""
_AT_ONCE = 250
"""Results that are asked for in one call, so that a slow tier shows that it moves."""
_WORTH_S = 60.0
_QUEUED = 4
"""How many times longer a question may wait for its turn than for its answer."""
_TOGETHER_S = 0.1
"""How long a result may lie here before the run hears of it."""
_EACH = 8192
"""What each result and each blob is good for besides its bytes: requests take their time however little they bring."""


class Absent(NamedTuple):
    """A tier does not have results of these actions, or none that are taken; `refused` says why where it had some."""

    lookup: Lookup
    actions: tuple[str, ...]
    refused: dict[str, str]


class Here(NamedTuple):
    """Results are in the local store with all that they name."""

    lookup: Lookup
    got: tuple[Got, ...]


class Over(NamedTuple):
    """A lookup has ended: what it has not told of is not to be had from this tier."""

    lookup: Lookup
    error: TierError | None
    wrong: frozenset[Digest]
    """Blobs of which the tier has wrong bytes."""
    took_s: float


News = Absent | Here | Over


class Lookup:
    """One question to one tier. What it counts is read by other threads and may be a little old."""

    def __init__(self, tier: int, actions: Sequence[str]) -> None:
        self.tier = tier
        """Its place in the order of the tiers."""
        self.left = set(actions)
        """Actions of which nothing was told yet; kept by whoever gets the news."""
        self.actions = tuple(actions)
        self.asked = 0.0
        self.began = 0.0
        """When a thread began with it, in monotonic seconds; 0: not yet."""
        self.moved = 0
        """What came, as so many bytes."""
        self.moved_at = 0.0
        """When something came last."""
        self.worth_s = 0.0
        """What making the results that were found would take, up to a minute."""
        self.given_up = False
        """Nobody waits for it any more."""

    def count(self, size: int) -> None:
        """Note that something came."""
        self.moved += size + _EACH
        self.moved_at = clock.monotonic()

    def late_s(self, now: float, floor: float, patience_s: float) -> float:
        """Return by how much it takes longer than it may.

        What comes may come at `floor` bytes a second, or as long as making it would take; while nothing comes, the
        latter counts for `patience_s` seconds only.
        """
        if not self.began:
            return (now - self.asked) / _QUEUED
        moves = now - self.moved_at < patience_s
        return now - self.began - self.moved / floor - (self.worth_s if moves else 0.0)


class Lookups:
    """The threads that ask one tier; each opens it for itself."""

    def __init__(self, store: DiskStore, tier: Callable[[], Tier], judge: Judge, tell: Callable[[News], None]) -> None:
        self._store = store
        self._open = tier
        self._judge = judge
        self._tell = tell
        self._waiting: SimpleQueue[Lookup] = SimpleQueue()
        self._threads = 0
        self._busy = 0

    def begin(self, prepare: Callable[[], None]) -> None:
        """Start a thread before there is a question; it calls `prepare` first."""
        self._threads += 1
        Thread(target=self._run, args=(prepare,), daemon=True).start()

    def ask(self, lookup: Lookup) -> None:
        """Have a thread ask; to be called from one thread, which tells by `ended` or `give_up` how it came out."""
        lookup.asked = clock.monotonic()
        self._busy += 1
        self._waiting.put(lookup)
        if self._busy > self._threads and self._threads < _THREADS:
            self._threads += 1
            Thread(target=self._run, daemon=True).start()  # each thread has a connection of its own

    def ended(self) -> None:
        """Note that a lookup has ended that was not given up."""
        self._busy -= 1

    def give_up(self, lookup: Lookup) -> None:
        """Wait for a lookup no more; the thread that is at it may hang, and is no longer counted."""
        lookup.given_up = True
        self._busy -= 1
        self._threads -= bool(lookup.began)

    def _run(self, prepare: Callable[[], None] = lambda: None) -> None:
        tier: Tier | None = None
        prepare()
        while True:
            lookup = self._waiting.get()
            if lookup.given_up:
                continue
            lookup.began = clock.monotonic()
            error: TierError | None = None
            wrong: set[Digest] = set()
            try:
                tier = tier or self._open()
                self._look(tier, lookup, wrong)
            except TierError as raised:
                error = raised
            except Exception as raised:  # noqa: BLE001  a library that breaks must not end the worker
                error = TierError(f"asking failed: {type(raised).__name__}: {raised}", permanent=True)
            self._tell(Over(lookup, error, frozenset(wrong), clock.monotonic() - lookup.began))
            if self._is_replaced(lookup):
                return

    @staticmethod
    def _is_replaced(lookup: Lookup) -> bool:
        """Return whether another thread took the place of the one that was at `lookup`."""
        return lookup.given_up

    def _look(self, tier: Tier, lookup: Lookup, wrong: set[Digest]) -> None:
        for begin in range(0, len(lookup.actions), _AT_ONCE):
            actions = lookup.actions[begin : begin + _AT_ONCE]
            found, refused = look(tier, actions, self._judge)
            lookup.count(len(actions) * _EACH + sum(len(got.message) for got in found))
            lookup.worth_s = min(lookup.worth_s + sum(got.result.duration_s for got in found), _WORTH_S)
            there = {got.action for got in found}
            absent = tuple(action for action in actions if action not in there)
            if absent:
                self._tell(Absent(lookup, absent, refused))
            arrivals = _Arrivals(self._store, lookup, self._tell)
            try:
                wrong |= bring(tier, self._store, found, arrivals.add, lookup.count)
            finally:
                arrivals.flush()


class _Arrivals:
    """Tells of what has arrived some at a time: who is told wakes up, and what follows from it is done together."""

    def __init__(self, store: DiskStore, lookup: Lookup, tell: Callable[[News], None]) -> None:
        self._store = store
        self._lookup = lookup
        self._tell = tell
        self._lock = Lock()
        self._held: list[Got] = []
        self._flushed = clock.monotonic()

    def add(self, got: Got) -> None:
        """Keep a result whose blobs are here; any thread may call this."""
        if not self._store.put_result(got.action, got.result):
            return
        with self._lock:
            self._held.append(got)
            if clock.monotonic() - self._flushed < _TOGETHER_S:
                return
        self.flush()

    def flush(self) -> None:
        """Tell of all that was not told of."""
        with self._lock:
            held, self._held = self._held, []
            self._flushed = clock.monotonic()
        if held:
            self._tell(Here(self._lookup, tuple(held)))
