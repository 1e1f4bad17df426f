"""Two logs aligned: what is new, gone, moved, renumbered, and folded."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.compare.align import align
from pitstop.explain.compare.hunks import View, fold_alike, lay_side_by_side
from pitstop.explain.lines import read_lines

items = st.lists(st.integers(0, 9), max_size=25)
logs = st.lists(st.sampled_from(["alpha", "beta two", "gamma", "delta", "epsilon", "---", ""]), max_size=20)


def view(first: str, second: str, around: int = 1) -> View:
    return lay_side_by_side(read_lines(first.encode()), read_lines(second.encode()), around=around)


def test_a_new_block_stands_between_what_was_there_before() -> None:
    made = view("one\ntwo\nthree\nfour\n", "one\ntwo\nnew thing\nother thing\nthree\nfour\n")
    (hunk,) = made.hunks
    assert [line.text for line in hunk.new] == ["new thing", "other thing"]
    assert ([line.text for line in hunk.before], [line.text for line in hunk.after]) == (["two"], ["three"])
    assert (hunk.folded, made.folded, hunk.gone) == (1, 1, ())


def test_what_was_replaced_stands_with_what_replaced_it() -> None:
    (hunk,) = view("start\nall passed\nend\n", "start\nthree broke\nend\n").hunks
    assert [line.text for line in hunk.gone] == ["all passed"]
    assert [line.text for line in hunk.new] == ["three broke"]


def test_moved_and_renumbered_lines_are_counted_and_not_shown() -> None:
    made = view("alpha\nbeta 1\ngamma\ndelta\n", "delta\nalpha\nbeta 22\ngamma\n")
    assert (made.hunks, made.moved, made.renumbered) == ((), 1, 1)


def test_lines_alike_in_a_row_are_told_once() -> None:
    lines = read_lines(b"got 1 kB\ngot 2 kB\ngot 30 kB\nfailed\n")
    assert [(line.text, more) for line, more in fold_alike(lines)] == [("got 1 kB", 2), ("failed", 0)]


@given(logs, logs, st.integers(0, 3))
def test_hunks_and_folded_lines_are_the_second_log_in_its_order(one: list[str], two: list[str], around: int) -> None:
    second = read_lines("".join(f"{text}\n" for text in two).encode())
    made = lay_side_by_side(read_lines("".join(f"{text}\n" for text in one).encode()), second, around=around)
    number = 0
    for hunk in made.hunks:
        number += hunk.folded
        for line in (*hunk.before, *hunk.new, *hunk.after):
            number += 1
            assert line.number == number
    assert number + made.folded == len(second)
    told = {line.text for hunk in made.hunks for line in hunk.new}
    assert {text for text in two if text.strip("-")} - set(one) <= told


@given(logs)
def test_a_log_beside_itself_has_no_hunk(log: list[str]) -> None:
    text = "".join(f"{line}\n" for line in log)
    assert view(text, text)._replace(folded=0) == View()


@given(items, items)
def test_pairs_are_equal_and_rise_on_both_sides(first: list[int], second: list[int]) -> None:
    pairs = align(first, second)
    assert all(first[left] == second[right] for left, right in pairs)
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(pairs))


@given(st.lists(st.integers(), unique=True, max_size=20), st.data())
def test_of_lists_without_repeats_the_longest_common_part_is_paired(first: list[int], data: st.DataObject) -> None:
    second = data.draw(st.permutations(first))
    longest = SequenceMatcher(None, first, second, autojunk=False).find_longest_match().size
    assert len(align(first, second)) >= longest
