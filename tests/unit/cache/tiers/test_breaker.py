"""A tier may do what it likes: what a run waits for it is bounded, and said once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pitstop.cache.tiers.breaker import RETRIED, Breaker, Limits, Retries, pause_before, retry_after
from pitstop.cache.tiers.tier import TierError

LIMITS = Limits(budget_s=2.0, patience_s=1.0, floor=1e6, failures=3, rest_s=5.0, longest_rest_s=40.0)


def timed_out() -> TierError:
    return TierError("it did not answer in time")


def test_a_dead_tier_costs_one_wait_and_then_nothing() -> None:
    breaker, now, waited, said = Breaker(LIMITS), 0.0, 0.0, 0
    for _ in range(10_000):  # an hour of tasks that each ask
        now += 0.36
        if breaker.allows(now):
            wait = min(5.0, breaker.patience_left_s)
            waited += wait
            now += wait
            said += breaker.failed(now, timed_out(), took_s=wait)
    assert waited == LIMITS.budget_s
    assert said == 1
    assert breaker.trouble == "it did not answer in time"
    assert breaker.refused == 9_999


def test_a_tier_that_refuses_at_once_is_tried_again_at_ever_longer_intervals() -> None:
    breaker, tried = Breaker(LIMITS), []
    for now in range(200):
        if breaker.allows(now):
            tried.append(now)
            breaker.failed(now, TierError("connection refused"))
    assert tried == [0, 1, 2, 7, 17, 37, 77, 117, 157, 197]


def test_one_request_alone_tries_whether_it_works_again() -> None:
    breaker = Breaker(LIMITS)
    for now in range(3):
        breaker.failed(now, TierError("no"))
    assert breaker.state == "open"
    assert not breaker.allows(6.9)
    assert breaker.allows(7.0)
    assert breaker.state == "half-open"
    assert not breaker.allows(8.0)
    breaker.succeeded(8.0)
    assert breaker.state == "closed"
    assert breaker.allows(8.0)


def test_once_the_budget_is_spent_only_what_nobody_waits_for_tries_again() -> None:
    breaker = Breaker(LIMITS)
    breaker.failed(2.0, timed_out(), took_s=2.0)
    assert not breaker.allows(100.0)
    assert breaker.allows(100.0, waited_for=False)
    breaker.succeeded(101.0, took_s=0.1, waited_for=False)
    assert breaker.allows(101.0), "an upload went through: it is back"
    assert not breaker.failed(102.0, TierError("gone again"), took_s=0.1), "said before"
    assert not breaker.allows(200.0), "and one failure is enough now"


def test_a_slow_tier_is_left_alone_when_its_answers_have_cost_the_budget() -> None:
    breaker = Breaker(LIMITS)
    said = [breaker.succeeded(now, took_s=1.7) for now in range(6) if breaker.allows(now)]
    assert said == [False, False, True]
    assert breaker.trouble == "it takes 1.7 s to answer"
    assert not breaker.allows(50.0)
    assert breaker.allows(50.0, waited_for=False)
    breaker.succeeded(52.0, took_s=1.7, waited_for=False)
    assert breaker.state == "open", "it works, and is as slow as before"


def test_many_bytes_may_take_their_time() -> None:
    breaker = Breaker(LIMITS)
    assert not breaker.succeeded(0.0, took_s=100.0, moved=99_000_000)
    assert breaker.lost_s == 0.0


def test_what_nobody_waits_for_costs_nothing() -> None:
    breaker = Breaker(LIMITS)
    for now in range(2):
        breaker.failed(now, timed_out(), took_s=30.0, waited_for=False)
    assert breaker.lost_s == 0.0
    assert breaker.allows(2.0)


def test_a_permanent_error_ends_it_for_the_run() -> None:
    breaker = Breaker(LIMITS)
    assert breaker.failed(0.0, TierError("the token is refused", permanent=True))
    assert breaker.state == "off"
    assert not breaker.allows(1e9)
    assert not breaker.allows(1e9, waited_for=False)


def test_a_server_that_says_when_to_come_again_is_left_alone_until_then() -> None:
    breaker = Breaker(LIMITS)
    assert breaker.failed(0.0, TierError("too many requests", retry_after_s=60.0))
    assert not breaker.allows(59.0)
    assert breaker.allows(60.0)


class AnyTier(RuleBasedStateMachine):
    """Whatever a tier does, the run's waiting is bounded and its state makes sense."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(LIMITS)
        self.now = 0.0
        self.under_way: bool | None = None
        self.waited = 0.0
        self.said = 0

    @rule(seconds=st.floats(0, 50))
    def time_goes_on(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.under_way is None)
    @rule(waited_for=st.booleans())
    def asks(self, waited_for: bool) -> None:
        before = self.breaker.state
        if self.breaker.allows(self.now, waited_for=waited_for):
            self.under_way = waited_for
            assert self.breaker.state == ("closed" if before == "closed" else "half-open")

    @precondition(lambda self: self.under_way is not None)
    @rule(took=st.floats(0, 20), well=st.booleans(), permanent=st.booleans(), after=st.floats(0, 100))
    def ends(self, took: float, well: bool, permanent: bool, after: float) -> None:
        waited_for = bool(self.under_way)
        if waited_for:
            took = min(took, max(self.breaker.patience_left_s, LIMITS.patience_s))
            self.waited += took if not well else max(0.0, took - LIMITS.patience_s)
        self.now += took
        if well:
            self.said += self.breaker.succeeded(self.now, took_s=took, waited_for=waited_for)
        else:
            error = TierError("no", permanent=permanent and after > 90, retry_after_s=after)
            self.said += self.breaker.failed(self.now, error, took_s=took, waited_for=waited_for)
        self.under_way = None

    @invariant()
    def what_was_waited_is_bounded(self) -> None:
        assert self.breaker.lost_s <= self.waited + 1e-6
        if self.breaker.patience_left_s == 0.0 and self.breaker.state == "open":
            assert not Breaker.allows(self.breaker, self.now)

    @invariant()
    def it_is_said_once_and_when_it_was_left_alone(self) -> None:
        assert self.said == bool(self.breaker.trouble)
        if self.breaker.state in {"open", "off"}:
            assert self.said == 1


