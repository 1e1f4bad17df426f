"""A connection to a REAPI server: what it can do, and calls with deadlines whose failures are ReapiErrors."""

from __future__ import annotations

import uuid
from collections import deque
from threading import Event, Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

import grpc

from pitstop.cache.reapi.calls import Calls
from pitstop.cache.reapi.channel import headers, open_channel
from pitstop.cache.reapi.errors import ReapiError, error_of
from pitstop.cache.reapi.offer import Offer, offer_of
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from grpc import UnaryUnaryMultiCallable

    from pitstop.cache.reapi.channel import Headers
    from pitstop.cache.reapi.endpoint import Endpoint

Q = TypeVar("Q")
A = TypeVar("A")


class Zstd(Protocol):
    """What compresses: `pitstop.cache.tiers.codec` does."""

    def compress(self, data: bytes, /) -> bytes:
        """Return `data` as one zstd frame."""

    def decompress(self, data: bytes, limit: int, /) -> bytes:
        """Return the bytes of zstd frames, at most `limit`."""

    def compressed(self, source: BinaryIO, /) -> Iterator[bytes]:
        """Yield the bytes of `source` as one zstd frame."""

    def decompressed(self, pieces: Iterable[bytes], limit: int, /) -> Iterator[bytes]:
        """Yield the bytes of zstd frames that arrive in pieces, at most `limit`."""


class Client:
    """A server of the Remote Execution API; any number of threads may use it. It connects when it is first asked.

    `invocation` is the id of the run in whose name it is asked. What is sent and read is compressed by `zstd` where the
    server can do that too; without it, and it costs more than it saves on one machine, nothing is.
    """

    def __init__(self, endpoint: Endpoint, *, invocation: str = "", zstd: Zstd | None = None) -> None:
        self.endpoint = endpoint
        self.zstd = zstd
        self.channel = open_channel(endpoint)
        self.calls = Calls(self.channel)
        self.closed = Event()
        self._invocation = invocation or str(uuid.uuid4())
        self._headers = headers(endpoint, self._invocation)
        self._offer: Offer | None = None
        self._lock = Lock()

    def offer(self) -> Offer:
        """Return what the server can do; it is asked once. Raises ReapiError."""
        with self._lock:
            if self._offer is None:
                request = reapi.GetCapabilitiesRequest(instance_name=self.endpoint.instance)
                said = self.ask(self.calls.get_capabilities, request, "say what it can do")
                self._offer = offer_of(said, self.endpoint.place)
            return self._offer

    def headers(self, action: str = "", *, mnemonic: str = "", target: str = "") -> Headers:
        """Return what a call carries: who asks in whose name, for which action (its hash), and the right to do so."""
        if not action and not mnemonic and not target:
            return self._headers
        return headers(self.endpoint, self._invocation, action, mnemonic=mnemonic, target=target)

    def ask(
        self,
        call: UnaryUnaryMultiCallable[Q, A],
        request: Q,
        doing: str,
        *,
        action: str = "",
        timeout_s: float | None = None,
    ) -> A:
        """Return the answer to one request; `doing` is what it is for: `say what is missing`. Raises ReapiError."""
        if self.closed.is_set():
            raise self.ended(doing)
        try:
            return call(request, timeout_s or self.endpoint.timeout_s, self.headers(action))
        except grpc.RpcError as error:
            raise error_of(error, self.endpoint, doing) from error

    def asking(
        self,
        call: UnaryUnaryMultiCallable[Q, A],
        requests: Iterable[Q],
        doing: str,
        *,
        window: int = 4,
        timeout_s: float | None = None,
    ) -> Iterator[A | ReapiError]:
        """Yield the answers to `requests` in their order, or what went wrong, with `window` of them under way."""
        waiting: deque[grpc.Future[A]] = deque()
        try:
            for request in requests:
                if self.closed.is_set():
                    raise self.ended(doing)
                waiting.append(call.future(request, timeout_s or self.endpoint.timeout_s, self._headers))
                if len(waiting) >= window:
                    answer = _outcome(waiting.popleft(), self.endpoint, doing)
                    yield answer
            while waiting:
                answer = _outcome(waiting.popleft(), self.endpoint, doing)
                yield answer
        finally:
            for future in waiting:
                future.cancel()

    def ended(self, doing: str) -> ReapiError:
        """Return the error of a client that is closed."""
        return _ended(self.endpoint, doing)

    def close(self) -> None:
        """Let go of the connection; calls that are under way fail."""
        self.closed.set()
        self.channel.close()


def _outcome(future: grpc.Future[A], endpoint: Endpoint, doing: str) -> A | ReapiError:
    try:
        return future.result()
    except grpc.RpcError as error:
        return error_of(error, endpoint, doing)
    except grpc.FutureCancelledError:
        return _ended(endpoint, doing)


def _ended(endpoint: Endpoint, doing: str) -> ReapiError:
    return ReapiError(f"`{endpoint.place}` does not {doing}: the connection is closed")
