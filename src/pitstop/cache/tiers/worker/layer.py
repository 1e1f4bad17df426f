"""One tier of a run as the worker knows it: its two sides, whether it is asked, and what it was used for."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache import files
from pitstop.cache.tiers.breaker import Breaker, Limits
from pitstop.cache.tiers.open import identity, open_tier, printable
from pitstop.cache.tiers.tier import TierError
from pitstop.cache.tiers.worker.lookups import Lookup, Lookups
from pitstop.cache.tiers.worker.uploads import Uploads
from pitstop.core.environ import environ

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from pitstop.cache.disk import DiskStore
    from pitstop.cache.tiers.layers import Sent
    from pitstop.cache.tiers.policy import Admission
    from pitstop.cache.tiers.sign import Key
    from pitstop.cache.tiers.tier import Address, Tier


_MUCH = 1 << 20
"""What moves more than this tells how fast it moves, what moves less how soon it begins."""


class Used(NamedTuple):
    """What a tier was used for in this run (`far.Used`)."""

    place: str
    asked: int = 0
    hits: int = 0
    fetched: int = 0
    sent: int = 0
    sent_bytes: int = 0
    trouble: str = ""
    refused: int = 0


class Speed(NamedTuple):
    """How fast a tier seems to be."""

    latency_s: float = 0.01
    bytes_s: float = 50e6
    known: bool = False
    """Whether it was ever asked."""

    def after(self, seconds: float, moved: int) -> Speed:
        """Return how fast it seems after a question took so long and moved so much; half of what was known counts."""
        if moved < _MUCH:
            return Speed((self.latency_s + seconds) / 2, self.bytes_s, known=True)
        rate = moved / max(seconds - self.latency_s, seconds / 10, 1e-6)
        return Speed(self.latency_s, 2 / (1 / self.bytes_s + 1 / rate), known=True)


class Layer:
    """One tier of a run."""

    def __init__(
        self, index: int, address: Address, store: DiskStore, trust: Trust, tell: Callable[[Any], None]
    ) -> None:
        self.address = address
        self.index = index
        self.place = printable(address.url) or address.kind
        """As it may be printed: as it is written until it was opened first."""
        self.breaker = Breaker(Limits(budget_s=address.timeout_s))
        self.used = Used(self.place)
        self.lookups = Lookups(store, self._open, trust.judge, tell)
        self.uploads = Uploads(identity(address), store, self._open, trust.sign, lambda what: tell((index, what)))
        self.running: list[Lookup] = []
        """What it is asked now."""
        self._speed = Speed()
        self._memory = f"{store.root}/tiers/{self.uploads.name}"
        self._admission: Admission | None = None

    @property
    def reads(self) -> bool:
        """Whether it is ever asked."""
        return self.address.read

    @property
    def writes(self) -> bool:
        """Whether it is ever sent anything."""
        return self.address.write

    def _open(self) -> Tier:
        tier = open_tier(self.address, environ)
        self.place = tier.place
        return tier

    def ask(self, actions: Sequence[str]) -> None:
        """Have it asked."""
        lookup = Lookup(self.index, actions)
        self.used = self.used._replace(asked=self.used.asked + len(actions))
        self.running.append(lookup)
        self.lookups.ask(lookup)

    def had(self, size: int) -> None:
        """Note that a result came from it."""
        self.used = self.used._replace(hits=self.used.hits + 1, fetched=self.used.fetched + size)

    def refused(self) -> None:
        """Note that a result that it has is not taken."""
        self.used = self.used._replace(refused=self.used.refused + 1)

    def took(self, seconds: float, moved: int) -> None:
        """Note how long a question took."""
        self._speed = self._speed.after(seconds, moved)

    def costs(self, size: int) -> float:
        """Return about how many seconds it takes to get `size` bytes from it."""
        return self._speed.latency_s + size / self._speed.bytes_s

    def admits(self, action: str, size: int, costs_s: float) -> bool:
        """Return whether a result that a farther tier gave, in so many seconds, is to be kept here too."""
        if not self.address.room:
            return True
        if self._admission is None:
            from pitstop.cache.tiers.policy import resumed

            self._admission = resumed(_content(self._memory), self.address.room)
        own_s = self.costs(size) if self._speed.known else costs_s / 2
        return self._admission.wants(action, size, costs_s - own_s)

    def close(self) -> None:
        """Remember for the next run what is wanted here."""
        if self._admission is not None:
            kept = self._admission.kept()
            with suppress(OSError):
                os.makedirs(os.path.dirname(self._memory), exist_ok=True)
                files.remove(f"{self._memory}.{os.getpid()}")
                files.create(f"{self._memory}.{os.getpid()}", kept, 0o644)
                os.replace(f"{self._memory}.{os.getpid()}", self._memory)

    def got(self, sent: Sent) -> None:
        """Note that it was sent something."""
        used = self.used
        self.used = used._replace(sent=used.sent + len(sent.results), sent_bytes=used.sent_bytes + sent.size)


class Trust:
    """Whose results are believed, and with which key what is sent is signed."""

    def __init__(self, sign: str, verify: Sequence[str], environ: Mapping[str, str]) -> None:
        """Read the keys from where `sign.load_keys` finds them. Raises UsageError."""
        self._key: Key | None = None
        self._known: list[Key] = []
        self._verifies = bool(verify)
        self.vouches = self._verifies or not sign
        """See `Far.vouches`."""
        if sign or verify:
            from pitstop.cache.tiers.sign import load_keys, signing_key

            self._key = signing_key(load_keys(sign, environ)) if sign else None
            self._known = [key for source in verify for key in load_keys(source, environ)]

    def judge(self, action: str, message: bytes) -> str:
        """Return why a result is not to be believed; empty: it is. Raises TierError when a library is missing."""
        if not self._verifies:
            return ""
        from pitstop.cache.tiers.sign import verify

        if not self._known:
            raise TierError(
                "there are no keys to verify results with", hint="`[cache] verify` says where", permanent=True
            )
        return verify(action, message, self._known).problem

    def sign(self, action: str, message: bytes) -> bytes:
        """Return a result with a signature in it, if there is a key. Raises TierError when a library is missing."""
        if self._key is None:
            return message
        from pitstop.cache.tiers.sign import sign

        return sign(action, message, self._key)


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
