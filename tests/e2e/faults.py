"""What can go wrong with a store on another machine, each as a tier for `pitstop.toml` that behaves so."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import grpc
from tests.parts import http_cache, reapi_server
from tests.parts.github_cache import GitHubCache, serving_cache
from tests.parts.redis_server import redis_server
from tests.parts.s3_server import BUCKET
from tests.support.answering import Reply, answering, loading_redis
from tests.support.fault_proxy import Fault, fault_proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.parts.s3_server import S3Server

KINDS = ("redis", "s3", "http", "reapi", "github")
LARGE = 2 << 20
"""Bytes of the one large output; all else of a run is a few hundred."""
HALF = LARGE // 2
IMPATIENT, PATIENT = "1s", "30s"
"""Time-outs: where waiting is what is tried, and where a busy machine must not matter."""


@dataclass
class World:
    """The servers of one kind, and what the first run of all left in them."""

    kind: str
    folder: Path
    address: str = ""
    """Of the real server, where there is one."""
    s3: S3Server | None = None
    http: http_cache.HttpCache = field(default_factory=http_cache.HttpCache)
    github: GitHubCache = field(default_factory=GitHubCache)


class Setup(NamedTuple):
    """A tier as a run is given it."""

    toml: str
    env: Mapping[str, str] = {}
    happened: Callable[[], bool] = lambda: True
    """Whether what should go wrong did."""
    writers: int = 1
    """How many machines run at once before the one that is looked at."""
    upload_wait: str = "2s"
    """How long a run waits at its end for what it sends: to broken tiers, little."""


class Case(NamedTuple):
    """One fault of one kind of tier."""

    fault: str
    """In words, for the table."""
    arrange: Callable[[World, Path], AbstractContextManager[Setup]]


def entry(world: World, address: str, *, prefix: str = "warm", timeout: str = PATIENT, more: str = "") -> str:
    """Return an entry of `[[cache.tiers]]` for a server at `address`."""
    url = {
        "redis": f"redis://{address}/3",
        "s3": f"s3://{BUCKET}/{prefix}",
        "http": f"http://{address}/{prefix}",
        "reapi": f"grpc://{address}",
        "github": "github",
    }[world.kind]
    lines = [f'url = "{url}"', f'timeout = "{timeout}"', more]
    if world.kind in {"redis", "github"}:
        lines.append(f'prefix = "{prefix}"')
    if world.kind == "s3":
        lines.append(f'endpoint = "http://{address}"')
    return "\n".join(lines)


@contextmanager
def server(world: World) -> Iterator[tuple[str, Callable[[str], dict[str, str]]]]:
    """Yield the address of a server that has what the first run left, and the variables for whoever talks to it.

    The variables depend on the address that is talked to, which may be that of a proxy.
    """
    if world.kind == "http":
        with http_cache.serving(world.http) as http:
            yield http.base.removeprefix("http://"), lambda _: {}
    elif world.kind == "github":
        with serving_cache(GitHubCache(entries=world.github.entries)) as github:
            own = github.base.removeprefix("http://")

            def variables(address: str) -> dict[str, str]:
                github.base = f"http://{address}"
                return _job(github)

            yield own, variables
    else:
        given = dict(world.s3.environ) if world.s3 is not None else {}
        given.pop("HOME", None)
        yield world.address, lambda _: given


@contextmanager
def plain(world: World, _folder: Path) -> Iterator[Setup]:
    """Nothing goes wrong."""
    with server(world) as (address, variables):
        yield Setup(entry(world, address), variables(address), upload_wait=PATIENT)


@contextmanager
def two_writers(world: World, folder: Path) -> Iterator[Setup]:
    """Two machines write the same keys at the same time."""
    fresh = replace(world, http=http_cache.HttpCache(), github=GitHubCache())
    with server(fresh) as (address, variables):
        yield Setup(entry(world, address, prefix=folder.name), variables(address), writers=2, upload_wait=PATIENT)


def tcp(fault: Fault, timeout: str) -> Callable[[World, Path], AbstractContextManager[Setup]]:
    """Return a server behind a proxy that breaks connections."""

    @contextmanager
    def arrange(world: World, _folder: Path) -> Iterator[Setup]:
        with server(world) as (address, variables):
            host, _, port = address.partition(":")
            with fault_proxy(host, int(port), fault) as proxy:
                yield Setup(
                    entry(world, proxy.address, timeout=timeout),
                    variables(proxy.address),
                    lambda: fault.kind == "refuse" or proxy.tripped > 0,
                )
                assert proxy.connections < 60, "it is asked again and again"

    return arrange


def http(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None, *, reads: bool = False) -> object:
    """Return a server that answers everything so; with `reads`, only what would write, and that nothing is there."""

    @contextmanager
    def arrange(world: World, folder: Path) -> Iterator[Setup]:
        reply = Reply(status, body, headers or {})
        absent = Reply(404, _s3_error("NoSuchKey") if world.kind == "s3" else b"not found")
        with answering(lambda method: absent if reads and method in {"GET", "HEAD"} else reply) as (address, asked):
            variables: Mapping[str, str] = {}
            if world.kind == "s3":
                variables = {"AWS_ACCESS_KEY_ID": "AKIAOFTHETESTS", "AWS_SECRET_ACCESS_KEY": "a-secret"}
            if world.kind == "github":
                variables = _job(replace(world.github, base=f"http://{address}"))
            yield Setup(entry(world, address, prefix=folder.name), variables, lambda: bool(asked))

    return arrange


def _s3_error(code: str) -> bytes:
    text = f"<Error><Code>{code}</Code><Message>{code}</Message><RequestId>1</RequestId></Error>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()


# Redis


def redis(*settings: str, prefix: str = "", more: str = "") -> object:
    """Return a Redis of its own with further settings."""

    @contextmanager
    def arrange(world: World, folder: Path) -> Iterator[Setup]:
        (folder / "redis").mkdir()
        with redis_server(folder / "redis", *settings) as address:
            yield Setup(entry(world, address, prefix=prefix or folder.name, more=more))

    return arrange


@contextmanager
def redis_that_loads(world: World, _folder: Path) -> Iterator[Setup]:
    """It has been started just now."""
    with loading_redis() as (address, asked):
        yield Setup(entry(world, address), happened=lambda: bool(asked))


def redis_of_lies(*, blobs: bool) -> object:
    """Return a Redis whose values have other bytes than they should: blobs, or else results."""

    @contextmanager
    def arrange(world: World, folder: Path) -> Iterator[Setup]:
        _lie(world, folder, blobs=blobs)
        yield Setup(entry(world, world.address, prefix=folder.name))

    return arrange


def _lie(world: World, folder: Path, *, blobs: bool) -> None:
    import redis as client

    host, _, port = world.address.partition(":")
    there = client.Redis(host, int(port), 3)
    try:
        for number, key in enumerate(sorted(there.scan_iter("warm/*"))):
            value = there.get(key)
            assert isinstance(value, bytes)
            lie = _changed(value, number) if (b"/cas/" in key) == blobs else value
            there.set(key.replace(b"warm/", folder.name.encode() + b"/"), lie)
    finally:
        there.close()


def _changed(value: bytes, number: int) -> bytes:
    """Return other bytes: shorter ones for every second, one bit for the others."""
    if number % 2:
        return value[: len(value) // 2]
    return value[:-1] + bytes([value[-1] ^ 1])


# S3


def s3_of_lies(*, blobs: bool) -> object:
    """Return a bucket whose objects have other bytes than they should: blobs, or else results."""

    @contextmanager
    def arrange(world: World, folder: Path) -> Iterator[Setup]:
        assert world.s3 is not None
        root = world.s3.root / BUCKET
        for number, path in enumerate(sorted(path for path in (root / "warm").rglob("*") if path.is_file())):
            other = root / folder.name / path.relative_to(root / "warm")
            other.parent.mkdir(parents=True, exist_ok=True)
            lies = ("cas" in other.parts) == blobs
            other.write_bytes(_changed(path.read_bytes(), number) if lies else path.read_bytes())
        yield Setup(entry(world, world.address, prefix=folder.name), _s3_variables(world))

    return arrange


@contextmanager
def s3_wrong_key(world: World, _folder: Path) -> Iterator[Setup]:
    """The secret is another."""
    yield Setup(entry(world, world.address), {**_s3_variables(world), "AWS_SECRET_ACCESS_KEY": "another"})


def _s3_variables(world: World) -> dict[str, str]:
    assert world.s3 is not None
    return {name: value for name, value in world.s3.environ.items() if name != "HOME"}


# Bazel's HTTP cache


def http_cache_that(*, read_only: bool = False, cut: bool = False) -> object:
    """Return a server of Bazel's HTTP cache that misbehaves."""

    @contextmanager
    def arrange(world: World, _folder: Path) -> Iterator[Setup]:
        results = dict(world.http.results) if cut else {}
        cache = replace(world.http, results=results, blobs=dict(world.http.blobs), read_only=read_only, cut=cut)
        with http_cache.serving(cache) as there:
            yield Setup(entry(world, there.base.removeprefix("http://")), happened=lambda: bool(cache.asked))

    return arrange


