"""`pitstop cache serve`: a cache server for tools that have a cache client."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pitstop.core.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence

    from pitstop.serve.cache.cache import Cache
    from pitstop.serve.cache.server import Listen
    from pitstop.serve.cache.shelves import Quotas
    from pitstop.serve.cache.storage import Storage
    from pitstop.serve.cache.tokens import Grant

_BIG = 200 << 30
_MANY = 1_000_000
_LAST_PORT = 65_535
_DESCRIPTION = """Serve a cache over HTTP, for a team that has none yet. Speaks Bazel's HTTP cache (/ac, /cas),
Turborepo's (/v8/artifacts), Nx's (/v1/cache), Gradle's (/cache), ccache's (/ccache) and sccache's WebDAV (/sccache);
what each keeps is apart from the others'. One process, a folder or an S3 bucket, one machine. Needs
`pip install 'pitstop[serve]'`, and `pitstop[serve,s3]` for a bucket."""
_INSTEAD = """Take bazel-remote (github.com/buchgr/bazel-remote) instead when all of your clients speak Bazel's
protocols and there are many of them: it speaks gRPC, stores compressed, can have several servers behind one another and
uses all cores. This server uses one core, keeps about half a KiB of memory for each object, and speaks HTTP only; it is
made for up to some hundred GiB and a few thousand requests a second."""


def add_parser(below: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `serve` to those of `pitstop cache`."""
    made = below.add_parser(
        "serve",
        help="serve a cache over HTTP to turbo, nx, Bazel, Gradle, ccache, sccache and pitstop",
        description=_DESCRIPTION,
        epilog=_INSTEAD,
    )
    where = made.add_argument_group("where objects lie")
    where.add_argument("--dir", default="", metavar="FOLDER", help="a folder; by default `serve` in the user's cache")
    where.add_argument("--s3", default="", metavar="URL", help="a bucket instead: `s3://bucket/prefix`")
    where.add_argument("--s3-endpoint", default="", metavar="URL", help="of another server than Amazon's")
    where.add_argument("--s3-region", default="", metavar="NAME", help="of the bucket; by default `AWS_REGION`")
    who = made.add_argument_group("who may use it")
    who.add_argument(
        "--token-env",
        action="append",
        default=[],
        metavar="[TEAM=]NAME",
        help="a variable with a token that may read and write, for a team (`default`); may be repeated",
    )
    who.add_argument(
        "--read-token-env",
        action="append",
        default=[],
        metavar="[TEAM=]NAME",
        help="a variable with a token that may only read; may be repeated",
    )
    who.add_argument(
        "--tokens",
        default="",
        metavar="FILE",
        help="a file with the hashes of tokens, one a line; a change is seen while the server runs",
    )
    who.add_argument(
        "--add-token",
        default="",
        metavar="TEAM",
        help="draw a token, add its hash to the file of `--tokens`, print the token, and serve nothing",
    )
    who.add_argument("--read-only", action="store_true", help="with `--add-token`: the token may only read")
    quotas = made.add_argument_group("how much is kept")
    quotas.add_argument(
        "--max-size", default="20GiB", metavar="SIZE", help="of all objects; the longest unused go (20GiB)"
    )
    quotas.add_argument(
        "--quota",
        action="append",
        default=[],
        metavar="TEAM[/PROTOCOL]=SIZE",
        help="of a team, or what it keeps with one protocol; the team `*` is every other one; may be repeated",
    )
    quotas.add_argument("--max-object", default="2GiB", metavar="SIZE", help="of one object (2GiB)")
    how = made.add_argument_group("how it listens")
    how.add_argument("--host", default="127.0.0.1", help="the address; any but this machine's own needs a token")
    how.add_argument("--port", type=int, default=8484, help="the port (8484); 0: a free one")
    how.add_argument("--tls-cert", default="", metavar="FILE", help="a certificate and its chain, in PEM format")
    how.add_argument("--tls-key", default="", metavar="FILE", help="its key, in PEM format")
    how.add_argument(
        "--tls-client-ca", default="", metavar="FILE", help="authorities of which clients must show a certificate"
    )
    how.add_argument(
        "--access-log", default="-", metavar="FILE", help="one JSON line a request: `-` for standard output, or `off`"
    )


def cache_serve(given: argparse.Namespace) -> int:
    """Carry out `pitstop cache serve`; return its exit code."""
    from pitstop.core import clock
    from pitstop.serve.cache.tokens import TokenFile, add_token, grant_of, new_token

    if given.add_token:
        if not given.tokens:
            raise UsageError("`--add-token` needs to know the file", hint="add `--tokens FILE`")
        token = new_token()
        add_token(given.tokens, grant_of(given.add_token, token, write=not given.read_only))
        print(token)
        return EXIT_OK
    if given.read_only:
        raise UsageError("`--read-only` goes with `--add-token`", hint="a reading token is given by `--read-token-env`")
    fixed = [*_granted(given.token_env, write=True), *_granted(given.read_token_env, write=False)]
    grants: Callable[[], Sequence[Grant]] | None = (lambda: fixed) if fixed else None
    if given.tokens:
        file = TokenFile(given.tokens, _warn, clock.monotonic)

        def grants() -> Sequence[Grant]:
            return [*fixed, *file.grants()]

    return _serve(given, grants)


