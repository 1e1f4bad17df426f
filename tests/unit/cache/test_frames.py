"""Frames arrive whole and in order, however the bytes between are cut."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.frames import Inbox, pack, start

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.mark.slow
def test_a_process_that_lives_on_holds_no_pipe_of_whoever_started_it(tmp_path: Path) -> None:
    code = "from pitstop.cache import frames\nlink = frames.inherited()\nlink.sendall(b'here')\nlink.recv(1)\n"
    (tmp_path / "waits.py").write_text(code)
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    pid, link = start("waits", {"PYTHONPATH": os.pathsep.join((str(tmp_path), *sys.path))})
    with link:
        os.close(writing)
        assert link.recv(4) == b"here"
        os.set_blocking(reading, False)
        assert os.read(reading, 1) == b""
    os.waitpid(pid, 0)
    os.close(reading)
