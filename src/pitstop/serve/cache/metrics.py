"""What the server counts, and the page that Prometheus reads (its text format, version 0.0.4)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.serve.cache.access_log import Request
    from pitstop.serve.cache.shelves import Name, Shelves

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Of the latency buckets, in seconds."""

Labels = tuple[str, ...]


class Metrics:
    """Counters since the start. Label values are all from small sets: nothing that a client sends becomes one."""

    def __init__(self) -> None:
        self.requests: Counter[Labels] = Counter()
        self.results: Counter[Labels] = Counter()
        self.received: Counter[Labels] = Counter()
        self.sent: Counter[Labels] = Counter()
        self.evicted: Counter[Labels] = Counter()
        self.in_flight = 0
        self._latency: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def count(self, request: Request) -> None:
        """Count a request that has ended."""
        space, team = request.space or "none", request.team
        self.requests[space, request.method, str(request.status)] += 1
        if request.result:
            self.results[space, team, request.result] += 1
        if request.received:
            self.received[space, team] += request.received
        if request.sent:
            self.sent[space, team] += request.sent
        buckets = self._latency.get(space)
        if buckets is None:
            buckets = self._latency[space] = [0] * (len(_BOUNDS) + 1)
        buckets[bisect_left(_BOUNDS, request.seconds)] += 1
        self._seconds[space] = self._seconds.get(space, 0.0) + request.seconds

    def on_evicted(self, name: Name) -> None:
        """Count an object that went because a quota was passed."""
        self.evicted[name.space, name.team] += 1

    def page(self, shelves: Shelves) -> str:
        """Return all of it as text."""
        both = ("protocol", "team")
        lines = [
            *_family("requests_total", "counter", "Requests.", ("protocol", "method", "status"), self.requests),
            *_family(
                "results_total",
                "counter",
                "What became of requests: hit, miss, stored, deleted, or why they were refused.",
                ("protocol", "team", "result"),
                self.results,
            ),
            *_family("received_bytes_total", "counter", "Bytes of bodies that came in.", both, self.received),
            *_family("sent_bytes_total", "counter", "Bytes of bodies that went out.", both, self.sent),
            *_family("evictions_total", "counter", "Objects removed because a quota was passed.", both, self.evicted),
            *_family("in_flight_requests", "gauge", "Requests being answered.", (), {(): self.in_flight}),
        ]
        listed = list(shelves.listed())
        stored: dict[Labels, int] = {(shelf.space, shelf.team): shelf.bytes for shelf in listed}
        objects: dict[Labels, int] = {(shelf.space, shelf.team): shelf.objects for shelf in listed}
        lines += _family("stored_bytes", "gauge", "Bytes that are kept.", both, stored)
        lines += _family("stored_objects", "gauge", "Objects that are kept.", both, objects)
        return "\n".join([*lines, *self._histogram()]) + "\n"

    def _histogram(self) -> Iterator[str]:
        name = "pitstop_cache_request_seconds"
        yield f"# HELP {name} Time from a request's head to the end of its answer."
        yield f"# TYPE {name} histogram"
        for space, buckets in sorted(self._latency.items()):
            for bound, below in zip((*map(str, _BOUNDS), "+Inf"), accumulate(buckets), strict=True):
                yield f'{name}_bucket{{protocol="{space}",le="{bound}"}} {below}'
            yield f'{name}_sum{{protocol="{space}"}} {self._seconds[space]:.6f}'
            yield f'{name}_count{{protocol="{space}"}} {sum(buckets)}'


def _family(name: str, kind: str, meaning: str, labels: Labels, values: dict[Labels, int]) -> Iterable[str]:
    full = f"pitstop_cache_{name}"
    yield f"# HELP {full} {meaning}"
    yield f"# TYPE {full} {kind}"
    for given, value in sorted(values.items()):
        said = ",".join(f'{label}="{text}"' for label, text in zip(labels, given, strict=True))
        yield f"{full}{{{said}}} {value}" if said else f"{full} {value}"
