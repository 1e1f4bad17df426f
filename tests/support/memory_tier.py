"""A tier in the memory of the test's process, which does as it is told: hangs, fails, returns wrong bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pitstop.cache.tiers.inline import MOST_FILE

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.cache.tiers.tier import Address, Sink, Source, TierError
    from pitstop.core.digest import Digest

SERVERS: dict[str, Server] = {}
"""By address."""


@dataclass
class Server:
    """What a tier keeps, and how it is to misbehave."""

    inlines: bool = False
    results: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    failure: TierError | None = None
    """What everything raises."""
    failing_puts: TierError | None = None
    """What everything raises that sends."""
    hangs: threading.Event | None = None
    """What everything waits for."""
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Method and number of things of each call."""

    def begin(self, method: str, count: int) -> None:
        self.asked.append((method, count))
        if self.hangs is not None:
            self.hangs.wait()
        if self.failure is not None:
            raise self.failure
        if self.failing_puts is not None and method in {"put_results", "put_blobs", "missing"}:
            raise self.failing_puts


def open_tier(address: Address, environ: Mapping[str, str]) -> MemoryTier:
    """Return the tier whose server was put into `SERVERS`."""
    return MemoryTier(address.url, SERVERS[address.url])


class MemoryTier:
    """See `Tier`."""

    kind = "memory"

    def __init__(self, place: str, server: Server) -> None:
        self.place = place
        self.server = server
        self.inlines = MOST_FILE if server.inlines else 0

    def get_results(self, actions: Sequence[str]) -> dict[str, bytes]:
        self.server.begin("get_results", len(actions))
        return {action: self.server.results[action] for action in actions if action in self.server.results}

    def put_results(self, results: Mapping[str, bytes]) -> None:
        self.server.begin("put_results", len(results))
        self.server.results.update(results)

    def missing(self, digests: Sequence[Digest]) -> set[Digest]:
        self.server.begin("missing", len(digests))
        return {digest for digest in digests if digest.hash not in self.server.blobs}

    def get_blobs(self, digests: Sequence[Digest], sink: Sink) -> None:
        self.server.begin("get_blobs", len(digests))
        for digest in digests:
            if (data := self.server.blobs.get(digest.hash)) is not None:
                sink(digest, _pieces(data))

    def put_blobs(self, digests: Sequence[Digest], source: Source) -> None:
        self.server.begin("put_blobs", len(digests))
        for digest in digests:
            with source(digest) as file:
                self.server.blobs[digest.hash] = file.read()

    def remove(self, actions: Sequence[str]) -> None:
        self.server.begin("remove", len(actions))
        for action in actions:
            self.server.results.pop(action, None)

    def close(self) -> None:
        return


def _pieces(data: bytes) -> Iterator[bytes]:
    for begin in range(0, len(data), 3):
        yield data[begin : begin + 3]
