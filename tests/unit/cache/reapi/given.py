"""A client of the stand-in, and a place for what it reads."""

from __future__ import annotations

import io
import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from tests.parts.reapi_server import Cache, capabilities, serving

from pitstop.cache.reapi.client import Client
from pitstop.cache.reapi.endpoint import endpoint_of
from pitstop.cache.tiers import codec
from pitstop.core.digest import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


SMALL_BATCHES = capabilities(max_batch_total_size_bytes=2000)


@contextmanager
def connected(cache: Cache, *, timeout_s: float = 10.0, far: bool = False, **options: str) -> Iterator[Client]:
    """Serve `cache` and yield a client of it; it compresses as with a server that is `far`."""
    with serving(cache):
        environ = {"TOKEN": "t0k"}
        url = f"grpc://{cache.address}/{cache.instance}"
        endpoint = endpoint_of(url, options, environ, timeout_s=timeout_s)
        client = Client(endpoint, invocation="a-run", zstd=codec if far else None)
        try:
            yield client
        finally:
            client.close()


class Taken:
    """A sink that keeps whole what it is handed, and a source of what it was given."""

    def __init__(self) -> None:
        self.right: dict[Digest, bytes] = {}
        self.wrong: dict[Digest, bytes] = {}

    def sink(self, digest: Digest, pieces: Iterable[bytes]) -> bool:
        data = b"".join(pieces)
        is_right = digest_of(data) == digest
        (self.right if is_right else self.wrong)[digest] = data
        return is_right


class Source:
    """Opens blobs, and counts that."""

    def __init__(self, blobs: dict[Digest, bytes]) -> None:
        self.blobs = blobs
        self.opened: list[Digest] = []

    def __call__(self, digest: Digest) -> BinaryIO:
        self.opened.append(digest)
        if digest not in self.blobs:
            raise FileNotFoundError(str(digest))
        return io.BytesIO(self.blobs[digest])


def blobs_of(*sizes: int, dull: bool = False) -> dict[Digest, bytes]:
    """Return blobs of these sizes, all different; `dull` ones compress well."""
    made = random.Random(len(sizes))
    all_of_them = (made.randbytes(8) * (size // 8 + 1) if dull else made.randbytes(size) for size in sizes)
    return {digest_of(data[:size]): data[:size] for data, size in zip(all_of_them, sizes, strict=True)}
