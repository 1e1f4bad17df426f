"""The lines of a log of any size in bounded memory: its beginning, its end, and what stands around telling words between.

A log of a few megabytes goes through whole. Of a larger one the middle is searched block by block as bytes, which is
fast because nothing is cut into lines unless a word is found in it.
"""

from __future__ import annotations

from collections import deque
from functools import reduce
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.lines import LONGEST, Line, encoding, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK = 1 << 20  # bytes; of a line that is longer no more is kept
_WHOLE = 8 << 20  # bytes of a log that goes through whole; of a larger one are kept:
_HEAD = 1 << 20  # at the beginning, where versions and the set-up stand
_TAIL = 2 << 20  # at the end, where most tools say what failed, and up to a block more
_MIDDLE = 2 << 20  # around telling words: half of it the first ones, half the last ones
_ABOVE, _BELOW = 4, 12  # lines around one with a telling word
_ALIKE = 4  # lines that differ in digits only are kept so often
_HITS = 300  # of one word in one block, from its beginning and as many from its end, that are looked at
_KNOWN = 100_000  # texts that are remembered to know those alike

# They are few because each costs a search through everything: 0.7 s for a GiB.
_WORDS = (
    *(b"error", b"fail", b"fatal", b"panic", b"exception", b"traceback", b"cannot", b"not found", b"no such"),
    *(b"undefined", b"killed", b"abort", b"timed out", b"denied", b"unable"),
)
# Markup that says in which step the lines stand, looked for where the beginning has it; kept without neighbours.
_FRAMES = (b"##[group]run ", b"##[section]", b"section_start:", b"travis_fold:", b"[pipeline] {", b"_bk;t=")
_PROBE = 4096  # bytes that tell the encoding
_DIGITS = b"0123456789"


class Sieved(NamedTuple):
    """What is kept of a log."""

    lines: list[Line]
    """With their numbers in the whole log."""
    dropped: int = 0
    """Number of lines that were left out."""
    size: int = 0
    """Bytes of the whole log."""


class _Piece(NamedTuple):
    number: int
    """Of its first line, from 1."""
    data: bytes
    """Whole lines."""
    length: int
    """Number of them."""


def sieve(chunks: Iterable[bytes]) -> Sieved:
    """Return the lines of a log that comes in `chunks` of any size; of one beyond 8 MiB those worth reading."""
    head: list[_Piece] = []
    tail: deque[_Piece] = deque()
    middle: _Middle | None = None
    size = held = kept = 0
    most = _WHOLE - _HEAD
    number = 1
    for block in _blocks(_as_utf8(chunks)):
        piece = _Piece(number, block, block.count(b"\n") + (block[-1:] != b"\n"))
        number += piece.length
        size += len(block)
        if held < _HEAD:
            head.append(piece)
            held += len(block)
            continue
        tail.append(piece)
        kept += len(block)
        if kept <= most:
            continue
        most = _TAIL + _BLOCK
        middle = middle or _Middle(b"".join(each.data for each in head))
        while kept > most and len(tail) > 1:
            oldest = tail.popleft()
            kept -= len(oldest.data)
            middle.add(oldest)
    between = middle.pieces() if middle else ()
    pieces = [*head, *between, *tail]
    if not pieces:
        return Sieved([])
    numbers = chain.from_iterable(range(piece.number, piece.number + piece.length) for piece in pieces)
    lines = read_lines(b"".join(piece.data for piece in pieces), numbers)
    return Sieved(lines, number - 1 - len(lines), size)


