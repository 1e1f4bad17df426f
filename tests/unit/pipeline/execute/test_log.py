"""The log of a task: all of it, or its two ends and what is missing between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitstop.pipeline.execute import log
from pitstop.pipeline.execute.log import Log

if TYPE_CHECKING:
    import pytest

HALF = 20
MARK = re.compile(rb"\n\[pitstop: (\d+) bytes left out\]\n")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.integers(0, 30), max_size=12))
def test_both_ends_are_kept_and_what_is_missing_is_counted(monkeypatch: pytest.MonkeyPatch, sizes: list[int]) -> None:
    monkeypatch.setattr(log, "_HALF", HALF)
    kept, whole, number = Log(), b"", 0
    for size in sizes:
        piece = b"".join(b"%02d." % ((number + step) % 100) for step in range(size))[:size]
        number += size
        kept.add(piece)
        whole += piece
        assert kept.size == len(whole)
        found = kept.bytes()
        if (mark := MARK.search(found)) is None:
            assert found == whole
            continue
        head, tail = found[: mark.start()], found[mark.end() :]
        assert len(head) >= HALF
        assert len(tail) >= HALF
        assert len(head) + int(mark[1]) + len(tail) == len(whole)
        assert whole.startswith(head)
        assert whole.endswith(tail)
        assert len(found) <= 2 * (HALF + max(sizes)) + len(mark[0])


def test_a_flood_takes_bounded_memory() -> None:
    kept = Log()
    piece = bytes(1 << 16)
    for _ in range(1 << 10):
        kept.add(piece)
    assert kept.size == 1 << 26
    assert len(kept.bytes()) < 17 << 20


def test_nothing_is_nothing() -> None:
    assert Log().bytes() == b""
