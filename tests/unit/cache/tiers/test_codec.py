"""What is packed comes out whole, from both libraries, and hostile bytes never grow beyond what was asked for."""

from __future__ import annotations

import io
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.tiers import codec
from pitstop.cache.tiers.tier import TierError

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1 << 20


@pytest.fixture(params=["zstandard", "compression.zstd"], autouse=True)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both libraries hold what is tested here."""
    if request.param == "zstandard":
        import zstandard

        found = codec.of_zstandard(zstandard)
    else:
        from backports import zstd  # the standard library's own module, for older Pythons

        found = codec.of_standard_library(zstd)
    monkeypatch.setattr(codec, "zstd", lambda: found)


datas = st.binary(max_size=300) | st.tuples(st.binary(max_size=9), st.integers(0, 9000)).map(lambda x: x[0] * x[1])


def cut(data: bytes, places: list[int]) -> Iterator[bytes]:
    begin = 0
    for place in sorted({place % (len(data) + 1) for place in places}):
        yield data[begin:place]
        begin = place
    yield data[begin:]


@given(datas, st.lists(st.integers(0, 100_000), max_size=5))
def test_what_is_packed_is_unpacked_whole_or_in_pieces(data: bytes, places: list[int]) -> None:
    whole, streamed = codec.pack(data), b"".join(codec.packed(io.BytesIO(data)))
    assert len(whole) <= len(data) + 1
    for stored in (whole, streamed):
        assert codec.unpack(stored, len(data)) == data
        assert b"".join(codec.unpacked(cut(stored, places), len(data))) == data


@given(datas, st.integers(0, 100_000), st.booleans())
def test_more_than_the_limit_never_comes_out(data: bytes, limit: int, several: bool) -> None:
    raw = codec.compress(data) + (codec.compress(data) if several else b"")
    size = len(data) * (2 if several else 1)
    for stored in (codec.ZSTD + raw, codec.STORED + data):
        size = len(data) * (2 if several and stored[:1] == codec.ZSTD else 1)
        if size <= limit:
            assert len(codec.unpack(stored, limit)) == size
        else:
            with pytest.raises(codec.CodecError, match="larger"):
                codec.unpack(stored, limit)
        out = 0
        try:
            for piece in codec.unpacked([stored], limit):
                out += len(piece)
        except codec.CodecError:
            assert size > limit
        assert out <= limit


@pytest.mark.parametrize("size", [3 * MIB, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, MIB])
def test_large_files_go_through_in_pieces(size: int) -> None:
    data = b"".join(b"line %d of what a compiler leaves\n" % n for n in range(size // 20))[:size]
    pieces = list(codec.packed(io.BytesIO(data)))
    assert b"".join(pieces)[:1] == codec.ZSTD
    assert sum(map(len, pieces)) < size // 3
    assert b"".join(codec.unpacked(pieces, size)) == data
    assert codec.unpack(b"".join(pieces), size) == data


def test_what_does_not_shrink_is_stored_as_it_is() -> None:
    from random import Random

    noise = Random(1).randbytes(MIB)
    assert codec.pack(noise) == codec.STORED + noise
    assert b"".join(codec.packed(io.BytesIO(noise))) == codec.STORED + noise
    assert codec.pack(b"") == codec.STORED


def test_a_few_bytes_cannot_fill_the_memory() -> None:
    bomb = b"".join(codec.compressed(io.BytesIO(bytes(64 * MIB))))
    assert len(bomb) < 10_000
    for stored in (bomb, codec.compress(bytes(64 * MIB))):
        tracemalloc.start()
        with pytest.raises(codec.CodecError, match="larger than the 1000 bytes"):
            codec.decompress(stored, 1000)
        with pytest.raises(codec.CodecError, match="larger than the 1000 bytes"):
            list(codec.decompressed([stored], 1000))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 * MIB


@given(st.binary(max_size=60))
def test_whatever_is_no_frame_is_an_error_of_ours(data: bytes) -> None:
    for attempt in (lambda: codec.unpack(data, 100), lambda: list(codec.unpacked([data], 100))):
        try:
            attempt()
        except codec.CodecError:
            continue
        assert data[:1] in {codec.STORED, codec.ZSTD}


def test_a_value_of_another_time_is_called_so() -> None:
    with pytest.raises(codec.CodecError, match="begins with 0x07"):
        codec.unpack(b"\x07abc", 100)
    with pytest.raises(codec.CodecError, match="is empty"):
        list(codec.unpacked([b"", b""], 100))


@given(st.integers(100, 3000), st.integers(1, 60))
def test_a_value_that_ends_early_is_never_taken_for_a_shorter_one(size: int, missing: int) -> None:
    stored = codec.pack(b"ab" * size)
    with pytest.raises(codec.CodecError):
        codec.unpack(stored[: -min(missing, len(stored) - 2)], 1 << 20)


def test_several_frames_after_each_other_are_one_value() -> None:
    frames = codec.compress(b"a" * 1000) + codec.compress(b"b" * 1000)
    assert codec.decompress(frames, 2000) == b"a" * 1000 + b"b" * 1000
    assert b"".join(codec.decompressed([frames[:20], frames[20:]], 2000)) == b"a" * 1000 + b"b" * 1000


def test_what_breaks_the_connection_goes_through_to_who_reads() -> None:
    def broken() -> Iterator[bytes]:
        yield codec.compress(bytes(1000))[:-4]
        raise TierError("cut off")

    with pytest.raises(TierError, match="cut off"):
        list(codec.decompressed(broken(), 1000))


def test_streams_may_be_read_by_turns() -> None:
    datas = [bytes([n]) * 3 * MIB for n in range(3)]
    streams = [codec.compressed(io.BytesIO(data)) for data in datas]
    found = [b""] * 3
    while len(found[0]) == 0 or any(streams):
        pieces = [next(stream, b"") for stream in streams]
        codec.compress(b"something else " * 100)
        found = [before + piece for before, piece in zip(found, pieces, strict=True)]
        if not any(pieces):
            break
    readers = [codec.decompressed([data[:50], data[50:]], 3 * MIB) for data in found]
    out = [b""] * 3
    while any(pieces := [next(reader, b"") for reader in readers]):
        codec.decompress(codec.compress(b"something else " * 100), 1500)
        out = [before + piece for before, piece in zip(out, pieces, strict=True)]
    assert out == datas
