"""The process that holds the tiers of a run: `python -m pitstop.cache.tiers.worker`, at the other end of `far.Far`.

It looks results up from the nearest tier to the farthest, brings their blobs into the local store, and sends what the
journal holds, in threads; this module is the one thread that decides. It ends when the run has ended and nothing is
left to be sent, or after a while.

    from the run                                    to the run
    ("start", config)                               ("answers", [(action, place or "", bytes), …])
    ("ask", [action, …])                            ("notice", text)
    ("sent?",)  tell when nothing is left to send   ("sent", left)
    ("offer",)  something is new in the journal     ("used", [Used, …])  now and then, and before `sent`
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.cache import frames
from pitstop.cache.disk import DiskStore
from pitstop.cache.tiers import journal
from pitstop.cache.tiers.breaker import Breaker, Limits
from pitstop.cache.tiers.layers import Parcel, Sent
from pitstop.cache.tiers.lookups import Absent, Here, Lookup, Lookups, Over
from pitstop.cache.tiers.open import identity, open_tier
from pitstop.cache.tiers.tier import Address, TierError
from pitstop.cache.tiers.uploads import Uploads
from pitstop.core import clock
from pitstop.core.environ import environ

if TYPE_CHECKING:
    import socket

_LINGER_S = 600.0
"""How long it goes on sending when the run has ended."""
_TICK_S = 0.25
_QUEUED = 4
"""How many times longer a question may wait for its turn than for its answer."""
_BEAT_S = 2.0
"""How often the run hears, while it waits, that this process is alive."""


class Used(NamedTuple):
    """What a tier was used for in this run."""

    place: str
    asked: int = 0
    hits: int = 0
    fetched: int = 0
    """Bytes that came."""
    sent: int = 0
    """Results."""
    sent_bytes: int = 0
    trouble: str = ""
    """Why it was left alone; empty: it was not."""


class Layer:
    """One tier of the run: its two sides, and what is known of it."""

    def __init__(self, worker: Worker, index: int, address: Address) -> None:
        self.address = address
        self.place = address.kind
        self.breaker = Breaker(Limits(budget_s=address.timeout_s))
        self.used = Used(self.place)
        self.lookups = Lookups(worker.store, self._open, worker.judge, worker.news.put)
        self.uploads = Uploads(
            identity(address), worker.store, self._open, worker.sign, lambda what: worker.news.put((index, what))
        )
        self.running: list[Lookup] = []

    def _open(self) -> Any:
        tier = open_tier(self.address, environ)
        self.place = tier.place
        return tier


class Worker:
    """All tiers of one run."""

    def __init__(self, link: socket.socket, config: dict[str, Any]) -> None:
        self._link = link
        self.news = _News()
        self.store = DiskStore(config["root"], self.news.put)
        self.layers = [Layer(self, index, Address(*one)) for index, one in enumerate(config["tiers"])]
        self._said: set[tuple[int, str]] = set()
        self._answers: list[tuple[str, str, int]] = []
        self._owed = False
        """Whether the run waits to hear that everything is sent."""
        self._out = bytearray()
        self._told_at = 0.0
        self._ended_at = 0.0
        for layer in self.layers:
            if layer.address.write and journal.pending(self.store.root, layer.uploads.name, clock.now()):
                layer.uploads.wake()

    # What is believed, and how what is sent is signed

    def judge(self, _action: str, _message: bytes) -> str:
        """Return why a result is not to be believed; empty: it is."""
        return ""

    def sign(self, _action: str, message: bytes) -> bytes:
        """Return a result with a signature in it."""
        return message

    def admit(self, _action: str, _size: int) -> bool:
        """Return whether a result that came from a farther tier is to be kept in a nearer one."""
        return True

    # The run

    def run(self, inbox: frames.Inbox) -> None:
        """Serve until the run has ended and nothing is left to be sent."""
        self._link.settimeout(0.0)
        while not self._finished():
            reading = [self.news.fileno()] if self._ended_at else [self.news.fileno(), self._link.fileno()]
            writing = [self._link.fileno()] if self._out else []
            ready, _, _ = select.select(reading, writing, [], _TICK_S)
            if self._link.fileno() in ready:
                self._receive(inbox)
            for one in self.news.take():
                self._hear(one)
            self._watch(clock.monotonic())
            self._report()

    def _receive(self, inbox: frames.Inbox) -> None:
        try:
            data = self._link.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._ended_at = clock.monotonic()
            return
        self.obey(list(inbox.feed(data)))

    def obey(self, frames_: list[Any]) -> None:
        """Do what the run wants."""
        for what, *rest in frames_:
            if what == "ask":
                self._ask(0, rest[0])
            elif what == "offer":
                for layer in self.layers:
                    if layer.address.write:
                        layer.uploads.wake()
            elif what == "sent?":
                self._owed = True

    def _finished(self) -> bool:
        if not self._ended_at:
            return False
        return all(layer.uploads.idle for layer in self.layers) or clock.monotonic() - self._ended_at > _LINGER_S

    # Asking

    def _ask(self, first: int, actions: list[str]) -> None:
        """Ask the first tier from `first` on that may be asked; where there is none, it is a miss."""
        now = clock.monotonic()
        for index in range(first, len(self.layers)):
            layer = self.layers[index]
            if layer.address.read and layer.breaker.allows(now):
                lookup = Lookup(index, actions)
                layer.used = layer.used._replace(asked=layer.used.asked + len(actions))
                layer.running.append(lookup)
                layer.lookups.ask(lookup)
                return
        self._answers += [(action, "", 0) for action in actions]

    def _hear(self, news: Any) -> None:
        match news:
            case Absent(lookup, actions, refused):
                asked = [action for action in actions if action in lookup.left]
                lookup.left.difference_update(actions)
                for action, why in refused.items():
                    if why:
                        self._say(lookup.tier, "refused", f"has a result {action[:12]} that is not taken: {why}")
                if asked:
                    self._ask(lookup.tier + 1, asked)
            case Here(lookup, got):
                layer = self.layers[lookup.tier]
                if got.action in lookup.left:
                    lookup.left.discard(got.action)
                    layer.used = layer.used._replace(hits=layer.used.hits + 1, fetched=layer.used.fetched + got.size)
                    self._answers.append((got.action, layer.place, got.size))
                    self._promote(lookup.tier, got.action, got.message, tuple(got.blobs), got.size)
            case Over(lookup, error, wrong, took_s):
                self._over(lookup, error, took_s)
                layer = self.layers[lookup.tier]
                layer.uploads.suspect |= wrong
                if wrong:
                    self._say(lookup.tier, "wrong", "has files with wrong bytes: they are not taken")
            case str():
                self._tell("notice", news)
            case (int() as index, Sent() as sent):
                layer = self.layers[index]
                used = layer.used
                layer.used = used._replace(sent=used.sent + len(sent.results), sent_bytes=used.sent_bytes + sent.size)
            case (int() as index, TierError() as error):
                self._tell("notice", _trouble(self.layers[index].place, error, "nothing more is sent to it"))
            case _:
                raise TypeError(f"no news: {news!r}")

    def _promote(self, found: int, action: str, message: bytes, blobs: Any, size: int) -> None:
        for layer in self.layers[:found]:
            if layer.address.write and self.admit(action, size):
                layer.uploads.wake(Parcel(action, message, blobs))

    def _over(self, lookup: Lookup, error: TierError | None, took_s: float) -> None:
        layer = self.layers[lookup.tier]
        if lookup.given_up:
            return
        layer.lookups.ended()
        layer.running.remove(lookup)
        now = clock.monotonic()
        if error is None:
            first = layer.breaker.succeeded(now, took_s=took_s, moved=lookup.moved)
            error = TierError(layer.breaker.trouble) if first else None
        else:
            first = layer.breaker.failed(now, error, took_s=took_s)
        if first and error is not None:
            self._left_alone(layer, error)
        if lookup.left:
            self._ask(lookup.tier + 1, sorted(lookup.left))
            lookup.left.clear()

    def _left_alone(self, layer: Layer, error: TierError) -> None:
        layer.used = layer.used._replace(trouble=error.problem)
        self._tell("notice", _trouble(layer.place, error, "it is not waited for any more"))

    def _watch(self, now: float) -> None:
        """Give up the lookups that take longer than anybody waits."""
        for layer in self.layers:
            breaker = layer.breaker
            for lookup in list(layer.running):
                took = now - lookup.began if lookup.began else (now - lookup.asked) / _QUEUED
                late = took - lookup.moved / breaker.limits.floor
                if late > breaker.patience_left_s:
                    layer.lookups.give_up(lookup)
                    layer.running.remove(lookup)
                    error = TierError(f"it did not answer within {took:.1f} s")
                    if breaker.failed(now, error, took_s=late):
                        self._left_alone(layer, error)
                    self._ask(lookup.tier + 1, sorted(lookup.left))
                    lookup.left.clear()

    # Telling

    def _say(self, tier: int, topic: str, text: str) -> None:
        """Say something about a tier, once a run."""
        if (tier, topic) not in self._said:
            self._said.add((tier, topic))
            self._tell("notice", f"`{self.layers[tier].place}` {text}")

    def _report(self) -> None:
        """Send what there is to tell."""
        if self._answers:
            self._tell("answers", self._answers)
            self._answers = []
        if self._owed and all(layer.uploads.idle for layer in self.layers):
            self._owed = False
            names = [layer.uploads.name for layer in self.layers if layer.address.write]
            self._tell("sent", sum(len(journal.pending(self.store.root, name, clock.now())) for name in names))
        now = clock.monotonic()
        if now - self._told_at > _BEAT_S and any(layer.running for layer in self.layers):
            self._tell("used", self._used())
        if self._out and not self._ended_at:
            try:
                done = self._link.send(self._out)
            except BlockingIOError:
                return
            except OSError:
                self._ended_at = clock.monotonic()
                return
            del self._out[:done]

    def _tell(self, *what: Any) -> None:
        if what[0] in {"answers", "sent"}:
            self._out += frames.pack(("used", self._used()))
        self._out += frames.pack(what)
        self._told_at = clock.monotonic()

    def _used(self) -> list[tuple[Any, ...]]:
        return [tuple(layer.used._replace(place=layer.place)) for layer in self.layers]


class _News:
    """A queue from threads that wakes who waits in `select`."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        os.set_blocking(self._reading, False)

    def fileno(self) -> int:
        return self._reading

    def put(self, item: Any) -> None:
        self._queue.put(item)
        with suppress(BlockingIOError):
            os.write(self._writing, b"x")

    def take(self) -> list[Any]:
        with suppress(BlockingIOError):
            while os.read(self._reading, 4096):
                pass
        found = []
        with suppress(Empty):
            while True:
                found.append(self._queue.get_nowait())
        return found


def _trouble(place: str, error: TierError, then: str) -> str:
    what = error.problem if place in error.problem else f"`{place}`: {error.problem}"
    return f"{what}; {then} in this run" + (f" ({error.hint})" if error.hint else "")


def main() -> None:
    """Serve the run at the other end of standard input."""
    link = frames.inherited()
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # who waits for the end of the run's output must not wait for this process
        os.dup2(null, standard)
    for name in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(name, signal.SIG_IGN)
    os.chdir("/")
    inbox, heard = frames.Inbox(), list[Any]()
    while not heard and (data := link.recv(1 << 18)):
        heard += inbox.feed(data)
    if heard:
        worker = Worker(link, heard[0][1])
        worker.obey(heard[1:])
        worker.run(inbox)
    os._exit(0)  # threads that hang are left where they are


if __name__ == "__main__":
    main()
