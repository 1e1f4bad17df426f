"""What a request asks for: which protocol, which object. Decides by method and path alone; pure.

Where the paths come from: Bazel's HTTP cache (bazel.build/remote/caching), Turborepo's Remote Cache API
(turborepo.dev/docs/openapi), Nx's self-hosted cache (nx.dev, "self-hosted caching"), ccache's manual ("HTTP storage
backend"), opendal's WebDAV service as sccache uses it, Gradle's user manual ("HTTP build cache backend").
"""

from __future__ import annotations

import re
from typing import NamedTuple

OBJECT = "object"
FOLDER = "folder"
STATUS = "status"
EVENTS = "events"
OPTIONS = "options"
METRICS = "metrics"
HEALTH = "health"

BAZEL = "bazel"
TURBO = "turbo"
NX = "nx"
GRADLE = "gradle"
CCACHE = "ccache"
SCCACHE = "sccache"
SPACES = (BAZEL, TURBO, NX, GRADLE, CCACHE, SCCACHE)
"""The protocols; each has objects of its own, which no other can see or replace."""

_OBJECT_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_LONGEST_KEY = 200
"""Characters; the whole key is the name of one file."""
_PATTERNS = {
    BAZEL: re.compile(r"/((?:ac|cas)/[0-9a-f]{64})"),
    TURBO: re.compile(r"/v8/artifacts/([0-9a-f]{8,128})"),
    NX: re.compile(r"/v1/cache/([0-9A-Za-z_-]{1,128})"),
    GRADLE: re.compile(r"/cache/([0-9a-f]{32,128})"),
    # The prefix is the user's; ccache's `flat`, `subdirs` and `bazel` layouts and sccache's one are below it.
    CCACHE: re.compile(r"/ccache/((?:[0-9A-Za-z_][0-9A-Za-z_.-]*/){0,8}[0-9A-Za-z_][0-9A-Za-z_.-]*)"),
    SCCACHE: re.compile(
        r"/sccache/((?:[0-9A-Za-z_][0-9A-Za-z_.-]*/){0,8}(?:\.sccache_check|[0-9A-Za-z_][0-9A-Za-z_.-]*))"
    ),
}
_FIRST = {
    "ac": BAZEL,
    "cas": BAZEL,
    "v8": TURBO,
    "v1": NX,
    "cache": GRADLE,
    "ccache": CCACHE,
    "sccache": SCCACHE,
}
_FOLDER = re.compile(r"/sccache/(?:[0-9A-Za-z_][0-9A-Za-z_.-]*/){0,8}")


class Route(NamedTuple):
    """What a request asks for."""

    space: str
    """The protocol, one of `SPACES`; empty for what belongs to none."""
    kind: str
    """`object`, `folder` (WebDAV), `status` and `events` (turbo), `options`, `metrics` or `health`."""
    key: str = ""
    """Of an object within its protocol."""
    digest: str = ""
    """The SHA-256 that the bytes of the object must have, in hexadecimal; empty: any bytes may be kept."""


class NoRoute(NamedTuple):
    """A request that nothing answers."""

    status: int
    """404 or 405."""
    why: str


def find_route(method: str, path: str) -> Route | NoRoute:
    """Return what `method` on `path` (percent-decoded, without its query) asks for."""
    first = path[1:].partition("/")[0]
    space = _FIRST.get(first)
    if space is None:
        return _special(method, path)
    if method == "OPTIONS":
        return Route(space, OPTIONS)
    if space == TURBO and (special := _turbo(method, path)) is not None:
        return special
    if space == SCCACHE and (method in {"PROPFIND", "MKCOL"}) and (found := _FOLDER.fullmatch(path)):
        return Route(space, FOLDER, path)
    found = _PATTERNS[space].fullmatch(path)
    if found is None or len(found[1]) > _LONGEST_KEY:
        return NoRoute(404, f"this is no path of the {space} protocol")
    if method not in _OBJECT_METHODS and not (method == "PROPFIND" and space == SCCACHE):
        return NoRoute(405, f"{method} is not spoken here")
    key = found[1]
    return Route(space, OBJECT, key, key[4:] if first == "cas" else "")


def _turbo(method: str, path: str) -> Route | None:
    if path == "/v8/artifacts/status" and method == "GET":
        return Route(TURBO, STATUS)
    if path == "/v8/artifacts/events" and method == "POST":
        return Route(TURBO, EVENTS)
    return None


def _special(method: str, path: str) -> Route | NoRoute:
    if path in {"/health", "/metrics"}:
        if method in {"GET", "HEAD"}:
            return Route("", path[1:])
        return NoRoute(405, f"{method} is not spoken here")
    return NoRoute(404, "nothing is served here; the paths are in `pitstop cache serve --help`")


def file_of(key: str) -> str:
    """Return the name of the file that holds `key`: one name without a slash, another one for every key."""
    return key.replace("/", "~")


def key_of(file: str) -> str:
    """Return the key that `file_of` made this name of."""
    return file.replace("~", "/")
