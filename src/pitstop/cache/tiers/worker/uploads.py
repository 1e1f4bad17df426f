"""Sends what the journal holds for one tier, and what is promoted to it, in a thread of its own."""

from __future__ import annotations

import os
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

from pitstop.cache.actions import encode_result
from pitstop.cache.intake import opened
from pitstop.cache.tiers import history, journal
from pitstop.cache.tiers.breaker import Breaker
from pitstop.cache.tiers.history import Entry
from pitstop.cache.tiers.layers import Parcel, Sent, blobs_of, send
from pitstop.cache.tiers.tier import TierError
from pitstop.core import clock
from pitstop.core.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.cache.disk import DiskStore
    from pitstop.cache.tiers.journal import Pending
    from pitstop.cache.tiers.tier import Tier

    Sign = Callable[[str, bytes], bytes]
    """Returns a message for an action with a signature in it."""

_BATCH = 64
_BATCH_BYTES = 64 << 20
"""What is sent in one go, so that a kill loses little work and results are there soon."""
_PAUSE_S = 0.5
"""Between two looks whether another process still sends to this tier, or whether a tier works again."""
_ATTEMPTS = 3
"""So many failures in a row, and the rest waits until there is something new, or for the next run."""
_LONGEST_REST_S = 90.0
"""What a tier that took something may want before it takes more (GitHub: 200 entries a minute)."""


