"""Blobs of a REAPI server by digest: which are missing, read, write; small ones in batches, large ones as streams."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import grpc

from pitstop.cache.reapi import bytestream
from pitstop.cache.reapi.errors import CODES, ReapiError, error_with
from pitstop.cache.reapi.offer import BATCH, batches, questions
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.core.digest import EMPTY, Digest
from pitstop.core.errors import PitstopError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from pitstop.cache.reapi.client import Client, Zstd
    from pitstop.cache.reapi.proto import status_pb2 as rpc

    Sink = Callable[[Digest, Iterable[bytes]], bool]
    Source = Callable[[Digest], BinaryIO]

_WINDOW = 4
"""Batches, or streams, that are under way at once."""
_SLOWEST_READ, _SLOWEST_WRITE = 1 << 19, 1 << 16
"""Bytes a second that batches need at least, beside the time that any call may take. A task waits for what is read; what
is written may go over the slow way out of somebody's home, and nobody waits for it."""
_COMPRESSED_FROM = 256
"""Bytes from which compressing a blob of a batch pays."""


def missing(client: Client, digests: Sequence[Digest]) -> set[Digest]:
    """Return those of `digests` that the server does not have. Raises ReapiError."""
    asked = dict.fromkeys(digests)
    asked.pop(EMPTY, None)
    found: set[Digest] = set()
    requests = (
        reapi.FindMissingBlobsRequest(instance_name=client.endpoint.instance, blob_digests=map(_message, group))
        for group in questions(asked)
    )
    for answer in client.asking(client.calls.find_missing_blobs, requests, "say which blobs are missing"):
        if isinstance(answer, ReapiError):
            raise answer
        found.update(Digest(each.hash, each.size_bytes) for each in answer.missing_blob_digests)
    return found & asked.keys()


def read(client: Client, digests: Sequence[Digest], sink: Sink) -> None:
    """Hand the bytes of each blob that is there to `sink`, which verifies them. Raises ReapiError at the end of the rest."""
    offer = client.offer()
    asked = dict.fromkeys(digests)
    if EMPTY in asked:
        del asked[EMPTY]
        sink(EMPTY, ())
    streamed = [digest for digest in asked if not offer.fits(digest)]
    groups = list(batches((digest for digest in asked if offer.fits(digest)), offer))
    troubles = _Troubles(client, "give")
    zstd = client.zstd if offer.zstd else None
    requests = (
        reapi.BatchReadBlobsRequest(
            instance_name=client.endpoint.instance,
            digests=map(_message, group),
            acceptable_compressors=[reapi.Compressor.ZSTD] if zstd else (),
        )
        for group in groups
    )
    answers = client.asking(
        client.calls.batch_read_blobs,
        requests,
        "give blobs",
        window=_WINDOW,
        timeout_s=_patience(client, _SLOWEST_READ),
    )
    for group, answer in zip(groups, answers, strict=True):
        if isinstance(answer, ReapiError):
            if answer.code is not grpc.StatusCode.UNIMPLEMENTED:
                raise answer
            streamed += group
            continue
        wanted = {digest.hash: digest for digest in group}
        for each in answer.responses:
            digest = wanted.pop(each.digest.hash, None)
            if digest is None:
                continue
            if each.HasField("status") and each.status.code:
                troubles.add(digest, each.status)
            elif zstd and each.compressor == reapi.Compressor.ZSTD:
                sink(digest, _inflated(zstd, each.data, digest.size))
            else:
                sink(digest, (each.data,))
    _at_once(client, streamed, lambda digest: _read_one(client, digest, sink), troubles)
    troubles.tell()