TestAnyTier = AnyTier.TestCase


@given(st.integers(1, 9), st.integers(100, 599), st.floats(0, 10), st.floats(0, 1, exclude_max=True))
def test_requests_are_sent_again_a_bounded_number_of_times(
    attempt: int, status: int, after: float, chance: float
) -> None:
    rules = Retries(times=3, first_s=0.1, longest_s=2.0)
    pause = pause_before(attempt, status, retry_after_s=after, chance=chance, rules=rules)
    if status not in RETRIED or attempt > 3 or after > 2.0:
        assert pause is None
    else:
        assert pause is not None
        assert after <= pause <= 2.0
        assert pause >= 0.05 * 2 ** (attempt - 1)


def test_machines_that_failed_together_do_not_come_again_together() -> None:
    assert pause_before(1, 503, chance=0.0) != pause_before(1, 503, chance=0.9)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", None, 120.0),
        (" 3 ", None, 3.0),
        ("-1", None, None),
        ("soon", None, None),
        (None, None, None),
        ("9" * 400, None, 999_999_999.0),
        ("²", None, None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", "Fri, 31 Dec 1999 23:59:29 GMT", 30.0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", "Sat, 01 Jan 2000 00:00:29 GMT", 0.0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", None, None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", "Fri, 31 Dec 1999 23:59:29", None),
    ],
)
def test_when_to_come_again_is_read_by_the_clock_of_the_server(
    value: str | None, date: str | None, seconds: float | None
) -> None:
    assert retry_after(value, date) == seconds
