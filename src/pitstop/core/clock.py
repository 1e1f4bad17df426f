"""The only reader of time."""

from __future__ import annotations

import time

now = time.time
"""Seconds since 1970-01-01 UTC."""

now_ns = time.time_ns
"""Nanoseconds since 1970-01-01 UTC."""

monotonic = time.monotonic
"""Seconds that never go back; for durations."""


def timestamp(seconds: float) -> str:
    """Return `seconds` since 1970 as `2026-11-22T01:15:30Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def stamp(seconds: float) -> str:
    """Return `seconds` since 1970 as `20261122-011530`, sortable as text; for names of files."""
    return time.strftime("%Y%m%d-%H%M%S", time.gmtime(seconds))
