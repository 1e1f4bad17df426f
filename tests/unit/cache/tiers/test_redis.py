"""What only a Redis does: rules for users, values that expire or are evicted, a memory that is full."""

from __future__ import annotations

import socket
import subprocess
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from tests.parts.redis_server import redis_server
from tests.unit.cache.tiers.given import Given

from pitstop.cache.disk import DiskStore
from pitstop.cache.intake import opened, receive
from pitstop.cache.tiers.redis import PART
from pitstop.cache.tiers.tier import DAMAGED, Address, TierError
from pitstop.core.digest import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pitstop.cache.tiers.tier import Tier

ONE, TWO = digest_of(b"one").hash, digest_of(b"two").hash


@pytest.fixture
def tier(redis_given: Given) -> Iterator[Tier]:
    opened = redis_given.open()
    yield opened
    opened.close()


@pytest.fixture
def client(redis_address: str) -> Iterator[Redis]:
    """The server as its owner sees it."""
    with Redis.from_url(f"redis://{redis_address}/0", protocol=2) as client:
        yield client


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(str(tmp_path / "here"))


def entry(
    url: str,
    options: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    timeout_s: float = 5.0,
) -> Given:
    return Given(Address("redis", url, timeout_s=timeout_s, options=options or {}), environ or {})


def kept(store: DiskStore, data: bytes) -> Digest:
    found = store.put(data)
    assert found is not None
    return found


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_large_blob_of_which_the_server_dropped_a_part_is_missing(
    tier: Tier, client: Redis, store: DiskStore, tmp_path: Path, name: str, part: int
) -> None:
    there = DiskStore(str(tmp_path / "there"))
    large = kept(store, name.encode() + bytes(2 * PART))
    tier.put_blobs([large], lambda digest: opened(store, digest))
    assert client.delete(f"{name}/cas/{large.hash}.{part}") == 1
    assert tier.missing([large]) == {large}
    tier.get_blobs([large], lambda digest, pieces: receive(there, digest, pieces))
    assert there.get(large) is None
    tier.put_blobs([large], lambda digest: opened(store, digest))
    assert tier.missing([large]) == set()


@pytest.mark.parametrize("value", [b"", b"\x00other", b"\x01\x28\xb5\x2f\xfd", b"\x07?", b"\x00" + bytes(PART)])
def test_a_value_that_somebody_else_wrote_is_not_taken(
    tier: Tier, client: Redis, store: DiskStore, name: str, value: bytes
) -> None:
    small, large = kept(store, name.encode()), kept(store, name.encode() + bytes(PART))
    tier.put_results({ONE: b"\x20\x01", TWO: b"\x20\x02"})
    tier.put_blobs([large], lambda digest: opened(store, digest))
    for key in (f"ac/{ONE}", f"cas/{small.hash}", f"cas/{large.hash}.1"):
        client.set(f"{name}/{key}", value)
    assert tier.get_results([ONE, TWO]) == {ONE: DAMAGED, TWO: b"\x20\x02"}
    there = DiskStore(f"{store.root}-there")
    taken: dict[Digest, bool] = {}

    def sink(digest: Digest, pieces: Iterable[bytes]) -> bool:
        taken[digest] = receive(there, digest, pieces)
        return taken[digest]

    tier.get_blobs([small, large], sink)
    assert taken == {small: False, large: False}


def test_a_result_under_the_name_of_another_is_a_miss(tier: Tier, client: Redis, name: str) -> None:
    tier.put_results({ONE: b"\x20\x01"})
    value = client.get(f"{name}/ac/{ONE}")
    assert isinstance(value, bytes)
    client.set(f"{name}/ac/{TWO}", value)
    assert tier.get_results([ONE, TWO]) == {ONE: b"\x20\x01", TWO: DAMAGED}


def test_values_live_as_long_as_asked_and_longer_when_they_are_needed_again(
    redis_given: Given, client: Redis, store: DiskStore, name: str
) -> None:
    tier = redis_given.option(ttl="1h").open()
    blob = kept(store, name.encode())
    tier.put_results({ONE: b"\x20\x01"})
    tier.put_blobs([blob], lambda digest: opened(store, digest))
    key = f"{name}/cas/{blob.hash}"
    assert 3500 < int(client.ttl(f"{name}/ac/{ONE}")) <= 3600
    client.expire(key, 10)
    assert tier.missing([blob]) == set()
    assert int(client.ttl(key)) > 3500
    tier.close()


def test_a_full_server_is_said_to_be_full(tmp_path: Path) -> None:
    with redis_server(tmp_path, "--maxmemory", "1mb", "--maxmemory-policy", "noeviction") as address:
        tier = entry(f"redis://{address}").open()
        with pytest.raises(TierError, match="used memory") as caught:
            tier.put_results({digest_of(bytes([n])).hash: Random(n).randbytes(3_000_000) for n in range(3)})
        assert "maxmemory-policy" in caught.value.hint
        assert not caught.value.permanent
        tier.close()


