r"""How long each task takes, from what it took: a small file that is read before a run and written after one.

One line a task, `median TAB seconds,seconds,... TAB task`, oldest first; `%` and line ends in a task are
percent-encoded. Only runs of a process count, and only the last five of each task.
"""

from __future__ import annotations

import os
from contextlib import suppress
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = 5
_MOST_TASKS = 50_000  # what was updated longest ago goes first: renamed tasks do not pile up


def load(path: str) -> dict[str, float]:
    """Return the expected seconds of each task that is known; lines that are damaged are left out."""
    known = {}
    for line in _lines(path):
        median, _, rest = line.partition(b"\t")
        samples, tab, task = rest.partition(b"\t")
        with suppress(ValueError):
            seconds = float(median)
            if tab and samples and 0 <= seconds < 1e9:
                known[_plain(task)] = seconds
    return known


def update(path: str, seconds: Mapping[str, float]) -> None:
    """Add what each task of `seconds` took. The file is written beside and renamed; an `OSError` is the caller's.

    Of two updates at the same moment one may be lost: the next run makes up for it.
    """
    if not seconds:
        return
    samples = _samples(path)
    for task, took in seconds.items():
        if isfinite(took) and took >= 0:
            samples[task] = [*samples.pop(task, []), took][-_KEPT:]
    lines = [
        b"%.3f\t%b\t%b\n" % (_median(values), b",".join(b"%.3f" % value for value in values), _escaped(task))
        for task, values in list(samples.items())[-_MOST_TASKS:]
    ]
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    beside = f"{path}.{os.getpid()}"
    try:
        with open(beside, "wb") as file:
            file.write(b"".join(lines))
        os.replace(beside, path)
    except OSError:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _lines(path: str) -> list[bytes]:
    try:
        with open(path, "rb") as file:
            return file.read().split(b"\n")
    except OSError:
        return []


def _samples(path: str) -> dict[str, list[float]]:
    known = {}
    for line in _lines(path):
        with suppress(ValueError):
            _, samples, task = line.split(b"\t", 2)
            values = [float(value) for value in samples.split(b",")]
            if all(0 <= value < 1e9 for value in values):
                known[_plain(task)] = values[-_KEPT:]
    return known


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _escaped(task: str) -> bytes:
    text = task.replace("%", "%25").replace("\n", "%0A") if "%" in task or "\n" in task else task
    return text.encode("utf-8", "surrogateescape")


def _plain(task: bytes) -> str:
    text = task.decode("utf-8", "surrogateescape")
    return text.replace("%0A", "\n").replace("%25", "%") if "%" in text else text
