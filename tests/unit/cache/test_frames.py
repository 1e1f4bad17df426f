"""Frames arrive whole and in order, however the bytes between are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.frames import Inbox, pack

VALUES = st.recursive(
    st.none() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=6), st.lists(st.integers(1, 40), min_size=1))
def test_values_come_out_as_they_went_in(values: list[object], cuts: list[int]) -> None:
    stream, inbox = b"".join(map(pack, values)), Inbox()
    found: list[object] = []
    turn = 0
    while stream:
        size = cuts[turn % len(cuts)]
        found += inbox.feed(stream[:size])
        stream = stream[size:]
        turn += 1
    assert found == values
