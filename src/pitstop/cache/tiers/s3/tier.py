"""A bucket of S3, or of a server that speaks its protocol, as a tier: `s3://bucket/prefix`.

    <prefix>/ac/<hash>      a result (see `framed`)
    <prefix>/cas/<hash>     a blob (see `codec`)

Objects are only ever written whole, by one request or by an upload in parts that is completed at its end, so nobody
sees a half one. How long they stay is for the rules of the bucket to say (its life cycle), which should also end
uploads that were never completed.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from pitstop.cache.tiers import codec, framed, options
from pitstop.cache.tiers.ahead import ahead
from pitstop.cache.tiers.inline import MOST_FILE
from pitstop.cache.tiers.s3 import aws
from pitstop.cache.tiers.s3.bucket import PAGE, Bucket
from pitstop.cache.tiers.s3.errors import Gone
from pitstop.cache.tiers.tier import TierError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import BinaryIO, TypeVar

    from pitstop.cache.tiers.tier import Address, Sink, Source
    from pitstop.core.digest import Digest

    T = TypeVar("T")

OPTIONS = ("endpoint", "region", "prefix", "profile", "addressing", "ca", "anonymous")
"""`endpoint`: the URL of a server that is not Amazon's; `addressing`: `path` or `virtual`; `ca`: a PEM file."""

_REQUESTS = 16
"""Requests under way at once."""
_WHOLE = 1 << 22
"""Bytes up to which a blob is asked for, or sent, in one piece."""
_RANGE = 1 << 22
"""Bytes of a larger one that one request asks for."""
_AHEAD = 6
"""Such requests under way while the answers before them are worked on: one alone is slow on the real S3."""
_LIST = 256
"""From so many blobs on it may be cheaper to ask what there is than whether each is there."""


def open_tier(address: Address, environ: Mapping[str, str]) -> S3Tier:
    """Return the tier at `address`, which is not connected to yet. Raises TierError when the entry is wrong."""
    url = options.parsed(address, ("s3",))
    get = address.options.get
    own = aws.found(environ, get("profile", ""))
    endpoint = (get("endpoint") or own.endpoint).rstrip("/")
    server = options.parsed(address._replace(url=endpoint), ("https", "http")) if endpoint else None
    place = f"{url.place} at {server.place}" if server is not None else url.place
    options.check(address, place, OPTIONS)
    prefix = (get("prefix") or url.path).strip("/") or "pitstop"
    if {".", "..", ""}.intersection(prefix.split("/")):
        raise TierError(f"the prefix of `{place}` is no path", hint="names with single `/` between", permanent=True)
    anonymous = get("anonymous", "false") == "true"
    if own.unusable and not anonymous:
        hint = 'let the AWS tools give them: `eval "$(aws configure export-credentials --format env)"`'
        raise TierError(f"the profile `{own.unusable}` for `{place}` holds no keys", hint=hint, permanent=True)
    virtual = get("addressing", "path") == "virtual"
    config: dict[str, Any] = {
        "bucket": url.host,
        "region": get("region") or own.region or "us-east-1",
        "virtual_hosted_style_request": virtual,
        "skip_signature": anonymous,
    }
    if server is not None:
        inside = server._replace(host=f"{url.host}.{server.host}") if virtual else server
        config["endpoint"] = inside.place
    if own.key and own.secret and not anonymous:
        config |= {"access_key_id": own.key, "secret_access_key": own.secret}
        if own.token:
            config["session_token"] = own.token
    return S3Tier(Bucket(place, config, prefix, options.pem(address, place, "ca"), address.timeout_s))


