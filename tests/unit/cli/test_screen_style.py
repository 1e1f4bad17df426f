"""Colours by what is asked for, and tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cli.screen.style import Style, wants_colour, wants_unicode
from pitstop.cli.screen.tables import table
from pitstop.core.text import strip_ansi, width


@pytest.mark.parametrize(
    ("variables", "tty", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"CLICOLOR": "0"}, True, False),
        ({"CLICOLOR": "1"}, False, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_follows_the_customary_variables(variables: dict[str, str], tty: bool, wanted: bool) -> None:
    assert wants_colour(variables, tty=tty) == wanted


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "C.utf8", "LC_ALL": "POSIX"}, False),
    ],
)
def test_signs_beyond_ascii_follow_the_locale(variables: dict[str, str], wanted: bool) -> None:
    assert wants_unicode(variables) == wanted


def test_a_colour_only_adds_to_the_words() -> None:
    assert Style().paint("bad", "failed") == "failed"
    assert Style(colour=True).paint("bad", "") == ""
    assert strip_ansi(Style(colour=True).paint("bad", "failed")) == "failed"


def test_a_table_lines_up() -> None:
    rows = [["7f3a", "success", "0.31 s"], ["日本", "failure", "12 s"]]
    assert table(rows, ["run", "outcome", "took"], "<<>") == [
        "run   outcome    took",
        "7f3a  success  0.31 s",
        "日本  failure    12 s",
    ]


def test_the_widest_column_gives_way() -> None:
    assert table([["run", "a message that is much too long", "1 s"]], columns=24) == ["run  a message tha…  1 s"]
    assert table([["a", "line\nbreak"]]) == ["a  line break"]
    assert table([]) == []


_CELL = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=30)


@given(
    st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=1, max_size=5),
    st.integers(30, 80),
    st.text("<>", max_size=3),
)
def test_a_table_fits_and_colours_do_not_move_it(rows: list[list[str]], columns: int, align: str) -> None:
    lines = table(rows, align=align, columns=columns)
    assert all(width(line) <= columns for line in lines)
    painted = table(rows, align=align, columns=columns, style=Style(colour=True), roles=["bad", "", "dim"])
    assert [strip_ansi(line).rstrip() for line in painted] == lines
