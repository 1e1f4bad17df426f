"""Knowledge files as people write them: what is wrong is named by its line, and the rest holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.knowledge.read import read_entries

GOOD = """\
[[entry]]
code = "shop/stock-down"
patterns = ['stock service at (?P<address>\\S+) is down']
summary = "the stock service at {address} is down"
category = "infrastructure"
solutions = [{ text = "Start it", command = "make stock" }]
matches = ["the stock service at 10.0.0.1 is down"]
misses = ["the stock service is up"]
"""


def test_an_entry_is_read_with_all_it_says() -> None:
    (entry,), problems = read_entries(GOOD, "a.toml", source="a.toml")
    assert problems == []
    assert (entry.code, entry.category, entry.owner, entry.severity) == (
        "shop/stock-down",
        "infrastructure",
        "service",
        "error",
    )
    assert entry.patterns[0].words == ("service",)
    assert entry.solutions[0].command == "make stock"


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('"infrastructure"', '"weather"', "a.toml:5: `shop/stock-down`: `weather` is no category"),
        ('"shop/stock-down"', '"Shop Stock"', "a.toml:2: `Shop Stock`: `code` must be words of small letters"),
        (
            r"\S+",
            r"(\S+)+",
            "a.toml:3: `shop/stock-down`: pattern `stock service at (?P<address>(\\S+)+) is down`: it repeats",
        ),
        (r"(?P<address>\S+)", r"\S+", "a.toml:3: `shop/stock-down`: `{address}` is in a text, but the pattern"),
        ("misses = [", "mises = [", "a.toml:8: `shop/stock-down`: `mises` is unknown: did you mean `misses`?"),
        ("the stock service is up", "the stock service at x is down", "a.toml:8: `shop/stock-down`: a pattern matches"),
        ('10.0.0.1 is down"', '10.0.0.1 is up"', "a.toml:7: `shop/stock-down`: no pattern matches the example"),
        ('command = "make stock"', "command = 3", "a.toml:6: `shop/stock-down`: `solutions` must be a list of"),
        ('summary = "the', 'summary = 3 #"the', "a.toml:4: `shop/stock-down`: `summary` must be a text"),
        ("category = ", "#", "a.toml:1: `shop/stock-down`: `category` is missing"),
        ("]\nsummary", "\nsummary", "a.toml:4: "),
    ],
)
def test_what_is_wrong_is_named_by_its_line_and_the_rest_holds(before: str, after: str, problem: str) -> None:
    bad = GOOD.replace(before, after, 1)
    other = GOOD.replace("shop/stock-down", "shop/other")
    entries, problems = read_entries(bad + other, "a.toml")
    assert [entry.code for entry in entries] == ["shop/other"]
    assert len(problems) == 1
    assert str(problems[0]).startswith(problem)


@pytest.mark.parametrize("text", ["entry = 3", "entry = [1]", "[entry]\ncode = 'a'", "x = 1", "[[entry]]\ncode = ["])
def test_a_file_of_another_form_is_a_problem_and_no_crash(text: str) -> None:
    entries, problems = read_entries(text, "a.toml")
    assert entries == []
    assert problems


@pytest.mark.slow
@given(st.text(max_size=300), st.integers(0, len(GOOD)))
def test_any_text_in_any_place_of_a_file_is_read_or_named(text: str, place: int) -> None:
    entries, problems = read_entries(GOOD + GOOD[:place] + text + GOOD[place:], "a.toml")
    lines = (GOOD + GOOD + text).count("\n") + text.count("\r") + 2
    assert all(0 <= problem.line <= lines for problem in problems)
    assert entries or problems