class S3Tier:
    """A tier (see `tier.Tier`) in one bucket."""

    kind = "s3"
    inlines = MOST_FILE

    def __init__(self, bucket: Bucket) -> None:
        self.place = bucket.place
        self._bucket = bucket

    def get_results(self, actions: Sequence[str]) -> dict[str, bytes]:
        """See `Tier`."""
        found = self._each(actions, self._result)
        return {action: message for action, message in zip(actions, found, strict=True) if message is not None}

    def put_results(self, results: Mapping[str, bytes]) -> None:
        """See `Tier`."""
        self._each(list(results.items()), lambda item: self._bucket.put(f"ac/{item[0]}", framed.frame(*item)))

    def missing(self, digests: Sequence[Digest]) -> set[Digest]:
        """See `Tier`. Few are asked for one by one; of many it is asked what there is, where that is less to ask."""
        listed = self._listed(len(digests)) if len(digests) >= _LIST else None
        if listed is not None:
            return {digest for digest in digests if digest.hash not in listed}
        there = self._each(digests, lambda digest: self._bucket.has(f"cas/{digest.hash}"))
        return {digest for digest, has in zip(digests, there, strict=True) if not has}

    def get_blobs(self, digests: Sequence[Digest], sink: Sink) -> None:
        """See `Tier`."""
        self._each([digest for digest in digests if digest.size <= _WHOLE], partial(self._whole, sink=sink))
        for digest in digests:
            if digest.size > _WHOLE:
                self._in_ranges(digest, sink)

    def put_blobs(self, digests: Sequence[Digest], source: Source) -> None:
        """See `Tier`. Raises OSError when `source` does."""
        self._bucket.open()
        small = [digest for digest in digests if digest.size <= _WHOLE]
        self._each(small, partial(self._send, source=source))
        for digest in digests:
            if digest.size > _WHOLE:
                self._send(digest, source)

    def remove(self, actions: Sequence[str]) -> None:
        """See `Tier`."""
        self._each(actions, lambda action: self._bucket.delete(f"ac/{action}"))

    def close(self) -> None:
        """See `Tier`."""
        self._bucket.close()

    # One answer each, in one of the threads

    def _result(self, action: str) -> bytes | None:
        value = self._bucket.get(f"ac/{action}", framed.LIMIT)
        return None if value is None else framed.unframe(action, bytes(value))

    def _whole(self, digest: Digest, sink: Sink) -> None:
        value = self._bucket.get(f"cas/{digest.hash}", 2 * _WHOLE)
        if value is None:
            return
        try:
            pieces: tuple[bytes, ...] = (codec.unpacked_view(value, digest.size),)
        except codec.CodecError:
            pieces = ()  # which is not what its digest says, as whoever takes it will find
        sink(digest, pieces)

    def _send(self, digest: Digest, source: Source) -> None:
        name = f"cas/{digest.hash}"
        with source(digest) as file:
            if digest.size <= _WHOLE:
                self._bucket.put(name, codec.pack(file.read(_WHOLE)))
                return
            body = _Body(file)
            try:
                self._bucket.put(name, iter(body))
            except TierError:
                if body.error is not None:  # it came back through the library
                    raise body.error from None
                raise

    def _each(self, items: Sequence[Any], ask: Callable[[Any], T]) -> list[T]:
        """Return what `ask` answers for each of `items`, with several of them under way."""
        from concurrent.futures import ThreadPoolExecutor

        if not items:
            return []
        self._bucket.open()
        with ThreadPoolExecutor(min(len(items), _REQUESTS), "s3") as pool:
            return list(ahead(pool, (partial(ask, item) for item in items), 2 * _REQUESTS))

    # Several requests for one answer

    def _in_ranges(self, digest: Digest, sink: Sink) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._bucket.open()
        name = f"cas/{digest.hash}"
        try:
            first, size, version = self._bucket.get_range(name, 0, _RANGE, "")
        except Gone:
            return
        with ThreadPoolExecutor(_AHEAD, "s3") as pool:
            ask = partial(self._bucket.get_range, name, length=_RANGE, version=version)
            answers = ahead(pool, (partial(ask, begin=begin) for begin in range(_RANGE, size, _RANGE)), _AHEAD)
            pieces = chain((first,), (piece for piece, _, _ in answers))
            try:
                sink(digest, _unpacked(pieces, digest.size))
            except Gone:  # removed, or written anew, while it was read
                return

    def _listed(self, count: int) -> set[str] | None:
        """Return the hashes of all blobs; None where asking for `count` of them one by one is cheaper, or allowed only.

        Hashes are spread evenly, so the last one on the first page tells how many pages there are.
        """
        self._bucket.open()
        names: set[str] = set()
        try:
            for page in self._bucket.pages("cas"):
                if not names and len(page) == PAGE:
                    pages = 16**8 / (int(page[-1][:8], 16) + 1)
                    if pages * _REQUESTS > count:  # one page after the other takes as long as so many at once
                        return None
                names.update(page)
        except (Gone, ValueError):
            return None
        except TierError as error:
            if error.permanent:  # listing needs a permission of its own
                return None
            raise
        return names


class _Body:
    """A blob on its way out, and why it could not be read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from codec.packed(self._file)
        except OSError as error:
            self.error = error
            raise


def _unpacked(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    try:
        yield from codec.unpacked(pieces, size)
    except codec.CodecError:
        return  # and so it is not what its digest says
