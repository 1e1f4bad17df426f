"""Whatever a log is, ranking it gives valid lines, the same ones each time, and does not hang on clocks."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.core.finding import Failure
from pitstop.explain.lines import Line, read_lines
from pitstop.explain.rank import explain_line, rank
from pitstop.explain.rank.choose import SHOWN
from pitstop.explain.rank.place import find_stretches

PIECES = (
    "$ make test", "error: it broke", "\x1b[31mred", "\x1b[0m", "  at foo (a.js:1:2)", "", "ok 1 - fine", "not ok 2",
    'The command "make test" exited with 2.', "travis_time:start:1", "FAILED", "======", "1) a test", "    expected 1",
    "##[error]Process completed with exit code 1.", "\x00\x01", "日本語のエラー", "E" * 3000, "\tat a.b.C(D.java:3)",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=40)), max_size=40)


def lines_of(texts: list[str]) -> list[Line]:
    return read_lines("\n".join(texts).encode("utf-8", "surrogatepass"))


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_any_lines_give_valid_numbers_once_each_with_falling_scores(texts: list[str]) -> None:
    lines = lines_of(texts)
    shown = rank(lines)
    numbers = [one.number for one in shown]
    assert len(set(numbers)) == len(numbers) <= SHOWN
    assert all(one.text == lines[one.number - 1].text for one in shown)
    assert all(one.text.strip() for one in shown)
    scores = [one.score for one in shown]
    assert scores == sorted(scores, reverse=True)
    assert shown == rank(lines)


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.data())
def test_failures_that_tools_tell_may_point_anywhere_in_the_log(texts: list[str], data: st.DataObject) -> None:
    lines = lines_of(texts)
    places = st.integers(1, max(len(lines), 1))
    told = [
        Failure(
            "tool", "test", "it broke", first, first + data.draw(st.integers(0, 9)), summary=data.draw(st.booleans())
        )
        for first in sorted(data.draw(st.lists(places, max_size=4)))
    ]
    assert {one.number for one in rank(lines, told)} <= {line.number for line in lines}


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.integers(0, 1 << 31))
def test_the_time_of_a_line_changes_nothing(texts: list[str], time: int) -> None:
    lines = lines_of(texts)
    assert rank([line._replace(time=float(time + line.number)) for line in lines]) == rank(lines)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_each_stretch_lies_in_the_log_and_none_overlaps_the_next(texts: list[str]) -> None:
    lines = lines_of(texts)
    found = find_stretches(lines, [line.text for line in lines])
    assert found
    assert all(0 <= one.first <= one.end <= len(lines) for one in found)
    assert all(one.end < after.end and one.end <= after.first for one, after in pairwise(found))


@settings(max_examples=20, deadline=None)
@given(TEXTS)
def test_each_line_that_is_shown_can_be_explained(texts: list[str]) -> None:
    lines = lines_of(texts)
    for one in rank(lines)[:2]:
        why = explain_line(lines, one.number)
        assert why
        assert (why.number, why.text) == (one.number, one.text)
        assert all(name and isinstance(part, float) for name, part in why.why)


def test_a_part_of_a_log_keeps_the_numbers_of_its_lines() -> None:
    lines = lines_of(["$ make", "cc -c a.c", "a.c:3:5: error: 'x' undeclared", 'The command "make" exited with 2.'])
    assert rank(lines[1:])[0].number == 3


def test_no_lines_give_no_evidence_and_a_line_out_of_question_no_reasons() -> None:
    assert rank([]) == []
    assert explain_line(lines_of(["a", "", "b"]), 2) is None
