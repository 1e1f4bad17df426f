"""Which blobs and results go up into a nearer tier: those that will be wanted again, for the time and room they cost.

Two rules are tried on the nearer tier in miniature, and the one that lately saved more time decides:

- *always*, which is best while nearly all that is wanted fits, or while what is new is what is wanted;
- *wanted*: what is asked for more often, for the time saved and the bytes it takes, than what would have to go. How
  often is remembered by a frequency sketch with ageing: TinyLFU (Einziger, Friedman and Manes, "TinyLFU: A Highly
  Efficient Cache Admission Policy", ACM ToS 13(4), 2017), a count-min sketch of 4-bit counters that are halved now and
  then, behind a doorkeeper that keeps what is asked for once out of them.

In miniature: of one key in 2^n, with a 2^n-th of the room (Waldspurger et al., "Cache Modeling and Optimization using
Miniature Simulations", USENIX ATC 2017). What was not used for longest goes first there, as in Redis and at GitHub. There
is no clock and no chance in here: the same calls give the same answers. `kept` is a few KiB, for the next run.
"""

from __future__ import annotations

import struct
import zlib
from itertools import islice

_ROWS = 4
_MOST = 15
"""What a counter of 4 bits can hold."""
_HALVED = bytes(n >> 1 for n in range(256))
_DIGITS = 16
"""Hex digits of a key that are used: 64 bits of a SHA-256."""
_MIXED = 0x9E3779B97F4A7C15
"""2^64 by the golden ratio: what is sampled must not depend on where it lies in the sketch."""

_MAGIC = b"PSAD\x01"
_HEAD = struct.Struct("<IIBI")
_RULE = struct.Struct("<dBH")
_ENTRY = struct.Struct("<Qff")
_LARGEST = 1 << 20
"""Bytes that `kept` can be at most once it is decompressed."""


