"""Addresses of REAPI servers, and the options beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.reapi.endpoint import Endpoint, EndpointError, endpoint_of
from pitstop.core.errors import EXIT_USAGE

PART = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.", min_size=1, max_size=8).map(lambda part: f"x{part}")


@pytest.mark.parametrize(
    ("url", "target", "instance", "tls"),
    [
        ("grpc://localhost:8980", "localhost:8980", "", False),
        ("grpc://build.example", "build.example:80", "", False),
        ("grpcs://build.example", "build.example:443", "", True),
        ("grpcs://build.example:8443/main/linux/", "build.example:8443", "main/linux", True),
        ("grpc://[::1]:9092/a%20b", "[::1]:9092", "a b", False),
    ],
)
def test_an_address_is_host_port_and_instance(url: str, target: str, instance: str, tls: bool) -> None:
    endpoint = endpoint_of(url, {}, {})
    assert (endpoint.target, endpoint.instance, endpoint.tls) == (target, instance, tls)


@given(PART, st.integers(1, 65_535), st.lists(PART, max_size=3))
def test_the_place_is_an_address_of_the_same_server(host: str, port: int, parts: list[str]) -> None:
    endpoint = endpoint_of(f"grpc://{host}:{port}/{'/'.join(parts)}", {}, {})
    assert endpoint_of(endpoint.place, {}, {}) == endpoint


def test_options_say_how_to_come_in() -> None:
    options = {
        "instance": "other",
        "token_env": "TOKEN",
        "headers": "X-Team=build, x-odd=a%2Cb",
        "headers_env": "MORE",
        "ca": "ca.pem",
        "certificate": "/etc/client.pem",
        "key": "/etc/client.key",
        "server_name": "cache.example",
        "keepalive": "30",
    }
    endpoint = endpoint_of(
        "grpcs://10.0.0.1:1/name", options, {"TOKEN": "t0k", "MORE": "x-key=k3y"}, timeout_s=2.0, root="/repo"
    )
    assert endpoint == Endpoint(
        "10.0.0.1",
        1,
        "other",
        tls=True,
        token="t0k",
        token_name="TOKEN",
        headers=(("x-team", "build"), ("x-odd", "a,b"), ("x-key", "k3y")),
        ca="/repo/ca.pem",
        certificate="/etc/client.pem",
        key="/etc/client.key",
        server_name="cache.example",
        keepalive_s=30.0,
        timeout_s=2.0,
    )
    assert "t0k" not in endpoint.place


@pytest.mark.parametrize(
    ("host", "nearby"),
    [("localhost", True), ("127.0.0.1", True), ("[::1]", True), ("10.0.0.1", False), ("localhost.example", False)],
)
def test_what_is_on_this_machine_is_nearby(host: str, nearby: bool) -> None:
    assert endpoint_of(f"grpc://{host}:1", {}, {}).nearby is nearby


@pytest.mark.parametrize(
    ("url", "options", "problem", "hint"),
    [
        ("http://h:1", {}, "has no `grpc://` or no host", "grpc://host:port/instance"),
        ("grpc:///x", {}, "has no `grpc://` or no host", "grpc://host:port/instance"),
        ("grpc://h:99999", {}, "is no URL", "grpc://host:port/instance"),
        ("grpc://user:s3cret@h:1", {}, "has a user or parameters", "token_env"),
        ("grpc://h:1/?token=s3cret", {}, "has a user or parameters", "token_env"),
        ("grpc://h:1", {"token": "x"}, "has no option `token`", "did you mean `token_env`?"),
        ("grpc://h:1", {"token_env": "GONE"}, "needs the variable `GONE`", "set `GONE`"),
        ("grpc://h:1", {"ca": "ca.pem"}, "does not speak TLS", "grpcs://"),
        ("grpcs://h:1", {"certificate": "c.pem"}, "needs both `certificate` and `key`", ""),
        ("grpc://h:1", {"headers": "s3cret"}, "are no headers", "name=value"),
        ("grpc://h:1", {"headers": "grpc-timeout=1"}, "are no headers", "name=value"),
        ("grpc://h:1", {"headers": "a=%0d%0as3cret"}, "are no headers", "name=value"),
        ("grpc://h:1", {"keepalive": "soon"}, "is no number of seconds", "60"),
        ("grpc://h:1/a/blobs", {}, "no part of an instance name may be `blobs`", ""),
    ],
)
def test_what_cannot_be_is_said_without_a_secret(url: str, options: dict[str, str], problem: str, hint: str) -> None:
    with pytest.raises(EndpointError) as caught:
        endpoint_of(url, options, {})
    assert problem in caught.value.problem
    assert hint in caught.value.hint
    assert "s3cret" not in caught.value.render()
    assert caught.value.exit_code == EXIT_USAGE