def _serve(given: argparse.Namespace, grants: Callable[[], Sequence[Grant]] | None) -> int:
    from pitstop.serve.cache import server
    from pitstop.serve.cache.access_log import AccessLog
    from pitstop.serve.cache.app import App
    from pitstop.serve.cache.cache import Cache
    from pitstop.serve.cache.metrics import Metrics
    from pitstop.serve.cache.shelves import Shelves
    from pitstop.serve.cache.storage import StorageError

    listen = _listen(given, open_to_all=grants is None)
    cache = Cache(_storage(given), Shelves(_quotas(given)))
    log = AccessLog(_writer(given.access_log))
    app = App(cache, Metrics(), grants, log if given.access_log != "off" else lambda _request: None, _warn)
    bound = server.bind(listen)
    try:
        cache.load()
    except StorageError as error:
        from pitstop.core.errors import SurroundingError

        raise SurroundingError(
            f"cannot read what is kept: {error}", hint="are address and credentials right?"
        ) from error

    async def ended() -> None:
        await cache.sweep()
        await cache.storage.close()
        log.flush()

    def ready() -> None:
        _banner(listen, bound.getsockname()[1], cache, open_to_all=grants is None)

    server.serve(app, listen, bound, ready, ended, _warn)
    return EXIT_OK


def _listen(given: argparse.Namespace, *, open_to_all: bool) -> Listen:
    from pitstop.serve.cache.server import Listen, is_loopback

    if not 0 <= given.port <= _LAST_PORT:
        raise UsageError(f"`{given.port}` is no port", hint=f"0 to {_LAST_PORT}; 0 is a free one")
    if bool(given.tls_cert) != bool(given.tls_key) or (given.tls_client_ca and not given.tls_cert):
        raise UsageError("TLS needs a certificate and its key", hint="give both `--tls-cert` and `--tls-key`")
    if not is_loopback(given.host):
        if open_to_all:
            raise UsageError(
                f"`{given.host}` can be reached by others, and nobody would need a token",
                hint="give `--token-env NAME` or `--tokens FILE`",
            )
        if not given.tls_cert:
            _warn("tokens cross the network unencrypted: give `--tls-cert` and `--tls-key`, or put TLS in front")
    return Listen(given.host, given.port, given.tls_cert, given.tls_key, given.tls_client_ca)


def _storage(given: argparse.Namespace) -> Storage:
    from pitstop.core.environ import environ
    from pitstop.pipeline.places import user_folder

    folder = os.path.abspath(os.path.expanduser(given.dir)) if given.dir else f"{user_folder()}/serve"
    if not given.s3:
        from pitstop.serve.cache.folder import Folder

        return Folder(folder)
    from urllib.parse import urlsplit

    from pitstop.serve.cache.bucket import Bucket

    parts = urlsplit(given.s3)
    if parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc:
        raise UsageError(
            "`--s3` takes the name of a bucket", hint="`s3://bucket/prefix`; keys are in AWS_ACCESS_KEY_ID"
        )
    return Bucket(
        parts.netloc, parts.path, f"{folder}/new", environ, endpoint=given.s3_endpoint, region=given.s3_region
    )


def _granted(named: Iterable[str], *, write: bool) -> Iterable[Grant]:
    from pitstop.core.environ import environ
    from pitstop.serve.cache.tokens import grant_of

    for text in named:
        team, _, variable = text.rpartition("=")
        if not environ.get(variable):
            raise UsageError(f"the variable `{variable}` holds no token", hint="set it, or name another")
        yield grant_of(team or "default", environ[variable], write=write)


def _quotas(given: argparse.Namespace) -> Quotas:
    from pitstop.serve.cache.routes import SPACES
    from pitstop.serve.cache.shelves import Quotas
    from pitstop.serve.cache.tokens import TEAM

    teams: dict[str, int] = {}
    shelves: dict[tuple[str, str], int] = {}
    for text in given.quota:
        place, equals, amount = text.partition("=")
        team, slash, space = place.partition("/")
        if not equals or not (team == "*" or TEAM.fullmatch(team)) or (slash and space not in SPACES):
            raise UsageError(
                f"`{text}` is no quota", hint=f"`TEAM=5GiB` or `TEAM/PROTOCOL=5GiB`; protocols: {', '.join(SPACES)}"
            )
        if slash:
            shelves[team, space] = _bytes(amount)
        else:
            teams[team] = _bytes(amount)
    return Quotas(_bytes(given.max_size), teams, shelves, _bytes(given.max_object))


def _bytes(text: str) -> int:
    from pitstop.pipeline.settings.fields.units import size

    found = size(text)
    if not found:
        raise UsageError(f"`{text}` is no size", hint="write it as `5GiB`, `500MB` or a number of bytes")
    return found


def _banner(listen: Listen, port: int, cache: Cache, *, open_to_all: bool) -> None:
    from pitstop.core.text import plural, size

    shelves = cache.shelves
    host = f"[{listen.host}]" if ":" in listen.host else listen.host
    print(f"listening on {'https' if listen.certificate else 'http'}://{host}:{port}", file=sys.stderr)
    whose = "anybody on this machine" if open_to_all else "holders of a token"
    bound = shelves.quotas.total
    print(
        f"{plural(shelves.objects, 'object')}, {size(shelves.bytes)} of {size(bound)}; open to {whose}",
        file=sys.stderr,
        flush=True,
    )
    if bound > _BIG or shelves.objects > _MANY:
        _warn("this is large for one process: if your clients speak Bazel's protocols, take bazel-remote instead")


def _writer(where: str) -> Callable[[str], None]:
    if where == "off":
        return lambda _text: None
    if where == "-":
        file = sys.stdout
    else:
        try:
            file = open(where, "a", encoding="utf-8")  # noqa: SIM115  for as long as the process lives
        except OSError as error:
            raise UsageError(f"cannot write the access log `{where}`: {error.strerror}") from error

    def write(text: str) -> None:
        try:
            file.write(text)
            file.flush()
        except (OSError, ValueError):  # who read it is gone; the cache is not
            return

    return write


def _warn(text: str) -> None:
    print(f"warning: {text}", file=sys.stderr, flush=True)
