"""Which lines have which words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.words import find_parts

few = st.text("ab ", max_size=5)


@given(st.lists(few, max_size=8), st.lists(few.filter(bool), max_size=3))
def test_the_texts_that_have_a_part_are_those_that_a_look_at_each_finds(texts: list[str], parts: list[str]) -> None:
    assert find_parts(texts, parts) == [at for at, text in enumerate(texts) if any(part in text for part in parts)]
