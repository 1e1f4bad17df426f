"""Rows: one form of line each, found by its words, and what follows."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.finding import Failure, Place
from pitstop.explain.lines import Line, read_lines
from pitstop.explain.parsers.anchors import ANCHORS
from pitstop.explain.parsers.rows import Row, number, only_told, position_of, read, without_prefix
from pitstop.explain.words import find_words

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACED = Row(
    "error broken",
    ": error: ",
    r"(?P<file>[^\s:]+):(?P<line>\d+): error: (?P<message>.+) \[(?P<code>\w+)\]",
    "tool",
    "compile",
    more=r"  |$",
)
ANY = Row("broken", "", r".*?(?P<message>broken.*)", "other", "runtime", summary=True)


def told(log: str, *rows: Row) -> list[Failure]:
    lines = read_lines(log.encode())
    words = {word for row in rows for word in row.words.replace("|", " ").split()}
    return list(read(rows, lines, find_words((line.text for line in lines), words)))


def of_rows(module: str) -> tuple[Row, ...]:
    loaded = import_module(f"pitstop.explain.parsers.{module}")
    found: tuple[Row, ...] = getattr(loaded, "_ROWS", ()) or getattr(loaded, "_SUMMARIES", ())
    return found if found and isinstance(found[0], Row) else ()


def test_a_row_gives_place_code_message_and_the_lines_that_belong_to_it() -> None:
    log = "a.x:3: error: is broken [E1]\n  here\n\nnext\n"
    assert told(log, PLACED) == [Failure("tool", "compile", "is broken", 1, 2, Place("a.x", 3), "E1")]


def test_of_two_rows_for_a_line_the_first_counts() -> None:
    log = "a.x:3: error: is broken [E1]\nit is broken\n"
    assert [failure.tool for failure in told(log, PLACED, ANY)] == ["tool", "other"]
    assert [failure.tool for failure in told(log, ANY, PLACED)] == ["other", "other"]


def test_a_row_sees_only_lines_with_all_of_its_words() -> None:
    assert told("a.x:3: error: is brokenish [E1]\nbroken\n", PLACED) == []
    assert told("an error\nbroken\n", PLACED) == []


def test_failures_come_in_the_order_of_the_log() -> None:
    log = "broken\na.x:3: error: is broken [E1]\nbroken\n"
    assert [failure.first for failure in told(log, PLACED, ANY)] == [1, 2, 3]


@pytest.mark.parametrize("before", ["#12 3.456 ", "web-1  | ", "[0] ", "web:build: ", ""])
def test_what_a_tool_that_runs_others_writes_before_a_line_does_not_hide_it(before: str) -> None:
    assert told(f"{before}a.x:3: error: is broken [E1]\n", PLACED)[0].place == Place("a.x", 3)


def test_what_only_looks_like_a_prefix_stays() -> None:
    for text in ("#12 is no step", "a.x:3: error", "error: x", "[warn] x", "| a | b"):
        assert without_prefix(text) == text


def test_numbers_that_no_file_can_have_are_none() -> None:
    assert [number(digits) for digits in ("7", "9999999999", "²", "", None)] == [7, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("12:00:01.123 [info] client: Connection refused", True),
        ("ok 3 - Connection refused is told", True),
        ("Caused by: java.net.ConnectException: Connection refused", True),
        ("psql: could not connect to server: Connection refused", False),
        ("Error: connect ECONNREFUSED 127.0.0.1:5432", False),
    ],
)
def test_a_record_of_a_server_is_only_a_mention(text: str, mention: bool) -> None:
    assert only_told(text) is mention


@given(st.lists(st.integers(1, 5), min_size=1), st.data())
def test_the_position_of_a_line_is_where_it_stands(steps: list[int], data: st.DataObject) -> None:
    lines, count = [], 0
    for step in steps:
        count += step
        lines.append(Line(count, "", ""))
    at = data.draw(st.integers(0, len(lines) - 1))
    assert position_of(lines, lines[at].number) == at


@pytest.mark.parametrize("module", [module for module in ANCHORS if of_rows(module)])
def test_the_words_of_all_rows_are_looked_up(module: str) -> None:
    looked_up = {word for words in ANCHORS[module] for word in words.split()}
    for row in of_rows(module):
        assert looked_up.issuperset(row.words.replace("|", " ").split()), row


@pytest.mark.parametrize("module", [module for module in ANCHORS if of_rows(module)])
def test_whatever_the_pattern_of_a_row_matches_holds_what_it_asks_for(module: str) -> None:
    for row in of_rows(module):
        assert not row.holds or must_hold(PARSER.parse(row.pattern), row.holds.split("|")), row


PARSER, OF = import_module("re._parser"), import_module("re._constants")


def must_hold(parsed: Any, parts: list[str]) -> bool:
    """Return whether all that a parsed pattern matches has one of `parts` in it, as far as its literal text says."""
    run = ""
    for item in flat(parsed):
        if isinstance(item, str):
            run += item
            if run.endswith(tuple(parts)):
                return True
        else:
            if item and all(must_hold([*map(literal, run), *each], parts) for each in item):
                return True
            run = ""
    return False


def literal(char: str) -> tuple[Any, int]:
    return OF.LITERAL, ord(char)


def flat(parsed: Any) -> Iterator[Any]:
    """Yield literal characters, lists of alternatives, and an empty list for anything else, of which nothing is known."""
    for kind, value in parsed:
        if kind is OF.LITERAL:
            yield chr(value)
        elif kind is OF.SUBPATTERN and not value[1]:
            yield from flat(value[3])
        elif kind is OF.BRANCH:
            yield value[1]
        elif kind in {OF.MAX_REPEAT, OF.MIN_REPEAT, OF.POSSESSIVE_REPEAT}:
            yield []
            if value[0]:
                yield from flat(value[2])
                yield []
        elif kind not in {OF.AT, OF.ASSERT, OF.ASSERT_NOT}:
            yield []


@pytest.mark.parametrize(
    ("pattern", "holds", "right"),
    [
        ("a+b: c", "b: ", True),
        ("ab?c", "abc", False),
        ("(?:one|two) errors?", "one|two", True),
        ("(?:one|two) errors?", " errors", False),
        ("x(?:y|z)", "xy", False),
        ("(?:a|b(?:cc|dd))", "a|bcc|bdd", True),
        (r"\d+ (?:is|are) detected", " detected", True),
    ],
)
def test_what_a_pattern_must_hold_is_told_from_its_text(pattern: str, holds: str, right: bool) -> None:
    assert must_hold(PARSER.parse(pattern), holds.split("|")) is right
