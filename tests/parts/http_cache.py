"""A stand-in for bazel-remote's HTTP side, on the loopback: Bazel's HTTP cache protocol with what bazel-remote adds.

As its sources say (`server/http.go`, `utils/validate`, `GetValidatedActionResult`, version 2.5): blobs are checked
against their name when they are sent, results must be messages and get a worker if they name none, a result is shown
while every blob that it names and does not carry is there, and blobs are compressed for who accepts zstd.
"""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import zstandard
from google.protobuf.message import DecodeError
from tests.support.servers import free_port

from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping

_EMPTY = sha256().hexdigest()
_PATH = re.compile(r"/(?:.*/)?(ac|cas)/([0-9a-f]{64})")


@dataclass
class HttpCache:
    """What the stand-in holds, how it is to misbehave, and what it was asked."""

    results: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=lambda: {_EMPTY: b""})
    authorization: str = ""
    """The header that every request must carry."""
    validates: bool = True
    """bazel-remote's default; without, it is as plain as nginx."""
    read_only: bool = False
    refusal: tuple[int, Mapping[str, str], bytes] | None = None
    """What every request is answered with."""
    cut: bool = False
    """Bodies break off in the middle."""
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    """Method, path and headers (names in lower case) of each request."""
    base: str = ""


@contextmanager
def serving(cache: HttpCache, tls: ssl.SSLContext | None = None) -> Iterator[HttpCache]:
    """Answer as `cache` says until the block is left; its `base` says where."""
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), _handler(cache))
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    cache.base = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread.start()
    try:
        yield cache
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(cache: HttpCache) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True
        timeout = 30

        def do_GET(self) -> None:
            self._show(with_body=True)

        def do_HEAD(self) -> None:
            self._show(with_body=False)

        def do_PUT(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            found = self._admitted()
            if found is None:
                return
            kind, name = found
            if cache.read_only:
                self._answer(403, b"this token may only read\n")
            elif kind == "cas":
                if sha256(data).hexdigest() == name:
                    cache.blobs[name] = data
                    self._answer(200)
                else:
                    self._answer(400, b"checksums don't match\n")
            else:
                self._keep(name, data)

        def do_DELETE(self) -> None:
            if self._admitted() is not None:
                self._answer(405, b"Method 'DELETE' not supported.\n")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name in the base class
            """Say nothing."""

        def _admitted(self) -> tuple[str, str] | None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            cache.asked.append((self.command, self.path, headers))
            path = _PATH.fullmatch(self.path)
            if cache.refusal is not None:
                code, more, words = cache.refusal
                self._answer(code, words, more)
            elif cache.authorization not in {"", headers.get("authorization")}:
                self._answer(401, b"Unauthorized\n", {"WWW-Authenticate": 'Basic realm="cache"'})
            elif path is None:
                self._answer(400, b"resource name must be a SHA256 hash in hex\n")
            else:
                return path[1], path[2]
            return None

        def _show(self, *, with_body: bool) -> None:
            found = self._admitted()
            if found is None:
                return
            kind, name = found
            data = cache.blobs.get(name) if kind == "cas" else _shown(cache, name)
            if data is None:
                self._answer(404, b"Not found\n")
            elif kind == "cas" and with_body and "zstd" in self.headers.get("Accept-Encoding", ""):
                self._chunks(zstandard.compress(data))
            else:
                self._answer(200, data)

        def _keep(self, name: str, data: bytes) -> None:
            if not cache.validates:
                cache.results[name] = data
                self._answer(200)
                return
            message = reapi.ActionResult()
            try:
                message.ParseFromString(data)
            except DecodeError:
                self._answer(400, b"no ActionResult\n")
                return
            if not message.execution_metadata.worker:
                message.execution_metadata.worker = "127.0.0.1"
            cache.results[name] = message.SerializeToString(deterministic=True)
            self._answer(200)

        def _chunks(self, data: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Encoding", "zstd")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for begin in range(0, len(data), 100_000):
                piece = data[begin : begin + 100_000]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            if cache.cut:
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")

        def _answer(self, code: int, data: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD":
                return
            if cache.cut:
                self.close_connection = True
                data = data[: len(data) // 2]
            self.wfile.write(data)

    return Handler


def _shown(cache: HttpCache, name: str) -> bytes | None:
    data = cache.results.get(name)
    if not data or not cache.validates:
        return data or None
    message = reapi.ActionResult()
    message.ParseFromString(data)
    named = [file.digest.hash for file in message.output_files if not file.contents]
    if message.HasField("stdout_digest"):
        named.append(message.stdout_digest.hash)
    return data if all(each in cache.blobs for each in named) else None
