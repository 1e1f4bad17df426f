"""A real server that demands a client's certificate and a token: who may come in, and what the others are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.parts.certificates import write_certificates
from tests.unit.cache.reapi.given import Source, Taken, blobs_of

from pitstop.cache.reapi import blobs, results
from pitstop.cache.reapi.client import Client
from pitstop.cache.reapi.endpoint import endpoint_of
from pitstop.cache.reapi.errors import ReapiError
from pitstop.core.digest import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.parts.buildgrid import Guarded

pytestmark = pytest.mark.slow


def _client(guarded: Guarded, who: str = "", *, token: str = "", instance: str = "", **options: str) -> Client:
    certificates = guarded.certificates
    files = {"ca": "ca.pem", "certificate": "client.pem", "key": "client.key"}
    given = {name: str(certificates / file) for name, file in files.items()}
    if who or token:
        given["token_env"] = "CACHE_TOKEN"
    given = {name: value for name, value in {**given, **options}.items() if value}
    url = f"grpcs://{guarded.address}/{instance or guarded.instance}"
    environ = {"CACHE_TOKEN": token or guarded.token(who or "writer")}
    return Client(endpoint_of(url, given, environ, timeout_s=10.0))


def _refused(client: Client) -> ReapiError:
    with pytest.raises(ReapiError) as caught:
        client.offer()
    client.close()
    return caught.value


def test_who_has_a_certificate_and_a_token_comes_in(guarded: Guarded) -> None:
    given, taken = blobs_of(10, 5_000_000), Taken()
    client = _client(guarded, "writer")
    blobs.write(client, list(given), Source(given))
    blobs.read(client, list(given), taken.sink)
    client.close()
    assert taken.right == given


def test_without_a_token_the_way_to_give_one_is_named(guarded: Guarded) -> None:
    error = _refused(_client(guarded))
    assert "UNAUTHENTICATED" in error.problem
    assert "token_env" in error.hint
    assert error.permanent


@pytest.mark.parametrize("kind", ["expired", "forged"])
def test_a_token_that_is_refused_is_named_by_its_variable(guarded: Guarded, kind: str) -> None:
    token = (
        guarded.token("writer", valid_s=-60) if kind == "expired" else guarded._replace(secret="x" * 40).token("writer")
    )
    error = _refused(_client(guarded, token=token))
    assert "UNAUTHENTICATED" in error.problem
    assert error.hint == "the token in `CACHE_TOKEN` is refused: has it expired, or may it only read?"
    assert error.permanent
    assert token not in error.render()


def test_who_may_only_read_is_told_so_when_it_writes(guarded: Guarded) -> None:
    given = blobs_of(10)
    client = _client(guarded, "reader")
    assert blobs.missing(client, list(given)) in (set(given), set())
    asks: tuple[Callable[[], object], ...] = (
        lambda: blobs.write(client, list(given), Source(given)),
        lambda: results.put_results(client, [(digest_of(b"x"), b"")]),
    )
    for ask in asks:
        with pytest.raises(ReapiError, match=r"PERMISSION_DENIED|UNAUTHENTICATED") as caught:
            ask()
        assert caught.value.permanent
        assert caught.value.hint
    client.close()


def test_a_wrong_instance_name_is_said_with_the_name(guarded: Guarded) -> None:
    error = _refused(_client(guarded, "writer", instance="main/windows"))
    assert "main/windows" in error.problem + error.hint
    assert error.permanent
    assert error.hint


def test_a_server_that_is_not_trusted_is_said_to_be_that(guarded: Guarded, tmp_path: Path) -> None:
    other = write_certificates(tmp_path / "other")
    error = _refused(_client(guarded, "writer", ca=str(other / "ca.pem")))
    assert "UNAVAILABLE" in error.problem
    assert not error.permanent
    assert error.hint.startswith("`ca` names the certificates")


def test_without_a_certificate_the_way_to_give_one_is_named(guarded: Guarded) -> None:
    error = _refused(_client(guarded, "writer", certificate="", key=""))
    assert "UNAVAILABLE" in error.problem
    assert "`certificate` and `key`" in error.hint or "in reach" in error.hint  # by chance the socket may be reset


def test_a_name_that_is_not_in_the_certificate_is_refused_and_can_be_given(guarded: Guarded) -> None:
    assert "`server_name`" in _refused(_client(guarded, "writer", server_name="cache.example")).hint
    client = _client(guarded, "writer", server_name="localhost")
    assert client.offer().updates
    client.close()


def test_a_server_that_speaks_tls_is_not_understood_without_it(guarded: Guarded) -> None:
    client = Client(endpoint_of(f"grpc://{guarded.address}/{guarded.instance}", {}, {}))
    error = _refused(client)
    assert "UNAVAILABLE" in error.problem
    assert not error.permanent
