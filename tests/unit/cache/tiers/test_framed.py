"""Results in a tier of ours: what anybody changed is told apart. Blobs there: read with and without a copy the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.tiers import codec
from pitstop.cache.tiers.framed import frame, unframe
from pitstop.cache.tiers.tier import DAMAGED
from pitstop.core.digest import digest_of

ACTION = st.binary(max_size=3).map(lambda data: digest_of(data).hash)
MESSAGE = st.binary(max_size=200).filter(lambda data: data != DAMAGED) | st.just(b"path" * 100)


@given(ACTION, ACTION, MESSAGE)
def test_a_result_is_read_under_its_own_name_only(action: str, other: str, message: bytes) -> None:
    value = frame(action, message)
    assert unframe(action, value) == message
    assert (unframe(other, value) != DAMAGED) == (other == action)


@given(ACTION, MESSAGE, st.data())
def test_a_result_of_which_a_byte_is_changed_or_lost_is_damaged(
    action: str, message: bytes, data: st.DataObject
) -> None:
    value = bytearray(frame(action, message))
    at = data.draw(st.integers(0, len(value) - 1))
    if data.draw(st.booleans()):
        del value[at:]
    else:
        value[at] ^= data.draw(st.integers(1, 255))
    assert unframe(action, bytes(value)) in {DAMAGED, message}  # zstd's own header has bits that mean nothing


@given(st.binary(max_size=100) | st.just(b"dull" * 100), st.integers(0, 500), st.integers(0, 255))
def test_a_view_is_what_a_copy_would_be(data: bytes, limit: int, header: int) -> None:
    for value in (codec.pack(data), bytes([header]) + data, b""):
        try:
            expected = codec.unpack(value, limit)
        except codec.CodecError:
            with pytest.raises(codec.CodecError):
                codec.unpacked_view(value, limit)
        else:
            assert codec.unpacked_view(value, limit) == expected
