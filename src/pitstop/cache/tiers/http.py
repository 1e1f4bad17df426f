"""A server that speaks Bazel's HTTP cache protocol as a tier: bazel-remote, nginx, `pitstop cache serve`.

    GET, HEAD, PUT <address>/ac/<hash>      an `ActionResult` message, as it is
    GET, HEAD, PUT <address>/cas/<hash>     a blob, as it is

Protocol: bazel.build/remote/caching, section "HTTP caching protocol". bazel-remote shows a result only while it has
every blob that the result names and does not carry (its `GetValidatedActionResult`), and checks blobs when they are
sent. So results may carry small outputs, and other blobs go first. It compresses blobs for who accepts zstd; nobody
else does.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from pitstop.cache.tiers import codec, framed, options
from pitstop.cache.tiers.ahead import ahead, early
from pitstop.cache.tiers.inline import MOST_FILE
from pitstop.cache.tiers.refusals import asked_again, refusal, wish_of
from pitstop.cache.tiers.removed import REMOVED
from pitstop.cache.tiers.tier import TierError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import BinaryIO, TypeVar

    from urllib3 import HTTPConnectionPool
    from urllib3.response import BaseHTTPResponse

    from pitstop.cache.tiers.options import Url
    from pitstop.cache.tiers.tier import Address, Sink, Source
    from pitstop.core.digest import Digest

    T = TypeVar("T")

OPTIONS = ("token_env", "user", "password_env", "headers", "headers_env", "ca", "certificate", "key")
"""`token_env`: the variable with a bearer token; `ca`, `certificate`, `key`: PEM files."""

_CONNECTIONS = 8
_PIECE = 1 << 18
_LARGE = 1 << 22
"""Bytes from which a blob is received while what came before is hashed and written."""
_AHEAD = 8
"""Pieces of it that wait for that."""
_SMALL = 1 << 16
"""Bytes up to which a blob is read whole before it is sent."""
_NOT_THERE = {404, 410}
_SENT = {200, 201, 202, 204}
_NO_DELETE = {405, 501}
_LOOPBACK = ("localhost", "127.", "::1")


def open_tier(address: Address, environ: Mapping[str, str]) -> HttpTier:
    """Return the tier at `address`, which is not connected to yet. Raises TierError when the entry is wrong."""
    url = options.parsed(address, ("https", "http"))
    place = url.place
    options.check(address, place, OPTIONS)
    get = address.options.get
    token = options.secret(address, place, environ, "token_env")
    user = url.user or get("user", "")
    password = url.password or options.secret(address, place, environ, "password_env")
    headers = dict(options.headers(get("headers", ""), place, "headers"))
    headers |= options.headers(options.secret(address, place, environ, "headers_env"), place, "headers_env")
    if token:
        headers["Authorization"] = f"Bearer {token}"
    elif user or password:
        from base64 import b64encode

        headers["Authorization"] = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
    headers["User-Agent"] = "pitstop"
    if bool(get("certificate")) != bool(get("key")):
        raise TierError(f"the tier `{place}` needs both `certificate` and `key`, or neither", permanent=True)
    files = {"ca_certs": "ca", "cert_file": "certificate", "key_file": "key"}
    files = {name: options.pem(address, place, option) for name, option in files.items()}
    if url.scheme == "http" and any(files.values()):
        hint = f"write `{url._replace(scheme='https').place}`"
        raise TierError(f"the tier `{place}` has certificates and does not speak TLS", hint=hint, permanent=True)
    return HttpTier(url, headers, {name: path for name, path in files.items() if path}, address.timeout_s)


class HttpTier:
    """A tier (see `tier.Tier`) on one server."""

    kind = "http"
    inlines = MOST_FILE

    def __init__(self, url: Url, headers: Mapping[str, str], files: Mapping[str, str], timeout_s: float) -> None:
        self.place = url.place
        self._url = url
        self._headers = dict(headers)
        self._files = files
        self._timeout_s = timeout_s
        self._far = not url.host.startswith(_LOOPBACK)
        """Whether bytes cost more on the way than compressing them does."""
        self._pool: HTTPConnectionPool | None = None

    def get_results(self, actions: Sequence[str]) -> dict[str, bytes]:
        """See `Tier`."""
        found = self._each(actions, self._result)
        return {action: message for action, message in zip(actions, found, strict=True) if message is not None}

    def put_results(self, results: Mapping[str, bytes]) -> None:
        """See `Tier`."""
        self._all(results.items(), lambda item: self._put(f"ac/{item[0]}", item[1], len(item[1])))

    def missing(self, digests: Sequence[Digest]) -> set[Digest]:
        """See `Tier`."""
        there = self._each(digests, lambda digest: self._has(f"cas/{digest.hash}"))
        return {digest for digest, has in zip(digests, there, strict=True) if not has}

    def get_blobs(self, digests: Sequence[Digest], sink: Sink) -> None:
        """See `Tier`."""
        self._all(digests, lambda digest: self._blob(digest, sink))

    def put_blobs(self, digests: Sequence[Digest], source: Source) -> None:
        """See `Tier`. Raises OSError when `source` does."""
        self._all(digests, lambda digest: self._send(digest, source))

    def remove(self, actions: Sequence[str]) -> None:
        """See `Tier`. Bazel's protocol knows no removing: where a server takes no DELETE, another result is sent."""
        self._all(actions, self._delete)

    def close(self) -> None:
        """See `Tier`."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    # One request each, in one of the threads

    def _result(self, action: str) -> bytes | None:
        with self._asked("GET", f"ac/{action}", _NOT_THERE | {200}) as response:
            if response.status in _NOT_THERE:
                return None
            message = b"".join(_bounded(self._pieces(response), framed.LIMIT))
            return message if message not in {b"", REMOVED} else None  # nothing at all is what a full disk leaves

    def _has(self, path: str) -> bool:
        with self._asked("HEAD", path, _NOT_THERE | {200, 204}) as response:
            return response.status not in _NOT_THERE

    def _blob(self, digest: Digest, sink: Sink) -> None:
        encodings = {"Accept-Encoding": "zstd"} if self._far else {}
        with self._asked("GET", f"cas/{digest.hash}", _NOT_THERE | {200}, encodings) as response:
            if response.status not in _NOT_THERE:
                pieces = self._pieces(response)
                if response.headers.get("Content-Encoding", "") == "zstd":
                    pieces = _unzipped(pieces, digest.size)
                sink(digest, early(pieces, _AHEAD) if digest.size > _LARGE else pieces)

    def _send(self, digest: Digest, source: Source) -> None:
        with source(digest) as file:
            small = digest.size <= _SMALL
            self._put(f"cas/{digest.hash}", file.read(_SMALL) if small else file, digest.size)

    def _put(self, path: str, body: bytes | BinaryIO, size: int) -> None:
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        with self._asked("PUT", path, _SENT, headers, body):
            pass

    def _delete(self, action: str) -> None:
        path = f"ac/{action}"
        with self._asked("DELETE", path, _NOT_THERE | _SENT | _NO_DELETE) as response:
            refused = response.status in _NO_DELETE
        if refused and self._has(path):
            self._put(path, REMOVED, len(REMOVED))

    # Connections

    def _each(self, items: Sequence[Any], ask: Callable[[Any], T]) -> list[T]:
        """Return what `ask` answers for each of `items`, with several of them under way."""
        from concurrent.futures import ThreadPoolExecutor

        if not items:
            return []
        self._connections()
        with ThreadPoolExecutor(min(len(items), _CONNECTIONS), "http") as pool:
            return list(ahead(pool, (partial(ask, item) for item in items), 2 * _CONNECTIONS))

    def _all(self, items: Iterable[Any], ask: Callable[[Any], None]) -> None:
        self._each(list(items), ask)

    @contextmanager
    def _asked(
        self,
        method: str,
        path: str,
        expected: set[int],
        headers: Mapping[str, str] | None = None,
        body: bytes | BinaryIO | None = None,
    ) -> Iterator[BaseHTTPResponse]:
        """Make a request and give its answer, whose body is read in the block. Raises TierError for other answers."""
        ask = partial(self._answer, method, path, {**self._headers, **(headers or {})}, body)
        with self._translated():
            response = asked_again(ask) if body is None or isinstance(body, bytes) else ask()
        try:
            if response.status not in expected:
                raise self._refused(method, response)
            yield response
            if not response.closed:
                with self._translated():
                    response.read(_PIECE)  # what a server says beside a status; with it read, the connection is free
        finally:
            if not response.closed:  # not read to its end
                response.close()
            response.release_conn()

    def _answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | BinaryIO | None
    ) -> BaseHTTPResponse:
        from urllib3.exceptions import ProtocolError

        ask = partial(
            self._connections().urlopen,
            method,
            f"{self._url.path}/{path}",
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        try:
            return ask()
        except ProtocolError:
            if body is not None and not isinstance(body, bytes):
                raise
            return ask()  # the server had closed the connection, which it may do at any time between two requests

    def _pieces(self, response: BaseHTTPResponse) -> Iterator[bytes]:
        with self._translated():
            yield from response.stream(_PIECE, decode_content=False)

    def _connections(self) -> HTTPConnectionPool:
        if self._pool is None:
            try:
                from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
            except ImportError as error:
                hint = "`pip install 'pitstop[http]'`"
                raise TierError(f"the tier `{self.place}` needs `urllib3`", hint=hint, permanent=True) from error
            settings: dict[str, Any] = {
                "timeout": Timeout(connect=self._timeout_s, read=self._timeout_s),
                "maxsize": _CONNECTIONS,
                "block": True,
                "blocksize": _PIECE,
                **self._files,
            }
            host, port = self._url.host, self._url.port or None
            if self._url.scheme == "https":
                self._pool = HTTPSConnectionPool(host, port, **settings)
            else:
                self._pool = HTTPConnectionPool(host, port, **settings)
        return self._pool

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from urllib3 import exceptions

        try:
            yield
        except (exceptions.ReadTimeoutError, exceptions.ConnectTimeoutError) as error:
            if isinstance(error, exceptions.NewConnectionError):
                raise self._broken(error) from error
            hint = "is the server in reach, and is it busy? `timeout` of the tier says how long to wait"
            raise TierError(f"`{self.place}` did not answer within {self._timeout_s:g} s", hint=hint) from error
        except (exceptions.HTTPError, OSError) as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> TierError:
        words = str(error).partition("): ")[2] or ": ".join(str(each) for each in error.args)
        hint = f"try `curl -I {self.place}`"
        if "certificate" in words.lower():
            hint = "`ca` of the tier names a file with the certificates to trust, `certificate` and `key` its own"
        return TierError(f"`{self.place}` failed: {words}", hint=hint)

    def _refused(self, method: str, response: BaseHTTPResponse) -> TierError:
        with self._translated():
            words = response.read(300).decode(errors="replace")
        return refusal(self.place, method, response.status, words, wish_of(response))


def _bounded(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    for piece in pieces:
        limit -= len(piece)
        if limit < 0:
            return
        yield piece


def _unzipped(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    try:
        yield from codec.decompressed(pieces, size)
    except codec.CodecError:
        return  # and so it is not what its digest says
