"""A Redis or Valkey server as a tier: `redis://` and `rediss://`.

    <prefix>/ac/<hash>          a result (see `framed`)
    <prefix>/cas/<hash>         a blob of up to 1 MiB (see `codec`)
    <prefix>/cas/<hash>.<n>     the n-th MiB of a larger one; its size, which the digest says, tells how many there are

A server that evicts may drop any key at any time: a blob is there when all its keys are. One server, or the primary of
several; a cluster that spreads keys over its nodes is refused.
"""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from pitstop.cache.tiers import bulk, codec, framed, options
from pitstop.cache.tiers.ahead import ahead, early
from pitstop.cache.tiers.inline import MOST_FILE
from pitstop.cache.tiers.tier import TierError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    from pitstop.cache.tiers.tier import Address, Sink, Source
    from pitstop.core.digest import Digest

OPTIONS = ("prefix", "ttl", "user", "password_env", "ca", "certificate", "key")
"""`ttl`: how long a value is kept after it was last sent or asked for before sending; `ca`, `certificate`, `key`: PEM files."""

PART = 1 << 20
"""Bytes that one value stands for at most. Redis takes up to 512 MB, but what is under way lies in memory, and a server
that sends much at once does nothing else meanwhile; from larger ones nothing was seen to get faster."""
_BATCH = 1 << 23
"""Bytes that are asked for, or sent, in one go."""
_KEYS = 1024
"""Keys in one request: a server that answers one does nothing else meanwhile."""
_AHEAD = 4
"""Parts of a large blob that are received while those before them are worked on."""
_LOADING_S = 5.0


def open_tier(address: Address, environ: Mapping[str, str]) -> RedisTier:
    """Return the tier at `address`, which is not connected to yet. Raises TierError when the entry is wrong."""
    url = options.parsed(address, ("redis", "rediss"))
    place = url.place
    options.check(address, place, OPTIONS)
    database = url.path[1:] or "0"
    if not database.isdecimal():
        hint = f"write `{url._replace(path='/0').place}`"
        raise TierError(f"the number of the database in `{place}` is no number", hint=hint, permanent=True)
    settings: dict[str, Any] = {
        "host": url.host,
        "port": url.port or 6379,
        "db": int(database),
        "username": url.user or address.options.get("user") or None,
        "password": url.password or options.secret(address, place, environ, "password_env") or None,
        "socket_timeout": address.timeout_s,
        "socket_connect_timeout": address.timeout_s,
    }
    if url.scheme == "rediss":
        files = {"ssl_ca_certs": "ca", "ssl_certfile": "certificate", "ssl_keyfile": "key"}
        settings |= {"ssl": True} | {key: options.pem(address, place, name) or None for key, name in files.items()}
    ttl = int(options.seconds(address, place, "ttl"))
    return RedisTier(place, settings, address.options.get("prefix", "pitstop"), ttl)


