"""The one thread that decides for all tiers of a run, at the other end of `far.Far`.

It looks results up from the nearest tier to the farthest, brings their blobs into the local store, and sends what the
journal holds, in threads; this module is the one thread that decides. It ends when the run has ended and nothing is
left to be sent, or after a while.

    from the run                                    to the run
    ("start", config)                               ("answers", [(action, place or "", bytes), …])
    ("ask", [action, …])                            ("notice", text)
    ("sent?", seconds)  tell when nothing is left   ("sent", left)
                    to send, or to be sent by then
                                                    ("failed", why)  it cannot serve
    ("offer",)  something is new in the journal     ("used", [Used, …])  now and then, and before `sent`
"""

from __future__ import annotations

import os
import select
import signal
from functools import partial
from typing import TYPE_CHECKING, Any

from pitstop.cache import frames
from pitstop.cache.disk import DiskStore
from pitstop.cache.tiers import journal
from pitstop.cache.tiers.layers import Parcel, Sent
from pitstop.cache.tiers.open import warm_up
from pitstop.cache.tiers.tier import Address, TierError
from pitstop.cache.tiers.worker.layer import Layer, Trust
from pitstop.cache.tiers.worker.lookups import Absent, Here, Lookup, Over
from pitstop.cache.tiers.worker.news import News
from pitstop.core import clock
from pitstop.core.environ import environ
from pitstop.core.errors import PitstopError

if TYPE_CHECKING:
    import socket

    from pitstop.cache.tiers.layers import Got

_LINGER_S = 600.0
"""How long it goes on sending when the run has ended."""
_TICK_S = 0.25
_ALONE = "it is not waited for any more in this run"
_BEAT_S = 2.0
"""How often the run hears, while it waits, that this process is alive."""


