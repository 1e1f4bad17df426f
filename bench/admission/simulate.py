"""A nearer tier of so much room before a far one of any: what a policy of admission makes of a trace."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pitstop.cache.tiers.policy import Admission

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.admission.traces import Trace


class Speed(NamedTuple):
    """How fast a tier answers."""

    latency_s: float
    bytes_s: float

    def time(self, size: int) -> float:
        """Return how long it takes to get `size` bytes, in seconds."""
        return self.latency_s + size / self.bytes_s


NEAR, FAR = Speed(0.001, 200e6), Speed(0.03, 30e6)
"""A Redis in the same network, and a bucket."""


class Outcome(NamedTuple):
    """What came of a trace."""

    reads: int = 0
    """Requests that were not the first for their key."""
    hits: int = 0
    """Of them, answered by the nearer tier."""
    read_bytes: int = 0
    hit_bytes: int = 0
    written_bytes: int = 0
    """Sent into the nearer tier."""
    seconds: float = 0.0
    """Waited for all reads together."""
    best_s: float = 0.0
    """What they would take if all were near."""


class Policy(Protocol):
    """What decides."""

    def wants(self, name: str, size: int, saved_s: float) -> bool:
        """Note a request; return whether to put what it is for into the nearer tier."""


class Always:
    """Everything goes up."""

    def wants(self, name: str, size: int, saved_s: float) -> bool:  # noqa: ARG002  the protocol's
        """Yes."""
        return True


class Strategy(NamedTuple):
    """A way to run the nearer tier."""

    policy: Callable[[int], Policy]
    """Makes one for so many bytes."""
    recent: bool
    """It lets go of what was not used for longest; else of what came first."""


STRATEGIES = {
    "always, first in first out": Strategy(lambda _: Always(), recent=False),
    "always, LRU": Strategy(lambda _: Always(), recent=True),
    "pitstop, first in first out": Strategy(Admission, recent=False),
    "pitstop, LRU": Strategy(Admission, recent=True),
}


def simulate(trace: Trace, capacity: int, strategy: Strategy) -> Outcome:
    """Return what comes of `trace` with a nearer tier of `capacity` bytes; the first request for a key makes it."""
    policy = strategy.policy(capacity)
    near: OrderedDict[str, int] = OrderedDict()
    made: set[str] = set()
    used = reads = hits = read_bytes = hit_bytes = written = 0
    seconds = best = 0.0
    for key, size in trace:
        wants = policy.wants(key, size, FAR.time(size) - NEAR.time(size))
        there = key in near
        if key in made:
            reads += 1
            read_bytes += size
            hits += there
            hit_bytes += size * there
            seconds += (NEAR if there else FAR).time(size)
            best += NEAR.time(size)
        made.add(key)
        if there and strategy.recent:
            near.move_to_end(key)
        elif wants and not there and size <= capacity:
            near[key] = size
            used += size
            written += size
            while used > capacity:
                used -= near.popitem(last=False)[1]
    return Outcome(reads, hits, read_bytes, hit_bytes, written, seconds, best)
