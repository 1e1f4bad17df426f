"""Output files of a result, read at one glance where they are written as usual, and as the runtime does elsewhere."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache import wire
from pitstop.cache.actions import ActionResult, OutputFile, decode_result, encode_result, read_output_file
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.cache.tiers.inline import filled, taken
from pitstop.core.digest import Digest, digest_of

PATH = st.text(st.characters(codec="utf-8"), max_size=5) | st.just("p" * 127) | st.just("p" * 128)
SIZE = st.sampled_from([0, 1, 127, 128, 16_383, 16_384, 1 << 40, (1 << 63) - 1])
DIGEST = st.builds(Digest, st.binary(min_size=32, max_size=32).map(bytes.hex), SIZE)
CONTENTS = st.binary(max_size=4) | st.just(b"c" * 200)


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """An `OutputFile` as somebody wrote it: fields in any order, some twice, some that we do not know."""
    digest = draw(DIGEST)
    fields = [
        wire.text(1, draw(PATH)),
        wire.digest(2, digest),
        draw(st.sampled_from([b"", b"\x20\x01", b"\x20\x00", b"\x20\x81\x00"])),
        wire.blob(5, draw(CONTENTS)),
        wire.message(7, draw(st.sampled_from([b"", b"\x1a\x02\x08\x01"]))) if draw(st.booleans()) else b"",
    ]
    order = list(range(len(fields)))
    if draw(st.booleans()):
        order = draw(st.permutations(order)) + draw(st.lists(st.sampled_from(order), max_size=2))
    return b"".join(fields[at] for at in order)


@given(written())
def test_an_output_file_is_read_as_the_runtime_reads_it(data: bytes) -> None:
    expected = reapi.OutputFile.FromString(data)
    file, contents, begin = read_output_file(data)
    assert file.path == expected.path
    assert file.executable == expected.is_executable
    assert contents == expected.contents
    if data.count(wire.digest(2, file.digest)) == 1:
        assert (file.digest.hash, file.digest.size) == (expected.digest.hash, expected.digest.size_bytes)
    if begin >= 0:
        assert data[begin:] == wire.blob(5, contents)
        assert not reapi.OutputFile.FromString(data[:begin]).contents


@given(written(), st.data())
def test_bytes_that_are_cut_are_never_read_beyond(data: bytes, draw: st.DataObject) -> None:
    cut = data[: draw.draw(st.integers(0, len(data)))]
    try:
        file, contents, _ = read_output_file(cut)
    except wire.WireError:
        return
    assert len(contents) + len(file.path.encode("utf-8", "surrogateescape")) <= len(cut)


@given(st.lists(st.tuples(st.text("abc/", min_size=1, max_size=8), st.binary(max_size=40), st.booleans()), max_size=6))
def test_a_result_that_carries_its_files_gives_them_back(outputs: list[tuple[str, bytes, bool]]) -> None:
    files = tuple(OutputFile(path, digest_of(data), executable) for path, data, executable in outputs)
    blobs = {digest_of(data): data for _, data, _ in outputs}
    plain = encode_result(ActionResult(files, log=b"said", worker="w", duration_s=2.0))
    carrying, carried = filled(plain, blobs.get)
    assert carried == set(blobs)
    assert decode_result(carrying) == decode_result(plain)
    value = decode_result(plain)
    assert taken(carrying) == (value, plain, {digest: data for digest, data in blobs.items() if data}, False)
    assert taken(plain) == (value, plain, {}, False)


def test_contents_may_stand_anywhere() -> None:
    digest = digest_of(b"abc")
    parts = [wire.text(1, "p"), wire.digest(2, digest), b"\x20\x01", wire.blob(5, b"abc")]
    for order in permutations(parts):
        message = wire.message(2, b"".join(order)) + wire.number(4, 3)
        value, plain, found, _ = taken(message)
        assert found == {digest: b"abc"}
        assert decode_result(plain) == value == ActionResult((OutputFile("p", digest, executable=True),), exit_code=3)
        assert b"abc" not in plain