class Worker:
    """All tiers of one run."""

    def __init__(self, link: socket.socket, config: dict[str, Any]) -> None:
        """Serve the run at the other end of `link`. Raises UsageError for keys that cannot be read."""
        self._link = link
        self._news = News()
        self._store = DiskStore(config["root"], self._news.put)
        trust = Trust(config["sign"], config["verify"], environ)
        self._layers = [
            Layer(index, Address(*one), self._store, trust, self._news.put) for index, one in enumerate(config["tiers"])
        ]
        self._said: set[int] = set()
        """Tiers of which something was said: that once is enough."""
        self._answers: list[tuple[str, str, int]] = []
        self._owed_until = 0.0
        """Until when the run waits to hear that everything is sent, in monotonic seconds; 0: it does not."""
        self._out = bytearray()
        self._told_at = 0.0
        self._ended_at = 0.0
        first = next((layer for layer in self._layers if layer.reads), None)
        if first is not None:
            first.lookups.begin(partial(warm_up, first.address.kind))
        journal.give_up_old(self._store.root, clock.now())
        self._send_pending()

    def _send_pending(self) -> None:
        """Have sent what an earlier run, or an earlier attempt, did not get through."""
        for layer in self._layers:
            if layer.writes and journal.pending(self._store.root, layer.uploads.name, clock.now()):
                layer.uploads.wake()

    # The run

    def run(self, inbox: frames.Inbox) -> None:
        """Serve until the run has ended and nothing is left to be sent."""
        self._link.settimeout(0.0)
        while not self._finished():
            reading = [self._news.fileno()] if self._ended_at else [self._news.fileno(), self._link.fileno()]
            writing = [self._link.fileno()] if self._out else []
            ready, _, _ = select.select(reading, writing, [], _TICK_S)
            if self._link.fileno() in ready:
                self._receive(inbox)
            for one in self._news.take():
                self._hear(one)
            self._watch(clock.monotonic())
            self._report()
        for layer in self._layers:
            layer.close()

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
                for layer in self._layers:
                    if layer.writes:
                        layer.uploads.wake()
            elif what == "sent?":
                self._owed_until = clock.monotonic() + rest[0]
                self._send_pending()

    def _finished(self) -> bool:
        if not self._ended_at:
            return False
        return all(layer.uploads.idle for layer in self._layers) or clock.monotonic() - self._ended_at > _LINGER_S

    # Asking

    def _ask(self, first: int, actions: list[str]) -> None:
        """Ask the first tier from `first` on that may be asked; where there is none, it is a miss."""
        now = clock.monotonic()
        for index in range(first, len(self._layers)):
            layer = self._layers[index]
            if layer.reads and layer.breaker.allows(now):
                layer.ask(actions)
                return
        self._answers += [(action, "", 0) for action in actions]

    def _hear(self, news: Any) -> None:
        match news:
            case Absent(lookup, actions, refused):
                asked = [action for action in actions if action in lookup.left]
                lookup.left.difference_update(actions)
                for action, why in refused.items():
                    if why:
                        self._layers[lookup.tier].refused()
                        self._say(lookup.tier, f"has a result {action[:12]} that is not taken: {why}")
                if asked:
                    self._ask(lookup.tier + 1, asked)
            case Here(lookup, arrived):
                layer = self._layers[lookup.tier]
                for got in arrived:
                    if got.action in lookup.left:
                        lookup.left.discard(got.action)
                        layer.had(got.size)
                        self._answers.append((got.action, layer.place, got.size))
                        self._promote(lookup.tier, got)
            case Over(lookup, error, wrong, took_s):
                self._over(lookup, error, took_s)
                layer = self._layers[lookup.tier]
                layer.uploads.suspect |= wrong
                if wrong:
                    self._say(lookup.tier, "has files with wrong bytes: they are not taken")
            case str():
                self._tell("notice", news)
            case (int() as index, Sent() as sent):
                self._layers[index].got(sent)
            case (int() as index, TierError() as error):
                layer = self._layers[index]
                if not layer.used.trouble:
                    self._left_alone(layer, error, "what could not be sent goes later")
            case _:
                raise TypeError(f"no news: {news!r}")

    def _promote(self, found: int, got: Got) -> None:
        """Send a result that came from the tier `found` to those that are nearer."""
        behind = self._layers[found]
        for layer in self._layers[:found]:
            if layer.writes and layer.admits(got.action, got.size, behind.costs(got.size)):
                layer.uploads.wake(Parcel(got.action, got.message, tuple(got.blobs)))
        if found + 1 < len(self._layers):  # what is there already is wanted as well
            behind.admits(got.action, got.size, self._layers[found + 1].costs(got.size))

    def _over(self, lookup: Lookup, error: TierError | None, took_s: float) -> None:
        layer = self._layers[lookup.tier]
        if lookup.given_up:
            return
        layer.lookups.ended()
        layer.running.remove(lookup)
        now = clock.monotonic()
        if error is None:
            layer.took(took_s, lookup.moved)
            first = layer.breaker.succeeded(now, took_s=max(took_s - lookup.worth_s, 0.0), moved=lookup.moved)
            error = TierError(layer.breaker.trouble) if first else None
        else:
            first = layer.breaker.failed(now, error, took_s=took_s)
        if error is not None and not layer.used.trouble:
            self._left_alone(layer, error, _ALONE if first else "what did not come is made here")
        if lookup.left:
            self._ask(lookup.tier + 1, sorted(lookup.left))
            lookup.left.clear()

    def _left_alone(self, layer: Layer, error: TierError, then: str) -> None:
        layer.used = layer.used._replace(trouble=error.problem)
        self._say(layer.index, _trouble(layer.place, error, then))

    def _watch(self, now: float) -> None:
        """Give up the lookups that take longer than anybody waits."""
        for layer in self._layers:
            breaker = layer.breaker
            for lookup in list(layer.running):
                late = lookup.late_s(now, breaker.limits.floor, layer.address.timeout_s)
                if late > breaker.patience_left_s:
                    layer.lookups.give_up(lookup)
                    layer.running.remove(lookup)
                    error = TierError(f"it did not answer within {now - lookup.asked:.1f} s")
                    if breaker.failed(now, error, took_s=late) and not layer.used.trouble:
                        self._left_alone(layer, error, _ALONE)
                    self._ask(lookup.tier + 1, sorted(lookup.left))
                    lookup.left.clear()

    # Telling

    def _say(self, tier: int, text: str) -> None:
        """Say something about a tier, unless something was said before."""
        if tier not in self._said:
            self._said.add(tier)
            place = self._layers[tier].place
            self._tell("notice", text if place in text else f"`{place}` {text}")

    def _report(self) -> None:
        """Send what there is to tell."""
        if self._answers:
            self._tell("answers", self._answers)
            self._answers = []
        if self._owed_until and all(layer.uploads.is_done_by(self._owed_until) for layer in self._layers):
            self._owed_until = 0.0
            names = [layer.uploads.name for layer in self._layers if layer.writes]
            self._tell("sent", sum(len(journal.pending(self._store.root, name, clock.now())) for name in names))
        now = clock.monotonic()
        if now - self._told_at > _BEAT_S and any(layer.running for layer in self._layers):
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
        return [tuple(layer.used._replace(place=layer.place)) for layer in self._layers]


def _trouble(place: str, error: TierError, then: str) -> str:
    what = error.problem if place in error.problem else f"`{place}`: {error.problem}"
    return f"{what}; {then}" + (f" ({error.hint})" if error.hint else "")


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
        try:
            worker = Worker(link, heard[0][1])
        except PitstopError as error:
            link.sendall(frames.pack(("failed", error.problem)))
        else:
            worker.obey(heard[1:])
            worker.run(inbox)
    os._exit(0)  # threads that hang are left where they are