@contextmanager
def http_of_lies(world: World, _folder: Path) -> Iterator[Setup]:
    """Blobs have other bytes than they should."""
    blobs = {
        name: _changed(data, number) if data else data for number, (name, data) in enumerate(world.http.blobs.items())
    }
    with http_cache.serving(replace(world.http, blobs=blobs)) as there:
        yield Setup(entry(world, there.base.removeprefix("http://")))


# REAPI


def reapi_that(call: str, code: grpc.StatusCode, *, token: str = "") -> object:
    """Return a server whose calls of one name all fail."""

    @contextmanager
    def arrange(world: World, _folder: Path) -> Iterator[Setup]:
        cache = reapi_server.Cache(token=token)
        if call:
            cache.fail(call, *[reapi_server.Fault(code, "as the test wants")] * 200)
        with reapi_server.serving(cache):
            more = 'token_env = "CACHE_TOKEN"' if token else ""
            yield Setup(entry(world, cache.address, more=more), {"CACHE_TOKEN": "expired"}, lambda: bool(cache.asked))

    return arrange


# GitHub


def _job(cache: GitHubCache) -> dict[str, str]:
    """Return the variables of a job."""
    return {"GITHUB_ACTIONS": "true", **cache.environ()}


def github_that(*, token: str = "", **so: object) -> object:
    """Return a cache service that misbehaves, with nothing in it."""

    @contextmanager
    def arrange(world: World, _folder: Path) -> Iterator[Setup]:
        with serving_cache(GitHubCache(**so)) as cache:  # type: ignore[arg-type]  # its fields
            env = {**_job(cache), **({"ACTIONS_RUNTIME_TOKEN": token} if token else {})}
            yield Setup(entry(world, ""), env, lambda: bool(cache.asked))

    return arrange


