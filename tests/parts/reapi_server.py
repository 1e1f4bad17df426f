"""A stand-in for a REAPI cache, on the loopback: for what the real ones here cannot do (zstd), and for what goes wrong.

Names of resources, codes and fields are those of the Remote Execution API 2.12 and of google/bytestream. It demands a
token or a client's certificate if told to, notes what it is asked, and fails as it is told, each time once.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
import zstandard
from tests.support.servers import free_port

from pitstop.cache.reapi.proto import bytestream_pb2 as stream
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.cache.reapi.proto import semver_pb2 as semver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pitstop.cache.reapi.proto import status_pb2 as rpc

    Methods = dict[str, tuple[Callable[[Any], Any], Any]]

PIECE = 100_000
ZSTD = reapi.Compressor.ZSTD


def capabilities(*, zstd: bool = False, **cache: Any) -> reapi.ServerCapabilities:
    """Return what a server of the newest version says; further `cache` capabilities by name."""
    given = {
        "digest_functions": [reapi.DigestFunction.SHA256],
        "action_cache_update_capabilities": {"update_enabled": True},
        "supported_compressors": [ZSTD] if zstd else [],
        "supported_batch_update_compressors": [ZSTD] if zstd else [],
    }
    return reapi.ServerCapabilities(
        cache_capabilities=reapi.CacheCapabilities(**{**given, **cache}),
        low_api_version=semver.SemVer(major=2),
        high_api_version=semver.SemVer(major=2, minor=12),
    )


@dataclass
class Fault:
    """What a call does instead of what it should."""

    code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE
    message: str = "as the test wants"
    after: int = 0
    """Bytes of a stream that get through before."""
    hangs: bool = False
    """Nothing happens any more, until the client has gone or the server is stopped."""
    status: rpc.Status | None = None
    """With details."""


@dataclass
class Cache:
    """What the stand-in holds, and what it was asked."""

    said: reapi.ServerCapabilities = field(default_factory=capabilities)
    instance: str = ""
    token: str = ""
    """What it demands; empty: nothing."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    results: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    """By the name of the call, in order."""
    odd: dict[str, rpc.Status] = field(default_factory=dict)
    """What batches say of single blobs, by hash."""
    unasked: list[bytes] = field(default_factory=list)
    """Blobs that it speaks of in every answer, asked or not."""
    asked: list[tuple[str, Any, Mapping[str, str | bytes]]] = field(default_factory=list)
    """Call, request (of a stream: the first) and headers."""
    address: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)
    uploads: dict[str, bytes] = field(default_factory=dict)
    """What has come of blobs that are on their way, by the name of the resource."""
    live: dict[str, Iterable[bytes]] = field(default_factory=dict)
    """Resources that are no blobs, and read as they come: the output of something that runs."""

    def add(self, data: bytes) -> str:
        """Keep a blob; return its hash."""
        name = sha256(data).hexdigest()
        self.blobs[name] = data
        return name

    def fail(self, call: str, *faults: Fault) -> None:
        """Let the next calls of that name go wrong."""
        self.faults[call].extend(faults)

    def calls(self, name: str) -> list[Any]:
        """Return the requests of the calls of one name."""
        return [request for call, request, _ in self.asked if call == name]


@contextmanager
def serving(
    cache: Cache, *, credentials: grpc.ServerCredentials | None = None, more: Sequence[grpc.GenericRpcHandler] = ()
) -> Iterator[Cache]:
    """Serve `cache` until the block is left, and the services `more`; its address is `cache.address`."""
    pool = ThreadPoolExecutor(16)
    server = grpc.server(pool, options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((*more, *_services(cache)))
    address = f"127.0.0.1:{free_port()}"
    if credentials is None:
        server.add_insecure_port(address)
    else:
        server.add_secure_port(address, credentials)
    server.start()
    cache.address = address
    try:
        yield cache
    finally:
        cache.stopped.set()
        server.stop(0).wait(10)
        pool.shutdown(wait=True)


def _services(cache: Cache) -> Iterator[grpc.GenericRpcHandler]:
    package = "build.bazel.remote.execution.v2"
    calls = _Calls(cache)
    cas: Methods = {
        "FindMissingBlobs": (calls.find_missing, reapi.FindMissingBlobsRequest),
        "BatchUpdateBlobs": (calls.batch_update, reapi.BatchUpdateBlobsRequest),
        "BatchReadBlobs": (calls.batch_read, reapi.BatchReadBlobsRequest),
    }
    results: Methods = {
        "GetActionResult": (calls.get_result, reapi.GetActionResultRequest),
        "UpdateActionResult": (calls.update_result, reapi.UpdateActionResultRequest),
    }
    services: dict[str, Methods] = {
        f"{package}.Capabilities": {"GetCapabilities": (calls.capabilities, reapi.GetCapabilitiesRequest)},
        f"{package}.ContentAddressableStorage": cas,
        f"{package}.ActionCache": results,
    }
    for service, methods in services.items():
        handlers = {
            name: grpc.unary_unary_rpc_method_handler(calls.one(name, does), message.FromString, _bytes)
            for name, (does, message) in methods.items()
        }
        yield grpc.method_handlers_generic_handler(service, handlers)
    streams: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
        "Read": grpc.unary_stream_rpc_method_handler(calls.read, stream.ReadRequest.FromString, _bytes),
        "Write": grpc.stream_unary_rpc_method_handler(calls.write, stream.WriteRequest.FromString, _bytes),
        "QueryWriteStatus": grpc.unary_unary_rpc_method_handler(
            calls.one("QueryWriteStatus", calls.written), stream.QueryWriteStatusRequest.FromString, _bytes
        ),
    }
    yield grpc.method_handlers_generic_handler("google.bytestream.ByteStream", streams)


class _Calls:
    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    def one(self, name: str, does: Callable[[Any], Any]) -> Callable[[Any, grpc.ServicerContext], Any]:
        def call(request: Any, context: grpc.ServicerContext) -> Any:
            fault = self._begin(name, request, context)
            if fault is not None:
                self._fail(fault, context)
            instance = getattr(request, "instance_name", self.cache.instance)
            if instance != self.cache.instance:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"Invalid instance name: [{instance}]")
            try:
                return does(request)
            except KeyError:
                context.abort(grpc.StatusCode.NOT_FOUND, "not there")

        return call

    def _begin(self, name: str, request: Any, context: grpc.ServicerContext) -> Fault | None:
        headers = dict(context.invocation_metadata())
        self.cache.asked.append((name, request, headers))
        if self.cache.token and headers.get("authorization") != f"Bearer {self.cache.token}":
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "no token that is known here")
        return self.cache.faults[name].popleft() if self.cache.faults[name] else None

    def _fail(self, fault: Fault, context: grpc.ServicerContext) -> NoReturn:
        if fault.hangs:
            gone = threading.Event()
            context.add_callback(gone.set)
            while not gone.wait(0.01) and not self.cache.stopped.is_set():
                pass
        if fault.status is not None:
            context.set_trailing_metadata((("grpc-status-details-bin", fault.status.SerializeToString()),))
        context.abort(fault.code, fault.message)

    def capabilities(self, _: reapi.GetCapabilitiesRequest) -> reapi.ServerCapabilities:
        return self.cache.said

    def find_missing(self, request: reapi.FindMissingBlobsRequest) -> reapi.FindMissingBlobsResponse:
        absent = [digest for digest in request.blob_digests if digest.hash not in self.cache.blobs]
        return reapi.FindMissingBlobsResponse(missing_blob_digests=[*absent, *map(_digest, self.cache.unasked)])

    def batch_update(self, request: reapi.BatchUpdateBlobsRequest) -> reapi.BatchUpdateBlobsResponse:
        answer = reapi.BatchUpdateBlobsResponse()
        for each in request.requests:
            one = answer.responses.add(digest=each.digest, status=self.cache.odd.get(each.digest.hash))
            data = zstandard.decompress(each.data) if each.compressor == ZSTD else each.data
            if sha256(data).hexdigest() != each.digest.hash:
                one.status.code = grpc.StatusCode.INVALID_ARGUMENT.value[0]
            if not one.status.code:
                self.cache.add(data)
        return answer

    def batch_read(self, request: reapi.BatchReadBlobsRequest) -> reapi.BatchReadBlobsResponse:
        answer = reapi.BatchReadBlobsResponse()
        for each in request.digests:
            one = answer.responses.add(digest=each, status=self.cache.odd.get(each.hash))
            if each.hash not in self.cache.blobs:
                one.status.code = grpc.StatusCode.NOT_FOUND.value[0]
            elif not one.status.code:
                one.data = self.cache.blobs[each.hash]
                if ZSTD in request.acceptable_compressors:
                    one.data, one.compressor = zstandard.compress(one.data), ZSTD
        for data in self.cache.unasked:
            answer.responses.add(digest=_digest(data), data=data)
        return answer

    def get_result(self, request: reapi.GetActionResultRequest) -> reapi.ActionResult:
        return reapi.ActionResult.FromString(self.cache.results[request.action_digest.hash])

    def update_result(self, request: reapi.UpdateActionResultRequest) -> reapi.ActionResult:
        self.cache.results[request.action_digest.hash] = request.action_result.SerializeToString()
        return request.action_result

    def read(self, request: stream.ReadRequest, context: grpc.ServicerContext) -> Iterator[stream.ReadResponse]:
        fault = self._begin("Read", request, context)
        if request.resource_name in self.cache.live:
            for piece in self.cache.live[request.resource_name]:
                yield stream.ReadResponse(data=piece)
            return
        name = request.resource_name.split("/")[-2]
        if name not in self.cache.blobs:
            context.abort(grpc.StatusCode.NOT_FOUND, "not there")
        data = self.cache.blobs[name][request.read_offset :]
        if "compressed-blobs/zstd/" in request.resource_name:
            data = zstandard.compress(data)
        if fault is not None:
            data = data[: fault.after]
        for begin in range(0, len(data), PIECE):
            yield stream.ReadResponse(data=data[begin : begin + PIECE])
        if fault is not None:
            self._fail(fault, context)

    def write(self, requests: Iterator[stream.WriteRequest], context: grpc.ServicerContext) -> stream.WriteResponse:
        first = next(requests)
        fault = self._begin("Write", first, context)
        name, cache = first.resource_name, self.cache
        if fault is not None and not fault.after:
            self._fail(fault, context)
        kept = cache.uploads.setdefault(name, b"")
        for request in chain((first,), requests):
            if request.write_offset != len(kept):
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{request.write_offset} is not {len(kept)}")
            kept += request.data
            if fault is not None and len(kept) >= fault.after:
                cache.uploads[name] = kept[: fault.after]
                self._fail(fault, context)
            cache.uploads[name] = kept
        data = (
            zstandard.ZstdDecompressor().decompressobj().decompress(kept) if "compressed-blobs/zstd/" in name else kept
        )
        if sha256(data).hexdigest() != name.split("/")[-2]:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the bytes are not those of the digest")
        cache.add(data)
        return stream.WriteResponse(committed_size=len(kept))

    def written(self, request: stream.QueryWriteStatusRequest) -> stream.QueryWriteStatusResponse:
        done = request.resource_name.split("/")[-2] in self.cache.blobs
        return stream.QueryWriteStatusResponse(
            committed_size=len(self.cache.uploads[request.resource_name]), complete=done
        )


def _digest(data: bytes) -> reapi.Digest:
    return reapi.Digest(hash=sha256(data).hexdigest(), size_bytes=len(data))


def _bytes(message: Any) -> bytes:
    data: bytes = message.SerializeToString()
    return data