def test_users_and_their_rules(tmp_path: Path) -> None:
    rules = (
        "default off",
        "ci on >hun/ter2 ~pitstop/* +mget +set +touch +expire +del",
        "dev on >word ~pitstop/* +mget",
        "put on >word ~pitstop/* +set",
    )
    with redis_server(tmp_path, *(word for rule in rules for word in ("--user", *rule.split()))) as address:
        writer = entry(f"redis://ci:hun%2Fter2@{address}/0").open()
        writer.put_results({ONE: b"\x20\x01"})
        named = entry(f"redis://{address}", {"user": "ci", "password_env": "P"}, {"P": "hun/ter2"}).open()
        assert named.get_results([ONE]) == {ONE: b"\x20\x01"}
        assert named.missing([digest_of(b"x")]) == {digest_of(b"x")}
        named.remove([TWO])
        expiring = entry(f"redis://ci:hun%2Fter2@{address}/0", {"ttl": "1h"}).open()
        assert expiring.missing([digest_of(b"x")]) == {digest_of(b"x")}
        expiring.close()
        reader = entry(f"redis://dev:word@{address}").open()
        assert reader.get_results([ONE]) == {ONE: b"\x20\x01"}
        with pytest.raises(TierError, match="no permissions") as refused:
            reader.put_results({ONE: b"\x20\x02"})
        wrong = entry(f"redis://ci:hunter3@{address}/0").open()
        with pytest.raises(TierError, match="invalid username-password") as stranger:
            wrong.get_results([ONE])
        nobody = entry(f"redis://{address}/0").open()
        with pytest.raises(TierError, match="refuses") as unnamed:
            nobody.missing([digest_of(b"x")])
        large, data = digest_of(bytes(2 * PART)), bytes(2 * PART)
        blind = entry(f"redis://put:word@{address}").open()
        blind.put_blobs([large], lambda _digest: BytesIO(data))
        with pytest.raises(TierError, match="no permissions") as unread:
            blind.get_blobs([large], lambda _digest, pieces: not list(pieces))
        for caught in (refused, stranger, unnamed, unread):
            assert caught.value.permanent
            assert caught.value.hint
            assert "hunter3" not in caught.value.render()
        assert writer.place == wrong.place == f"redis://{address}/0"
        for tier in (writer, named, reader, wrong, nobody):
            tier.close()


@pytest.mark.slow
def test_rediss_proves_the_server_and_the_client(tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*made, *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    files = ["--tls-cert-file", str(cert), "--tls-key-file", str(key), "--tls-ca-cert-file", str(cert)]
    with redis_server(tmp_path, *files) as address, Redis.from_url(f"redis://{address}", protocol=2) as client:
        port = int(address.partition(":")[2]) + 1
        client.config_set("tls-port", port)
        url = f"rediss://127.0.0.1:{port}/0"
        tier = entry(url, {"ca": str(cert), "certificate": str(cert), "key": str(key)}).open()
        tier.put_results({ONE: b"\x20\x01"})
        assert tier.get_results([ONE]) == {ONE: b"\x20\x01"}
        tier.close()
        stranger = entry(url).open()
        with pytest.raises(TierError, match="certificate verify failed"):
            stranger.get_results([ONE])
        stranger.close()


def test_a_server_that_never_answers_costs_one_short_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        tier = entry(f"redis://u:secret@127.0.0.1:{port}", timeout_s=0.2).open()
        with pytest.raises(TierError) as caught:
            tier.get_results([ONE])
        assert str(caught.value) == f"`redis://127.0.0.1:{port}` did not answer within 0.2 s"
        tier.close()


@pytest.mark.parametrize(
    ("url", "given_options"),
    [
        ("redis://", {}),
        ("redis://u:secret@h:port", {}),
        ("http://u:secret@h", {}),
        ("redis://u:secret@h/first", {}),
        ("redis://u:secret@h", {"ttl": "soon"}),
        ("redis://u:secret@h", {"ttl": "0"}),
        ("redis://u:secret@h", {"password_env": "NOT_SET"}),
        ("redis://u:secret@[::1", {}),
    ],
)
def test_an_entry_that_is_wrong_is_told_without_its_password(url: str, given_options: dict[str, str]) -> None:
    if "password_env" in given_options:
        url = url.replace("u:secret@", "")
    with pytest.raises(TierError) as caught:
        entry(url, given_options).open()
    assert caught.value.permanent
    assert caught.value.hint
    assert "secret" not in caught.value.render()
