"""The run's side of stores on other machines: asks the worker process, and never waits for it.

The process is started by the first question or offer. Without it, or when it breaks, every question is a miss.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.cache.tiers import journal
from pitstop.cache.tiers.open import identity
from pitstop.core import clock

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence

    from pitstop.cache.frames import Inbox
    from pitstop.cache.tiers.journal import Pending
    from pitstop.cache.tiers.tier import Address

_MODULE = "pitstop.cache.tiers.worker"
_SILENCE_S = 30.0
"""Beyond the longest time-out of a tier: a worker that says nothing for so long while it is asked has broken."""


class Answer(NamedTuple):
    """What became of one question."""

    action: str
    place: str
    """The tier that had it, as it may be printed: the result is in the local store now. Empty: nobody has it."""
    size: int
    """Bytes that came."""


class Used(NamedTuple):
    """What a tier was used for in this run."""

    place: str
    asked: int
    """Results that it was asked for."""
    hits: int
    """Those that it had, with all their blobs."""
    fetched: int
    """Bytes that came from it."""
    sent: int
    """Results that it was sent, as far as is known."""
    sent_bytes: int
    trouble: str
    """Why it was left alone; empty: it was not."""
    refused: int
    """Results that it had and that were not taken: damaged, or not to be believed."""


class Far:
    """The tiers of one run. Nothing here waits but `settle`."""

    def __init__(
        self,
        root: str,
        tiers: Sequence[Address],
        environ: Mapping[str, str],
        notice: Callable[[str], None],
        *,
        sign: str = "",
        verify: Sequence[str] = (),
    ) -> None:
        """`root`: of the local store. `tiers`: nearest first, without the local one.

        `sign`, `verify`: where the keys are, as `tiers.sign.load_keys` takes it; empty: nothing is signed, everything
        is believed.
        """
        self._root = root
        self._tiers = [tier for tier in tiers if tier.read or tier.write]
        self.takers = [identity(tier) for tier in tiers if tier.write]
        """The tiers that take results, by name."""
        self._environ = environ
        self._keys = {"sign": sign, "verify": list(verify)}
        self._notice = notice
        self._asked: set[str] = set()
        self._held: list[Answer] = []
        """Answers that came without the worker."""
        self._link: socket.socket | None = None
        self._pid = 0
        self._inbox: Inbox | None = None
        self._out = bytearray()
        self._heard_at = 0.0
        self._broken = False
        self._left = -1
        """What was still to be sent when the worker said last that it can send no more; -1: it did not say."""
        self.reads = any(tier.read for tier in self._tiers)
        """Whether asking is of any use."""
        self.writes = bool(self.takers)
        """Whether offering is."""
        self.vouches = bool(verify) or not sign
        """Whether results may be sent that other machines may have made: not where they would be signed unverified."""
        self.used: tuple[Used, ...] = ()

    def __len__(self) -> int:
        """How many questions have no answer yet."""
        return len(self._asked)

    def fileno(self) -> int:
        """Return what becomes readable when there is an answer; -1: there is no worker."""
        return self._link.fileno() if self._link is not None else -1

    @property
    def is_full(self) -> bool:
        """Whether something waits until the worker takes more."""
        return bool(self._out)

    def begin(self) -> None:
        """Start the worker if there is none, since there will be something to ask soon."""
        if self._link is None and not self._broken:
            self._start()
            self._flush()

    def ask(self, actions: Sequence[str]) -> None:
        """Ask for results; the answer to each comes from `answers`."""
        if not self._send(("ask", list(actions))):
            self._held += [Answer(action, "", 0) for action in actions]
        else:
            self._asked.update(actions)

    def offer(self, results: Sequence[Pending], tiers: Sequence[str] | None = None) -> bool:
        """Have results of the local store sent to those of `takers`, or to all; this goes on behind the run.

        Returns whether all of it will be tried.
        """
        takers = self.takers if tiers is None else tiers
        kept = [journal.add(self._root, tier, one) for one in results for tier in takers]
        if any(kept):
            self._send(("offer",))
        return all(kept)

    def answers(self) -> list[Answer]:
        """Return what has come since the last look."""
        found, self._held = self._held, []
        self._flush()
        while self._link is not None:
            try:
                data = self._link.recv(1 << 18)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                self._break("the process that speaks with other machines has ended unexpectedly")
                break
            found += self._take(data)
        if self._asked and self._link is not None and clock.monotonic() - self._heard_at > self._patience:
            self._break("the process that speaks with other machines does not answer")
        if self._held:
            found += self._held
            self._held = []
        return found

    def settle(self, until: float, wait: Callable[[float], bool]) -> int:
        """Wait until everything is sent, `until` (monotonic seconds) at most; return how much is left, as far as is known.

        `wait(seconds)` waits until something comes, so long at most, and returns False to have no more waited.
        """
        if not self._send(("sent?", until - clock.monotonic()), start=False):
            return 0
        self._left = -1
        while self._left < 0 and self._link is not None:
            now = clock.monotonic()
            if now >= until or not wait(min(until - now, 0.1)):
                break
            self.answers()
        return self._left

    def close(self) -> None:
        """Let the worker go; it ends when nothing is left to be sent."""
        if self._link is not None:
            self._link.close()
            self._link = None
            self._reap()

    @property
    def _patience(self) -> float:
        return _SILENCE_S + max((tier.timeout_s for tier in self._tiers), default=0.0)

    def _send(self, value: Any, *, start: bool = True) -> bool:
        """Send a frame, starting the worker if need be; return whether there is one."""
        from pitstop.cache import frames

        if self._link is None and (self._broken or not start or not self._start()):
            return False
        if not self._asked:
            self._heard_at = clock.monotonic()
        self._out += frames.pack(value)
        self._flush()
        return self._link is not None

    def _start(self) -> bool:
        from pitstop.cache import frames

        try:
            self._pid, self._link = frames.start(_MODULE, self._environ)
        except OSError as error:
            self._broken = True
            self._notice(f"no other machine is asked: the process for it cannot be started: {error.strerror}")
            return False
        self._link.settimeout(0.0)
        self._inbox = frames.Inbox()
        tiers = [tuple(tier._replace(options=dict(tier.options))) for tier in self._tiers]
        self._out += frames.pack(("start", {"root": self._root, "tiers": tiers, **self._keys}))
        return True

    def _flush(self) -> None:
        if self._out and self._link is not None:
            try:
                del self._out[: self._link.send(self._out)]
            except BlockingIOError:
                return
            except OSError:
                self._break("the process that speaks with other machines has ended unexpectedly")

    def _take(self, data: bytes) -> list[Answer]:
        assert self._inbox is not None
        found: list[Answer] = []
        self._heard_at = clock.monotonic()
        for what, value in self._inbox.feed(data):
            if what == "answers":
                found += [Answer(*one) for one in value if one[0] in self._asked]
                self._asked.difference_update(one[0] for one in value)
            elif what == "notice":
                self._notice(value)
            elif what == "used":
                self.used = tuple(Used(*one) for one in value)
            elif what == "sent":
                self._left = value
            elif what == "failed":
                self._break(f"stores on other machines cannot be used: {value}")
        return found

    def _break(self, why: str) -> None:
        """Go on without the worker."""
        assert self._link is not None
        self._broken = True
        self._link.close()
        self._link = None
        self._kill()
        self._held += [Answer(action, "", 0) for action in sorted(self._asked)]
        self._asked.clear()
        self._notice(f"{why}: no other machine is asked, or sent anything, in the rest of this run")

    def _kill(self) -> None:
        import signal

        try:
            os.kill(self._pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self._reap(wait=True)

    def _reap(self, *, wait: bool = False) -> None:
        if not self._pid:
            return
        try:
            os.waitpid(self._pid, 0 if wait else os.WNOHANG)
        except ChildProcessError:
            return
