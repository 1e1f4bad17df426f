"""Blobs of a REAPI server by digest: which are missing, read, write; small ones in batches, large ones as streams."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, TypeVar

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

    from grpc import UnaryUnaryMultiCallable

    from pitstop.cache.reapi.client import Client, Zstd
    from pitstop.cache.reapi.proto import status_pb2 as rpc

    Sink = Callable[[Digest, Iterable[bytes]], bool]
    Source = Callable[[Digest], BinaryIO]

Q = TypeVar("Q")
A = TypeVar("A")

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
    asked = dict.fromkeys(digests)
    if EMPTY in asked:
        del asked[EMPTY]
        sink(EMPTY, ())
    transfer = _Transfer(client, "give", _SLOWEST_READ)
    zstd = client.zstd if client.offer().zstd else None
    compressors = [reapi.Compressor.ZSTD] if zstd else ()

    def request(group: Sequence[Digest]) -> reapi.BatchReadBlobsRequest:
        digests = map(_message, group)
        return reapi.BatchReadBlobsRequest(
            instance_name=client.endpoint.instance, digests=digests, acceptable_compressors=compressors
        )

    for group, answer in transfer.batched(client.calls.batch_read_blobs, request, asked):
        wanted = {digest.hash: digest for digest in group}
        for each in answer.responses:
            digest = wanted.pop(each.digest.hash, None)
            if digest is None:
                continue
            if each.HasField("status") and each.status.code:
                transfer.failed(digest, each.status)
            elif zstd and each.compressor == reapi.Compressor.ZSTD:
                sink(digest, _inflated(zstd, each.data, digest.size))
            else:
                sink(digest, (each.data,))
    transfer.finish(lambda digest: _read_one(client, digest, sink))


def write(client: Client, digests: Sequence[Digest], source: Source) -> None:
    """Send blobs. Raises ReapiError at the end of the rest, and OSError when `source` cannot be read."""
    asked = dict.fromkeys(digests)
    asked.pop(EMPTY, None)
    transfer = _Transfer(client, "take", _SLOWEST_WRITE)
    request = partial(_update, client, source, compress=client.offer().zstd_batches)
    for _, answer in transfer.batched(client.calls.batch_update_blobs, request, asked):
        for each in answer.responses:
            if each.status.code:
                transfer.failed(Digest(each.digest.hash, each.digest.size_bytes), each.status)
    transfer.finish(lambda digest: bytestream.write(client, digest, source))


class _Transfer:
    """Blobs on their way: in batches, then one by one what goes into none. Trouble with one does not stop the others."""

    def __init__(self, client: Client, verb: str, slowest: int) -> None:
        """`verb`: what the server does with blobs; `slowest`: bytes a second that batches need at least."""
        self._client = client
        self._verb = verb
        self._patience_s = client.endpoint.timeout_s + _WINDOW * BATCH / slowest
        self._streamed: list[Digest] = []
        self._first: ReapiError | None = None

    def batched(
        self, call: UnaryUnaryMultiCallable[Q, A], request: Callable[[list[Digest]], Q], digests: Iterable[Digest]
    ) -> Iterator[tuple[list[Digest], A]]:
        """Yield the answer to each batch, with what it is about. Raises ReapiError."""
        offer = self._client.offer()
        fitting: list[Digest] = []
        for digest in digests:
            (fitting if offer.fits(digest) else self._streamed).append(digest)
        groups = list(batches(fitting, offer))
        answers = self._client.asking(
            call, map(request, groups), f"{self._verb} blobs", window=_WINDOW, timeout_s=self._patience_s
        )
        for group, answer in zip(groups, answers, strict=True):
            if not isinstance(answer, ReapiError):
                yield group, answer
            elif answer.code is grpc.StatusCode.UNIMPLEMENTED:
                self._streamed += group
            else:
                raise answer

    def failed(self, digest: Digest, status: rpc.Status) -> None:
        """Take what the server said of one blob; that it is not there is no trouble."""
        code = CODES.get(status.code, grpc.StatusCode.UNKNOWN)
        if code is not grpc.StatusCode.NOT_FOUND:
            doing = f"{self._verb} the blob {digest}"
            self._keep(error_with(code, status.message, self._client.endpoint, doing, status))

    def finish(self, do: Callable[[Digest], object]) -> None:
        """Call `do` for each blob that went into no batch, a few at a time. Raises ReapiError, also for what failed before."""
        if len(self._streamed) < 2:
            for digest in self._streamed:
                self._one(do, digest)
        else:
            with ThreadPoolExecutor(_WINDOW, thread_name_prefix="pitstop-blobs") as pool:
                futures = [pool.submit(self._one, do, digest) for digest in self._streamed]
                try:
                    for future in futures:
                        future.result()
                finally:
                    for future in futures:
                        future.cancel()
        if self._first is not None:
            raise self._first

    def _one(self, do: Callable[[Digest], object], digest: Digest) -> None:
        if self._client.closed.is_set():
            return
        try:
            do(digest)
        except ReapiError as error:
            self._keep(error)
            if error.code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED} or error.permanent:
                raise

    def _keep(self, error: ReapiError) -> None:
        if error.code is grpc.StatusCode.INVALID_ARGUMENT:
            error.permanent = False  # that is about this blob and no other
        self._first = self._first or error


def _update(
    client: Client, source: Source, group: Sequence[Digest], *, compress: bool
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


def _message(digest: Digest) -> reapi.Digest:
    return reapi.Digest(hash=digest[0], size_bytes=digest[1])
