"""Signatures hold for their result and action alone, whatever servers do to the message around them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache import wire
from pitstop.cache.actions import ActionResult, OutputFile, OutputLink, decode_result, encode_result
from pitstop.cache.tiers import sign
from pitstop.cache.tiers.tier import TierError
from pitstop.core.digest import digest_of
from pitstop.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

ACTION, OTHER = "a" * 64, "b" * 64
RESULT = ActionResult(
    files=(OutputFile("dist/a.js", digest_of(b"a"), executable=True), OutputFile("dist/b.js", digest_of(b"b"))),
    links=(OutputLink("latest", "dist"),),
    log=b"built\n",
    duration_s=1.5,
    worker="laptop",
)


def key(seed: int, algorithm: str = sign.HMAC) -> sign.Key:
    return sign.read_keys(sign.new_keys(algorithm, bytes([seed]) * 32)[0], "a test")[0]


texts = st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=20)
digests = st.binary(max_size=8).map(digest_of)
results = st.builds(
    ActionResult,
    files=st.lists(st.builds(OutputFile, texts, digests, st.booleans()), max_size=4).map(tuple),
    links=st.lists(st.builds(OutputLink, texts, texts), max_size=2).map(tuple),
    exit_code=st.integers(0, 255),
    log=st.binary(max_size=20),
    log_digest=st.none(),
    duration_s=st.integers(0, 1000).map(float),
    worker=texts,
    made=st.integers(0, 2_000_000_000).map(float),
)


@given(results, st.sampled_from([sign.HMAC, sign.ED25519]))
def test_what_was_signed_is_believed_for_its_action_alone(result: ActionResult, algorithm: str) -> None:
    mine = key(1, algorithm)
    message = sign.sign(ACTION, encode_result(result), mine)
    assert sign.verify(ACTION, message, [key(2), mine]) == (mine.id, "")
    assert sign.verify(OTHER, message, [mine]) == ("", f"it has a signature of the key {mine.id} that does not fit it")
    assert decode_result(message) == decode_result(encode_result(result)), "a signature changes nothing else"


@given(results, results)
def test_a_signature_does_not_fit_another_result(result: ActionResult, other: ActionResult) -> None:
    mine = key(1)
    stolen = [value for field, value in wire.fields(sign.sign(ACTION, encode_result(result), mine)) if field == 9]
    auxiliary = [value for field, value in wire.fields(stolen[0]) if field == 11]  # type: ignore[arg-type]  # a message
    forged = encode_result(other) + wire.message(9, wire.message(11, auxiliary[0]))  # type: ignore[arg-type]  # the same
    same = decode_result(encode_result(result)) == decode_result(encode_result(other))
    assert (sign.verify(ACTION, forged, [mine]).problem == "") == same


@given(results, st.data())
def test_no_changed_byte_goes_through(result: ActionResult, data: st.DataObject) -> None:
    mine = key(1)
    message = bytearray(sign.sign(ACTION, encode_result(result), mine))
    at = data.draw(st.integers(0, len(message) - 1))
    message[at] ^= data.draw(st.integers(1, 255))
    if not sign.verify(ACTION, bytes(message), [mine]).problem:
        assert decode_result(bytes(message)) == decode_result(encode_result(result)), "only its form changed"


def test_servers_may_inline_outputs_and_logs_or_take_them_out() -> None:
    mine = key(1)
    signed = sign.sign(ACTION, encode_result(RESULT), mine)
    digest = wire.digest(6, digest_of(RESULT.log))
    without = b"".join(sign._field(*item) for item in wire.fields(signed) if item[0] != 5)
    inlined = []
    for field, value in wire.fields(signed):
        if field == 2:
            assert isinstance(value, bytes)
            content = next(data for data in (b"a", b"b") if digest_of(data).hash.encode() in value)
            value += wire.blob(5, content)
        inlined.append(sign._field(field, value))
    for message in (
        signed + digest,
        without + digest,
        b"".join(inlined),
        b"".join(reversed(inlined[:1] + inlined[1:])),
    ):
        verdict = sign.verify(ACTION, message, [mine])
        if message == b"".join(reversed(inlined)):
            assert verdict.problem, "outputs in another order are another result"
        else:
            assert verdict == (mine.id, "")


def test_a_log_put_in_front_of_its_digest_is_refused() -> None:
    mine = key(1)
    signed = sign.sign(ACTION, encode_result(RESULT._replace(log=b"", log_digest=digest_of(b"fine"))), mine)
    assert sign.verify(ACTION, signed + wire.blob(5, b"fine"), [mine]).problem == ""
    assert "differ" in sign.verify(ACTION, signed + wire.blob(5, b"bad"), [mine]).problem


def test_unsigned_and_unknown_and_torn_results_are_each_called_what_they_are() -> None:
    message = encode_result(RESULT)
    assert sign.verify(ACTION, message, [key(1)]).problem == "it is not signed"
    signed = sign.sign(ACTION, message, key(2))
    assert f"by the key {key(2).id}, which is not among those" in sign.verify(ACTION, signed, [key(1)]).problem
    assert "is no result" in sign.verify(ACTION, signed[:-3], [key(2)]).problem


def test_keys_are_changed_by_signing_with_both_for_a_while() -> None:
    old, new = key(1, sign.ED25519), key(2)
    both = sign.sign(ACTION, sign.sign(ACTION, encode_result(RESULT), old), new)
    assert [found.key_id for found in sign.signatures(both)] == [old.id, new.id]
    assert sign.verify(ACTION, both, [old]).key_id == old.id
    assert sign.verify(ACTION, both, [new]).key_id == new.id
    again = sign.sign(ACTION, both, old)
    assert sorted(found.key_id for found in sign.signatures(again)) == sorted([old.id, new.id]), "one a key"


def test_what_others_keep_beside_the_signature_stays() -> None:
    foreign = wire.message(11, wire.text(1, "type.googleapis.com/google.protobuf.Empty"))
    message = encode_result(RESULT) + wire.message(9, foreign)
    assert foreign in sign.sign(ACTION, message, key(1))
    assert sign.verify(ACTION, sign.sign(ACTION, message, key(1)), [key(1)]).problem == ""


def test_a_public_key_verifies_and_cannot_sign() -> None:
    private, public = sign.new_keys(sign.ED25519, bytes(range(32)))
    (signs,), (verifies,) = sign.read_keys(private, ""), sign.read_keys(public, "")
    assert sign.verify(ACTION, sign.sign(ACTION, b"", signs), [verifies]) == (verifies.id, "")
    assert sign.signing_key([verifies, signs]) == signs
    with pytest.raises(TierError, match="cannot sign"):
        sign.sign(ACTION, b"", verifies)


def test_an_hmac_under_the_bytes_of_a_public_key_is_no_signature_of_it() -> None:
    (public,) = sign.read_keys(sign.new_keys(sign.ED25519, b"1" * 32)[1], "")
    forged = sign.sign(ACTION, b"", sign.Key(sign.HMAC, secret=public.public))
    assert sign.verify(ACTION, forged, [public]).problem


def test_keys_come_from_a_variable_or_a_file(tmp_path: Path) -> None:
    first, second = (sign.new_keys(sign.HMAC, bytes([n]) * 32)[0] for n in (1, 2))
    path = tmp_path / "keys"
    path.write_text(f"# since May\n{first}\n\n{second} # until May\n")
    assert sign.load_keys(str(path), {}) == (key(1), key(2))
    assert sign.load_keys("env:KEYS", {"KEYS": f"{second},{first}"}) == (key(2), key(1))
    assert sign.load_keys("env:KEYS", {}) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hunter2hunter2", "no key"),
        ("pitstop-hmac-sha256", "no key"),
        ("pitstop-hmac-sha256 hunter2!", "not whole"),
        (f"pitstop-hmac-sha256 {base64.b64encode(b'hunter2').decode()}", "guessed"),
        (f"pitstop-ed25519-public {base64.b64encode(b'hunter2').decode()}", "7 bytes"),
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        sign.read_keys(text, "`keys`")
    assert text.rsplit(maxsplit=1)[-1] not in caught.value.render()
    assert "hunter2" not in repr(sign.Key(sign.HMAC, b"hunter2"))


def test_a_file_of_keys_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="absent"):
        sign.load_keys(str(tmp_path / "absent"), {})
