"""Bytes at signed addresses: put as Azure's block blobs are, got in one stream that is taken up again where it broke.

Source: "Put Blob", "Put Block", "Put Block List" and "Get Blob" of Azure's Blob service REST API, version 2022-11-02.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from pitstop.links.github.cache.requests import Answer, CacheError, refused, retry_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.links.github.cache.requests import Requests

BLOCK = 32 << 20
"""Bytes of a block, which is held in memory; 50,000 of them are the most, and 10 GB the most that GitHub keeps."""
_VERSION = {"x-ms-version": "2022-11-02"}
_PIECE = 1 << 20
_TRIES = 3
"""How often a download that broke is taken up again, each time only when more had come."""


def put(requests: Requests, url: str, pieces: Iterable[bytes]) -> int:
    """Send the bytes to the signed address `url`; return how many they were. Raises CacheError."""
    blocks = cut(pieces, BLOCK)
    first = next(blocks, b"")
    second = next(blocks, None)
    if second is None:
        requests.send("PUT", url, {**_VERSION, "x-ms-blob-type": "BlockBlob"}, first)
        return len(first)
    names: list[str] = []
    size = 0
    for block in _chain(first, second, blocks):
        name = b64encode(b"%08d" % len(names)).decode()
        requests.send("PUT", f"{url}&comp=block&blockid={name.replace('=', '%3D')}", _VERSION, block)
        names.append(name)
        size += len(block)
    listed = "".join(f"<Latest>{name}</Latest>" for name in names)
    body = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'.encode()
    requests.send("PUT", f"{url}&comp=blocklist", {**_VERSION, "Content-Type": "application/xml"}, body)
    return size


def get(requests: Requests, url: str) -> Iterator[bytes]:
    """Yield the bytes at a signed address in pieces; none when nothing is there any more. Raises CacheError."""
    had = tries = begun = 0
    while True:
        response = requests.open("GET", url, {"Range": f"bytes={had}-"} if had else {})
        try:
            if response.status == 404 and not had:
                response.drain_conn()
                return
            if response.status != (206 if had else 200):
                raise refused(Answer(response.status, {}, retry_after(response.headers)), "give an entry")
            for piece in response.stream(_PIECE, decode_content=False):
                had += len(piece)
                yield piece
        except requests.failures as error:
            tries += 1
            if had == begun or tries > _TRIES:
                raise requests.lost(error) from error
            begun = had
            response.close()
        except (CacheError, GeneratorExit):
            response.close()
            raise
        else:
            return
        finally:
            response.release_conn()


def cut(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in blocks of `size`, the last one shorter; nothing for no bytes."""
    waiting: list[bytes] = []
    have = 0
    for piece in pieces:
        waiting.append(piece)
        have += len(piece)
        if have >= size:
            whole = memoryview(b"".join(waiting))
            while have >= size:
                yield bytes(whole[:size])
                whole = whole[size:]
                have -= size
            waiting = [bytes(whole)]
    if have:
        yield b"".join(waiting)


def _chain(first: bytes, second: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from rest
