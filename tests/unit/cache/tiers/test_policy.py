"""The sketch against an exact count, the policy against LRU, the simulator against a slow one."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from bench.admission.simulate import FAR, NEAR, STRATEGIES, simulate
from bench.admission.traces import TRACES, Request, branches, zipf
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.tiers.policy import Admission, Sketch, number_of, resumed

names = st.integers(0, 60).map(lambda n: sha256(str(n).encode()).hexdigest())


class Exact:
    """What the sketch would say with room for every key: the slow, obvious way."""

    def __init__(self, width: int) -> None:
        self.counts: Counter[int] = Counter()
        self.seen: set[int] = set()
        self.period, self.added = 8 * width, 0

    def add(self, key: int) -> None:
        if key in self.seen:
            self.counts[key] = min(self.counts[key] + 1, 15)
        self.seen.add(key)
        self.added += 1
        if self.added >= self.period:
            self.counts = Counter({key: count // 2 for key, count in self.counts.items()})
            self.seen.clear()
            self.added //= 2

    def count(self, key: int) -> int:
        return self.counts[key] + (key in self.seen)


@given(st.lists(names, max_size=400), st.sampled_from([8, 16, 64]))
def test_a_sketch_never_counts_too_few_and_halves_when_it_should(keys: list[str], width: int) -> None:
    sketch, exact = Sketch(width), Exact(width)
    for name in keys:
        sketch.add(number_of(name))
        exact.add(number_of(name))
        assert sketch.count(number_of(name)) >= exact.count(number_of(name))
    for name in set(keys):
        assert exact.count(number_of(name)) <= sketch.count(number_of(name)) <= 16


@given(st.lists(names, max_size=300))
def test_with_room_enough_a_sketch_counts_exactly(keys: list[str]) -> None:
    sketch, exact = Sketch(1 << 14), Exact(1 << 14)
    for name in keys:
        sketch.add(number_of(name))
        exact.add(number_of(name))
    for name in set(keys):
        assert sketch.count(number_of(name)) == exact.count(number_of(name))


def test_what_was_wanted_long_ago_gives_way() -> None:
    sketch, exact, often, other = Sketch(8), Exact(8), number_of("ab" * 32), number_of("cd" * 32)
    for key in [often] * 9 + [other] * 54:
        sketch.add(key)
        exact.add(key)
    assert sketch.count(often) == exact.count(often) == 9
    sketch.add(other)
    exact.add(other)
    assert sketch.count(often) == exact.count(often) == 4


def test_a_sketch_of_thousands_of_keys_is_seldom_wrong() -> None:
    sketch, exact = Sketch(2048), Exact(2048)
    trace = [number_of(request.key) for request in zipf(3, keys=3000, requests=12_000)]
    for key in trace:
        sketch.add(key)
        exact.add(key)
    wrong = sum(sketch.count(key) > exact.count(key) + 1 for key in set(trace))
    assert wrong < len(set(trace)) / 20


requests = st.lists(st.builds(Request, names, st.integers(0, 5000)), max_size=200)


@given(requests, st.integers(0, 100_000))
def test_what_is_kept_between_runs_is_all_there_is(trace: list[Request], capacity: int) -> None:
    policy = Admission(capacity, sample=16)
    for key, size in trace:
        policy.wants(key, size, 0.5)
    kept = policy.kept()
    again = resumed(kept, capacity)
    assert again.kept() == kept
    assert again.rule == policy.rule
    for key, size in trace:
        policy.wants(key, size, 0.5)
        again.wants(key, size, 0.5)
    assert again._always.held == policy._always.held


def test_what_is_kept_is_a_few_kilobytes_whatever_came() -> None:
    policy = Admission(20_000_000)
    for key, size in zipf(1, requests=10_000):
        policy.wants(key, size, 0.1)
    assert len(policy.kept()) < 16_000
    assert policy.rule == resumed(policy.kept(), 20_000_000).rule


@given(st.binary(max_size=40), st.integers(0, 400), st.integers(0, 255))
def test_what_was_kept_wrong_is_forgotten(tail: bytes, cut: int, flip: int) -> None:
    kept = bytearray(Admission(1000).kept())
    kept[cut % len(kept)] ^= flip
    for data in (tail, bytes(kept[:cut]) + tail, bytes(kept)):
        assert isinstance(resumed(data, 1000).wants("ab" * 32, 10, 1.0), bool)


def test_a_tier_that_nobody_knows_the_size_of_gets_everything() -> None:
    policy = Admission(0)
    assert all(policy.wants(key, size, 0.1) for key, size in zipf(1, requests=100))


def test_what_saves_no_time_or_finds_no_room_stays_below() -> None:
    policy = Admission(1000)
    assert policy.wants("ab" * 32, 1000, 0.1)
    assert not policy.wants("ab" * 32, 1001, 0.1)
    assert not policy.wants("ab" * 32, 10, 0.0)
    assert not policy.wants("ab" * 32, 10, -1.0)


@given(requests, st.integers(0, 20_000), st.sampled_from(sorted(STRATEGIES)))
def test_the_simulator_agrees_with_a_slow_one(trace: list[Request], capacity: int, name: str) -> None:
    trace = [Request(key, dict(trace)[key]) for key, _ in trace]
    outcome = simulate(trace, capacity, STRATEGIES[name])
    policy = STRATEGIES[name].policy(capacity)
    near: list[Request] = []
    hits = written = 0
    seconds = 0.0
    for number, request in enumerate(trace):
        wants = policy.wants(*request, FAR.time(request.size) - NEAR.time(request.size))
        there, before = request in near, request in trace[:number]
        if before:
            hits += there
            seconds += (NEAR if there else FAR).time(request.size)
        if there and STRATEGIES[name].recent:
            near = [each for each in near if each != request] + [request]
        if not there and wants and request.size <= capacity:
            near.append(request)
            written += request.size
            while sum(each.size for each in near) > capacity:
                near.pop(0)
    assert (outcome.hits, outcome.written_bytes) == (hits, written)
    assert abs(outcome.seconds - seconds) < 1e-6
    assert outcome.reads == len(trace) - len(set(trace))


def test_runs_of_ci_that_do_not_fit_find_more_than_with_lru_and_write_less() -> None:
    trace = branches(2, packages=60, runs=60)
    capacity = sum(dict(trace).values()) // 15
    lru, ours = (simulate(trace, capacity, STRATEGIES[name]) for name in ("always, LRU", "pitstop, LRU"))
    assert ours.seconds < lru.seconds * 0.8
    assert ours.written_bytes < lru.written_bytes / 2


def test_what_nearly_fits_is_not_made_worse() -> None:
    trace = branches(2, packages=60, runs=60)
    capacity = sum(dict(trace).values()) // 2
    lru, ours = (simulate(trace, capacity, STRATEGIES[name]) for name in ("always, LRU", "pitstop, LRU"))
    assert ours.seconds < lru.seconds * 1.1


def test_traces_are_the_same_everywhere() -> None:
    assert branches(1, packages=5, runs=5) == branches(1, packages=5, runs=5)
    assert branches(1, packages=5, runs=5) != branches(2, packages=5, runs=5)
    assert set(TRACES) == {"zipf", "scans", "drift", "branches", "teams"}
