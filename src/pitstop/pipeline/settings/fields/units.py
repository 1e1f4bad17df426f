"""Durations and sizes as people write them in a configuration file."""

from __future__ import annotations

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_BYTES: dict[str, int] = {
    "": 1,
    **{unit: 1024**power for power, unit in enumerate(("KIB", "MIB", "GIB", "TIB"), 1)},
    **{unit: 1000**power for power, unit in enumerate(("KB", "MB", "GB", "TB"), 1)},
    **{unit: 1024**power for power, unit in enumerate(("K", "M", "G", "T"), 1)},
    "B": 1,
}
DURATION = r"\s*(\d+(\.\d+)?\s*(ms|s|min|m|h|d|w)\s*)+"
SIZE = r"\s*\d+(\.\d+)?\s*([KkMmGgTt]([Ii]?[Bb])?|[Bb])?\s*"
"""What `duration` and `size` take, as regular expressions that are matched in full."""


def duration(text: str) -> float | None:
    """Return the seconds of `30m`, `1h 30m`, `1.5s`, `500ms`, `2d`; None when it is no duration."""
    import re

    if not re.fullmatch(DURATION, text, re.ASCII):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in re.findall(r"([\d.]+)\s*([a-z]+)", text))


def size(text: str) -> int | None:
    """Return the bytes of `2GiB`, `512 MiB`, `1.5G`, `100MB`, `4096`; None when it is no size.

    `K`, `M`, `G`, `T` alone mean powers of 1024, as in most tools' options; with `B` powers of 1000 (SI).
    """
    import re

    if not re.fullmatch(SIZE, text, re.ASCII):
        return None
    number, unit = re.findall(r"([\d.]+)\s*([A-Za-z]*)", text)[0]
    return round(float(number) * _BYTES[unit.upper()])
