"""What a server says it can do (GetCapabilities), as the few numbers that requests are made by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache.reapi.errors import ReapiError
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.core.digest import Digest

OVERHEAD = 128
"""Bytes that a blob adds to a batch beside its own: digest, status, the frames of protobuf."""
_MESSAGE = 4 << 20
"""What gRPC takes as one message unless it is told otherwise; servers that name no limit have this one."""
_SLACK = 16 << 10
"""For the instance name and whatever else a message holds."""
BATCH = 1 << 20
"""Bytes after which a batch is sent: larger ones gain nothing, and smaller ones show sooner that a server is dead."""
_NAMES = 5000
"""Digests in one question."""
OLDEST, NEWEST = (2, 0), (2, 12)
"""The versions of the API that pitstop speaks."""


class Offer(NamedTuple):
    """What a server can do."""

    batch_bytes: int = _MESSAGE - _SLACK
    """What one batch may hold, `OVERHEAD` included; blobs that do not fit are streamed."""
    largest: int = 0
    """Bytes of the largest blob that it takes; 0: it says nothing about that."""
    zstd: bool = False
    """Whether blobs may be streamed, and read in batches, as zstd frames."""
    zstd_batches: bool = False
    """Whether blobs may be sent in batches as zstd frames."""
    updates: bool = True
    """Whether results may be sent."""
    executes: bool = False
    version: tuple[int, int] = OLDEST
    """The newest version of the API that both sides speak."""
    priorities: tuple[tuple[int, int], ...] = ()
    """Lowest and highest priority of executions, of each range; none: there are no priorities."""

    def fits(self, digest: Digest) -> bool:
        """Return whether a blob may be part of a batch."""
        return digest.size + OVERHEAD <= self.batch_bytes


def offer_of(said: reapi.ServerCapabilities, place: str) -> Offer:
    """Return what a server said. Raises ReapiError when it is of no use to pitstop."""
    cache, execution = said.cache_capabilities, said.execution_capabilities
    low = (said.low_api_version.major, said.low_api_version.minor)
    high = (said.high_api_version.major, said.high_api_version.minor)
    if said.HasField("high_api_version") and not (low <= NEWEST and high >= OLDEST):
        raise ReapiError(
            f"`{place}` speaks the Remote Execution API {low[0]}.{low[1]} to {high[0]}.{high[1]}, pitstop 2.0 to 2.12",
            permanent=True,
        )
    functions = set(cache.digest_functions) | set(execution.digest_functions) | {execution.digest_function} - {0}
    if functions and reapi.DigestFunction.SHA256 not in functions:
        known = {number: name for name, number in reapi.DigestFunction.Value.items()}
        names = ", ".join(known.get(each, f"function {each}") for each in sorted(functions))
        raise ReapiError(
            f"`{place}` names blobs by {names}, pitstop by SHA256", hint="it must be set to SHA256", permanent=True
        )
    limit = _MESSAGE - _SLACK
    if cache.max_batch_total_size_bytes > 0:
        limit = min(limit, cache.max_batch_total_size_bytes)
    ranges = execution.execution_priority_capabilities.priorities
    return Offer(
        limit,
        max(0, cache.max_cas_blob_size_bytes),
        reapi.Compressor.ZSTD in cache.supported_compressors,
        reapi.Compressor.ZSTD in cache.supported_batch_update_compressors,
        cache.action_cache_update_capabilities.update_enabled,
        execution.exec_enabled,
        min(max(high, OLDEST), NEWEST),
        tuple((each.min_priority, each.max_priority) for each in ranges),
    )


def batches(digests: Iterable[Digest], offer: Offer) -> Iterator[list[Digest]]:
    """Yield `digests`, each of which `offer.fits`, in groups that one message each can carry."""
    limit = min(BATCH, offer.batch_bytes)
    group: list[Digest] = []
    size = 0
    for digest in digests:
        more = digest[1] + OVERHEAD
        if group and size + more > limit:
            yield group
            group, size = [], 0
        group.append(digest)
        size += more
    if group:
        yield group


def questions(digests: Iterable[Digest]) -> Iterator[list[Digest]]:
    """Yield `digests` in groups that one FindMissingBlobs each can ask about."""
    group: list[Digest] = []
    for digest in digests:
        group.append(digest)
        if len(group) == _NAMES:
            yield group
            group = []
    if group:
        yield group
