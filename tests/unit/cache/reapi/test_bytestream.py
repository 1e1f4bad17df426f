"""Large blobs in pieces: taken up again, given up, and ended when nobody wants them."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import grpc
import pytest
from tests.parts.reapi_server import PIECE, Cache, Fault, capabilities
from tests.unit.cache.reapi.given import Source, Taken, blobs_of, connected

from pitstop.cache.reapi import blobs, bytestream
from pitstop.cache.reapi.errors import ReapiError
from pitstop.cache.reapi.stall import Stall
from pitstop.core.digest import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.cache.reapi.client import Client
    from pitstop.core.digest import Digest

SIZE = 2_500_000
AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.ABORTED)


def _ask(call: str, client: Client, given: dict[Digest, bytes]) -> None:
    (digest,) = given
    if call == "Read":
        list(bytestream.read(client, digest))
    else:
        bytestream.write(client, digest, Source(given))


@pytest.fixture
def cache() -> Cache:
    return Cache(capabilities(zstd=True, max_batch_total_size_bytes=2000))


@pytest.mark.parametrize("far", [False, True], ids=["near", "far"])
@pytest.mark.parametrize("code", AWAY)
def test_a_read_goes_on_where_it_broke(cache: Cache, far: bool, code: grpc.StatusCode) -> None:
    ((digest, data),) = blobs_of(SIZE * 2).items()
    cache.add(data)
    cache.fail("Read", *(Fault(code, after=after) for after in (1_300_000, 1_200_000, 1_100_000)))
    with connected(cache, far=far) as client:
        assert b"".join(bytestream.read(client, digest)) == data
    offsets = [request.read_offset for request in cache.calls("Read")]
    if far:  # frames are unpacked by the mebibyte
        assert offsets == [0, 1 << 20, 2 << 20, 3 << 20]
    else:
        assert offsets == [0, 1_300_000, 2_500_000, 3_600_000]


@pytest.mark.parametrize("far", [False, True], ids=["near", "far"])
@pytest.mark.parametrize("code", AWAY)
def test_a_write_goes_on_where_it_broke(cache: Cache, far: bool, code: grpc.StatusCode) -> None:
    given = blobs_of(SIZE)
    cache.fail("Write", Fault(code, after=1_100_000), Fault(code, after=1_100_001))
    source = Source(given)
    with connected(cache, far=far) as client:
        bytestream.write(client, next(iter(given)), source)
    assert list(cache.blobs.values()) == list(given.values())
    offsets = [request.write_offset for request in cache.calls("Write")]
    assert offsets == ([0, 0, 0] if far else [0, 1_100_000, 1_100_001])  # a frame cannot be taken up again
    assert len(source.opened) == 3


def test_a_write_that_had_arrived_when_the_answer_was_lost_is_done(cache: Cache) -> None:
    ((digest, data),) = blobs_of(SIZE).items()
    cache.fail("Write", Fault(after=SIZE))
    with connected(cache) as client:

        def source(_: Digest) -> io.BytesIO:
            cache.add(data)
            return io.BytesIO(data)

        bytestream.write(client, digest, source)
    assert len(cache.calls("Write")) == 1


@pytest.mark.parametrize(
    "code", [grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.UNAVAILABLE]
)
def test_a_write_begins_anew_where_nobody_knows_how_far_it_was(cache: Cache, code: grpc.StatusCode) -> None:
    given = blobs_of(SIZE)
    cache.fail("Write", Fault(after=1_100_000))
    cache.fail("QueryWriteStatus", *[Fault(code)] * 3)
    with connected(cache) as client:
        bytestream.write(client, next(iter(given)), Source(given))
    first, second = cache.calls("Write")
    assert second.write_offset == 0
    assert first.resource_name != second.resource_name


@pytest.mark.parametrize("call", ["Read", "Write"])
def test_what_breaks_again_and_again_without_a_byte_is_given_up(cache: Cache, call: str) -> None:
    given = blobs_of(SIZE)
    cache.blobs = {digest.hash: data for digest, data in given.items() if call == "Read"}
    cache.fail(call, *[Fault(grpc.StatusCode.INTERNAL)] * 9)
    with connected(cache) as client, pytest.raises(ReapiError, match="INTERNAL"):
        _ask(call, client, given)
    assert len(cache.calls(call)) == 3


@pytest.mark.parametrize("call", ["Read", "Write"])
@pytest.mark.parametrize("code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.RESOURCE_EXHAUSTED])
def test_what_is_refused_is_not_tried_again(cache: Cache, call: str, code: grpc.StatusCode) -> None:
    given = blobs_of(SIZE)
    cache.blobs = {digest.hash: data for digest, data in given.items()}
    cache.fail(call, Fault(code, after=PIECE))
    with connected(cache) as client, pytest.raises(ReapiError, match=code.name):
        _ask(call, client, given)
    assert len(cache.calls(call)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, PIECE * 2], ids=["at once", "halfway"])
@pytest.mark.parametrize("call", ["Read", "Write"])
def test_a_stream_in_which_nothing_moves_is_given_up(cache: Cache, call: str, after: int) -> None:
    given = blobs_of(SIZE)
    cache.blobs = {digest.hash: data for digest, data in given.items()}
    cache.fail(call, Fault(hangs=True, after=after))
    with (
        connected(cache, timeout_s=0.4) as client,
        pytest.raises(ReapiError, match=r"nothing came or went for 0.4 s") as caught,
    ):
        _ask(call, client, given)
    assert caught.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert not caught.value.permanent
    assert len(cache.calls(call)) == 1


def test_a_reader_that_has_enough_ends_the_stream(cache: Cache) -> None:
    given = blobs_of(SIZE, SIZE + 1)
    for data in given.values():
        cache.add(data)
    first, second = given
    taken = Taken()

    def sink(digest: Digest, pieces: Iterable[bytes]) -> bool:
        if digest == first:
            next(iter(pieces))
            return False
        return taken.sink(digest, pieces)

    with connected(cache) as client:
        blobs.read(client, list(given), sink)
    assert taken.right.keys() == {second}


def test_a_server_that_says_that_it_took_something_else_is_not_believed(cache: Cache) -> None:
    """The digest of what was sent is another one, and so is its size."""
    data = b"x" * 3000
    digest = digest_of(data)._replace(size=3001)
    with connected(cache) as client, pytest.raises(ReapiError, match="took 3000 bytes of the blob"):
        bytestream.write(client, digest, lambda _: io.BytesIO(data))


def test_only_the_other_side_is_timed() -> None:
    ended = threading.Event()
    with Stall(ended.set, 0.02) as stall:
        stall.working()
        assert not ended.wait(0.1)
        stall.waiting(more_s=3600.0)
        assert not ended.wait(0.1)
        assert not stall.happened
        stall.waiting()
        assert ended.wait(30)
        assert stall.happened
