"""Durations and sizes as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.pipeline.settings.fields import units
from pitstop.pipeline.settings.show import size_text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("90s", 90.0), ("30m", 1800.0), ("30 min", 1800.0), ("1h 30m", 5400.0), ("1h30m", 5400.0), ("1.5h", 5400.0)),
        *(("500ms", 0.5), ("2d", 172800.0), ("1w", 604800.0), (" 1 s ", 1.0)),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert units.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "m", "3 x", "-1s", "1,5s", "1h30", "٣s", "1e3s"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert units.duration(text) is None


@pytest.mark.parametrize(
    ("text", "size"),
    [
        *(("4096", 4096), ("4096B", 4096), ("1K", 1024), ("1KiB", 1024), ("1kb", 1000), ("1KB", 1000)),
        *(
            ("2GiB", 2 << 30),
            ("2G", 2 << 30),
            ("2GB", 2 * 10**9),
            ("1.5 MiB", 3 << 19),
            ("1T", 1 << 40),
            ("1tb", 10**12),
        ),
    ],
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert units.size(text) == size


@pytest.mark.parametrize("text", ["", "GiB", "1 Gigs", "-1", "1 2", "1.GiB"])
def test_what_is_no_size_is_none(text: str) -> None:
    assert units.size(text) is None


@given(st.integers(1, 1 << 50))
def test_a_size_that_is_shown_is_read_again(size: int) -> None:
    assert units.size(size_text(size)) == size
