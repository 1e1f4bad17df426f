"""Requests that are under way before they are asked for: in order, bounded, and over when the asker is."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.tiers.ahead import ahead, early

if TYPE_CHECKING:
    from collections.abc import Iterator


class Calls:
    """Calls that return their number; `bad` raises. It is counted how many began."""

    def __init__(self, count: int, bad: int = -1) -> None:
        self.count = count
        self.bad = bad
        self.begun = 0
        self._lock = threading.Lock()

    def one(self, number: int) -> int:
        with self._lock:
            self.begun += 1
        if number == self.bad:
            raise ValueError(number)
        return number

    def __iter__(self) -> Iterator[partial[int]]:
        return (partial(self.one, number) for number in range(self.count))


@given(st.integers(0, 30), st.integers(1, 6), st.integers(1, 4))
def test_answers_come_in_order(count: int, window: int, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        assert list(ahead(pool, Calls(count), window)) == list(range(count))


@given(st.integers(1, 6), st.integers(0, 10))
def test_no_more_than_the_window_is_under_way(window: int, taken: int) -> None:
    calls = Calls(100)
    with ThreadPoolExecutor(2) as pool:
        answers = ahead(pool, calls, window)
        assert [next(answers) for _ in range(taken)] == list(range(taken))
        assert calls.begun <= max(0, taken - 1) + window
        answers.close()  # type: ignore[attr-defined]  # it is a generator, which callers need not know
    assert calls.begun <= max(0, taken - 1) + window


def test_what_had_begun_when_another_failed_is_over_when_the_error_is_raised() -> None:
    begun, go_on, over = threading.Event(), threading.Event(), threading.Event()

    def fails() -> None:
        begun.wait(30)
        raise ValueError

    def slow() -> None:
        begun.set()
        go_on.wait(30)
        over.set()

    with ThreadPoolExecutor(2) as pool, ThreadPoolExecutor(1) as asker:
        answer = asker.submit(list, ahead(pool, [fails, slow], 4))
        with pytest.raises(TimeoutError):
            answer.exception(0.05)
        go_on.set()
        assert isinstance(answer.exception(30), ValueError)
        assert over.is_set()


@given(st.integers(0, 20), st.integers(1, 6))
def test_an_error_comes_where_its_answer_would_have(bad: int, window: int) -> None:
    calls = Calls(100, bad)
    with ThreadPoolExecutor(2) as pool:
        answers = ahead(pool, calls, window)
        assert [next(answers) for _ in range(bad)] == list(range(bad))
        with pytest.raises(ValueError, match=str(bad)):
            next(answers)
    assert calls.begun <= bad + window


@given(st.lists(st.binary(min_size=1, max_size=3), max_size=20), st.integers(1, 5), st.integers(0, 25))
def test_pieces_come_early_and_in_order(pieces: list[bytes], window: int, taken: int) -> None:
    asked = 0

    def source() -> Iterator[bytes]:
        nonlocal asked
        for piece in pieces:
            asked += 1
            yield piece

    arriving = early(source(), window)
    found = [piece for piece, _ in zip(arriving, range(taken), strict=False)]
    assert found == pieces[:taken]
    assert asked <= taken + 1 + window
    arriving.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("early")]


def test_an_error_while_pieces_come_is_the_takers() -> None:
    def source() -> Iterator[bytes]:
        yield b"a"
        raise OSError(104, "cut")

    arriving = early(source(), 4)
    assert next(arriving) == b"a"
    with pytest.raises(OSError, match="cut"):
        next(arriving)
