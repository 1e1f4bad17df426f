"""A gRPC channel to a REAPI server: TLS, retries, keepalive, and the headers that each call carries."""

from __future__ import annotations

import json
import ssl
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import grpc

from pitstop.cache.reapi.errors import ReapiError
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi

if TYPE_CHECKING:
    from typing import TypeAlias

    from pitstop.cache.reapi.endpoint import Endpoint

    Headers: TypeAlias = tuple[tuple[str, str | bytes], ...]

METADATA = "build.bazel.remote.execution.v2.requestmetadata-bin"
"""The header that says who asks and for what (message RequestMetadata)."""
LARGEST_MESSAGE = 16 << 20
"""Bytes of an answer that are taken at most."""
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
# All that is asked of a server may be asked twice, so gRPC itself tries again what found no server. The deadline of the
# call holds for all of its attempts (grpc.io, proposal A6).
_SERVICE = json.dumps(
    {
        "methodConfig": [
            {
                "name": [{}],
                "retryPolicy": {
                    "maxAttempts": 3,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "1s",
                    "backoffMultiplier": 3,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    }
)


def open_channel(endpoint: Endpoint) -> grpc.Channel:
    """Return a channel, which connects when it is first used. Raises ReapiError when a certificate cannot be read."""
    options: list[tuple[str, str | int]] = [
        ("grpc.primary_user_agent", f"pitstop/{_version()}"),
        ("grpc.max_receive_message_length", LARGEST_MESSAGE),
        ("grpc.max_send_message_length", -1),
        ("grpc.service_config", _SERVICE),
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.max_reconnect_backoff_ms", 5000),
    ]
    if endpoint.keepalive_s:
        every = int(endpoint.keepalive_s * 1000)
        options += [("grpc.keepalive_time_ms", every), ("grpc.keepalive_timeout_ms", int(endpoint.timeout_s * 1000))]
        options += [("grpc.http2.max_pings_without_data", 0)]
    if endpoint.nearby:
        options.append(("grpc.enable_http_proxy", 0))
    if endpoint.server_name:
        options.append(("grpc.ssl_target_name_override", endpoint.server_name))
    if not endpoint.tls:
        return grpc.insecure_channel(endpoint.target, options)
    roots = _read(endpoint, "ca", endpoint.ca) if endpoint.ca else _system_roots()
    key = _read(endpoint, "key", endpoint.key) if endpoint.key else None
    chain = _read(endpoint, "certificate", endpoint.certificate) if endpoint.certificate else None
    return grpc.secure_channel(endpoint.target, grpc.ssl_channel_credentials(roots, key, chain), options)


def headers(endpoint: Endpoint, invocation: str, action: str = "", *, mnemonic: str = "", target: str = "") -> Headers:
    """Return what a call carries: who asks, for which action (its hash) of which run, the token, further headers."""
    about = reapi.RequestMetadata(
        tool_details=reapi.ToolDetails(tool_name="pitstop", tool_version=_version()),
        action_id=action,
        tool_invocation_id=invocation,
        action_mnemonic=mnemonic,
        target_id=target,
    )
    found: list[tuple[str, str | bytes]] = [(METADATA, about.SerializeToString()), *endpoint.headers]
    if endpoint.token:
        found.append(("authorization", f"Bearer {endpoint.token}"))
    return tuple(found)


@cache
def _version() -> str:
    try:
        return version("pitstop")
    except PackageNotFoundError:  # run from its sources
        return "0"


def _read(endpoint: Endpoint, option: str, path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise ReapiError(
            f"`{path}`, the `{option}` of `{endpoint.place}`, cannot be read: {error.strerror}", permanent=True
        ) from error
    if b"-----BEGIN " not in data:
        raise ReapiError(f"`{path}`, the `{option}` of `{endpoint.place}`, holds nothing in PEM", permanent=True)
    return data


def _system_roots() -> bytes | None:
    """Return the certificates that this machine trusts; None: those that gRPC brings along."""
    own = ssl.get_default_verify_paths().cafile
    for path in (own, *_BUNDLES) if own else _BUNDLES:
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError:
            continue
    return None
