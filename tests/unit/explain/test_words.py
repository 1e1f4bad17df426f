"""Which lines have which words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.words import find_words, positions, words_of

few = st.text("ab-Ä1 \n", max_size=8)


@given(st.lists(few, max_size=8), st.sets(st.sampled_from(["a", "b", "ab", "a1", "1", "c"])))
def test_the_words_that_are_found_are_those_that_a_look_at_each_line_finds(texts: list[str], anchors: set[str]) -> None:
    slow = {word: [at for at, text in enumerate(texts) if word in words_of(text)] for word in anchors}
    assert find_words(texts, anchors) == {word: places for word, places in slow.items() if places}


def test_the_positions_of_several_words_rise_and_name_a_line_once() -> None:
    at = find_words(["make test", "failed", "make failed", "ok"], {"make", "failed"})
    assert positions(at, ["failed", "make", "nothing"]) == [0, 1, 2]


def test_a_thin_space_parts_words_as_any_other() -> None:
    text = "\u2009ERR_PNPM_NO_LOCKFILE\u2009 Cannot install"
    assert words_of(text)[0] == "err_pnpm_no_lockfile"
    assert find_words(["", text], {"err_pnpm_no_lockfile"}) == {"err_pnpm_no_lockfile": [1]}
