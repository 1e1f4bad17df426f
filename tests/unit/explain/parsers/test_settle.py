"""Which of several parsers may speak for a line."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.finding import COMPILE, Failure, Place
from pitstop.explain.lines import read_lines
from pitstop.explain.parsers import find_failures, words
from pitstop.explain.parsers.settle import settle, weight
from pitstop.explain.words import find_words

LOG = """\
src/main.c: In function main
src/main.c:3:5: error: expected ';' before '}' token
make: *** [Makefile:2: main.o] Error 1
"""


def failure(tool: str, first: int, last: int, *, place: bool = False, summary: bool = False) -> Failure:
    return Failure(tool, COMPILE, f"{tool} {first}", first, last, Place("a.c", 1) if place else None, summary=summary)


def test_what_names_a_place_speaks_for_its_lines_instead_of_what_names_none() -> None:
    vague, exact = failure("make", 3, 3), failure("gcc", 3, 5, place=True)
    assert settle([vague, exact]) == [exact]


def test_what_begins_inside_something_stronger_is_dropped() -> None:
    assert settle([failure("gcc", 3, 9, place=True), failure("sh", 5, 5)]) == [failure("gcc", 3, 9, place=True)]


def test_what_reaches_into_something_stronger_is_cut() -> None:
    wide, exact = failure("make", 3, 9), failure("gcc", 5, 6, place=True)
    assert settle([wide, exact]) == [wide._replace(last=4), exact]


def test_two_errors_of_one_tool_that_touch_are_both_told() -> None:
    first, second = failure("gcc", 3, 6, place=True), failure("gcc", 5, 8, place=True)
    assert settle([first, second]) == [first._replace(last=4), second]


def test_what_is_said_again_is_a_summary() -> None:
    once = failure("javac", 3, 3, place=True)
    again = once._replace(first=9, last=9)
    assert settle([once, again]) == [once, again._replace(summary=True)]


def test_failures_come_in_the_order_of_the_log_whoever_finds_them_first() -> None:
    assert [each.first for each in settle([failure("a", 9, 9), failure("b", 2, 2), failure("c", 5, 5)])] == [2, 5, 9]


def test_words_that_somebody_found_already_are_not_looked_for_again() -> None:
    lines = read_lines(LOG.encode())
    shared = find_words((line.text for line in lines), words() | {"somebody", "else"})
    assert find_failures(lines, shared) == find_failures(lines)
    assert [each.tool for each in find_failures(lines)] == ["gcc", "make"]
    assert find_failures(lines, {}) == []


def test_numbers_are_those_of_the_lines_also_of_a_part_of_a_log() -> None:
    lines = read_lines(("\n" * 40 + LOG).encode())[38:]
    assert [(each.first, each.last) for each in find_failures(lines)] == [(42, 42), (43, 43)]


@st.composite
def failures(draw: st.DrawFn) -> Failure:
    first = draw(st.integers(1, 12))
    return Failure(
        draw(st.sampled_from(["gcc", "make", "ld"])),
        COMPILE,
        draw(st.sampled_from(["a", "b"])),
        first,
        first + draw(st.integers(0, 4)),
        draw(st.sampled_from([None, Place("a.c"), Place("a.c", 1, 2)])),
        summary=draw(st.booleans()),
    )


@given(st.lists(failures(), max_size=8))
def test_no_line_is_claimed_twice_and_the_strongest_claim_survives(found: list[Failure]) -> None:
    kept = settle(found)
    assert all(before.last < after.first for before, after in pairwise(kept))
    assert all(each.first <= each.last for each in kept)
    if found:
        strongest = max(map(weight, found))
        # A repetition of it is a summary, so look for the place it stands at, not for its weight.
        assert any(weight(each) == strongest for each in kept)
    for each in kept:
        assert any(each.first == was.first and each.last <= was.last and each.message == was.message for was in found)


@given(st.lists(failures(), max_size=8))
def test_settling_twice_changes_nothing_more(found: list[Failure]) -> None:
    kept = settle(found)
    assert settle(kept) == kept
