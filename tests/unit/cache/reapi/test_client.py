"""Calls of a REAPI server: what they carry, and what comes of it when they fail."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import grpc
import pytest
from tests.parts.reapi_server import Cache, Fault, capabilities, serving
from tests.support.servers import free_port
from tests.unit.cache.reapi.given import SMALL_BATCHES, Source, blobs_of, connected

from pitstop.cache.reapi import blobs, bytestream, results
from pitstop.cache.reapi.channel import METADATA
from pitstop.cache.reapi.client import Client
from pitstop.cache.reapi.endpoint import endpoint_of
from pitstop.cache.reapi.errors import CODES, ReapiError, error_with
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.cache.reapi.proto import status_pb2 as rpc
from pitstop.core.digest import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENDPOINT = endpoint_of("grpc://there:1/main", {}, {})


def test_a_call_says_who_asks_in_whose_name_and_with_which_right() -> None:
    cache = Cache(token="t0k", instance="main")
    with connected(cache, token_env="TOKEN", headers="x-team=build") as client:
        assert client.offer().version == (2, 12)
        blobs.missing(client, list(blobs_of(5)))
        said = client.ask(
            client.calls.get_capabilities,
            reapi.GetCapabilitiesRequest(instance_name="main"),
            "say what it can do",
            action="ab" * 32,
        )
    assert said == cache.said
    assert len(cache.asked) == 3
    for _, request, headers in cache.asked:
        assert request.instance_name == "main"
        assert headers["x-team"] == "build"
        assert str(headers["user-agent"]).startswith("pitstop/")
    about = [_about(headers[METADATA]) for _, _, headers in cache.asked]
    assert {each.tool_details.tool_name for each in about} == {"pitstop"}
    assert {each.tool_invocation_id for each in about} == {"a-run"}
    assert [each.action_id for each in about] == ["", "", "ab" * 32]


def test_what_a_server_can_do_is_asked_once_by_however_many_threads() -> None:
    cache = Cache()
    with connected(cache) as client:
        threads = [threading.Thread(target=client.offer) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(cache.calls("GetCapabilities")) == 1


def test_a_server_that_is_away_for_a_moment_is_asked_again() -> None:
    cache = Cache()
    cache.fail("GetCapabilities", Fault(), Fault())
    with connected(cache) as client:
        assert client.offer().updates
    assert len(cache.calls("GetCapabilities")) == 3


def test_a_server_that_stays_away_is_one_error() -> None:
    client = Client(endpoint_of(f"grpc://127.0.0.1:{free_port()}", {}, {}, timeout_s=5.0))
    with pytest.raises(ReapiError, match="does not say what it can do: UNAVAILABLE") as caught:
        client.offer()
    assert not caught.value.permanent
    assert caught.value.hint == "is it running, and in reach from here?"
    client.close()


def test_a_server_that_does_not_answer_is_given_up_after_the_time_that_it_has() -> None:
    cache = Cache()
    cache.fail("GetCapabilities", Fault(hangs=True))
    with connected(cache, timeout_s=0.2) as client:
        with pytest.raises(ReapiError, match="DEADLINE_EXCEEDED") as caught:
            client.offer()
        assert not caught.value.permanent
        assert client.offer().updates


@pytest.mark.parametrize(
    ("code", "words", "permanent", "hint"),
    [
        (grpc.StatusCode.UNAUTHENTICATED, "who are you", True, "token_env"),
        (grpc.StatusCode.PERMISSION_DENIED, "not you", True, "write = false"),
        (grpc.StatusCode.UNIMPLEMENTED, "unknown service", True, "Remote Execution API"),
        (grpc.StatusCode.INVALID_ARGUMENT, "Invalid instance name: [main]", True, "here `main`"),
        (grpc.StatusCode.INVALID_ARGUMENT, "something else", True, ""),
        (grpc.StatusCode.UNAVAILABLE, "Tls handshake failed", False, "`ca`"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "", False, "timeout"),
        (grpc.StatusCode.INTERNAL, "oops", False, ""),
    ],
)
def test_a_status_says_what_to_do(code: grpc.StatusCode, words: str, permanent: bool, hint: str) -> None:
    error = error_with(code, words, ENDPOINT, "take blobs")
    assert error.problem.startswith(f"`grpc://there:1/main` does not take blobs: {code.name}")
    assert words in error.problem
    assert (error.permanent, error.retry_after_s) == (permanent, 0.0)
    assert hint in error.hint
    assert bool(error.hint) is bool(hint)


def test_every_code_has_an_error() -> None:
    for code in CODES.values():
        assert code.name in error_with(code, "", ENDPOINT, "take blobs").problem


def test_words_without_end_are_cut() -> None:
    error = error_with(grpc.StatusCode.INTERNAL, "line\n" * 10_000, ENDPOINT, "take blobs")
    assert len(error.problem) < 500
    assert "\n" not in error.problem


@pytest.mark.parametrize(("said_s", "expected_s"), [(None, 1.0), (12.5, 12.5)])
def test_an_exhausted_server_says_when_to_come_again(said_s: float | None, expected_s: float) -> None:
    status = rpc.Status(code=8)
    if said_s is not None:
        info = rpc.RetryInfo()
        info.retry_delay.FromNanoseconds(int(said_s * 1e9))
        status.details.add(type_url="type.googleapis.com/google.rpc.RetryInfo", value=info.SerializeToString())
    cache = Cache()
    cache.fail("FindMissingBlobs", Fault(grpc.StatusCode.RESOURCE_EXHAUSTED, status=status))
    with connected(cache) as client, pytest.raises(ReapiError) as caught:
        blobs.missing(client, list(blobs_of(5)))
    assert caught.value.retry_after_s == expected_s
    assert not caught.value.permanent


def test_details_that_are_none_are_passed_over() -> None:
    status = rpc.Status(code=8)
    status.details.add(type_url="type.googleapis.com/google.rpc.RetryInfo", value=b"\xff\xff")
    assert error_with(grpc.StatusCode.RESOURCE_EXHAUSTED, "", ENDPOINT, "take blobs", status).retry_after_s == 1.0


def test_a_closed_client_asks_nothing() -> None:
    cache = Cache(SMALL_BATCHES)
    given = blobs_of(5, 5000)
    with connected(cache) as client:
        client.offer()
        client.close()
        asks: tuple[Callable[[], object], ...] = (
            lambda: client.ask(client.calls.get_capabilities, reapi.GetCapabilitiesRequest(), "say what it can do"),
            lambda: blobs.missing(client, list(given)),
            lambda: list(results.get_results(client, list(given))),
            lambda: list(bytestream.read(client, next(iter(given)))),
            lambda: bytestream.write(client, next(iter(given)), Source(given)),
        )
        for ask in asks:
            with pytest.raises(ReapiError, match="the connection is closed"):
                ask()
    assert len(cache.asked) == 1


def test_results_are_the_bytes_that_were_sent_unknown_fields_too() -> None:
    cache = Cache(instance="a/b")
    message = reapi.ActionResult(exit_code=3, stdout_raw=b"x").SerializeToString() + b"\xf8\x07\x01"  # field 127
    actions = [digest_of(b"%d" % number) for number in range(200)]
    with connected(cache) as client:
        results.put_results(client, [(action, message) for action in actions[::2]])
        assert dict(results.get_results(client, actions)) == dict.fromkeys(actions[::2], message)
    assert {request.instance_name for request in cache.calls("GetActionResult")} == {"a/b"}
    assert {request.action_digest.size_bytes for request in cache.calls("UpdateActionResult")} == {1, 2, 3}


def test_a_server_that_takes_no_results_is_not_sent_any() -> None:
    said = capabilities()
    said.cache_capabilities.action_cache_update_capabilities.update_enabled = False
    cache = Cache(said)
    with connected(cache) as client, pytest.raises(ReapiError, match="takes no results from clients") as caught:
        results.put_results(client, [(digest_of(b"x"), b"")])
    assert caught.value.permanent
    assert not cache.calls("UpdateActionResult")


def test_the_first_result_that_cannot_be_asked_for_ends_it() -> None:
    cache = Cache()
    cache.fail("GetActionResult", Fault(grpc.StatusCode.INTERNAL))
    with connected(cache) as client, pytest.raises(ReapiError, match="whether it has a result: INTERNAL"):
        list(results.get_results(client, [digest_of(b"x"), digest_of(b"y")]))


@pytest.mark.parametrize(("option", "text"), [("ca", None), ("ca", "no certificate"), ("key", None)])
def test_a_certificate_that_is_none_is_named(tmp_path: Path, option: str, text: str | None) -> None:
    path = tmp_path / "some.pem"
    pem = tmp_path / "right.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----\n")
    if text is not None:
        path.write_text(text)
    options = {"ca": str(pem), "certificate": str(pem), "key": str(pem), option: str(path)}
    with pytest.raises(ReapiError, match=f"some.pem`, the `{option}` of `grpcs://there:1`") as caught:
        Client(endpoint_of("grpcs://there:1", options, {}))
    assert caught.value.permanent


def test_a_server_on_this_machine_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("no_proxy", "")
    cache = Cache()
    with serving(cache):
        client = Client(endpoint_of(f"grpc://{cache.address}", {"keepalive": "10"}, {}))
        assert client.offer().updates
        client.close()


def _about(header: str | bytes) -> reapi.RequestMetadata:
    assert isinstance(header, bytes)
    return reapi.RequestMetadata.FromString(header)


@pytest.mark.slow
def test_grpc_itself_prints_nothing() -> None:
    """In a process of its own, since it reads once whether to print; a handshake that fails makes it want to."""
    script = """if True:
        import sys
        from pitstop.cache.reapi.client import Client
        from pitstop.cache.reapi.endpoint import endpoint_of
        from pitstop.cache.reapi.errors import ReapiError
        client = Client(endpoint_of(sys.argv[1], {}, {}))
        try:
            client.offer()
        except ReapiError as error:
            print(error.problem)
    """
    with serving(Cache()) as cache:
        argv = [sys.executable, "-c", script, f"grpcs://{cache.address}"]
        ended = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert "UNAVAILABLE" in ended.stdout
    assert ended.stderr == ""
