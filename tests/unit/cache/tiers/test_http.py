"""What only an HTTP cache does: tokens, refusals with and without a wait, answers that break off, other encodings."""

from __future__ import annotations

import socket
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.parts.http_cache import HttpCache, serving
from tests.unit.cache.tiers.given import Given

from pitstop.cache.actions import ActionResult, OutputFile, encode_result
from pitstop.cache.disk import DiskStore
from pitstop.cache.intake import opened, receive
from pitstop.cache.tiers.http import HttpTier
from pitstop.cache.tiers.inline import filled
from pitstop.cache.tiers.tier import Address, TierError
from pitstop.core.digest import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ONE = digest_of(b"one").hash
MESSAGE = encode_result(ActionResult(log=b"said", worker="w"))


ENVIRON = {"T": "t0ken", "P": "p@ss", "H": "Authorization=Own%20a%2Cb"}


def entry(url: str, **options: str) -> Given:
    return Given(Address("http", url, timeout_s=float(options.pop("timeout", 5)), options=options), ENVIRON)


@pytest.fixture
def cache() -> Iterator[HttpCache]:
    with serving(HttpCache()) as cache:
        yield cache


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(str(tmp_path / "here"))


def kept(store: DiskStore, data: bytes) -> Digest:
    found = store.put(data)
    assert found is not None
    return found


class Sink:
    """Takes blobs in as a run does."""

    def __init__(self, root: Path) -> None:
        self.store = DiskStore(str(root / "there"))
        self.taken: dict[Digest, bool] = {}

    def __call__(self, digest: Digest, pieces: Iterable[bytes]) -> bool:
        self.taken[digest] = False
        self.taken[digest] = receive(self.store, digest, pieces)
        return self.taken[digest]


@pytest.mark.parametrize(
    ("user", "options", "header"),
    [
        ("", {"token_env": "T"}, "Bearer t0ken"),
        ("me:p%40ss@", {}, "Basic bWU6cEBzcw=="),
        ("", {"user": "me", "password_env": "P"}, "Basic bWU6cEBzcw=="),
        ("", {"headers_env": "H"}, "Own a,b"),
    ],
)
def test_a_server_that_wants_to_know_who_asks(user: str, options: dict[str, str], header: str) -> None:
    with serving(HttpCache(authorization=header)) as cache:
        tier = entry(cache.base.replace("//", f"//{user}") + "/pool/", headers="X-Team=core", **options).open()
        tier.put_results({ONE: MESSAGE})
        assert tier.get_results([ONE]) == {ONE: MESSAGE}
        assert tier.place == f"{cache.base}/pool"
        tier.close()
        assert {(path, headers["x-team"]) for _, path, headers in cache.asked} == {(f"/pool/ac/{ONE}", "core")}
        stranger = entry(cache.base).open()
        with pytest.raises(TierError, match="401") as caught:
            stranger.get_results([ONE])
        assert caught.value.permanent
        stranger.close()


def test_who_may_only_read_is_told_what_to_write(cache: HttpCache, store: DiskStore) -> None:
    cache.read_only = True
    tier = entry(cache.base).open()
    with pytest.raises(TierError, match=r"answers PUT with 403 \(this token may only read\)") as caught:
        tier.put_blobs([kept(store, b"x")], lambda digest: opened(store, digest))
    assert "write = false" in caught.value.hint
    assert tier.get_results([ONE]) == {}
    tier.close()


@pytest.mark.parametrize(
    ("status", "headers", "permanent", "wait"),
    [
        (429, {"Retry-After": "17"}, False, 17.0),
        (503, {}, False, 5.0),
        (503, {"Retry-After": "soon"}, False, 5.0),
        (500, {"Retry-After": "999999"}, False, 3600.0),
        (507, {}, False, 5.0),
        (413, {}, False, 0.0),
        (302, {"Location": "http://u:secret@elsewhere/"}, True, 0.0),
        (405, {}, True, 0.0),
        (418, {}, False, 0.0),
    ],
)
def test_refusals_say_whether_and_when_to_ask_again(
    cache: HttpCache, status: int, headers: dict[str, str], permanent: bool, wait: float
) -> None:
    cache.refusal = status, headers, b"no\n\x07 way " * 100
    tier = entry(cache.base).open()
    with pytest.raises(TierError, match=f"{status} .no") as caught:
        tier.put_results({ONE: MESSAGE})
    assert (caught.value.permanent, caught.value.retry_after_s) == (permanent, wait)
    assert caught.value.hint
    assert "secret" not in caught.value.render()
    assert len(caught.value.render()) < 500
    tier.close()


