"""Patterns cannot take long: what is refused, and that what is taken still finds what it should."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.knowledge.bounded import LONGEST, MOST, Refused, bounded, compiled

HOSTILE = (
    r"(a+)+b",
    r"(?:a*)*b",
    r"(?:a|aa)+b",
    r"(?:\w+\s?)*$",
    r"([a-z]+)\1x",
    r"a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?b",
    r"x(?:.*)(?:.*)(?:.*)y",
    r"\s+\s+\s+\s+x",
    r"(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)(?:a|b|ab)c",
    r"\w{1,500}\w{1,500}\w{1,500}=",
    r"(?:(?:x{0,20}){0,20}){0,20}y",
)


@pytest.mark.parametrize("pattern", HOSTILE)
def test_a_pattern_that_may_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(Refused):
        bounded(pattern)


@pytest.mark.parametrize(
    "pattern", ["(", "[a", "*a", r"(?P<a>x)(?P<a>y)", "a|b", "", ".*", "^.*", "(?s)a", "x" * 1001, r"(?P<n>x)(?(n)a|b)"]
)
def test_what_is_no_pattern_or_says_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(Refused):
        bounded(pattern)


@pytest.mark.parametrize(
    ("pattern", "line", "groups"),
    [
        (r"error: .* not found", "x error: the thing was not found", {}),
        (r"error: .*not found$", "error: not found, and then not found", {}),
        (r"^error: .+ failed", "error: a failed", {}),
        (r"linker `(?P<name>[^`]+)` not found", "error: linker `cc` not found", {"name": "cc"}),
        (r"a.*b.*c", "a c b a b b c", {}),
        (r"(?i)Out Of Memory", "fatal: out of memory", {}),
        (r".*tail", "head and tail", {}),
        (r"[.*]+ stars .* end", "x *.* stars at the end", {}),
        (r"\.* dots", "... dots", {}),
        (r"exit code (?P<code>\d+)(?: \(\w+\))?$", "exit code 137 (KILL)", {"code": "137"}),
    ],
)
def test_what_is_taken_finds_what_it_says(pattern: str, line: str, groups: dict[str, str]) -> None:
    found = _find(pattern, line)
    assert found is not None
    assert found.groupdict() == groups


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (r"error: .+ failed", "error:  failed"),
        (r"^error: .* failed", "an error: a failed"),
        (r"a.*b.*c", "c b a b"),
        (r"error: .*not found$", "error: not found, or so"),
    ],
)
def test_what_is_taken_finds_nothing_else(pattern: str, line: str) -> None:
    assert _find(pattern, line) is None


PIECES = st.sampled_from(["a", "b", "ab", "c ", r"\d+", r"[^c]+", ".*", ".+", r"a?", "(?:a|b)", r"\w*", "x"])
LINES = st.text("abcx 1", max_size=30)


@pytest.mark.slow
@given(st.lists(PIECES, min_size=1, max_size=6), LINES)
def test_it_finds_nothing_that_the_plain_pattern_does_not(pieces: list[str], line: str) -> None:
    pattern = "".join(pieces)
    try:
        found = _find(pattern, line)
    except Refused:
        return
    if found:
        assert re.search(pattern, line)


@pytest.mark.slow
@given(st.lists(st.sampled_from(["a", "b", "ab", "c ", "x1", ".*", ".+"]), min_size=1, max_size=8), LINES)
def test_texts_with_wildcards_between_find_exactly_what_the_plain_pattern_does(pieces: list[str], line: str) -> None:
    pattern = "".join(pieces)
    try:
        found = _find(pattern, line)
    except Refused:
        return
    assert bool(found) == bool(re.search(pattern, line))


@given(st.text(r"ab.*+?()[]|\^$ {}1,P<>:=!", max_size=30))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    try:
        made = bounded(text)
    except Refused:
        return
    assert 0 < made.steps <= MOST
    compiled(made.text)


@pytest.mark.slow
@given(st.lists(PIECES, min_size=1, max_size=8))
def test_a_line_made_to_hurt_is_looked_through(pieces: list[str]) -> None:
    """It would not end if a pattern went back without bound: a hang is the failure."""
    try:
        made = bounded("".join(pieces) + "Z")
    except Refused:
        return
    for line in ("a" * LONGEST, "ab" * (LONGEST // 2), "1" * LONGEST, "c " * (LONGEST // 2)):
        look = compiled(made.text)
        assert (look.match(line) if made.anchored else look.search(line)) is None


def _find(pattern: str, line: str) -> re.Match[str] | None:
    made = bounded(pattern)
    look = compiled(made.text)
    return look.match(line) if made.anchored else look.search(line)