class RedisTier:
    """A tier (see `tier.Tier`) on one server."""

    kind = "redis"
    inlines = MOST_FILE

    def __init__(self, place: str, settings: Mapping[str, Any], prefix: str, ttl_s: int) -> None:
        self.place = place
        self._settings = settings
        self._prefix = prefix
        self._expires = ("EX", ttl_s) if ttl_s else ()
        self._ttl_s = ttl_s
        self._client: Any = None  # a `redis.Redis`, whose `execute_command` has no types
        self._result_bytes = _BATCH // 64
        """What a result has weighed lately: how many to ask for at once."""

    def get_results(self, actions: Sequence[str]) -> dict[str, bytes]:
        """See `Tier`."""
        found: dict[str, bytes] = {}
        begin = 0
        while begin < len(actions):
            batch = actions[begin : begin + min(_KEYS, max(1, _BATCH // self._result_bytes))]
            begin += len(batch)
            values = self._values([f"{self._prefix}/ac/{action}" for action in batch])
            weights = [len(value) for value in values if value is not None]
            if weights:
                self._result_bytes = sum(weights) // len(weights) + 1
            for action, value in zip(batch, values, strict=True):
                message = framed.unframe(action, value) if value is not None else None
                if message is not None:
                    found[action] = message
        return found

    def put_results(self, results: Mapping[str, bytes]) -> None:
        """See `Tier`."""
        self._send(
            (f"{self._prefix}/ac/{action}", framed.frame(action, message)) for action, message in results.items()
        )

    def missing(self, digests: Sequence[Digest]) -> set[Digest]:
        """See `Tier`. What is there counts as used now, so that the server evicts it last."""
        asked = [(digest, key) for digest in digests for key in self._keys(digest)]
        gone: set[Digest] = set()
        for begin in range(0, len(asked), _KEYS):
            batch = asked[begin : begin + _KEYS]
            used = (("EXPIRE", key, self._ttl_s) if self._ttl_s else ("TOUCH", key) for _, key in batch)
            answers = self._pipelined(used)
            gone.update(digest for (digest, _), there in zip(batch, answers, strict=True) if not there)
        return gone

    def get_blobs(self, digests: Sequence[Digest], sink: Sink) -> None:
        """See `Tier`."""
        from concurrent.futures import ThreadPoolExecutor

        self._connected()
        with ThreadPoolExecutor(2, "redis") as pool:
            small = _batches(digest for digest in digests if digest.size <= PART)
            for batch, values in ahead(pool, (partial(self._blobs, batch) for batch in small), 2):
                for digest, value in zip(batch, values, strict=True):
                    if value is not None:
                        sink(digest, _unpacked(digest, value))
        for digest in digests:
            if digest.size > PART:
                with suppress(_Evicted), closing(self._parts(digest)) as parts, closing(early(parts, _AHEAD)) as pieces:
                    sink(digest, pieces)

    def put_blobs(self, digests: Sequence[Digest], source: Source) -> None:
        """See `Tier`. Raises OSError when `source` does."""
        self._send(self._packed(digests, source))

    def remove(self, actions: Sequence[str]) -> None:
        """See `Tier`."""
        for begin in range(0, len(actions), _KEYS):
            self._pipelined([("DEL", *(f"{self._prefix}/ac/{action}" for action in actions[begin : begin + _KEYS]))])

    def close(self) -> None:
        """See `Tier`."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _keys(self, digest: Digest) -> list[str]:
        key = f"{self._prefix}/cas/{digest.hash}"
        return [key] if digest.size <= PART else [f"{key}.{part}" for part in range(-(-digest.size // PART))]

    def _blobs(self, batch: Sequence[Digest]) -> tuple[Sequence[Digest], list[bytes | None]]:
        return batch, self._values([f"{self._prefix}/cas/{digest.hash}" for digest in batch])

    def _parts(self, digest: Digest) -> Generator[bytes]:
        """Yield the parts of a large blob; one that is damaged is the last, and so it is not what its digest says."""
        keys = self._keys(digest)
        with self._translated():
            pool = self._connected().connection_pool
            connection = pool.get_connection()
            whole = False
            try:
                for value in bulk.values(connection, keys, PART + 1):
                    if value is None:
                        raise _Evicted
                    yield codec.unpacked_view(value, PART)
                whole = True
            except codec.CodecError:
                return
            except bulk.OtherReplyError:
                self._values(keys[:1])  # raises what the server said, if it was an error
            finally:
                if not whole:
                    connection.disconnect()
                pool.release(connection)

    def _packed(self, digests: Sequence[Digest], source: Source) -> Iterator[tuple[str, bytes]]:
        for digest in digests:
            with source(digest) as file:
                for key in self._keys(digest):
                    yield key, codec.pack(file.read(PART))

    def _send(self, values: Iterable[tuple[str, bytes]]) -> None:
        batch: list[tuple[Any, ...]] = []
        size = 0
        for key, value in values:
            batch.append(("SET", key, value, *self._expires))
            size += len(value)
            if size >= _BATCH or len(batch) == _KEYS:
                self._pipelined(batch)
                batch, size = [], 0
        if batch:
            self._pipelined(batch)

    def _values(self, keys: Sequence[str]) -> list[bytes | None]:
        with self._translated():
            values: list[bytes | None] = self._connected().execute_command("MGET", *keys)
            return values

    def _pipelined(self, commands: Iterable[Sequence[Any]]) -> list[Any]:
        with self._translated():
            pipeline = self._connected().pipeline(transaction=False)
            for command in commands:
                pipeline.execute_command(*command)
            answers: list[Any] = pipeline.execute(raise_on_error=False)
            for answer in answers:
                if isinstance(answer, Exception):
                    raise answer
            return answers

    def _connected(self) -> Any:
        if self._client is None:
            try:
                from redis import Redis
                from redis.backoff import NoBackoff
                from redis.exceptions import ConnectionError as NoConnection
                from redis.retry import Retry
            except ImportError as error:
                hint = "`pip install 'pitstop[redis]'`"
                raise TierError(f"the tier `{self.place}` needs `redis`", hint=hint, permanent=True) from error
            # A connection that the server has closed meanwhile is made anew; a time-out is never waited for twice.
            again = Retry(NoBackoff(), 1, supported_errors=(NoConnection,))
            self._client = Redis(**self._settings, retry=again, protocol=2)
        return self._client

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from redis import exceptions

        try:
            yield
        except (exceptions.TimeoutError, TimeoutError) as error:
            wait = self._settings["socket_timeout"]
            hint = "is the server in reach, and is it busy? `timeout` of the tier says how long to wait"
            raise TierError(f"`{self.place}` did not answer within {wait:g} s", hint=hint) from error
        except exceptions.BusyLoadingError as error:
            raise TierError(f"`{self.place}` is still loading its data", retry_after_s=_LOADING_S) from error
        except exceptions.RedisError as error:
            raise self._refused(type(error).__name__, str(error)) from error
        except ConnectionError as error:
            raise self._refused("", str(error)) from error

    def _refused(self, kind: str, said: str) -> TierError:
        for sign, hint, permanent in _REFUSALS:
            if sign == kind or sign in said:
                return TierError(f"`{self.place}` refuses: {said}", hint=hint, permanent=permanent)
        return TierError(f"`{self.place}` failed: {said}", hint=f"try `redis-cli -u {self.place} ping`")


_USER = "look at the user and the password, and at what the server lets that user do: `ACL GETUSER NAME`"
_REPLICA = "this is a replica: name its primary, or give the tier `write = false`"
_CLUSTER = "clusters are not supported: name a single server, or a proxy before the cluster"
_REFUSALS = (  # the class of the exception, or a part of its text; how to mend it; whether asking again is of no use
    ("AuthenticationError", _USER, True),
    ("AuthorizationError", _USER, True),
    ("NoPermissionError", _USER, True),
    ("WRONGPASS", _USER, True),
    ("NOAUTH", "the server wants a password: name the variable that holds it by `password_env`", True),
    ("OutOfMemoryError", "let old values make room: `maxmemory-policy allkeys-lru`", False),
    ("ReadOnlyError", _REPLICA, True),
    ("MISCONF", "the server cannot save its data, and so takes none: its log says why", False),
    ("MovedError", _CLUSTER, True),
    ("ClusterCrossSlotError", _CLUSTER, True),
    ("DB index", "the server has no database of this number, which is the end of the address", True),
)


class _Evicted(Exception):
    """A part of a blob is not there."""


def _batches(digests: Iterable[Digest]) -> Iterator[list[Digest]]:
    batch: list[Digest] = []
    size = 0
    for digest in digests:
        if batch and (size + digest.size > _BATCH or len(batch) == _KEYS):
            yield batch
            batch, size = [], 0
        batch.append(digest)
        size += digest.size
    if batch:
        yield batch


def _unpacked(digest: Digest, value: bytes) -> tuple[bytes, ...]:
    try:
        return (codec.unpacked_view(value, digest.size),)
    except codec.CodecError:
        return ()  # which is not what its digest says, as whoever takes it will find
