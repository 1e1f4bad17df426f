"""Secrets are masked in any stream, cut anywhere."""

from __future__ import annotations

import base64
import itertools
import json
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pitstop.core.text import Masker, mask

_SECRET = 's3cr/t+p&ss wörd"9'
_FEW = st.sampled_from([b"a", b"b", b"c", b"ab", b"\n", b"abca"])
_STREAM = st.lists(_FEW, max_size=60).map(b"".join)
_VALUES = st.lists(st.lists(_FEW, min_size=1, max_size=6).map(b"".join), min_size=1, max_size=3)


def _cut(data: bytes, cuts: list[int]) -> list[bytes]:
    points = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[first:last] for first, last in itertools.pairwise(points)]


@pytest.mark.slow
@given(_VALUES, _STREAM, st.lists(st.integers(0, 10_000), max_size=12))
@example([b"aabca"], b"aaaaaaaaabcaab", [12])  # what is held back is covered already and may begin another one
def test_where_a_stream_is_cut_changes_nothing(values: list[bytes], data: bytes, cuts: list[int]) -> None:
    masker = Masker(values)
    assert b"".join([*map(masker.feed, _cut(data, cuts)), masker.flush()]) == mask(data, values)


@given(_VALUES, _STREAM)
def test_no_secret_is_left_and_nothing_else_is_taken(values: list[bytes], data: bytes) -> None:
    masked = mask(data, values)
    secrets = {value.strip() for value in values} | {
        line.strip() for value in values for line in value.splitlines() if len(line.strip()) >= 4
    }
    secrets -= {b""}
    assert not any(secret in masked for secret in secrets)
    # The oracle: each byte by itself, hidden when some occurrence of some secret lies over it.
    hidden = [False] * len(data)
    for at in range(len(data)):
        for secret in secrets:
            if data.startswith(secret, at):
                hidden[at : at + len(secret)] = [True] * len(secret)
    assert masked.replace(b"***", b"") == bytes(byte for byte, hide in zip(data, hidden, strict=True) if not hide)


@pytest.mark.slow
@given(st.binary(max_size=5), st.binary(max_size=5), st.lists(st.integers(0, 200), max_size=5))
def test_a_secret_inside_base64_is_masked_wherever_it_begins(before: bytes, after: bytes, cuts: list[int]) -> None:
    secret = b"correct horse battery"
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        masker = Masker([secret])
        out = b"".join([*map(masker.feed, _cut(encode(before + secret + after), cuts)), masker.flush()])
        assert out.count(b"***") == 1
        assert len(out) <= len(encode(before)) + len(encode(after)) + 3 + 4


@pytest.mark.parametrize(
    "text",
    [
        _SECRET,
        quote(_SECRET, safe=""),
        json.dumps(_SECRET)[1:-1],
        json.dumps(_SECRET, ensure_ascii=False)[1:-1],
        base64.b64encode(_SECRET.encode()).decode(),
        base64.urlsafe_b64encode(_SECRET.encode()).decode(),
    ],
)
def test_the_usual_encodings_of_a_secret_are_masked(text: str) -> None:
    assert mask(f"<{text}>".encode(), [_SECRET]).rstrip(b">").rstrip(b"=") == b"<***"


def test_each_line_of_a_key_is_masked_alone() -> None:
    key = "-----BEGIN KEY-----\nMIIEow\nIBAAKC\n-----END KEY-----\n"
    assert mask(b"> MIIEow\r\n> IBAAKC\r\n", [key]) == b"> ***\r\n> ***\r\n"
    assert mask(key.encode(), [key]) == b"***\n"


def test_without_secrets_the_very_same_bytes_come_out() -> None:
    data = b"anything"
    assert Masker([]).feed(data) is data
    assert Masker(["", " \n"]).feed(data) is data


def test_an_unfinished_prompt_is_not_kept_back() -> None:
    assert Masker(["hunter2222"]).feed(b"Password: ") == b"Password: "


def test_a_masker_keeps_back_less_than_one_secret() -> None:
    masker = Masker(["aa" * 50])
    told = sum(len(masker.feed(b"a" * 10)) for _ in range(1000))
    assert told == 3
    assert masker.flush() == b""
    assert masker.feed(b"b") == b"b"
