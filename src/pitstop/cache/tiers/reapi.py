"""A cache that speaks the Remote Execution API, as a tier: bazel-remote, Buildbarn, BuildGrid, buildbox-casd and others.

Results lie in its ActionCache as they are, blobs in its ContentAddressableStorage. The protocol has no way to remove a
result, so one that is to go is written over by one that names a file which is nowhere.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pitstop.cache.tiers.removed import REMOVED
from pitstop.cache.tiers.tier import TierError
from pitstop.core.digest import Digest
from pitstop.core.errors import PitstopError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.cache.reapi.client import Client
    from pitstop.cache.reapi.endpoint import Endpoint
    from pitstop.cache.tiers.tier import Address, Sink, Source

ACTION_SIZE = 512
"""The protocol names an action by the hash and the size of its message; tiers know the hash alone, which is enough to
tell two actions apart, so all have this size. (0 would be refused where the empty blob is known.)"""


def open_tier(address: Address, environ: Mapping[str, str]) -> ReapiTier:
    """Return the tier at `grpc://host:port/instance` or `grpcs://…`; options: `pitstop.cache.reapi.endpoint`.

    Raises TierError when the address is none, a variable is not set, or a library is missing.
    """
    from pitstop.cache.reapi.endpoint import EndpointError, endpoint_of

    try:
        endpoint = endpoint_of(address.url, address.options, environ, timeout_s=address.timeout_s)
    except EndpointError as error:
        raise TierError(error.problem, hint=error.hint, permanent=True) from error
    return ReapiTier(endpoint)


class ReapiTier:
    """See `Tier`."""

    kind = "reapi"
    inlines = 0

    def __init__(self, endpoint: Endpoint) -> None:
        self.place = endpoint.place
        with _troubles():
            self._client = _connected(endpoint)

    def get_results(self, actions: Sequence[str]) -> dict[str, bytes]:
        """See `Tier`."""
        from pitstop.cache.reapi import results

        with _troubles():
            named = [Digest(action, ACTION_SIZE) for action in actions]
            found = results.get_results(self._client, named)
            return {action.hash: message for action, message in found if message != REMOVED}

    def put_results(self, results: Mapping[str, bytes]) -> None:
        """See `Tier`."""
        from pitstop.cache.reapi.results import put_results

        with _troubles():
            named = [(Digest(action, ACTION_SIZE), message) for action, message in results.items()]
            put_results(self._client, named)

    def missing(self, digests: Sequence[Digest]) -> set[Digest]:
        """See `Tier`."""
        from pitstop.cache.reapi import blobs

        with _troubles():
            return blobs.missing(self._client, digests)

    def get_blobs(self, digests: Sequence[Digest], sink: Sink) -> None:
        """See `Tier`."""
        from pitstop.cache.reapi import blobs

        with _troubles():
            blobs.read(self._client, digests, sink)

    def put_blobs(self, digests: Sequence[Digest], source: Source) -> None:
        """See `Tier`."""
        from pitstop.cache.reapi import blobs

        with _troubles():
            blobs.write(self._client, digests, source)

    def remove(self, actions: Sequence[str]) -> None:
        """See `Tier`."""
        self.put_results(dict.fromkeys(self.get_results(actions), REMOVED))

    def close(self) -> None:
        """See `Tier`."""
        self._client.close()


def _connected(endpoint: Endpoint) -> Client:
    from pitstop.cache.tiers import codec

    try:
        from pitstop.cache.reapi.client import Client
    except ImportError as error:
        raise TierError(
            f"the tier `{endpoint.place}` needs `grpcio` and `protobuf`: {error}",
            hint="pip install 'pitstop[reapi]'",
            permanent=True,
        ) from error
    if endpoint.nearby:
        return Client(endpoint)
    try:
        codec.zstd()
    except TierError:  # the protocol does without
        return Client(endpoint)
    return Client(endpoint, zstd=codec)


@contextmanager
def _troubles() -> Iterator[None]:
    """Raise what the client raises as what tiers raise."""
    try:
        yield
    except TierError:
        raise
    except PitstopError as error:
        from pitstop.cache.reapi.errors import ReapiError

        if not isinstance(error, ReapiError):
            raise
        raise TierError(
            error.problem, hint=error.hint, permanent=error.permanent, retry_after_s=error.retry_after_s
        ) from error
