"""How bytes lie in a tier that is ours alone: one byte that says how, then the bytes, smaller where zstd can do that.

    0x00 the bytes as they are          0x01 one or more zstd frames (RFC 8878)

Nothing is ever decompressed beyond the size that the caller names, so a few hostile bytes cannot fill the memory or the
disk. The digest is the caller's to check. On Python 3.14 zstd is in the standard library, before that in `zstandard`.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from pitstop.cache.tiers.tier import TierError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STORED, ZSTD = b"\x00", b"\x01"

LEVEL = 3
"""zstd's own default; 1 saves a third of the time and costs a tenth in size on what compilers leave."""
PIECE = 1 << 20
"""Bytes that streams are read in."""

_SAMPLE = 1 << 18
"""Bytes of a stream that tell whether compressing the rest pays."""
_WORTH = 0.95
_SHORT = 64
"""No frame makes so few bytes much smaller."""


class CodecError(TierError):
    """Bytes that no `pack` wrote, that end early, or that are larger than they may be."""


class Readable(Protocol):
    """What can be read from in pieces."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


class _Growing(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class Zstd(NamedTuple):
    """What this module needs of a zstd library; one thread at a time uses it."""

    compress: Callable[[bytes], bytes]
    compressor: Callable[[], _Growing]
    decompress: Callable[[bytes, int], bytes]
    """The bytes of all frames, but no more than one byte above the number given."""
    reader: Callable[[Readable], Readable]
    errors: tuple[type[Exception], ...]


def pack(data: bytes) -> bytes:
    """Return `data` with its header, compressed unless that makes it no smaller. Raises TierError without zstd."""
    if len(data) >= _SHORT:
        small = compress(data)
        if len(small) < len(data):
            return ZSTD + small
    return STORED + data


def unpack(data: bytes, limit: int) -> bytes:
    """Return what `pack` was given, at most `limit` bytes. Raises CodecError, and TierError without zstd."""
    if data[:1] == STORED:
        if len(data) - 1 > limit:
            raise _too_large(limit)
        return data[1:]
    if data[:1] == ZSTD:
        return decompress(data[1:], limit)
    raise _unknown(data[:1])


def unpacked_view(data: bytes | bytearray, limit: int) -> bytes:
    """Return what `unpack` does, but bytes that lie there as they are without a copy: as a view of `data`.

    A view is good for what pieces of a blob are for, which is hashing and writing them. Copies of a megabyte each cost
    more than receiving it: the system gives such memory back, and has to find and clear it anew, each time.
    """
    if data[:1] == STORED and len(data) - 1 <= limit:
        return cast("bytes", memoryview(data)[1:])
    return unpack(bytes(data), limit)


def packed(source: Readable) -> Iterator[bytes]:
    """Yield the header and the bytes of a file, compressed if its first 256 KiB say that it pays; pieces of any size.

    Raises OSError when `source` cannot be read, and TierError without zstd.
    """
    sample = _exactly(source, _SAMPLE)
    if len(sample) < _SAMPLE:
        yield pack(sample)
        return
    if len(compress(sample)) >= len(sample) * _WORTH:
        yield STORED + sample
        while piece := source.read(PIECE):
            yield piece
        return
    yield ZSTD
    yield from compressed(source, sample)


def unpacked(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Yield what was packed, from the pieces it arrives in, at most `limit` bytes. Raises as `unpack` does."""
    waiting = iter(pieces)
    first = next(filter(None, waiting), b"")
    header, rest = first[:1], first[1:]
    if header == ZSTD:
        yield from decompressed(_after(rest, waiting), limit)
        return
    if header != STORED:
        raise _unknown(header)
    for piece in _after(rest, waiting):
        limit -= len(piece)
        if limit < 0:
            raise _too_large(limit + len(piece))
        yield piece


# zstd without a header: what REAPI calls `compressed-blobs/zstd`


def compress(data: bytes) -> bytes:
    """Return `data` as one zstd frame. Raises TierError without zstd."""
    return zstd().compress(data)


def decompress(data: bytes, limit: int) -> bytes:
    """Return the bytes of zstd frames, at most `limit` of them. Raises CodecError, and TierError without zstd."""
    library = zstd()
    try:
        found = library.decompress(data, limit)
    except library.errors as error:
        raise CodecError(f"what is there is no whole zstd frame: {error}") from error
    if len(found) > limit:
        raise _too_large(limit)
    return found


