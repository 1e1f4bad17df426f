"""A stand-in for the cache service of GitHub Actions (v2) and for the storage behind it, on the loopback.

Twirp methods and messages are those that `@actions/cache` sends (JSON) and sccache (protobuf), both of which are run
against this (tests/e2e/test_github_cache.py). Rules are GitHub's: an entry is found by key, version and branch, the
exact key before the newest that begins with it, this branch before the default one; it never changes; uploads are
limited. The storage takes block blobs as Azure does and refuses whoever sends it a token.
"""

from __future__ import annotations

import json
import re
import threading
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.support.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SERVICE = "/twirp/github.actions.results.api.v1.CacheService/"
TOKEN = "the-token-of-a-job"

# Names and numbers of the fields that are used, of each message.
_REQUESTS = {
    "CreateCacheEntry": {2: "key", 3: "version"},
    "FinalizeCacheEntryUpload": {2: "key", 3: "size_bytes", 4: "version"},
    "GetCacheEntryDownloadURL": {2: "key", 3: "restore_keys", 4: "version"},
}
_ANSWERS = {
    "CreateCacheEntry": ("ok", "signed_upload_url", "message"),
    "FinalizeCacheEntryUpload": ("ok", "entry_id", "message"),
    "GetCacheEntryDownloadURL": ("ok", "signed_download_url", "matched_key"),
}
_STATUS = {"unauthenticated": 401, "permission_denied": 403, "already_exists": 409, "resource_exhausted": 429}
_STATUS |= {"not_found": 404, "bad_route": 404, "invalid_argument": 400, "malformed": 400, "unavailable": 503}


@dataclass
class Entry:
    """One cache of a repository."""

    key: str
    version: str
    scope: str
    data: bytes = b""
    blocks: dict[str, bytes] = field(default_factory=dict)
    complete: bool = False
    uploads: int = 0
    """Requests that its bytes came in."""


