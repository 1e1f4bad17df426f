"""What each protocol is told: acceptance, misses, and refusals in words that its clients bear. Pure.

A cache must not fail the build that asks it. Most clients take any refusal for a miss; two do not:

- nx fails the user's build unless reading says 200 or 404 and writing says 200, 403 or 409. So whatever goes wrong is
  404 to its reads and 403 to its writes, and is told in the access log and the metrics instead.
- turbo reads the body of a 403 as JSON.
"""

from __future__ import annotations

from json import dumps
from typing import NamedTuple

from pitstop.serve.cache.routes import BAZEL, GRADLE, NX, TURBO

TOKEN = "token"  # noqa: S105  the name of a refusal
READ_ONLY = "read-only"
LARGE = "too-large"
FULL = "full"
DIGEST = "wrong-digest"
STORAGE = "storage"
EXISTS = "exists"
HOST = "host"
CUT = "cut-off"

_STATUS = {
    TOKEN: 401,
    READ_ONLY: 403,
    LARGE: 413,
    FULL: 507,
    DIGEST: 400,
    STORAGE: 503,
    EXISTS: 409,
    HOST: 403,
    CUT: 408,
}
_WORDS = {
    TOKEN: "no token, or one that is not known here",
    READ_ONLY: "this token may only read",
    LARGE: "larger than what may be kept",
    FULL: "no room is left on the server",
    DIGEST: "the bytes are not what their digest names",
    STORAGE: "the storage of the server does not answer",
    EXISTS: "what is there is not replaced",
    HOST: "a server without tokens answers to localhost only",
    CUT: "the body did not arrive whole",
}
_ACCEPTED = {BAZEL: 201, TURBO: 202, NX: 200, GRADLE: 201}
Headers = list[tuple[bytes, bytes]]


class Answer(NamedTuple):
    """A short response, whole."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()


def refused(space: str, method: str, why: str) -> Answer:
    """Return what a client of `space` is told when it may not have, or cannot leave, what it wants."""
    status = _STATUS[why]
    if space == NX:
        if method not in {"PUT", "DELETE"}:
            return missed(NX)
        status = 409 if why == EXISTS else 403
    if space == TURBO:
        return _turbo(status, {401: "unauthorized", 403: "forbidden"}.get(status, why), _WORDS[why])
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="pitstop cache", charset="UTF-8"'))
    if status == 408:
        headers.append((b"connection", b"close"))
    if status == 503:
        headers.append((b"retry-after", b"10"))
    return Answer(status, f"{_WORDS[why]}\n".encode(), tuple(headers))


def missed(space: str) -> Answer:
    """Return what says that an object is not there."""
    return _turbo(404, "not_found", "no such artifact") if space == TURBO else Answer(404)


def kept(space: str, url: str) -> Answer:
    """Return what says that an object was kept; `url` is where."""
    status = _ACCEPTED.get(space, 201)
    return _json(status, {"urls": [url]}) if space == TURBO else Answer(status)


def turbo_status() -> Answer:
    """Return what `/v8/artifacts/status` says."""
    return _json(200, {"status": "enabled"})


def turbo_events() -> Answer:
    """Return what `/v8/artifacts/events` says."""
    return _json(200, {})


def preflight() -> Answer:
    """Return what says how objects may be asked for; for no browser, since no origin is allowed."""
    return Answer(
        204,
        headers=(
            (b"allow", b"GET, HEAD, PUT, DELETE, OPTIONS"),
            (b"access-control-allow-methods", b"GET, HEAD, PUT, POST"),
            (
                b"access-control-allow-headers",
                b"Authorization, Content-Type, User-Agent, X-Artifact-Duration, X-Artifact-Tag",
            ),
            (b"dav", b"1"),
        ),
    )


def plain(status: int, text: str) -> Answer:
    """Return a line of text."""
    return Answer(status, f"{text}\n".encode(), ((b"content-type", b"text/plain; charset=utf-8"),))


def health(team: str, *, write: bool) -> Answer:
    """Return that the server is well, and what the token that was shown may do (team empty: none was)."""
    return _json(200, {"status": "ok", **({"team": team, "write": write} if team else {})})


def folder(path: str) -> Answer:
    """Return the properties of a WebDAV collection (RFC 4918). Every one is there: folders are not kept."""
    return _multistatus(path, "<D:resourcetype><D:collection/></D:resourcetype>")


def file(path: str, size: int) -> Answer:
    """Return the properties of an object that WebDAV asks for."""
    return _multistatus(path, f"<D:resourcetype/><D:getcontentlength>{size}</D:getcontentlength>")


def _multistatus(path: str, properties: str) -> Answer:
    body = (
        '<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:"><D:response>'
        f"<D:href>{path}</D:href><D:propstat><D:prop>{properties}"
        "<D:getlastmodified>Thu, 01 Jan 1970 00:00:00 GMT</D:getlastmodified></D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>"
    )
    return Answer(207, body.encode(), ((b"content-type", b'application/xml; charset="utf-8"'),))


def _turbo(status: int, code: str, message: str) -> Answer:
    return _json(status, {"error": {"code": code, "message": message}})


def _json(status: int, value: object) -> Answer:
    return Answer(status, dumps(value).encode(), ((b"content-type", b"application/json"),))
