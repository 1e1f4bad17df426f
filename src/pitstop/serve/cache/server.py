"""Listens: the socket, TLS, signals. The one place that knows uvicorn."""

from __future__ import annotations

import signal
import socket
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pitstop.core.errors import SurroundingError, UsageError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Generator

GRACE_S = 20.0
"""How long requests that are being answered may take once the server is told to stop."""
IDLE_S = 75
"""How long a connection may be without a request, or with half the head of one."""
_LONGEST_HEAD = 1 << 16
"""Bytes of the first line and the headers of a request: nobody needs a token to send them."""
_BACKLOG = 2048
_MOST_OPEN = 1 << 16
"""Files and connections that are asked for; a shell's bound of 1,024 is soon reached."""
_QUIET_S = 60.0
"""How long trouble with the system is not told again."""
_HEAD = 4096
"""Bytes; no head of ours is longer."""


class Listen(NamedTuple):
    """Where to listen, and how."""

    host: str = "127.0.0.1"
    port: int = 0
    """0: a free one."""
    certificate: str = ""
    """A file in PEM format; empty: no TLS."""
    key: str = ""
    client_authority: str = ""
    """A file of authorities in PEM format; clients must show a certificate of one of them."""


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach what listens on `host`. Raises UsageError for a name of nothing."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        pass
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise UsageError(f"`{host}` is no address of this machine: {error.strerror}") from error
    return all(ip_address(address.partition("%")[0]).is_loopback for address in found)


def bind(listen: Listen) -> socket.socket:
    """Return the socket. Raises SurroundingError when the address is taken or not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SurroundingError(f"cannot listen on `{listen.host}`: {error.strerror}") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        hint = "give another --port" if listen.port else ""
        raise SurroundingError(
            f"cannot listen on {listen.host}, port {listen.port}: {error.strerror}", hint=hint
        ) from error
    return bound


class _Joined:
    """A transport that sends the head of an answer with the beginning of its body: one packet and one system call."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._soon = loop.call_soon
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Hold a head back until the body, or the end of this turn of the event loop."""
        if self._head:
            data, self._head = self._head + data, b""
        elif len(data) < _HEAD and data.startswith(b"HTTP/1.1 "):
            self._head = data
            self._soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        """Close the connection when all is sent."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)


def serve(
    app: Callable[[Any, Any, Any], Awaitable[None]],
    listen: Listen,
    bound: socket.socket,
    ready: Callable[[], None],
    ended: Callable[[], Awaitable[None]],
    warn: Callable[[str], None],
) -> None:
    """Answer until SIGTERM or SIGINT, then finish what is being answered; `ended` is awaited last.

    Raises SurroundingError when a library or a certificate is missing.
    """
    try:
        import uvicorn
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    except ImportError as error:
        raise SurroundingError(
            f"`pitstop cache serve` needs `{error.name}`", hint="pip install 'pitstop[serve]'"
        ) from error
    import asyncio
    import logging
    import ssl

    class Protocol(HttpToolsProtocol):
        head = 0
        """Bytes of a head that is not complete."""
        deadline = 0.0
        """When it has to be, by the clock of the event loop; 0: no head is on its way."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            """Expect a request soon."""
            super().connection_made(cast("asyncio.Transport", _Joined(transport, self.loop)))
            self._expect_more()

        def data_received(self, data: bytes) -> None:
            """Take no head without end, neither in bytes nor in time."""
            begun = self.deadline
            super().data_received(data)
            if begun and self.deadline == begun:  # what it began in may have the body of another request in front
                self.head += len(data)
                if self.head > _LONGEST_HEAD or self.loop.time() > self.deadline:
                    self.send_400_response("The head of the request is too long.")
            self._expect_more()

        def on_message_begin(self) -> None:
            """Begin a head."""
            super().on_message_begin()
            self.head, self.deadline = 0, self.loop.time() + IDLE_S

        def _expect_more(self) -> None:
            answered = getattr(self.cycle, "response_complete", True)  # there is no cycle before the first request
            if answered and self.timeout_keep_alive_task is None and not self.transport.is_closing():
                self.timeout_keep_alive_task = self.loop.call_later(IDLE_S, self.timeout_keep_alive_handler)

        def on_headers_complete(self) -> None:
            """Acknowledge the head of a request with a body at once.

            Clients that send both apart and wait in between (Nagle's algorithm; ccache does) lose 40 ms else.
            """
            super().on_headers_complete()
            self.deadline = 0.0
            if quick and self.scope["method"] in {"PUT", "POST"}:
                self.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, quick, 1)

    quick = getattr(socket, "TCP_QUICKACK", 0)  # Linux

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            asyncio.get_running_loop().set_exception_handler(_told_seldom(warn))
            await super().startup(sockets)
            ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            await ended()

        @contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            """Stop at a signal, and do not die of it afterwards as uvicorn would."""
            before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)  # all that it knows is in the access log
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=int(GRACE_S),
        ssl_certfile=listen.certificate or None,
        ssl_keyfile=listen.key or None,
        ssl_ca_certs=listen.client_authority or None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if listen.client_authority else ssl.CERT_NONE,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise SurroundingError(
            f"the certificate, its key or the authority cannot be used: {error.strerror or error}",
            hint="all are files in PEM format, the key without a password",
        ) from error
    _allow_many()
    Server(config).run(sockets=[bound])


def _allow_many() -> None:
    """Have as many files and connections open at once as this process may allow itself."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _MOST_OPEN if hard == resource.RLIM_INFINITY else min(_MOST_OPEN, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _told_seldom(warn: Callable[[str], None]) -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    """Return what an event loop calls when the system refuses it something: it would else be told a thousand times."""
    quiet_until = 0.0

    def tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal quiet_until
        error = context.get("exception")
        if not isinstance(error, OSError):
            loop.default_exception_handler(context)
        elif loop.time() >= quiet_until:
            quiet_until = loop.time() + _QUIET_S
            warn(f"{context['message']}: {error.strerror or error}")

    return tell