def github_of_lies(*, blobs: bool) -> object:
    """Return a cache service whose entries have other bytes than they should: those of blobs, or else of results."""

    @contextmanager
    def arrange(world: World, _folder: Path) -> Iterator[Setup]:
        entries = [
            replace(one, data=_changed(one.data, number)) if ("-cas-" in one.key) == blobs else one
            for number, one in enumerate(world.github.entries)
        ]
        with serving_cache(GitHubCache(entries=entries)) as cache:
            yield Setup(entry(world, ""), _job(cache))

    return arrange


TCP = {
    "nobody listens": tcp(Fault("refuse"), PATIENT),
    "it never answers": tcp(Fault("hang"), IMPATIENT),
    "it stops in the middle of a blob": tcp(Fault("stall", after=HALF), "3s"),
    "connections are cut in the middle of a blob": tcp(Fault("cut", after=HALF), PATIENT),
    "it ends its answer in the middle of a blob": tcp(Fault("half-close", after=HALF), PATIENT),
    "bits change on the way": tcp(Fault("corrupt", after=HALF), PATIENT),
    "connections are cut at the first request": tcp(Fault("reset"), PATIENT),
}
_SKEWED = _s3_error("RequestTimeTooSkewed")
_OWN: dict[str, dict[str, object]] = {
    "redis": {
        "it is still loading its data": redis_that_loads,
        "it has no more room": redis("--maxmemory", "2mb", "--maxmemory-policy", "noeviction"),
        "it wants a password": redis("--requirepass", "a-password"),
        "it may only be read (a replica)": redis("--replicaof", "127.0.0.1", "9"),
        "blobs have other bytes or lengths": redis_of_lies(blobs=True),
        "results have other bytes or lengths": redis_of_lies(blobs=False),
    },
    "s3": {
        "429 with `Retry-After`": http(429, _s3_error("TooManyRequests"), {"Retry-After": "3600"}),
        "503 (SlowDown)": http(503, _s3_error("SlowDown")),
        "the token has expired": http(400, _s3_error("ExpiredToken")),
        "the clocks disagree": http(403, _SKEWED),
        "the secret is wrong": s3_wrong_key,
        "the bucket is full": http(507, _s3_error("QuotaExceeded"), reads=True),
        "blobs have other bytes or lengths": s3_of_lies(blobs=True),
        "results have other bytes or lengths": s3_of_lies(blobs=False),
    },
    "http": {
        "401": http(401),
        "429 with `Retry-After`": http(429, headers={"Retry-After": "3600"}),
        "500": http(500),
        "a portal answers in its place": http(200, b"<html>please log in</html>"),
        "it has no more room (507)": http(507, reads=True),
        "the token may only read": http_cache_that(read_only=True),
        "bodies are shorter than they say": http_cache_that(cut=True),
        "blobs have other bytes or lengths": http_of_lies,
    },
    "reapi": {
        "the token has expired": reapi_that("", grpc.StatusCode.OK, token="another"),
        "`GetActionResult` fails with UNAVAILABLE": reapi_that("GetActionResult", grpc.StatusCode.UNAVAILABLE),
        "`BatchUpdateBlobs` fails with RESOURCE_EXHAUSTED": reapi_that(
            "BatchUpdateBlobs", grpc.StatusCode.RESOURCE_EXHAUSTED
        ),
        "writing fails with PERMISSION_DENIED": reapi_that("UpdateActionResult", grpc.StatusCode.PERMISSION_DENIED),
    },
    "github": {
        "the service is down": github_that(down=True),
        "the token has expired": github_that(token="expired"),
        "uploads are limited (429)": github_that(uploads_left=0),
        "this job may only read": github_that(denied=True),
        "blobs have other bytes or lengths": github_of_lies(blobs=True),
        "results have other bytes or lengths": github_of_lies(blobs=False),
    },
}


def cases(kind: str) -> dict[str, Case]:
    """Return all faults of a kind of tier, by a short name."""
    listed = {"nothing is wrong": plain, **TCP, **_OWN[kind], "two machines write at once": two_writers}
    return {re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-"): Case(text, how) for text, how in listed.items()}  # type: ignore[arg-type]  # all arrange