class Sketch:
    """About how often each key was added lately: never too few, seldom too many, at most 16.

    Keys are hex digests. After `8 * width` additions all counts are halved, so what was wanted long ago gives way.
    """

    def __init__(self, width: int = 2048) -> None:
        assert width & width - 1 == 0, "a power of two"
        self.width = width
        self.added = 0
        self.rows = [bytearray(width) for _ in range(_ROWS)]
        """One counter a byte, of which 4 bits are used."""
        self.door = bytearray(width // 2)

    def add(self, key: int) -> None:
        """Count `key` (the number that `number_of` returns) once more."""
        one, two = self._bits(key)
        door = self.door
        if door[one >> 3] >> (one & 7) & door[two >> 3] >> (two & 7) & 1:
            places = self._places(key)
            found = min(row[place] for row, place in zip(self.rows, places, strict=True))
            if found < _MOST:
                for row, place in zip(self.rows, places, strict=True):
                    if row[place] == found:
                        row[place] = found + 1
        else:
            door[one >> 3] |= 1 << (one & 7)
            door[two >> 3] |= 1 << (two & 7)
        self.added += 1
        if self.added >= 8 * self.width:
            self.rows = [row.translate(_HALVED) for row in self.rows]
            self.door = bytearray(len(door))
            self.added //= 2

    def count(self, key: int) -> int:
        """Return about how often `key` was added."""
        one, two = self._bits(key)
        passed = self.door[one >> 3] >> (one & 7) & self.door[two >> 3] >> (two & 7) & 1
        return min(row[place] for row, place in zip(self.rows, self._places(key), strict=True)) + passed

    def _bits(self, key: int) -> tuple[int, int]:
        mask = self.width * 4 - 1
        return key & mask, key >> 16 & mask

    def _places(self, key: int) -> list[int]:
        first, step, mask = key >> 30, key >> 47 | 1, self.width - 1
        return [first + row * step & mask for row in range(_ROWS)]


class _Miniature:
    """The nearer tier as it would be if one rule had decided, of a sample of the keys: last used at the end."""

    def __init__(self, *, picky: bool) -> None:
        self.picky = picky
        self.held: dict[int, tuple[int, float]] = {}
        """Bytes, and seconds that having it saves."""
        self.held_bytes = 0
        self.saved_s = 0.0
        """By hits, the older ones counting less."""
        self.full = False
        self._price = 0.0
        """Seconds that a byte is worth of what would have to go next."""
        self._looks = 0
        """How often that figure is still used."""

    def asked(self, sketch: Sketch, key: int, size: int, saved_s: float, room: int) -> None:
        """Answer a request, and take what it is for in if the rule says so."""
        held = self.held.pop(key, None)
        if held is not None:
            self.saved_s += saved_s
            self.held[key] = held
        elif size <= room and self.admits(sketch, key, size, saved_s):
            self.held[key] = (size, saved_s)
            self.held_bytes += size
            while self.held_bytes > room:
                self.full = True
                self.drop(next(iter(self.held)))
            self.full = self.full and self.held_bytes * 2 > room

    def admits(self, sketch: Sketch, key: int, size: int, saved_s: float) -> bool:
        """Return whether the rule would have something go up: if it is worth more than what would go for it."""
        if not self.picky or not self.full:
            return True
        if self._looks <= 0:
            self._looks = 16
            going = list(islice(self.held.items(), 32))
            worth = sum(sketch.count(other) * other_saved_s for other, (_, other_saved_s) in going)
            self._price = worth / max(1, sum(other_size for _, (other_size, _) in going))
        self._looks -= 1
        return sketch.count(key) * saved_s > self._price * size

    def drop(self, key: int) -> None:
        """Let go of a key."""
        self.held_bytes -= self.held.pop(key)[0]


class Admission:
    """What goes up into one tier that has room for `capacity` bytes; 0: nobody knows, and everything goes up."""

    def __init__(self, capacity: int = 0, *, width: int = 2048, sample: int = 256) -> None:
        self.capacity = capacity
        self.sketch = Sketch(width)
        self._always, self._wanted = _Miniature(picky=False), _Miniature(picky=True)
        self._thin = 0
        """One key in 2 to the power of this is sampled."""
        self._sample = sample
        self._sampled = 0

    def wants(self, name: str, size: int, saved_s: float) -> bool:
        """Note that somebody asked for `name`; return whether it should go up if the nearer tier does not have it.

        `name` is a hex digest, `size` its bytes, `saved_s` how many seconds sooner the nearer tier gives it.
        """
        if not self.capacity:
            return True
        key = number_of(name)
        self.sketch.add(key)
        if self._is_sampled(key):
            self._try(key, size, saved_s)
        if saved_s <= 0 or size > self.capacity:
            return False
        return self.rule == "always" or self._wanted.admits(self.sketch, key, size, saved_s)

    @property
    def rule(self) -> str:
        """Which rule decides now: `always` or `wanted`."""
        return "always" if self._always.saved_s >= self._wanted.saved_s else "wanted"

    def _try(self, key: int, size: int, saved_s: float) -> None:
        room = self.capacity >> self._thin
        for rule in (self._always, self._wanted):
            rule.asked(self.sketch, key, size, saved_s, room)
        while max(len(self._always.held), len(self._wanted.held)) > self._sample:
            self._thin += 1
            for rule in (self._always, self._wanted):
                for other in [other for other in rule.held if not self._is_sampled(other)]:
                    rule.drop(other)
        self._sampled += 1
        if self._sampled >= 4 * self._sample:
            self._sampled = 0
            self._always.saved_s /= 2
            self._wanted.saved_s /= 2

    def _is_sampled(self, key: int) -> bool:
        return not (key * _MIXED >> 40) & (1 << self._thin) - 1

    def kept(self) -> bytes:
        """Return all that is known, in a few KiB, for `resumed`."""
        parts = [_HEAD.pack(self.sketch.width, self.sketch.added, self._thin, self._sampled)]
        parts += [bytes.fromhex(row.hex()[1::2]) for row in self.sketch.rows]
        parts.append(bytes(self.sketch.door))
        for rule in (self._always, self._wanted):
            parts.append(_RULE.pack(rule.saved_s, rule.full, len(rule.held)))
            parts += [_ENTRY.pack(key, size, saved_s) for key, (size, saved_s) in rule.held.items()]
        return _MAGIC + zlib.compress(b"".join(parts))


def number_of(name: str) -> int:
    """Return the number that stands for a hex digest here."""
    return int(name[:_DIGITS], 16)


def resumed(kept: bytes, capacity: int) -> Admission:
    """Return the policy that `Admission.kept` described; a new one where that is of no use."""
    fresh = Admission(capacity)
    if kept[: len(_MAGIC)] != _MAGIC:
        return fresh
    try:
        data = zlib.decompressobj().decompress(kept[len(_MAGIC) :], _LARGEST)
        return _read(data, capacity)
    except (zlib.error, struct.error, ValueError, OverflowError):
        return fresh


def _read(data: bytes, capacity: int) -> Admission:
    width, added, thin, sampled = _HEAD.unpack_from(data)
    found = Admission(capacity)
    if width != found.sketch.width or thin > 60:
        raise ValueError("made by another pitstop")
    at = _HEAD.size
    for number in range(_ROWS):
        digits = data[at : at + width // 2].hex()
        found.sketch.rows[number] = bytearray.fromhex("0" + "0".join(digits))
        at += width // 2
    found.sketch.door = bytearray(data[at : at + width // 2])
    at += width // 2
    found.sketch.added, found._thin, found._sampled = added, thin, sampled  # noqa: SLF001  this module's own
    for rule in (found._always, found._wanted):  # noqa: SLF001  the same
        rule.saved_s, rule.full, count = _RULE.unpack_from(data, at)
        at += _RULE.size
        for _ in range(count):
            key, size, saved_s = _ENTRY.unpack_from(data, at)
            at += _ENTRY.size
            rule.held[key] = (int(size), saved_s)
            rule.held_bytes += int(size)
    if at != len(data) or len(found.sketch.door) != width // 2:
        raise ValueError("cut short")
    return found