def test_a_date_to_come_again_counts_by_the_clock_of_the_server() -> None:
    from tests.support.answering import Reply, answering

    headers = {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT", "Date": "Fri, 31 Dec 1999 23:59:29 GMT"}
    with answering(lambda _: Reply(503, headers=headers)) as (address, asked):
        tier = entry(f"http://{address}").open()
        with pytest.raises(TierError) as caught:
            tier.get_results([ONE])
        assert caught.value.retry_after_s == 30
        assert len(asked) == 1
        tier.close()


def test_a_server_that_is_busy_for_a_moment_is_asked_again_and_not_for_ever() -> None:
    from tests.support.answering import Reply, answering

    replies = [Reply(503), Reply(429, headers={"Retry-After": "0"})]
    with answering(lambda _: replies.pop(0) if replies else Reply(404)) as (address, asked):
        tier = entry(f"http://{address}").open()
        assert tier.get_results([ONE]) == {}
        assert len(asked) == 3
        replies += [Reply(500)] * 9
        with pytest.raises(TierError, match="500"):
            tier.put_results({ONE: MESSAGE})
        assert len(asked) == 6
        tier.close()


def test_an_answer_that_breaks_off_is_an_error_and_leaves_nothing(
    cache: HttpCache, store: DiskStore, tmp_path: Path
) -> None:
    tier, sink = entry(cache.base).open(), Sink(tmp_path)
    blob = kept(store, bytes(1_000_000))
    tier.put_blobs([blob], lambda digest: opened(store, digest))
    tier.put_results({ONE: MESSAGE})
    cache.cut = True
    for ask in (lambda: tier.get_blobs([blob], sink), lambda: tier.get_results([ONE])):
        with pytest.raises(TierError, match="failed"):
            ask()
    assert sink.taken == {blob: False}
    cache.cut = False
    tier.get_blobs([blob], sink)
    assert sink.taken == {blob: True}
    tier.close()


@pytest.mark.parametrize("wrong", [b"", b"other", b"\x28\xb5\x2f\xfd", bytes(300_000)])
def test_a_far_server_may_compress(
    cache: HttpCache, store: DiskStore, tmp_path: Path, wrong: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    tier, sink = entry(cache.base).open(), Sink(tmp_path)
    assert isinstance(tier, HttpTier)
    monkeypatch.setattr(tier, "_far", True)
    right, other = kept(store, bytes(3_000_000)), digest_of(b"what it should be")
    tier.put_blobs([right], lambda digest: opened(store, digest))
    cache.blobs[other.hash] = wrong
    tier.get_blobs([right, other], sink)
    assert sink.taken == {right: True, other: False}
    assert cache.asked[-1][2]["accept-encoding"] == "zstd"
    tier.close()


def test_a_result_that_carries_its_outputs_is_shown_without_their_blobs(cache: HttpCache, store: DiskStore) -> None:
    """bazel-remote hides a result of which it misses a blob; one that is carried is not asked for."""
    small, large = kept(store, b"small"), kept(store, bytes(20_000))
    message = encode_result(ActionResult((OutputFile("a", small), OutputFile("b", large)), worker="w"))
    carrying, carried = filled(message, store.get)
    assert carried == {small}
    tier = entry(cache.base).open()
    assert tier.inlines
    tier.put_results({ONE: carrying})
    assert tier.get_results([ONE]) == {}
    tier.put_blobs([large], lambda digest: opened(store, digest))
    assert tier.get_results([ONE]) == {ONE: carrying}
    tier.close()


@pytest.mark.parametrize("validates", [True, False])
def test_where_nothing_can_be_removed_something_else_is_kept(cache: HttpCache, validates: bool) -> None:
    cache.validates = validates
    tier = entry(cache.base).open()
    tier.put_results({ONE: MESSAGE})
    tier.remove([ONE, digest_of(b"never there").hash])
    assert tier.get_results([ONE]) == {}
    assert list(cache.results) == [ONE]
    assert ("DELETE", f"/ac/{ONE}") in [(method, path) for method, path, _ in cache.asked]
    cache.refusal = 401, {}, b""
    with pytest.raises(TierError, match="401"):
        tier.remove([ONE])
    tier.close()


def test_connections_are_used_again(cache: HttpCache, store: DiskStore) -> None:
    tier = entry(cache.base).open()
    blobs = [kept(store, bytes([n])) for n in range(40)]
    tier.put_blobs(blobs, lambda digest: opened(store, digest))
    assert isinstance(tier, HttpTier)
    pool = tier._connections()
    assert pool.num_requests == 40
    assert pool.num_connections <= 8
    for _ in range(30):
        with pytest.raises(TierError):
            tier.put_blobs([digest_of(b"x")], lambda _digest: opened(store, blobs[0]))
    assert tier.missing(blobs) == set()
    assert pool.num_connections <= 40  # a refusal costs its connection at most, and never its place in the pool
    tier.close()


@pytest.mark.slow
def test_https_proves_the_server_and_the_client(tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*made, *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.load_verify_locations(cert)
    context.verify_mode = ssl.CERT_REQUIRED
    with serving(HttpCache(), context) as cache:
        tier = entry(cache.base, ca=str(cert), certificate=str(cert), key=str(key)).open()
        tier.put_results({ONE: MESSAGE})
        assert tier.get_results([ONE]) == {ONE: MESSAGE}
        tier.close()
        for stranger in (entry(cache.base).open(), entry(cache.base, ca=str(cert)).open()):
            with pytest.raises(TierError, match="failed"):
                stranger.get_results([ONE])
            stranger.close()


def test_a_server_that_never_answers_costs_one_short_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        tier = entry(f"http://u:secret@127.0.0.1:{port}", timeout="0.2").open()
        with pytest.raises(TierError) as caught:
            tier.get_results([ONE])
        assert str(caught.value) == f"`http://127.0.0.1:{port}` did not answer within 0.2 s"
        tier.close()


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("http://", {}),
        ("http://u:secret@h:port", {}),
        ("ftp://u:secret@h", {}),
        ("https://h", {"token_env": "NOT_SET"}),
        ("https://h", {"headers": "secret"}),
        ("https://h", {"certificate": __file__}),
        ("http://h", {"ca": __file__}),
    ],
)
def test_an_entry_that_is_wrong_is_told_without_its_password(url: str, options: dict[str, str]) -> None:
    with pytest.raises(TierError) as caught:
        entry(url, **options).open()
    assert caught.value.permanent
    assert "secret" not in caught.value.render()
