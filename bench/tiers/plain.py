"""What the plain client of each server moves: as many bytes in as many values, dropped where they arrive."""

from __future__ import annotations

import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench.measure import BenchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.tiers.servers import Served

    Measure = Callable[[Served, int, int], Callable[[], float]]

_THREADS = 16
_BATCH = 3 << 20
_PIECE = 1 << 20


def redis(served: Served, count: int, size: int) -> Callable[[], float]:
    """`redis-benchmark` with its own 50 connections; a value above 1 MiB is asked for in parts, as the tier does."""
    parts = max(1, size // _PIECE)
    place = urlsplit(served.address.url)
    argv = ["redis-benchmark", "-h", str(place.hostname), "-p", str(place.port), "-q", "-d", str(size // parts)]
    asked = ["-n", str(count * parts), "-c", "50" if parts == 1 else "4"]
    subprocess.run([*argv, "-t", "set", "-n", "1", "-c", "1"], check=True, capture_output=True)

    def measure() -> float:
        done = subprocess.run([*argv, "-t", "get", *asked], check=True, capture_output=True, text=True)
        found = re.findall(r"GET: ([\d.]+) requests per second", done.stdout)
        if not found:
            raise BenchError(f"redis-benchmark said: {done.stdout}")
        return count * parts / float(found[-1])

    return measure


def s3(served: Served, count: int, size: int) -> Callable[[], float]:
    """A loop of obstore in 16 threads; a large object as one stream."""
    import obstore
    from obstore.store import S3Store

    store = S3Store(
        urlsplit(served.address.url).hostname,
        endpoint=served.address.options["endpoint"],
        region="us-east-1",
        access_key_id=served.environ["AWS_ACCESS_KEY_ID"],
        secret_access_key=served.environ["AWS_SECRET_ACCESS_KEY"],
        client_options={"allow_http": True, "timeout": timedelta(minutes=5)},
    )
    names = [f"plain/{size}/{number}" for number in range(count)]
    data = os.urandom(size)
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(lambda name: obstore.put(store, name, data), names))

    def measure() -> float:
        start = time.perf_counter()
        if count == 1:
            for piece in obstore.get(store, names[0]).stream(min_chunk_size=1 << 20):
                len(piece)
        else:
            with ThreadPoolExecutor(_THREADS) as pool:
                list(pool.map(lambda name: obstore.get(store, name).bytes(), names))
        return time.perf_counter() - start

    return measure


def reapi(served: Served, count: int, size: int) -> Callable[[], float]:
    """Bare gRPC: `BatchReadBlobs` of 3 MiB each, or one `ByteStream.Read`, with what `Tier` was given to keep."""
    import grpc

    from pitstop.cache.reapi.calls import Calls
    from pitstop.cache.reapi.proto import bytestream_pb2 as stream
    from pitstop.cache.reapi.proto import remote_execution_pb2 as messages

    limits = [("grpc.max_receive_message_length", 64 << 20)]
    calls = Calls(grpc.insecure_channel(urlsplit(served.address.url).netloc, limits))
    digests = []
    for begin in range(0, count, max(1, _BATCH // size)):
        request = messages.BatchUpdateBlobsRequest()
        for _ in range(begin, min(count, begin + max(1, _BATCH // size))):
            data = os.urandom(size)
            digests.append(messages.Digest(hash=sha256(data).hexdigest(), size_bytes=size))
            if count > 1:
                request.requests.add(digest=digests[-1], data=data)
            else:
                calls.write(_writes(digests[-1], data))
        if count > 1:
            calls.batch_update_blobs(request)

    def measure() -> float:
        start = time.perf_counter()
        if count == 1:
            name = f"blobs/{digests[0].hash}/{size}"
            for piece in calls.read(stream.ReadRequest(resource_name=name)):
                len(piece.data)
        else:
            step = _BATCH // size
            for begin in range(0, count, step):
                calls.batch_read_blobs(messages.BatchReadBlobsRequest(digests=digests[begin : begin + step]))
        return time.perf_counter() - start

    return measure


def _writes(digest: Any, data: bytes) -> Any:
    from pitstop.cache.reapi.proto import bytestream_pb2 as stream

    for begin in range(0, len(data), 1 << 20):
        yield stream.WriteRequest(
            resource_name=f"uploads/8f7b1f3c-0000-4000-8000-000000000000/blobs/{digest.hash}/{digest.size_bytes}",
            write_offset=begin,
            data=data[begin : begin + (1 << 20)],
            finish_write=begin + (1 << 20) >= len(data),
        )


def http(served: Served, count: int, size: int) -> Callable[[], float]:
    """A loop of urllib3 in 8 threads, which keep their connections."""
    from urllib3 import HTTPConnectionPool

    place = urlsplit(served.address.url)
    pool = HTTPConnectionPool(str(place.hostname), place.port, maxsize=8, block=True, timeout=120)
    headers = {"Authorization": f"Bearer {served.environ['TOKEN']}"}
    data = os.urandom(size)
    names = []
    for number in range(count):
        mine = number.to_bytes(8, "little") + data[8:]
        names.append(f"/cas/{sha256(mine).hexdigest()}")
        answer = pool.request("PUT", names[-1], body=mine, headers=headers)
        if answer.status >= 300:
            raise BenchError(f"{answer.status} for PUT")

    def one(name: str) -> None:
        answer = pool.request("GET", name, headers=headers, preload_content=False)
        for piece in answer.stream(1 << 18):
            len(piece)

    def measure() -> float:
        start = time.perf_counter()
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(one, names))
        return time.perf_counter() - start

    return measure


PLAIN: dict[str, Measure] = {"redis": redis, "s3": s3, "reapi": reapi, "http": http}
