"""Options that kinds of tiers share: files, durations, headers, and addresses without their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.tiers import options
from pitstop.cache.tiers.open import open_tier
from pitstop.cache.tiers.tier import Address, TierError

if TYPE_CHECKING:
    from pathlib import Path

WORD = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=20)
URLS = {"redis": "rediss://h", "s3": "s3://b", "http": "https://h"}


@given(
    WORD,
    WORD,
    st.sampled_from(["h", "[::1]", "10.0.0.1"]),
    st.sampled_from(["", ":81"]),
    st.sampled_from(["", "/a/b/"]),
)
def test_a_place_has_no_secret(user: str, password: str, host: str, port: str, path: str) -> None:
    url = options.parsed(
        Address("redis", f"redis://{user}:{password}@{host}{port}{path}?{password}#{password}"), ("redis",)
    )
    assert url.place == f"redis://{host}{port}{path.rstrip('/')}"
    assert (url.user, url.password) == (user, password)


@pytest.mark.parametrize("kind", sorted(URLS))
@pytest.mark.parametrize("path", ["missing.pem", "/nonexistent.pem", "~nobody-of-that-name/x.pem"])
def test_a_file_that_nobody_can_read_is_named_with_its_option(kind: str, path: str) -> None:
    with pytest.raises(TierError, match=r"the `ca` of the tier") as caught:
        open_tier(Address(kind, URLS[kind], options={"ca": path}), {})
    assert path in str(caught.value)
    assert caught.value.permanent


def test_a_file_in_the_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert options.pem(Address("s3", options={"ca": "~/ca.pem"}), "s3://b", "ca") == f"{tmp_path}/ca.pem"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 0.0), ("90", 90.0), ("90s", 90.0), ("1.5h", 5400.0), ("2w", 1_209_600.0), (" 7d ", 604_800.0)],
)
def test_durations(text: str, seconds: float) -> None:
    assert options.seconds(Address("redis", options={"ttl": text}), "p", "ttl") == seconds


@pytest.mark.parametrize("text", ["d", "-1d", "0", "0.5s", "1e99", "nan", "inf", "1 day", "1h30m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(TierError, match="is no duration"):
        options.seconds(Address("redis", options={"ttl": text}), "p", "ttl")


def test_headers() -> None:
    assert options.headers("", "p", "headers") == []
    assert options.headers(" A=1, B-c = x%20y%2Cz ,", "p", "headers") == [("A", "1"), ("B-c", "x y,z")]


@pytest.mark.parametrize("text", ["A", "=x", "A b=c", "A=%0d%0aSet-Cookie:x", "A=%C3%A9"])
def test_what_is_no_header_is_not_shown(text: str) -> None:
    with pytest.raises(TierError) as caught:
        options.headers(text, "p", "headers_env")
    assert text not in str(caught.value).partition("are")[2]