class Uploads:
    """The sending side of one tier, with a thread from the first `wake` on."""

    def __init__(
        self,
        name: str,
        store: DiskStore,
        tier: Callable[[], Tier],
        sign: Sign,
        tell: Callable[[Sent | TierError], None],
    ) -> None:
        self.name = name
        """As `open.identity` names the tier."""
        self.suspect: set[Digest] = set()
        """Blobs of which the tier has wrong bytes."""
        self._store = store
        self._open = tier
        self._tier: Tier | None = None
        self._sign = sign
        self._tell = tell
        self._news: SimpleQueue[Parcel | None] = SimpleQueue()
        self._woken = self._settled = 0
        self._breaker = Breaker()
        self._failures = 0
        self._progress = False
        """Whether anything was sent since the last rest."""
        self.rests_until = 0.0
        """When the tier takes more, in monotonic seconds; 0: it takes what it is sent."""
        self._told: set[str] = set()
        """Texts about keys that the tier has."""
        self._thread: Thread | None = None
        self._stopped = False

    @property
    def idle(self) -> bool:
        """Whether nothing is left to do, or nothing can be done."""
        return self._stopped or self._settled == self._woken

    def is_done_by(self, until: float) -> bool:
        """Return whether nothing is left to do that the tier would take before `until` (monotonic seconds)."""
        return self.idle or self.rests_until > until

    def wake(self, promoted: Parcel | None = None) -> None:
        """Look into the journal, or send `promoted`; to be called from one thread."""
        self._woken += 1
        self._news.put(promoted)
        if self._thread is None:
            self._thread = Thread(target=self._run, name=f"uploads {self.name}", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Begin nothing new."""
        self._stopped = True

    def _run(self) -> None:
        while not self._stopped:
            promoted = [self._news.get()]
            with suppress(Empty):
                while True:
                    promoted.append(self._news.get_nowait())
            parcels = [parcel for parcel in promoted if parcel is not None]
            self._failures = 0
            while self._try(parcels):
                parcels = []
            self._settled += len(promoted)
            self._tell(Sent())

    def _try(self, promoted: list[Parcel]) -> bool:
        """Do what there is to do; return whether to go on at once."""
        try:
            return self._work(promoted)
        except _Resting:
            return False
        except TierError as error:
            return self._failed(error)
        except Exception as error:  # noqa: BLE001  a library that breaks must not end the worker
            return self._failed(TierError(f"sending failed: {type(error).__name__}: {error}", permanent=True))

    def _work(self, promoted: list[Parcel]) -> bool:
        """Send what there is; return whether more may be left."""
        if promoted:
            self._send(promoted)
        root = self._store.root
        if not journal.pending(root, self.name, clock.now()):
            return False
        claim = journal.claim(root, self.name)
        if claim < 0:  # another process sends; what it leaves is ours
            self._sleep(_PAUSE_S)
            return True
        try:
            listed = journal.pending(root, self.name, clock.now())
            while listed and not self._stopped:
                batch = self._batch(listed)
                done = self._send([parcel for _, parcel in batch if parcel is not None])
                self._tell_of_keys([one for one, _ in batch if one.action in set(done.results) and one.parts])
                gone = [one.action for one, parcel in batch if parcel is None]
                journal.done(root, self.name, (*done.results, *done.there, *done.gone, *gone))
                listed = listed[len(batch) :]
        finally:
            os.close(claim)
        return True

    def _batch(self, listed: list[Pending]) -> list[tuple[Pending, Parcel | None]]:
        """Return what is sent next, with None for what is no longer in the store."""
        batch: list[tuple[Pending, Parcel | None]] = []
        size = 0
        for one in listed[:_BATCH]:
            parcel = self._parcel(one)
            size += sum(digest.size for digest in parcel.blobs) if parcel is not None else 0
            if batch and size > _BATCH_BYTES:
                break
            batch.append((one, parcel))
        return batch

    def _parcel(self, one: Pending) -> Parcel | None:
        result = self._store.get_result(one.action)
        if result is None:
            return None
        message = self._sign(one.action, encode_result(result))
        return Parcel(one.action, message, tuple(blobs_of(result)), one.replace, one.if_absent)

    def _send(self, parcels: list[Parcel]) -> Sent:
        if not parcels:
            return Sent()
        now = clock.monotonic()
        if not self._breaker.allows(now, waited_for=False):
            raise _Resting
        if self._tier is None:
            self._tier = self._open()
        sent = send(self._tier, self._store, parcels, frozenset(self.suspect))
        self._breaker.succeeded(clock.monotonic(), waited_for=False)
        self._failures, self._progress = 0, True
        self._tell(sent)
        return sent

    def _tell_of_keys(self, sent: list[Pending]) -> None:
        """Add to what the tier tells of the keys of tasks (see `history`)."""
        tier, store = self._tier, self._store
        if not sent or tier is None or tier.kind == "github":  # whose entries are written once, and counted
            return
        texts = [digest for one in sent for digest in history.named(one.parts, store.get, self._told)]
        if texts := [digest for digest in texts if store.has(digest)]:
            missing = tier.missing(texts)
            tier.put_blobs([digest for digest in texts if digest in missing], lambda digest: opened(store, digest))
        known = tier.get_results([one.task for one in sent])
        messages: dict[str, bytes] = {}
        for one in sent:
            name, _, size = one.parts.partition("/")
            before = history.entries(messages.get(one.task) or known.get(one.task, b""))
            messages[one.task] = history.with_entry(before, Entry(clock.now(), one.action, Digest(name, int(size))))
        tier.put_results({place: self._sign(place, message) for place, message in messages.items()})

    def _failed(self, error: TierError) -> bool:
        """Take a failure in; return whether to try again now: what is in the journal stays there."""
        self._failures += 1
        if self._breaker.failed(clock.monotonic(), error, waited_for=False):
            self._tell(error)
        self._stopped = self._breaker.state == "off"
        if self._progress and error.retry_after_s and not self._stopped:
            self._progress = False
            rest_s = self._breaker.rest_left_s(clock.monotonic())
            if rest_s <= _LONGEST_REST_S:
                self.rests_until = clock.monotonic() + rest_s
                self._sleep(rest_s)
                self.rests_until = 0.0
                return True
        if self._stopped or self._failures >= _ATTEMPTS:
            return False
        self._sleep(_PAUSE_S)
        return True

    def _sleep(self, seconds: float) -> None:
        Event().wait(seconds)


class _Resting(Exception):
    """The breaker does not let anything through now."""
