"""By which words a pattern is found, and that none of the lines it matches lacks them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pitstop.explain.knowledge.anchors import anchors
from pitstop.explain.knowledge.bounded import Refused, bounded, compiled
from pitstop.explain.words import words_of


@pytest.mark.parametrize(
    ("pattern", "words", "needles"),
    [
        (r"error\[E0277\]: the trait", ("e0277",), ("error[E0277]: the trait",)),
        (r"linker `[^`]+` not found", ("linker",), ("` not found", "linker `")),
        (r"fatal error LNK1120: \d+ unresolved", ("lnk1120",), ("fatal error LNK1120: ", " unresolved")),
        (r"(?i)No Space Left", ("space",), ()),
        (r"npm (?:ERR!|error) code ERESOLVE", ("eresolve",), (" code ERESOLVE", "npm ")),
        (r"code=(?P<code>E12|F13):", ("e12", "f13"), ("code=",)),
        (r"\w+Error: stale", ("stale",), ("Error: stale",)),
        (r"x+y+", (), ()),
    ],
)
def test_a_pattern_is_found_by_its_rarest_word(pattern: str, words: tuple[str, ...], needles: tuple[str, ...]) -> None:
    found = anchors(bounded(pattern))
    assert found.words == words
    assert found.needles == needles


PIECES = st.sampled_from(
    [
        "Alpha ",
        "beta",
        "-",
        " gamma:",
        "[0-9]+",
        r"\S+",
        r"\w*",
        ".*",
        "(?:delta|eps) ",
        "(?:eta|theta)",
        " ",
        "ζ",
        "x?",
    ]
)


@pytest.mark.slow
@given(st.lists(PIECES, min_size=1, max_size=6), st.data())
def test_no_line_that_matches_lacks_the_needles_nor_the_words(pieces: list[str], data: st.DataObject) -> None:
    """At the ends of a pattern and beside `.*` a word is taken to be whole, so the line has blanks there."""
    pattern = "".join(pieces)
    try:
        made = bounded(pattern)
    except Refused:
        return
    found = anchors(made)
    line = data.draw(st.from_regex(pattern.replace(".*", " [a-z]{0,3} "), fullmatch=True))
    assume("\n" not in line and len(line) < 200)
    line = f" {line} "
    look = compiled(made.text)
    if (look.match(line) if made.anchored else look.search(line)) is None:
        return
    assert all(needle in line for needle in found.needles)
    assert not found.words or not set(found.words).isdisjoint(words_of(line))
