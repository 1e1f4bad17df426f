"""What compiles, what sccache and ccache say, and how an entry of `[cache] tiers` reads to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.tiers.tier import Address, TierError
from pitstop.core.task import TaskSpec
from pitstop.pipeline.compilers.counts import Counts, read_ccache, read_sccache
from pitstop.pipeline.compilers.storage import Storage, ccache_configuration, storage_of
from pitstop.pipeline.compilers.which import RUST, C, compiled

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = st.builds(Counts, *[st.integers(0, 1000)] * 4)


@pytest.mark.parametrize(
    ("command", "kinds"),
    [
        (("cargo", "build", "-p", "a"), {RUST}),
        (("cargo", "+nightly", "test"), {RUST}),
        (("cargo", "--locked", "clippy"), {RUST}),
        (("cargo", "fmt", "--check"), set()),
        ("cargo fmt && cargo build", {RUST}),
        ("RUSTFLAGS=-g cargo nextest run", {RUST}),
        ("maturin develop", {RUST}),
        ("make -j4 && cargo doc", {RUST, C}),
        (("/usr/bin/gcc", "-c", "a.c"), {C}),
        ("arm-none-eabi-gcc -c a.c", {C}),
        ("clang++-17 a.cc", {C}),
        ("cmake --build build", {C}),
        ("echo 'make it so'", {C}),  # a word too many costs nothing
        (("node", "build.mjs"), set()),
        ("remake", set()),
        ((), set()),
    ],
)
def test_what_a_task_compiles_is_told_by_the_programs_it_names(command: tuple[str, ...] | str, kinds: set[str]) -> None:
    assert compiled(TaskSpec("t", command)) == kinds


def test_numbers_of_sccache_are_added_over_languages() -> None:
    said = {
        "stats": {
            "cache_hits": {"counts": {"Rust": 5, "C/C++": 2}},
            "cache_misses": {"counts": {"Rust": 3}},
            "cache_errors": {"counts": {"Rust": 1}},
            "requests_not_cacheable": 4,
            "non_cacheable_compilations": 1,
            "cache_timeouts": 1,
            "cache_read_errors": 1,
            "cache_write_errors": 1,
            "cache_writes": 1,
        },
    }
    stats = read_sccache(json.dumps(said))
    assert stats.counts == Counts(7, 3, 5, 4)
    assert stats.writing == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"stats": 3}'])
def test_what_is_no_answer_of_sccache_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_sccache(text)


def test_an_sccache_with_other_fields_is_read_as_far_as_it_goes() -> None:
    assert read_sccache('{"stats": {"cache_hits": {}, "cache_misses": 3, "new": []}}').counts == Counts()


def test_the_log_of_ccache_is_counted_by_source() -> None:
    log = (
        "# a.c\ncache_miss\ndirect_cache_miss\nlocal_storage_miss\nremote_storage_miss\n# a.o\ncalled_for_link\n"
        "# b.c\ndirect_cache_hit\nlocal_storage_hit\n# c.c\npreprocessed_cache_hit\nremote_storage_error\n"
        "# d.c\nunsupported_compiler_option\n# e.c\ncompile_failed\ncache_miss\n"
    )
    assert read_ccache(log) == Counts(hits=2, misses=2, uncached=1, errors=1)
    assert read_ccache("") == Counts()


@given(NUMBERS, NUMBERS)
def test_what_was_counted_since_is_what_was_added(before: Counts, more: Counts) -> None:
    assert (before + more) - before == more
    assert Counts() - before == Counts()  # a server that was started anew


def test_redis_reads_the_same_to_both() -> None:
    address = Address("redis", "rediss://ann:s%20ecret@cache.example/2", options={"prefix": "team", "ttl": "7d"})
    storage = storage_of([address], {})
    assert (storage.place, storage.level, storage.server) == (
        "rediss://cache.example/2",
        "redis",
        ("cache.example", 6379),
    )
    assert storage.sccache == {
        "SCCACHE_REDIS_ENDPOINT": "rediss://cache.example:6379",
        "SCCACHE_REDIS_USERNAME": "ann",
        "SCCACHE_REDIS_PASSWORD": "s ecret",
        "SCCACHE_REDIS_DB": "2",
        "SCCACHE_REDIS_KEY_PREFIX": "team/sccache",
        "SCCACHE_REDIS_EXPIRATION": "604800",
    }
    assert storage.ccache == ""  # ccache speaks no TLS
    plain = storage_of([address._replace(url="redis://:pw@h:1", write=False, options={})], {})
    assert plain.ccache == "redis://:pw@h:1/0|connect-timeout=500|operation-timeout=2000|read-only"
    assert plain.sccache["SCCACHE_REDIS_RW_MODE"] == "READ_ONLY"


def test_a_bucket_brings_its_credentials_to_the_server_alone() -> None:
    environ = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-central-1", "OTHER": "x"}
    storage = storage_of([Address("s3", "s3://team/ci", options={"endpoint": "http://minio:9000"})], environ)
    assert storage.sccache == {
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_REGION": "eu-central-1",
        "SCCACHE_BUCKET": "team",
        "SCCACHE_S3_KEY_PREFIX": "ci/sccache",
        "SCCACHE_REGION": "eu-central-1",
        "SCCACHE_ENDPOINT": "http://minio:9000",
        "SCCACHE_S3_USE_SSL": "false",
    }
    assert (storage.ccache, storage.server) == ("", ("minio", 9000))
    assert storage_of([Address("s3", "s3://team")], {}).server is None
    public = storage_of(
        [Address("s3", "s3://team", options={"anonymous": "true", "addressing": "virtual"})], {}
    ).sccache
    assert (public["SCCACHE_S3_NO_CREDENTIALS"], public["SCCACHE_S3_RW_MODE"]) == ("true", "READ_ONLY")
    assert public["SCCACHE_S3_KEY_PREFIX"] == "pitstop/sccache"
    assert public["SCCACHE_S3_ENABLE_VIRTUAL_HOST_STYLE"] == "true"


def test_the_keys_of_a_profile_are_those_that_the_tier_uses(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("[ci]\naws_access_key_id = k\naws_secret_access_key = s\nregion = r\n")
    environ = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "keys"), "AWS_CONFIG_FILE": "/nowhere"}
    found = storage_of([Address("s3", "s3://team", options={"profile": "ci"})], environ).sccache
    assert (found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"], found["SCCACHE_REGION"]) == ("k", "s", "r")


def test_an_entry_that_neither_tool_can_follow_is_passed_over() -> None:
    mutual = Address("http", "https://h", options={"certificate": "c.pem", "key": "k.pem"})
    assert storage_of([mutual, Address("redis", "redis://h")], {}).kind == "redis"
    own = Address("http", "https://h", options={"ca": "/etc/team.pem"})
    assert storage_of([own], {}).sccache["SSL_CERT_FILE"] == "/etc/team.pem"


def test_a_server_of_pitstop_is_webdav_to_sccache_and_http_to_ccache() -> None:
    address = Address("http", "http://cache.example:8484/team", options={"token_env": "TOKEN"})
    storage = storage_of([address], {"TOKEN": "t"})
    assert storage.sccache == {
        "SCCACHE_WEBDAV_ENDPOINT": "http://cache.example:8484",
        "SCCACHE_WEBDAV_KEY_PREFIX": "/team/sccache/pitstop",
        "SCCACHE_WEBDAV_TOKEN": "t",
    }
    bounds = "connect-timeout=500|operation-timeout=2000"
    assert storage.ccache == f"http://cache.example:8484/team/ccache/pitstop|{bounds}|bearer-token=t"
    with pytest.raises(TierError, match="TOKEN"):
        storage_of([address], {})


def test_github_serves_where_its_token_is_and_the_next_entry_elsewhere() -> None:
    entries = [
        Address("reapi", "grpc://x"),
        Address("github"),
        Address("redis", "redis://h", read=False),
        Address("redis", "redis://i"),
    ]
    token = {"ACTIONS_RUNTIME_TOKEN": "t", "ACTIONS_RESULTS_URL": "https://r/", "ACTIONS_CACHE_SERVICE_V2": "True"}
    storage = storage_of(entries, token)
    assert storage.level == "gha"
    assert storage.sccache == {**token, "SCCACHE_GHA_ENABLED": "on", "SCCACHE_GHA_VERSION": "pitstop"}
    assert storage_of(entries, {}).place == "redis://i"
    assert storage_of(entries[:1], {}) == Storage()


def test_two_checkouts_are_one_to_ccache() -> None:
    text = ccache_configuration("/store/ccache", "/checkouts/a", Storage(ccache="redis://h:6379/0"))
    assert text.splitlines() == [
        "cache_dir = /store/ccache",
        "max_size = 10G",
        "base_dir = /checkouts/a",
        "hash_dir = false",
        "remote_storage = redis://h:6379/0",
    ]