class _Middle:
    """Keeps of the blocks that it is given what stands around telling words: the first of it, and the last."""

    def __init__(self, head: bytes) -> None:
        small = head.lower()
        self._frames = tuple(frame for frame in _FRAMES if frame in small)
        self._first: list[_Piece] = []
        self._last: deque[_Piece] = deque()
        self._room = _MIDDLE // 2
        self._size = 0  # bytes of the last ones
        self._seen: dict[bytes, int] = {}

    def pieces(self) -> Iterator[_Piece]:
        """Return what is kept, in its order."""
        yield from self._first
        yield from self._last

    def add(self, block: _Piece) -> None:
        """Look through the next block."""
        data = block.data
        number, counted = block.number, 0
        for begin, end in self._spans(data):
            number += data.count(b"\n", counted, begin)
            counted = begin
            text = data[begin:end]
            if len(text) > LONGEST:
                text = b"\n".join(line[:LONGEST] for line in text.split(b"\n"))
            if text[-1:] != b"\n":
                text += b"\n"
            self._keep(_Piece(number, text, text.count(b"\n")))

    def _keep(self, piece: _Piece) -> None:
        size = len(piece.data)
        if self._room > 0:
            self._room -= size
            self._first.append(piece)
            return
        self._last.append(piece)
        self._size += size
        while self._size > _MIDDLE // 2:
            self._size -= len(self._last.popleft().data)

    def _spans(self, data: bytes) -> list[tuple[int, int]]:
        """Return where in `data` the lines are that are worth keeping, in their order and apart from each other."""
        small = data.lower()
        hits: set[int] = set()  # where their lines begin
        for word in _WORDS:
            hits |= _lines_with(small, word)
        spans = [_around(data, begin) for begin in hits if self._is_new(small, begin)]
        for word in self._frames:
            spans += [(begin, _end(data, begin)) for begin in _lines_with(small, word)]
        spans.sort()
        return reduce(_joined, spans, [])

    def _is_new(self, small: bytes, begin: int) -> bool:
        """Return whether the line there is not one of many that differ in digits only."""
        text = small[begin : min(_end(small, begin), begin + 500)].translate(None, _DIGITS)
        count = self._seen.get(text, 0)
        if count >= _ALIKE:
            return False
        if len(self._seen) >= _KNOWN:
            self._seen.clear()
        self._seen[text] = count + 1
        return True


def _lines_with(small: bytes, word: bytes) -> set[int]:
    """Return where lines begin that have `word`: all, or the first and the last ones."""
    found: set[int] = set()
    at = small.find(word)
    while at >= 0 and len(found) < _HITS:
        found.add(small.rfind(b"\n", 0, at) + 1)
        end = small.find(b"\n", at)
        at = small.find(word, end) if end >= 0 else -1
    if at >= 0:
        passed = at
        at = small.rfind(word, passed)
        while at >= 0 and len(found) < 2 * _HITS:
            begin = small.rfind(b"\n", 0, at) + 1
            found.add(begin)
            at = small.rfind(word, passed, begin) if begin > passed else -1
    return found


def _end(data: bytes, begin: int) -> int:
    return data.find(b"\n", begin) + 1 or len(data)


def _around(data: bytes, begin: int) -> tuple[int, int]:
    """Return where the neighbourhood of the line at `begin` begins and ends."""
    end = begin
    for _ in range(_BELOW + 1):
        end = _end(data, end)
    for _ in range(_ABOVE):
        if begin:
            begin = data.rfind(b"\n", 0, begin - 1) + 1
    return begin, end


def _joined(spans: list[tuple[int, int]], span: tuple[int, int]) -> list[tuple[int, int]]:
    if spans and span[0] <= spans[-1][1]:
        spans[-1] = (spans[-1][0], max(spans[-1][1], span[1]))
    else:
        spans.append(span)
    return spans


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a stream into blocks of whole lines; of a line that is longer than a block only the beginning is given."""
    held: list[bytes] = []
    size = 0
    endless = False
    for chunk in chunks:
        for begin in range(0, len(chunk), _BLOCK):
            part = chunk[begin : begin + _BLOCK] if len(chunk) > _BLOCK else chunk
            if endless:
                at = part.find(b"\n")
                if at < 0:
                    continue
                part = part[at:]
                endless = False
            held.append(part)
            size += len(part)
            if size < _BLOCK:
                continue
            data = b"".join(held)
            end = data.rfind(b"\n") + 1
            if end:
                yield data[:end]
                held = [data[end:]]
            else:
                held = [data[:_BLOCK]]
                endless = True
            size = len(held[0])
    if size:
        yield b"".join(held)


def _as_utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give the chunks, of a stream in UTF-16 as UTF-8."""
    stream = iter(chunks)
    head = b""
    for chunk in stream:
        head += chunk
        if len(head) >= _PROBE:
            break
    form = encoding(head[:_PROBE])
    if not form:
        yield head
        yield from stream
        return
    from codecs import getincrementaldecoder

    decoder = getincrementaldecoder(form)("replace")
    for chunk in chain((head,), stream):
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
