"""Protobuf's wire format by hand, against the real runtime."""

from __future__ import annotations

from google.protobuf.internal import encoder
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cache import oracle as reapi

from pitstop.cache import wire
from pitstop.core.digest import EMPTY, Digest, digest_of

UINT64 = st.one_of(st.integers(0, 300), st.integers(0, 2**64 - 1))
INT64 = st.one_of(st.integers(-300, 300), st.integers(-(2**63), 2**63 - 1))


@given(UINT64)
def test_a_number_is_written_as_the_runtime_writes_it_and_read_back(value: int) -> None:
    assert wire.varint(value) == encoder._VarintBytes(value)  # type: ignore[attr-defined,unused-ignore]
    assert list(wire.fields(b"\x08" + wire.varint(value))) == [(1, value)]


@given(INT64, st.integers(-(2**31), 2**31 - 1))
def test_integer_fields_equal_the_runtimes(seconds: int, nanos: int) -> None:
    assert wire.number(1, seconds) + wire.number(2, nanos) == reapi.encoded(
        reapi.new("Timestamp", seconds=seconds, nanos=nanos)
    )


@given(st.text(max_size=300), st.text(max_size=5))
def test_text_fields_equal_the_runtimes_and_empty_ones_are_left_out(name: str, value: str) -> None:
    name, value = (one.encode(errors="ignore").decode() for one in (name, value))
    ours = wire.text(1, name) + wire.text(2, value)
    assert ours == reapi.encoded(reapi.new("Property", name=name, value=value))
    assert dict(wire.fields(ours)) == {number: one.encode() for number, one in ((1, name), (2, value)) if one}


@given(st.binary(min_size=1, max_size=20))
def test_a_name_that_is_no_utf8_comes_back_as_its_bytes(name: bytes) -> None:
    assert list(wire.fields(wire.text(3, name.decode("utf-8", "surrogateescape")))) == [(3, name)]


@given(st.binary(max_size=300), st.integers(0, 2**63 - 1))
def test_a_digest_field_equals_the_runtimes(data: bytes, size: int) -> None:
    value = Digest(digest_of(data).hash, size)
    assert wire.digest(2, value) == reapi.encoded(reapi.new("DirectoryNode", digest=reapi.digest(value)))


def test_an_empty_message_is_present_and_an_empty_blob_is_not() -> None:
    assert wire.message(1, b"") == reapi.encoded(reapi.new("Directory", files=[reapi.new("FileNode")]))
    assert wire.blob(1, b"") == b""


def test_the_digest_of_nothing_is_the_one_that_everybody_knows() -> None:
    assert str(EMPTY) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/0"
    assert digest_of(reapi.encoded(reapi.new("Directory"))) == EMPTY


FIELD = st.integers(1, 2**29 - 1)


@st.composite
def messages(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, int | bytes]]]:
    """Fields of all kinds, written by the runtime's own encoders."""
    data, expected = b"", []
    for number in draw(st.lists(FIELD, max_size=5)):
        kind = draw(st.sampled_from([0, 1, 2, 5]))
        value: int | bytes
        data += encoder.TagBytes(number, kind)  # type: ignore[attr-defined,unused-ignore]
        if kind == 0:
            value = draw(UINT64)
            data += encoder._VarintBytes(value)  # type: ignore[attr-defined,unused-ignore]
        elif kind == 2:
            value = draw(st.binary(max_size=200))
            data += encoder._VarintBytes(len(value)) + value  # type: ignore[attr-defined,unused-ignore]
        else:
            size = 8 if kind == 1 else 4
            value = draw(st.binary(min_size=size, max_size=size))
            data += value
        expected.append((number, value))
    return data, expected


@given(messages())
def test_every_field_of_a_message_is_found_in_its_order(message: tuple[bytes, list[tuple[int, int | bytes]]]) -> None:
    data, expected = message
    assert list(wire.fields(data)) == expected


@given(messages(), st.data())
def test_a_message_that_is_cut_off_gives_an_error_or_whole_fields(
    message: tuple[bytes, list[tuple[int, int | bytes]]], data: st.DataObject
) -> None:
    whole, expected = message
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    found = []
    try:
        for field in wire.fields(cut):
            found.append(field)  # noqa: PERF402  what came before the error counts
    except wire.WireError:
        pass
    assert found == expected[: len(found)]


@given(st.binary(max_size=40))
def test_any_bytes_are_fields_or_a_wire_error(data: bytes) -> None:
    try:
        found = list(wire.fields(data))
    except wire.WireError:
        return
    assert sum(len(value) if isinstance(value, bytes) else 1 for _, value in found) <= len(data)


def test_what_no_message_uses_is_refused() -> None:
    for data in (
        b"\x0b",
        b"\x0c",
        b"\x0e",
        b"\x08",
        b"\x08" + b"\x80" * 9,
        b"\x08" + b"\x80" * 11 + b"\x01",
        b"\x12\x05abc",
    ):
        try:
            list(wire.fields(data))
        except wire.WireError:
            continue
        raise AssertionError(data)
