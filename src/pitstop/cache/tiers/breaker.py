"""When a tier is asked, when it is asked again, and when it is left alone: no clock, no sleep, no chance in here.

A breaker is *closed* while a tier works, *open* while it is left alone, and *half open* for the one request that tries
whether it works again. What a run may lose by waiting for a tier is a budget: once that is spent, only requests that
nobody waits for (uploads) try again, so a slow or dead tier costs one short wait a run and may still come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pitstop.cache.tiers.tier import TierError

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
"""HTTP statuses after which the same request may do better (RFC 9110, RFC 6585, RFC 8470)."""


class Retries(NamedTuple):
    """How often and after what pause a request is sent again.

    Only for answers that came quickly: what ran into its time-out has cost its wait.
    """

    times: int = 2
    first_s: float = 0.1
    """The upper bound of the first pause; each later one is twice as long."""
    longest_s: float = 2.0
    """A server that wants more than that is not asked again but left alone (`Breaker`)."""


class Limits(NamedTuple):
    """What a tier may cost."""

    budget_s: float = 2.0
    """What all requests that somebody waits for may lose together, before the tier is left alone."""
    patience_s: float = 1.0
    """What a request that goes well may take to answer, without counting as lost."""
    floor: float = 1_000_000.0
    """Bytes a second that a transfer must reach; what it takes longer counts as lost."""
    failures: int = 3
    """So many failures in a row open the breaker, also when they cost nothing."""
    rest_s: float = 5.0
    """How long the tier is left alone the first time; each time twice as long."""
    longest_rest_s: float = 300.0


class Breaker:
    """Whether one tier is asked, in one run. Every `now` is seconds of a clock that never goes back.

    The caller asks `allows` before a request, and tells by `succeeded` or `failed` how it ended, in that order.
    """

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008  a value that cannot change
        self.limits = limits
        self.trouble = ""
        """Why the tier was left alone first, as its error said it; empty while it never was."""
        self.lost_s = 0.0
        """What requests that somebody waited for have lost so far."""
        self.refused = 0
        """How many requests were not sent."""
        self._row = 0
        self._open = False
        self._openings = 0
        self._until = 0.0
        self._trying = False
        self._for_good = False

    @property
    def state(self) -> str:
        """`closed`, `half-open`, `open`, or `off`: open until the run ends."""
        if self._for_good:
            return "off"
        if self._trying:
            return "half-open"
        return "open" if self._open else "closed"

    @property
    def patience_left_s(self) -> float:
        """How long somebody may wait for the next answer, at most: what is left of the budget."""
        return max(0.0, self.limits.budget_s - self.lost_s)

    def rest_left_s(self, now: float) -> float:
        """Return how long the tier is still left alone."""
        return max(0.0, self._until - now) if self._open else 0.0

    def allows(self, now: float, *, waited_for: bool = True) -> bool:
        """Return whether a request may be sent; while the breaker is open, one after its rest, to try."""
        if not self._open:
            return True
        spent = waited_for and not self.patience_left_s
        if self._for_good or self._trying or now < self._until or spent:
            self.refused += 1
            return False
        self._trying = True
        return True

    def succeeded(self, now: float, *, took_s: float = 0.0, moved: int = 0, waited_for: bool = True) -> bool:
        """Note that a request that moved so many bytes went well; return whether the tier is left alone as too slow.

        In one run only the first opening, here or by `failed`, returns True: whoever gets it says so.
        """
        late = took_s - self.limits.patience_s - moved / self.limits.floor
        if late > 0:
            self.lost_s += late if waited_for else 0.0
            if self._open or not self.patience_left_s:
                return self._opens(now, 0.0, f"it takes {took_s:.1f} s to answer")
        self._row = 0
        self._open = self._trying = False
        return False

    def failed(self, now: float, error: TierError, *, took_s: float = 0.0, waited_for: bool = True) -> bool:
        """Note that a request failed; return whether this is the first time in the run that the tier is left alone."""
        self._row += 1
        self.lost_s += took_s if waited_for else 0.0
        self._for_good = self._for_good or error.permanent
        spent = not self.patience_left_s
        if self._for_good or self._open or spent or error.retry_after_s or self._row >= self.limits.failures:
            return self._opens(now, error.retry_after_s, error.problem)
        return False

    def _opens(self, now: float, at_least_s: float, why: str) -> bool:
        rest = min(self.limits.rest_s * 2.0 ** min(self._openings, 30), self.limits.longest_rest_s)
        self._until = max(self._until, now + max(rest, at_least_s))
        self._open, self._trying = True, False
        self._openings += 1
        first = not self.trouble
        self.trouble = self.trouble or why
        return first


def pause_before(
    attempt: int,
    status: int,
    *,
    retry_after_s: float = 0.0,
    chance: float = 0.5,
    rules: Retries = Retries(),  # noqa: B008  a value that cannot change
) -> float | None:
    """Return how many seconds to wait before a request is sent for the `attempt`th time again (from 1), or None: not.

    `status` is that of HTTP, or the one that means the same: 503 for a Redis that is loading or a gRPC `UNAVAILABLE`,
    429 for `RESOURCE_EXHAUSTED`. `chance` is a random number below 1 and picks the pause between half of its bound and
    all of it, so that machines that failed together do not come again together.
    """
    if status not in RETRIED or attempt > rules.times or retry_after_s > rules.longest_s:
        return None
    bound = min(rules.first_s * 2.0 ** (attempt - 1), rules.longest_s)
    return max(retry_after_s, bound * (0.5 + chance / 2))


def retry_after(value: str | None, date: str | None = None) -> float | None:
    """Return the seconds that the header `Retry-After` names; None: it is missing or makes no sense (RFC 9110, 10.2.3).

    One that names a time is compared with the header `Date` of the same answer: our clock may be another.
    """
    from email.utils import parsedate_to_datetime

    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        seconds = (parsedate_to_datetime(value) - parsedate_to_datetime(date or "")).total_seconds()
    except (TypeError, ValueError):
        return None
    return max(0.0, seconds)