def compressed(source: Readable, begin: bytes = b"") -> Iterator[bytes]:
    """Yield `begin` and the bytes of `source` as one zstd frame, in pieces that are not empty."""
    making = zstd().compressor()
    piece = begin or source.read(PIECE)
    while piece:
        if made := making.compress(piece):
            yield made
        piece = source.read(PIECE)
    if made := making.flush():
        yield made


def decompressed(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Yield the bytes of zstd frames that arrive in pieces, at most `limit` of them. Raises as `decompress` does.

    A last frame that ends early may count as ended: the digest tells.
    """
    library = zstd()
    reader = library.reader(_Pieces(pieces))
    try:
        while found := reader.read(min(PIECE, limit + 1)):
            limit -= len(found)
            if limit < 0:
                raise _too_large(limit + len(found))
            yield found
    except library.errors as error:
        raise CodecError(f"what is there is no whole zstd frame: {error}") from error


class _Pieces:
    """Pieces that arrive, as a file to read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def read(self, size: int = PIECE, /) -> bytes:
        if not self._rest:
            self._rest = memoryview(next(filter(None, self._pieces), b""))
        found, self._rest = self._rest[:size], self._rest[size:]
        return bytes(found)


def _after(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from pieces


def _unknown(header: bytes) -> CodecError:
    what = f"begins with 0x{header.hex()}" if header else "is empty"
    return CodecError(f"what is there {what}: no pitstop that we know wrote it")


def _too_large(limit: int) -> CodecError:
    return CodecError(f"what is there is larger than the {limit} bytes that it should be")


# The two libraries

_own = threading.local()


def zstd() -> Zstd:
    """Return this thread's zstd: its contexts cost ten times what compressing a kilobyte does, so they are kept.

    Raises TierError when no library is installed.
    """
    found: Zstd | None = getattr(_own, "zstd", None)
    if found is None:
        found = _own.zstd = _library()
    return found


def _library() -> Zstd:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd as module

            return of_standard_library(module)
        import zstandard
    except ImportError as error:
        raise TierError(
            "what other machines share is compressed with zstd, which needs `zstandard`",
            hint="`pip install 'pitstop[zstd]'`",
            permanent=True,
        ) from error
    return of_zstandard(zstandard)


def of_zstandard(module: Any) -> Zstd:
    """Return the functions of the package `zstandard`."""
    compressing, decompressing = module.ZstdCompressor(level=LEVEL), module.ZstdDecompressor()

    def decompress(data: bytes, limit: int) -> bytes:
        size = module.frame_content_size(data)  # -1: the frame does not say
        if 0 <= size <= limit:
            try:
                whole: bytes = decompressing.decompress(data, allow_extra_data=False)
            except module.ZstdError:  # wrong, or several frames, which this function does not know of
                pass
            else:
                return whole
        found = _exactly(reader(_Pieces([data])), limit + 1)
        if len(found) < size <= limit:
            raise module.ZstdError("it ends early")
        return found

    def reader(source: Readable) -> Readable:  # has a context of its own: streams may be read by turns
        file: Readable = module.ZstdDecompressor().stream_reader(source, read_across_frames=True)
        return file

    def compressor() -> _Growing:
        made: _Growing = module.ZstdCompressor(level=LEVEL).compressobj()
        return made

    return Zstd(compressing.compress, compressor, decompress, reader, (module.ZstdError,))


def of_standard_library(module: Any) -> Zstd:
    """Return the functions of `compression.zstd`."""
    compressing = module.ZstdCompressor(LEVEL)

    def compress(data: bytes) -> bytes:
        whole: bytes = compressing.compress(data, compressing.FLUSH_FRAME)
        return whole

    def compressor() -> _Growing:
        made: _Growing = module.ZstdCompressor(LEVEL)
        return made

    def decompress(data: bytes, limit: int) -> bytes:
        return _exactly(reader(_Pieces([data])), limit + 1)

    def reader(source: Readable) -> Readable:
        file: Readable = module.ZstdFile(source)
        return file

    return Zstd(compress, compressor, decompress, reader, (module.ZstdError, EOFError))


def _exactly(source: Readable, count: int) -> bytes:
    """Return `count` bytes, or fewer where `source` ends."""
    found: list[bytes] = []
    while count > 0 and (piece := source.read(min(PIECE, count))):
        found.append(piece)
        count -= len(piece)
    return b"".join(found)
