"""Huge logs: what is kept of them, and under which numbers."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.lines import read_lines
from pitstop.explain.sieve import sieve

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 400_000
TOLD = {120_000: "error: the first", 150_000: "thread 'main' PANICKED", 200_000: "error: the last"}


def numbered(told: dict[int, str], head: str = "") -> Iterator[bytes]:
    """A log of about 10 MB whose lines say their number."""
    for begin in range(1, LINES, 1000):
        yield "".join(
            f"{told.get(number) or (head if number == 1 else '') or 'all is well here'} {number}\n"
            for number in range(begin, begin + 1000)
        ).encode()


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)))
def test_a_small_log_goes_through_whole_however_it_is_cut(data: bytes, cuts: list[int]) -> None:
    ends = [*sorted(cuts), len(data)]
    chunks = [data[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    kept = sieve(chunks)
    assert kept.lines == read_lines(data)
    assert kept.dropped == 0


@pytest.mark.slow
def test_of_a_huge_log_the_beginning_the_end_and_what_tells_are_kept_with_true_numbers() -> None:
    kept = sieve(numbered(TOLD))
    assert all(line.text.endswith(f" {line.number}") for line in kept.lines)
    numbers = [line.number for line in kept.lines]
    assert numbers == sorted(set(numbers))
    assert kept.dropped == LINES - len(numbers) > LINES // 2
    assert {1, 10_000, *TOLD, LINES} <= set(numbers)
    between = [number for number in numbers if 119_000 < number < 121_000]
    assert between == list(range(120_000 - 4, 120_000 + 13))


@pytest.mark.slow
def test_what_repeats_but_for_digits_is_kept_a_few_times() -> None:
    kept = sieve(numbered(dict.fromkeys(range(100_000, 200_000, 50), "error: again")))
    assert len([line for line in kept.lines if line.text.startswith("error")]) == 4


@pytest.mark.slow
def test_more_telling_lines_than_there_is_room_for_leave_the_first_and_the_last() -> None:
    letters = [a + b + c + d for a in "abcdefghij" for b in "klmnopqrst" for c in "uvwxyzabcd" for d in "efghijklmn"]
    told = {60_000 + 14 * at: f"error: {word} {'x' * 400}" for at, word in enumerate(letters)}
    kept = sieve(numbered(told))
    numbers = [line.number for line in kept.lines if line.text.startswith("error")]
    assert numbers[0] == 60_000
    assert numbers[-1] == max(told)
    assert len(numbers) < len(told)
    assert sum(len(line.raw) for line in kept.lines) < 7 << 20


@pytest.mark.slow
def test_the_step_of_a_line_in_the_middle_is_known() -> None:
    told = {**TOLD, 110_000: "##[group]Run make", 110_001: "##[endgroup]", 160_000: "##[group]Run other"}
    kept = sieve(numbered(told, head="##[group]Run first"))
    steps = {line.number: line.step for line in kept.lines}
    assert steps[2] == "Run first 1"
    assert steps[120_000] == "Run make 110000"
    assert steps[LINES] == "Run other 160000"


@pytest.mark.slow
def test_a_line_without_end_is_cut_and_the_next_has_its_number() -> None:
    kept = sieve([b"first\n", *[b"x" * 1_000_000] * 12, b"x\nerror: bad\n"])
    assert [(line.number, len(line.raw)) for line in kept.lines] == [(1, 5), (2, 1 << 20), (3, 10)]
    assert kept.dropped == 0


def test_utf_16_is_read_in_pieces_too() -> None:
    data = "grün\nerror: bad\n".encode("utf-16")
    pieces = iter(data)
    chunks = iter(lambda: bytes(islice(pieces, 3)), b"")
    assert [line.text for line in sieve(chunks).lines] == ["grün", "error: bad"]
