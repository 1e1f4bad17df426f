"""What servers say they can do, and batches that fit it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.parts.reapi_server import capabilities

from pitstop.cache.reapi.errors import ReapiError
from pitstop.cache.reapi.offer import OVERHEAD, Offer, batches, offer_of, questions
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.cache.reapi.proto import semver_pb2 as semver
from pitstop.core.digest import Digest

GRPC_LIMIT = 4 << 20
DIGESTS = st.lists(st.builds(Digest, st.just("ab" * 32), st.integers(0, 5 << 20)), max_size=40)


@pytest.mark.parametrize(
    ("limit", "fits", "streamed"),
    [(0, (4 << 20) - 20_000, 4 << 20), (1000, 800, 1000), (1 << 30, 4_000_000, 5_000_000)],
)
def test_a_server_that_names_no_limit_has_that_of_grpc(limit: int, fits: int, streamed: int) -> None:
    offer = offer_of(capabilities(max_batch_total_size_bytes=limit), "there")
    assert offer.fits(Digest("", fits))
    assert not offer.fits(Digest("", streamed))


def test_compressors_and_priorities_are_those_that_it_names() -> None:
    said = capabilities(zstd=True, max_cas_blob_size_bytes=77)
    said.execution_capabilities.exec_enabled = True
    said.execution_capabilities.execution_priority_capabilities.priorities.add(min_priority=-5, max_priority=5)
    offer = offer_of(said, "there")
    assert (offer.zstd, offer.zstd_batches, offer.largest, offer.updates, offer.executes) == (
        True,
        True,
        77,
        True,
        True,
    )
    assert offer.priorities == ((-5, 5),)
    said.cache_capabilities.action_cache_update_capabilities.update_enabled = False
    said.cache_capabilities.ClearField("supported_compressors")
    assert offer_of(said, "there") == offer._replace(zstd=False, updates=False)


@pytest.mark.parametrize(
    ("low", "high", "version"),
    [((2, 0), (2, 0), (2, 0)), ((2, 0), (2, 12), (2, 12)), ((2, 3), (2, 99), (2, 12)), ((1, 0), (3, 1), (2, 12))],
)
def test_the_newest_version_of_both_is_spoken(
    low: tuple[int, int], high: tuple[int, int], version: tuple[int, int]
) -> None:
    assert offer_of(_versions(low, high), "there").version == version


@pytest.mark.parametrize(("low", "high"), [((3, 0), (3, 1)), ((1, 0), (1, 9)), ((2, 13), (2, 20))])
def test_a_server_of_another_age_is_refused(low: tuple[int, int], high: tuple[int, int]) -> None:
    with pytest.raises(ReapiError, match=f"{low[0]}.{low[1]} to {high[0]}.{high[1]}") as caught:
        offer_of(_versions(low, high), "there")
    assert caught.value.permanent


def test_a_server_that_knows_no_sha256_is_refused_and_one_that_says_nothing_is_not() -> None:
    said = capabilities(digest_functions=[reapi.DigestFunction.BLAKE3, reapi.DigestFunction.MD5])
    with pytest.raises(ReapiError, match="by MD5, BLAKE3, pitstop by SHA256"):
        offer_of(said, "there")
    assert offer_of(reapi.ServerCapabilities(), "there") == Offer(updates=False)


@given(DIGESTS, st.integers(200, GRPC_LIMIT))
def test_batches_hold_every_blob_once_in_order_and_fit(digests: list[Digest], limit: int) -> None:
    offer = offer_of(capabilities(max_batch_total_size_bytes=limit), "there")
    fitting = [digest for digest in digests if offer.fits(digest)]
    groups = list(batches(fitting, offer))
    assert [digest for group in groups for digest in group] == fitting
    for group in groups:
        assert group
        assert sum(digest.size for digest in group) <= limit
        assert sum(digest.size + OVERHEAD for digest in group) < GRPC_LIMIT


def test_a_batch_is_as_large_on_the_wire_as_it_is_counted() -> None:
    """An entry of a batch never takes more than `OVERHEAD` bytes beside its blob."""
    size = 3 << 20
    digest = reapi.Digest(hash="ab" * 32, size_bytes=size)
    request = reapi.BatchUpdateBlobsRequest()
    request.requests.add(digest=digest, data=bytes(size), compressor=reapi.Compressor.ZSTD)
    answer = reapi.BatchReadBlobsResponse()
    answer.responses.add(digest=digest, data=bytes(size), compressor=reapi.Compressor.ZSTD).status.SetInParent()
    assert max(request.ByteSize(), answer.ByteSize()) - size <= OVERHEAD


@given(DIGESTS)
def test_questions_hold_every_name_once_in_order(digests: list[Digest]) -> None:
    many = digests * 150
    groups = list(questions(many))
    assert [digest for group in groups for digest in group] == many
    assert all(group and len(group) <= 5000 for group in groups)


def _versions(low: tuple[int, int], high: tuple[int, int]) -> reapi.ServerCapabilities:
    return reapi.ServerCapabilities(
        low_api_version=semver.SemVer(major=low[0], minor=low[1]),
        high_api_version=semver.SemVer(major=high[0], minor=high[1]),
    )