def write(client: Client, digests: Sequence[Digest], source: Source) -> None:
    """Send blobs. Raises ReapiError at the end of the rest, and OSError when `source` cannot be read."""
    offer = client.offer()
    asked = dict.fromkeys(digests)
    asked.pop(EMPTY, None)
    streamed = [digest for digest in asked if not offer.fits(digest)]
    groups = list(batches((digest for digest in asked if offer.fits(digest)), offer))
    troubles = _Troubles(client, "take")
    requests = (_update(client, group, source, compress=offer.zstd_batches) for group in groups)
    answers = client.asking(
        client.calls.batch_update_blobs,
        requests,
        "take blobs",
        window=_WINDOW,
        timeout_s=_patience(client, _SLOWEST_WRITE),
    )
    for group, answer in zip(groups, answers, strict=True):
        if isinstance(answer, ReapiError):
            if answer.code is not grpc.StatusCode.UNIMPLEMENTED:
                raise answer
            streamed += group
            continue
        for each in answer.responses:
            if each.status.code:
                troubles.add(Digest(each.digest.hash, each.digest.size_bytes), each.status)
    _at_once(client, streamed, lambda digest: bytestream.write(client, digest, source), troubles)
    troubles.tell()


class _Troubles:
    """What went wrong with single blobs; the others go on."""

    def __init__(self, client: Client, verb: str) -> None:
        self._client = client
        self._verb = verb
        self._first: ReapiError | None = None

    def add(self, digest: Digest, status: rpc.Status) -> None:
        """Take what a server said of one blob; that it is not there is no trouble."""
        code = CODES.get(status.code, grpc.StatusCode.UNKNOWN)
        if code is not grpc.StatusCode.NOT_FOUND:
            self.keep(
                error_with(code, status.message, self._client.endpoint, f"{self._verb} the blob {digest}", status)
            )

    def keep(self, error: ReapiError) -> None:
        """Take what went wrong with one blob."""
        if error.code is grpc.StatusCode.INVALID_ARGUMENT:
            error.permanent = False  # that is about this blob and no other
        self._first = self._first or error

    def tell(self) -> None:
        if self._first is not None:
            raise self._first


def _update(
    client: Client, group: Sequence[Digest], source: Source, *, compress: bool
) -> reapi.BatchUpdateBlobsRequest:
    request = reapi.BatchUpdateBlobsRequest(instance_name=client.endpoint.instance)
    zstd = client.zstd if compress else None
    for digest in group:
        with source(digest) as file:
            data = file.read(digest.size + 1)
        one = request.requests.add(data=data)
        one.digest.hash, one.digest.size_bytes = digest
        if zstd and len(data) >= _COMPRESSED_FROM and len(small := zstd.compress(data)) < len(data):
            one.data, one.compressor = small, reapi.Compressor.ZSTD
    return request


def _inflated(zstd: Zstd, data: bytes, size: int) -> tuple[bytes, ...]:
    try:
        return (zstd.decompress(data, size),)
    except PitstopError:  # no zstd frame: nothing, which is found to be wrong as well
        return ()


def _read_one(client: Client, digest: Digest, sink: Sink) -> None:
    with closing(bytestream.read(client, digest)) as pieces:
        try:
            first = next(pieces, b"")
        except ReapiError as error:
            if error.code is grpc.StatusCode.NOT_FOUND:
                return
            raise
        sink(digest, _chain(first, pieces))


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _at_once(client: Client, digests: Sequence[Digest], do: Callable[[Digest], object], troubles: _Troubles) -> None:
    """Call `do` for each of `digests`, a few at a time. Raises what is not about one blob alone."""

    def one(digest: Digest) -> None:
        if client.closed.is_set():
            return
        try:
            do(digest)
        except ReapiError as error:
            troubles.keep(error)
            if error.code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED} or error.permanent:
                raise

    if len(digests) < 2:
        for digest in digests:
            one(digest)
        return
    with ThreadPoolExecutor(_WINDOW, thread_name_prefix="pitstop-blobs") as pool:
        futures = [pool.submit(one, digest) for digest in digests]
        try:
            for future in futures:
                future.result()
        finally:
            for future in futures:
                future.cancel()


def _patience(client: Client, slowest: int) -> float:
    return client.endpoint.timeout_s + _WINDOW * BATCH / slowest


def _message(digest: Digest) -> reapi.Digest:
    return reapi.Digest(hash=digest[0], size_bytes=digest[1])
