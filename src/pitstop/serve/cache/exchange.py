"""One request and its answer, over ASGI: bodies piece by piece, and nobody is waited for without end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeAlias

from pitstop.core import clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping

    from pitstop.serve.cache.answers import Answer
    from pitstop.serve.cache.storage import Found

    Message: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]

PATIENCE_S = 60.0
"""How long a client may take for one piece of a body, either way."""
_SHORT = 1 << 15
"""Bytes that fit into the write buffer of a connection, whose high-water mark is at 64 KiB."""


_BYTES = (b"content-type", b"application/octet-stream")


class Gone(Exception):
    """The client went away, or does not take what it asked for."""


class Stalled(Exception):
    """The client does not send what it said it would."""


class Exchange:
    """A request, how far its answer is, and what is to be told of it afterwards."""

    def __init__(self, scope: Message, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: list[tuple[bytes, bytes]] = scope["headers"]
        self.client: str = scope["client"][0] if scope["client"] else ""
        self.started = clock.monotonic()
        self.space = ""
        self.team = ""
        self.status = 0
        self.result = ""
        self.received = 0
        self.sent = 0
        self._receive = receive
        self._send = send

    def header(self, wanted: bytes) -> bytes:
        """Return the value of a header, given in lower case; empty when it is not there."""
        for name, value in self.headers:
            if name == wanted:
                return value
        return b""

    @property
    def length(self) -> int:
        """The bytes that the client says it will send; -1 when it does not say."""
        text = self.header(b"content-length")
        return int(text) if text.isdigit() else -1

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the pieces of the body. Raises Gone or Stalled when it does not arrive whole."""
        more = True
        while more:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    message = await self._receive()
            except TimeoutError as error:
                raise Stalled from error
            if message["type"] == "http.disconnect":
                raise Gone
            piece: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            self.received += len(piece)
            yield piece

    async def answer(self, answer: Answer) -> None:
        """Send a short response, whole."""
        body = b"" if self.method == "HEAD" else answer.body
        await self._start(answer.status, len(answer.body), answer.headers)
        self.sent += len(body)
        await self._put(body, more=False)

    async def head(self, size: int, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """Say that there is an object of `size` bytes."""
        await self._start(200, size, (_BYTES, *headers))
        await self._put(b"", more=False)

    async def stream(self, size: int, first: bytes, found: Found, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """Send an object of `size` bytes: `first`, then the rest of `found`. Raises Gone, StorageError."""
        if self.method == "HEAD":
            await self.head(size, headers)
            return
        await self._start(200, size, (_BYTES, *headers))
        self.sent = len(first)
        if len(first) >= size:
            await self._put(first, more=False)
            return
        await self._put(first, more=True)
        gone = asyncio.create_task(self._wait_gone())
        try:
            async for piece in found.rest():
                if gone.done():
                    raise Gone
                self.sent += len(piece)
                await self._put(piece, more=self.sent < size)
        finally:
            gone.cancel()

    async def _start(self, status: int, size: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.status = status
        length = () if status in {204, 304} else ((b"content-length", b"%d" % size),)
        await self._send({"type": "http.response.start", "status": status, "headers": [*length, *headers]})

    async def _put(self, body: bytes, *, more: bool) -> None:
        message = {"type": "http.response.body", "body": body, "more_body": more}
        if not more and len(body) == self.sent <= _SHORT:  # all there is: written at once, nothing to wait for
            await self._send(message)
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._send(message)
        except TimeoutError as error:
            raise Gone from error

    async def _wait_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