@dataclass
class GitHubCache:
    """What the stand-in keeps, and how it is to misbehave."""

    scopes: dict[str, tuple[str, ...]] = field(default_factory=lambda: {TOKEN: ("refs/heads/main",)})
    """By the token of a job: the branch that it writes, then those that it reads besides."""
    entries: list[Entry] = field(default_factory=list)
    uploads_left: int = 1 << 30
    """Entries that may be created before the rate limit says no."""
    denied: bool = False
    """Writing is refused, as to a pull request from a fork."""
    down: bool = False
    stumbles: int = 0
    """So many questions are answered with 503."""
    cut_downloads: int = 0
    """So many downloads break off in their middle."""
    no_ranges: bool = False
    base: str = ""
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    """Method, path and headers of each request."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def environ(self, token: str = TOKEN) -> dict[str, str]:
        """Return the variables that a job gets."""
        return {
            "ACTIONS_CACHE_SERVICE_V2": "True",
            "ACTIONS_RESULTS_URL": f"{self.base}/",
            "ACTIONS_RUNTIME_TOKEN": token,
        }

    def kept(self) -> list[str]:
        """Return the keys of all entries that are complete, the oldest first."""
        return [entry.key for entry in self.entries if entry.complete]

    def find(self, scopes: tuple[str, ...], version: str, keys: list[str]) -> tuple[int, Entry] | None:
        """Return the entry that GitHub answers with."""
        for scope in scopes:
            mine = [
                (number, entry)
                for number, entry in enumerate(self.entries)
                if entry.complete and (entry.scope, entry.version) == (scope, version)
            ]
            for key in keys:
                exact = [one for one in mine if one[1].key == key]
                begun = [one for one in mine if one[1].key.startswith(key)]
                if exact or begun:
                    return (exact or begun)[-1]
        return None

    def answer(self, method: str, scopes: tuple[str, ...], asked: Mapping[str, Any]) -> dict[str, Any] | str:
        """Return what a method answers, or the code of its error."""
        key, version, scope = asked.get("key", ""), asked.get("version", ""), scopes[0]
        if not key or len(key) > 512 or "," in key or not version:
            return "invalid_argument"
        if method == "GetCacheEntryDownloadURL":
            found = self.find(scopes, version, [key, *asked.get("restore_keys", [])])
            if found is None:
                return {"ok": False, "signed_download_url": "", "matched_key": ""}
            return {"ok": True, "signed_download_url": self._signed(found[0]), "matched_key": found[1].key}
        number = next(
            (
                number
                for number, one in enumerate(self.entries)
                if (one.key, one.version, one.scope) == (key, version, scope)
            ),
            None,
        )
        if method == "CreateCacheEntry":
            if self.denied:
                return {"ok": False, "signed_upload_url": "", "message": "cache write denied: this run may only read"}
            if number is not None:
                return "already_exists"
            if not self.uploads_left:
                return "resource_exhausted"
            self.uploads_left -= 1
            self.entries.append(Entry(key, version, scope))
            return {"ok": True, "signed_upload_url": self._signed(len(self.entries) - 1), "message": ""}
        if number is None:
            return "not_found"
        entry = self.entries[number]
        if entry.complete or int(asked.get("size_bytes", 0)) != len(entry.data):
            return {"ok": False, "entry_id": "0", "message": "the size is not that of the blob"}
        entry.complete = True
        self.entries.append(self.entries.pop(number))  # the newest; nobody uploads at such an address any more
        return {"ok": True, "entry_id": str(len(self.entries)), "message": ""}

    def _signed(self, number: int) -> str:
        entry = self.entries[number]
        return f"{self.base}/blob/{id(entry)}?se=2030&sig=a%2Bsecret%3D"

    def blob(self, path: str, query: Mapping[str, list[str]]) -> Entry | None:
        """Return the entry of a signed address; None: the signature is missing or the entry is gone."""
        if query.get("sig") != ["a+secret="]:
            return None
        return next((entry for entry in self.entries if path == f"/blob/{id(entry)}"), None)


@contextmanager
def serving_cache(cache: GitHubCache) -> Iterator[GitHubCache]:
    """Answer as `cache` says until the block is left; its `base` says where."""
    ThreadingHTTPServer.request_queue_size = 128
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), _handler(cache))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    cache.base = f"http://127.0.0.1:{server.server_port}"
    try:
        thread.start()
        yield cache
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(cache: GitHubCache) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name in the base class
            """Say nothing."""

        def do_POST(self) -> None:
            body = self._body()
            method = self.path.removeprefix(SERVICE)
            given = self.headers.get("Authorization", "").removeprefix("Bearer ")
            binary = self.headers.get("Content-Type", "").startswith("application/protobuf")
            if cache.down or cache.stumbles:
                cache.stumbles = max(0, cache.stumbles - 1)
                self._refuse("unavailable")
            elif method not in _REQUESTS:
                self._refuse("bad_route")
            elif given not in cache.scopes:
                self._refuse("unauthenticated")
            else:
                try:
                    asked = _decode(body, _REQUESTS[method]) if binary else json.loads(body)
                except ValueError:
                    self._refuse("malformed")
                    return
                with cache.lock:
                    said = cache.answer(method, cache.scopes[given], asked)
                if isinstance(said, str):
                    self._refuse(said)
                elif binary:
                    self._answer(200, _encode(said, _ANSWERS[method]), {"Content-Type": "application/protobuf"})
                else:
                    self._answer(200, json.dumps(said).encode(), {"Content-Type": "application/json"})

        def do_PUT(self) -> None:
            body = self._body()
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            entry = cache.blob(url.path, query)
            part = query.get("comp", [""])[0]
            if "Authorization" in self.headers:
                self._answer(400)
            elif cache.down:
                self._answer(503)
            elif entry is None or entry.complete or "x-ms-version" not in self.headers:
                self._answer(403)
            elif part == "block":
                entry.blocks[b64decode(query["blockid"][0]).decode()] = body
                entry.uploads += 1
                self._answer(201)
            elif part == "blocklist":
                names = re.findall(rb"<(?:Latest|Uncommitted)>([^<]+)</", body)
                entry.data = b"".join(entry.blocks[b64decode(name).decode()] for name in names)
                self._answer(201)
            elif self.headers.get("x-ms-blob-type") == "BlockBlob":
                entry.data = body
                entry.uploads += 1
                self._answer(201)
            else:
                self._answer(400)

        def do_GET(self) -> None:
            self._note()
            url = urlsplit(self.path)
            entry = cache.blob(url.path, parse_qs(url.query))
            if "Authorization" in self.headers:
                self._answer(400)
            elif entry is None or not entry.complete:
                self._answer(404)
            else:
                data, wanted = entry.data, self.headers.get("Range") or self.headers.get("x-ms-range")
                status, begin = 200, 0
                if wanted and not cache.no_ranges:
                    span = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
                    assert span is not None
                    status, begin = 206, int(span[1])
                    data = data[begin : int(span[2]) + 1 if span[2] else None]
                if cache.cut_downloads and len(data) > 1:
                    cache.cut_downloads -= 1
                    self._answer(status, data[: len(data) // 2], {"Content-Length": str(len(data))})
                    self.close_connection = True
                else:
                    self._answer(status, data)

        do_HEAD = do_GET  # noqa: N815  its name in the base class

        def _body(self) -> bytes:
            self._note()
            if self.headers.get("Transfer-Encoding") == "chunked":
                pieces = []
                while size := int(self.rfile.readline(), 16):
                    pieces.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(pieces)
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _note(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            cache.asked.append((self.command, self.path, headers))

        def _refuse(self, code: str) -> None:
            words = {"already_exists": "cache entry with the same key, version, and scope already exists"}
            headers = {"Content-Type": "application/json"}
            if code == "resource_exhausted":
                headers["Retry-After"] = "42"
            data = json.dumps({"code": code, "msg": words.get(code, code)}).encode()
            self._answer(_STATUS[code], data, headers)

        def _answer(self, status: int, data: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    return Handler


def _decode(data: bytes, names: Mapping[int, str]) -> dict[str, Any]:
    """Return the fields of a protobuf message that `names` names; `restore_keys` is the one that repeats."""
    found: dict[str, Any] = {}
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = number()
        value: Any = number()
        if tag & 7 == 2:
            at, value = at + value, data[at : at + value]
        name = names.get(tag >> 3, "")
        if name == "restore_keys":
            found.setdefault(name, []).append(value.decode())
        elif name:
            found[name] = value if isinstance(value, int) else value.decode()
    return found


def _encode(message: Mapping[str, Any], names: tuple[str, ...]) -> bytes:
    """Return a protobuf message whose fields are numbered as they stand in `names`."""

    def number(value: int) -> bytes:
        out = bytearray()
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        return bytes([*out, value])

    out = []
    for field_number, name in enumerate(names, 1):
        value = message[name]
        if name in {"ok", "entry_id"}:
            out.append(number(field_number << 3) + number(int(value)))
        else:
            raw = value.encode()
            out.append(number(field_number << 3 | 2) + number(len(raw)) + raw)
    return b"".join(out)
