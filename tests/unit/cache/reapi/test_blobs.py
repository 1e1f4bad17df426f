"""Blobs in batches and as streams, compressed and not, whole and with faults."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import grpc
import pytest
from tests.parts.reapi_server import Cache, Fault, capabilities
from tests.unit.cache.reapi.given import SMALL_BATCHES, Source, Taken, blobs_of, connected

from pitstop.cache.reapi import blobs
from pitstop.cache.reapi.errors import ReapiError
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.cache.reapi.proto import status_pb2 as rpc
from pitstop.core.digest import EMPTY, Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

ZSTD = reapi.Compressor.ZSTD


@pytest.mark.parametrize("far", [False, True], ids=["near", "far"])
@pytest.mark.parametrize("dull", [False, True], ids=["random", "dull"])
def test_what_is_written_is_read_whatever_its_size(far: bool, dull: bool) -> None:
    given = blobs_of(0, 1, 8, 255, 256, 1000, 1872, 1873, 5000, 300_000, 2_500_000, dull=dull)
    cache = Cache(capabilities(zstd=True, max_batch_total_size_bytes=2000), instance="a/b")
    taken = Taken()
    with connected(cache, far=far) as client:
        assert blobs.missing(client, list(given)) == given.keys() - {EMPTY}
        blobs.write(client, list(given), Source(given))
        assert blobs.missing(client, list(given)) == set()
        blobs.read(client, list(given), taken.sink)
    assert taken.right == given
    streams = [request.resource_name for request in cache.calls("Write") + cache.calls("Read")]
    assert len(streams) == 8
    assert all(name.startswith("a/b/") and ("/compressed-blobs/zstd/" in name) is far for name in streams)
    sent = [each for request in cache.calls("BatchUpdateBlobs") for each in request.requests]
    assert {each.digest.size_bytes for each in sent if each.compressor == ZSTD} == (
        {256, 1000, 1872} if far and dull else set()
    )
    assert {ZSTD in request.acceptable_compressors for request in cache.calls("BatchReadBlobs")} == {far}


def test_a_server_without_zstd_is_sent_none() -> None:
    given = blobs_of(1000, 5000, dull=True)
    cache = Cache(SMALL_BATCHES)
    taken = Taken()
    with connected(cache, far=True) as client:
        blobs.write(client, list(given), Source(given))
        blobs.read(client, list(given), taken.sink)
    assert taken.right == given
    assert not any("compressed" in request.resource_name for request in cache.calls("Write") + cache.calls("Read"))


def test_what_is_not_there_is_passed_over() -> None:
    given = blobs_of(10, 20, 5000, 6000)
    there = list(given)[::2]
    cache = Cache(SMALL_BATCHES)
    taken = Taken()
    with connected(cache) as client:
        blobs.write(client, there, Source(given))
        blobs.read(client, list(given), taken.sink)
    assert set(taken.right) == set(there)
    assert not taken.wrong


def test_names_are_asked_about_once_and_what_nobody_asked_for_is_not_taken() -> None:
    given = blobs_of(10, 20)
    one, other = given
    cache = Cache(unasked=[b"what nobody asked for", given[other]])
    cache.add(given[other])
    taken: list[Digest] = []

    def sink(digest: Digest, pieces: Iterable[bytes]) -> bool:
        taken.append(digest)
        return b"".join(pieces) == given[digest]

    with connected(cache) as client:
        assert blobs.missing(client, [one, one, EMPTY]) == {one}
        blobs.read(client, [one, other, one], sink)
    assert taken == [other]
    assert [[digest.size_bytes for digest in each.blob_digests] for each in cache.calls("FindMissingBlobs")] == [[10]]
    assert [[digest.size_bytes for digest in each.digests] for each in cache.calls("BatchReadBlobs")] == [[10, 20]]


def test_thousands_of_names_go_in_several_questions() -> None:
    digests = [digest_of(b"%d" % number) for number in range(12_000)]
    cache = Cache()
    with connected(cache) as client:
        assert blobs.missing(client, digests) == set(digests)
    asked = sorted(len(request.blob_digests) for request in cache.calls("FindMissingBlobs"))  # several at once
    assert asked == [2000, 5000, 5000]


def test_wrong_bytes_go_to_the_sink_which_refuses_them() -> None:
    given = blobs_of(10, 1000, 5000)
    cache = Cache(capabilities(zstd=True, max_batch_total_size_bytes=2000))
    for digest, data in given.items():
        cache.blobs[digest.hash] = data[:-1] + bytes([data[-1] ^ 1])
    for far in (False, True):
        taken = Taken()
        with connected(cache, far=far) as client:
            blobs.read(client, list(given), taken.sink)
        assert taken.right == {}
        assert taken.wrong.keys() == given.keys()
        cache.stopped.clear()


def test_a_frame_that_grows_beyond_its_name_is_cut_off() -> None:
    digest = Digest("ab" * 32, 5000)
    cache = Cache(capabilities(zstd=True, max_batch_total_size_bytes=2000))
    cache.blobs[digest.hash] = bytes(50_000_000)
    short = Digest("cd" * 32, 100)
    cache.blobs[short.hash] = bytes(1_000_000)
    taken = Taken()
    with connected(cache, far=True) as client:
        blobs.read(client, [digest, short], taken.sink)
    assert taken.right == {}
    assert all(len(data) <= digest.size for digest, data in taken.wrong.items())


def test_one_blob_that_is_refused_does_not_keep_the_others_away() -> None:
    given = blobs_of(10, 20, 30, 5000)
    bad = list(given)[1]
    cache = Cache(SMALL_BATCHES)
    cache.odd[bad.hash] = rpc.Status(code=grpc.StatusCode.RESOURCE_EXHAUSTED.value[0], message="no room")
    taken = Taken()
    with connected(cache) as client:
        with pytest.raises(
            ReapiError, match=rf"does not take the blob {bad}: RESOURCE_EXHAUSTED \(no room\)"
        ) as caught:
            blobs.write(client, list(given), Source(given))
        assert caught.value.retry_after_s > 0
        cache.add(given[bad])
        with pytest.raises(ReapiError, match=rf"does not give the blob {bad}: RESOURCE_EXHAUSTED"):
            blobs.read(client, list(given), taken.sink)
    assert taken.right.keys() == given.keys() - {bad}


@pytest.mark.parametrize("size", [100, 5000], ids=["batch", "stream"])
def test_bytes_under_a_wrong_name_are_an_error_of_that_blob_alone(size: int) -> None:
    (wanted,) = blobs_of(size)
    cache = Cache(SMALL_BATCHES)
    with connected(cache) as client, pytest.raises(ReapiError, match="INVALID_ARGUMENT") as caught:
        blobs.write(client, [wanted], Source({wanted: bytes(size)}))
    assert not caught.value.permanent
    assert not cache.blobs


@pytest.mark.parametrize("size", [100, 5000], ids=["batch", "stream"])
def test_a_blob_that_is_gone_is_the_callers_error(size: int) -> None:
    (wanted,) = blobs_of(size)
    with connected(Cache(SMALL_BATCHES)) as client, pytest.raises(FileNotFoundError):
        blobs.write(client, [wanted], Source({}))


def test_a_server_without_batches_is_given_streams() -> None:
    given = blobs_of(10, 20, 30)
    cache = Cache()
    for call in ("BatchUpdateBlobs", "BatchReadBlobs"):
        cache.fail(call, Fault(grpc.StatusCode.UNIMPLEMENTED))
    taken = Taken()
    with connected(cache) as client:
        blobs.write(client, list(given), Source(given))
        blobs.read(client, list(given), taken.sink)
    assert taken.right == given
    assert len(cache.calls("Write")) == len(cache.calls("Read")) == 3


def test_a_blob_larger_than_the_server_takes_is_not_sent() -> None:
    given = blobs_of(5000)
    cache = Cache(capabilities(max_batch_total_size_bytes=2000, max_cas_blob_size_bytes=4000))
    with (
        connected(cache) as client,
        pytest.raises(ReapiError, match="takes no blobs of more than 4000 bytes") as caught,
    ):
        blobs.write(client, list(given), Source(given))
    assert not caught.value.permanent
    assert not cache.calls("Write")


@pytest.mark.parametrize("call", ["BatchUpdateBlobs", "BatchReadBlobs", "FindMissingBlobs"])
def test_a_call_that_fails_ends_it_and_the_next_one_works(call: str) -> None:
    given = blobs_of(10, 20)
    cache = Cache()
    cache.fail(call, Fault(grpc.StatusCode.INTERNAL))
    with connected(cache) as client:
        asks: dict[str, Callable[[], object]] = {
            "BatchUpdateBlobs": lambda: blobs.write(client, list(given), Source(given)),
            "BatchReadBlobs": lambda: blobs.read(client, list(given), Taken().sink),
            "FindMissingBlobs": lambda: blobs.missing(client, list(given)),
        }
        with pytest.raises(ReapiError, match="INTERNAL"):
            asks[call]()
        asks[call]()


def test_large_blobs_are_read_and_written_at_once() -> None:
    """Each waits until another one is under way; one after the other they would wait for ever."""
    given = blobs_of(5000, 6000)
    cache = Cache(SMALL_BATCHES)
    for digest, data in given.items():
        cache.blobs[digest.hash] = data
    both = threading.Barrier(2, timeout=30)
    taken = Taken()

    def sink(digest: Digest, pieces: Iterable[bytes]) -> bool:
        both.wait()
        return taken.sink(digest, pieces)

    class Together(Source):
        def __call__(self, digest: Digest) -> BinaryIO:
            both.wait()
            return super().__call__(digest)

    with connected(cache) as client:
        blobs.read(client, list(given), sink)
        blobs.write(client, list(given), Together(given))
    assert taken.right == given
