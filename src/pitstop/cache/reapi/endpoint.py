"""Where a REAPI server is and how to come in: `grpc://host:port/instance` and the options beside it.

instance      the instance name, instead of the path of the address
token_env     the variable that holds a bearer token
headers       further headers, `name=value,name=value`, values percent-encoded (the form of OpenTelemetry's)
headers_env   a variable that holds such headers, because they are secret
ca            file with the certificates (PEM) of authorities to trust instead of the system's
certificate   file with the client's certificate (PEM), for servers that ask for one
key           file with its key (PEM)
server_name   the name in the server's certificate, when it is not the host of the address
keepalive     seconds between pings while a call is under way; off unless a proxy in between cuts quiet connections
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTIONS = (
    "instance",
    "token_env",
    "headers",
    "headers_env",
    "ca",
    "certificate",
    "key",
    "server_name",
    "keepalive",
)
_PORTS = {"grpc": 80, "grpcs": 443}
_RESERVED = {"blobs", "uploads", "actions", "actionResults", "operations", "capabilities", "compressed-blobs"}
"""Parts that an instance name may not have: they end it in the names of resources."""
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")
_HEADER = re.compile(r"[0-9a-z_.-]+")


class EndpointError(UsageError):
    """An address or an option that is none; never with a secret in its text."""


class Endpoint(NamedTuple):
    """A server, and what it is told with every call."""

    host: str
    """Without the brackets of an IPv6 address."""
    port: int
    instance: str = ""
    tls: bool = False
    token: str = ""
    token_name: str = ""
    """The variable that the token came from."""
    headers: tuple[tuple[str, str], ...] = ()
    ca: str = ""
    certificate: str = ""
    key: str = ""
    server_name: str = ""
    keepalive_s: float = 0.0
    """0: no pings."""
    timeout_s: float = 5.0
    """How long one request, or one piece of a long one, may take."""

    @property
    def target(self) -> str:
        """Host and port as gRPC wants them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def place(self) -> str:
        """The address as it may be printed."""
        path = f"/{self.instance}" if self.instance else ""
        return f"{'grpcs' if self.tls else 'grpc'}://{self.target}{path}"

    @property
    def nearby(self) -> bool:
        """Whether the server is on this machine: compressing costs more than it saves then."""
        return bool(_LOOPBACK.fullmatch(self.host))


def endpoint_of(
    url: str, options: Mapping[str, str], environ: Mapping[str, str], *, timeout_s: float = 5.0, root: str = ""
) -> Endpoint:
    """Return the server at `url` (`grpc://…` or `grpcs://…`); files in `options` are looked for from the folder `root`.

    Raises EndpointError.
    """
    from urllib.parse import unquote, urlsplit

    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise EndpointError("the address of a REAPI server is no URL", hint=_EXAMPLE) from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise EndpointError("the address of a REAPI server has no `grpc://` or no host", hint=_EXAMPLE)
    if parts.username is not None or parts.query or parts.fragment:
        raise EndpointError(
            f"the address of the REAPI server at `{parts.hostname}` has a user or parameters, which have no meaning there",
            hint='a token comes from a variable: `token_env = "NAME"`',
        )
    place = f"{parts.scheme}://{parts.hostname}"
    for name in options:
        if name not in OPTIONS:
            listed = ", ".join(f"`{each}`" for each in OPTIONS)
            raise EndpointError(
                f"`{place}` has no option `{name}`", hint=did_you_mean(name, OPTIONS, f"there are {listed}")
            )
    files = {
        name: os.path.join(root, options[name]) if options.get(name) else "" for name in ("ca", "certificate", "key")
    }
    if bool(files["certificate"]) != bool(files["key"]):
        raise EndpointError(f"`{place}` needs both `certificate` and `key`, or neither")
    tls = parts.scheme == "grpcs"
    if not tls and (any(files.values()) or options.get("server_name")):
        raise EndpointError(f"`{place}` has certificates and does not speak TLS", hint="write `grpcs://`")
    endpoint = Endpoint(
        parts.hostname,
        port or _PORTS[parts.scheme],
        options.get("instance", unquote(parts.path)).strip("/"),
        tls,
        _variable(options, "token_env", place, environ),
        options.get("token_env", ""),
        (
            *_headers(options.get("headers", ""), place, "headers"),
            *_headers(_variable(options, "headers_env", place, environ), place, "headers_env"),
        ),
        **files,
        server_name=options.get("server_name", ""),
        keepalive_s=_seconds(options.get("keepalive", ""), place),
        timeout_s=timeout_s,
    )
    if taken := _RESERVED & set(endpoint.instance.split("/")):
        raise EndpointError(f"no part of an instance name may be `{min(taken)}`, as in `{endpoint.place}`")
    return endpoint


_EXAMPLE = "write it as `grpc://host:port/instance`, or `grpcs://…` for TLS"


def _variable(options: Mapping[str, str], option: str, place: str, environ: Mapping[str, str]) -> str:
    name = options.get(option, "")
    if name and not environ.get(name):
        raise EndpointError(
            f"`{place}` needs the variable `{name}` (its `{option}`), which is not set", hint=f"set `{name}`"
        )
    return environ[name] if name else ""


def _headers(text: str, place: str, option: str) -> list[tuple[str, str]]:
    from urllib.parse import unquote

    found: list[tuple[str, str]] = []
    for each in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = each.partition("=")
        name, value = name.strip().lower(), unquote(value.strip())
        if (
            not equals
            or not _HEADER.fullmatch(name)
            or name.startswith("grpc-")
            or not (value.isascii() and value.isprintable())
        ):
            raise EndpointError(
                f"the `{option}` of `{place}` are no headers", hint="write them as `name=value,name=value`"
            )
        found.append((name, value))
    return found


def _seconds(text: str, place: str) -> float:
    if not text:
        return 0.0
    try:
        value = float(text.removesuffix("s"))
    except ValueError:
        value = -1.0
    if not 1 <= value <= 86_400:
        raise EndpointError(f"the `keepalive` of `{place}` is no number of seconds: `{text}`", hint="write `60`")
    return value
