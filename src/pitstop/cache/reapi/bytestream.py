"""Blobs too large for a batch, in pieces: taken up again where a connection broke, compressed where that is offered.

Names of resources: `ByteStream` in build/bazel/remote/execution/v2/remote_execution.proto. The offset of a read counts
bytes of the blob, that of a write bytes of what is sent; so a compressed write begins anew.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import grpc

from pitstop.cache.reapi.errors import ReapiError, error_of
from pitstop.cache.reapi.proto import bytestream_pb2 as stream
from pitstop.cache.reapi.stall import Stall
from pitstop.core.errors import PitstopError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import BinaryIO

    from pitstop.cache.reapi.client import Client
    from pitstop.core.digest import Digest

_PIECE = 1 << 18
_ATTEMPTS = 3
"""As often it is tried in a row without a single byte more."""
_PAUSE_S = 0.1
_SLOWEST = 1 << 28
"""Bytes a second that a server needs at least to make sure of what it was sent."""
_AGAIN = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED, grpc.StatusCode.INTERNAL}
_UNKNOWN = {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.INVALID_ARGUMENT}


def read(client: Client, digest: Digest) -> Generator[bytes]:
    """Yield the bytes of a blob as they come, unverified. Raises ReapiError; its code is NOT_FOUND for what is not there."""
    zstd = client.zstd if client.offer().zstd else None
    kind = "compressed-blobs/zstd" if zstd else "blobs"
    name = f"{_prefix(client)}{kind}/{digest.hash}/{digest.size}"
    position = failures = 0
    while True:
        pieces = _answers(client, stream.ReadRequest(resource_name=name, read_offset=position))
        try:
            for piece in zstd.decompressed(pieces, digest.size - position) if zstd else pieces:
                position += len(piece)
                failures = 0
                yield piece
        except ReapiError as error:
            failures += 1
            if error.code not in _AGAIN or failures == _ATTEMPTS:
                raise
            _pause(client, failures)
        except PitstopError:  # no zstd frame: whoever verifies the bytes finds them too few
            return
        else:
            return
        finally:
            pieces.close()


def write(client: Client, digest: Digest, source: Callable[[Digest], BinaryIO]) -> None:
    """Send a blob. Raises ReapiError, and OSError when `source` cannot be read."""
    offer = client.offer()
    if offer.largest and digest.size > offer.largest:
        raise ReapiError(f"`{client.endpoint.place}` takes no blobs of more than {offer.largest} bytes: {digest}")
    failures = 0
    sending = _Sending(client, digest, source)
    while True:
        try:
            sending.attempt()
        except ReapiError as error:
            failures = 1 if sending.moved else failures + 1
            if error.code not in _AGAIN or failures == _ATTEMPTS:
                raise
            _pause(client, failures)
            if sending.resume():
                return
        else:
            return


class _Sending:
    """One blob on its way, over as many calls as that takes."""

    def __init__(self, client: Client, digest: Digest, source: Callable[[Digest], BinaryIO]) -> None:
        offer = client.offer()
        self._client = client
        self._digest = digest
        self._source = source
        self._zstd = client.zstd if offer.zstd else None
        self._name = self._new_name()
        self._position = 0
        self._trouble: OSError | None = None
        self.moved = False
        """Whether the server has got more since the last attempt."""

    def attempt(self) -> None:
        client = self._client
        sent = self._position

        def requests() -> Iterator[stream.WriteRequest]:
            nonlocal sent
            try:
                with self._source(self._digest) as file:
                    for piece, last in _with_last(self._pieces(file)):
                        request = stream.WriteRequest(
                            resource_name=self._name, write_offset=sent, finish_write=last, data=piece
                        )
                        sent += len(piece)
                        stall.waiting(self._digest.size / _SLOWEST if last else 0.0)
                        yield request
                        stall.working()
                    stall.waiting(self._digest.size / _SLOWEST)
            except OSError as error:
                self._trouble = error
                call.cancel()

        def end() -> None:
            call.cancel()

        doing = f"take the blob {self._digest}"
        if client.closed.is_set():
            raise client.ended(doing)
        with Stall(end, client.endpoint.timeout_s) as stall:
            call = client.calls.write.future(requests(), metadata=client.headers())
            try:
                answer = call.result()
            except grpc.FutureCancelledError:
                raise self._trouble or _stalled(client, doing) from None
            except grpc.RpcError as error:
                if self._trouble is not None:
                    raise self._trouble from None
                raise (
                    _stalled(client, doing) if stall.happened else error_of(error, client.endpoint, doing)
                ) from error
        # Who has the blob already says so early; what it says then of compressed bytes is -1.
        if answer.committed_size not in {self._digest.size, -1} and not (self._zstd and answer.committed_size == sent):
            raise ReapiError(f"`{client.endpoint.place}` took {answer.committed_size} bytes of the blob {self._digest}")

    def resume(self) -> bool:
        """Look how much has arrived, to go on there; True when that is all."""
        client, before = self._client, self._position
        self.moved = False
        try:
            request = stream.QueryWriteStatusRequest(resource_name=self._name)
            status = client.ask(client.calls.query_write_status, request, "say how much it has got")
        except ReapiError as error:
            if error.code not in _UNKNOWN | _AGAIN:
                raise
            self._name, self._position = self._new_name(), 0
            return False
        if status.complete:
            return True
        if self._zstd or not 0 <= status.committed_size < self._digest.size:
            self._name, self._position = self._new_name(), 0
        else:
            self._position = status.committed_size
        self.moved = self._position > before
        return False

    def _pieces(self, file: BinaryIO) -> Iterator[bytes]:
        if self._zstd:
            yield from self._zstd.compressed(file)
            return
        file.seek(self._position)
        while piece := file.read(_PIECE):
            yield piece

    def _new_name(self) -> str:
        kind = "compressed-blobs/zstd" if self._zstd else "blobs"
        return f"{_prefix(self._client)}uploads/{uuid.uuid4()}/{kind}/{self._digest.hash}/{self._digest.size}"


def _answers(client: Client, request: stream.ReadRequest) -> Generator[bytes]:
    doing = f"give the blob {'/'.join(request.resource_name.rsplit('/', 2)[1:])}"
    if client.closed.is_set():
        raise client.ended(doing)
    call = client.calls.read(request, metadata=client.headers())
    with Stall(call.cancel, client.endpoint.timeout_s) as stall:
        try:
            for answer in call:
                stall.working()
                if answer.data:
                    yield answer.data
                stall.waiting()
        except grpc.RpcError as error:
            raise (_stalled(client, doing) if stall.happened else error_of(error, client.endpoint, doing)) from error
        finally:
            call.cancel()


def _with_last(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each piece, and whether it is the last; one that is empty when there is none."""
    before = next(pieces, b"")
    for piece in pieces:
        yield before, False
        before = piece
    yield before, True


def _prefix(client: Client) -> str:
    return f"{client.endpoint.instance}/" if client.endpoint.instance else ""


def _pause(client: Client, failures: int) -> None:
    client.closed.wait(_PAUSE_S * 3 ** (failures - 1))


def _stalled(client: Client, doing: str) -> ReapiError:
    return ReapiError(
        f"`{client.endpoint.place}` does not {doing}: nothing came or went for {client.endpoint.timeout_s:g} s",
        hint="it is slow or out of reach; `timeout` says how long it may take",
        code=grpc.StatusCode.DEADLINE_EXCEEDED,
    )
