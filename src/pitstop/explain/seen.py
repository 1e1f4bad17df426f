"""In how many recorded logs a line like this one stands: what most runs write does not say why one of them failed.

`.pitstop/state/lines` counts the logs of tasks in which each template occurred, those that passed and those that failed.
It is filled whenever something is explained, some runs at a time, and may be deleted at any time.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from contextlib import suppress
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

AT_ONCE = 128 * 1024
"""Bytes of output that are taken in when something is explained: some 10 ms."""
A_LITTLE = 16 * 1024
"""The same at the end of a run, where nobody asked: some milliseconds."""
_LONGEST = 1024 * 1024  # bytes of the output of one task
_TEMPLATES = 100_000
_PASSED = 1 << 16  # a count is that of the logs that passed times this, and of those that failed
_FULL = _PASSED - 1

# How much a line loses, as parts of 1. No log with marked lines has a record beside it to learn this from, so it is set
# by thought: what a log holds that passed cannot be why another failed, and the second such log tells less than the
# first; what stands in many that failed is how failures are told, or the same failure again, which is no reason to hide it.
_OF_PASSED = 0.8
_OF_FAILED = 0.2
_SOME_FAILED = 4  # failed logs that take half of that


class Seen(NamedTuple):
    """What the record has seen."""

    hashes: array[int]
    """Of templates, rising."""
    counts: array[int]
    """Of the template at the same place."""
    runs: frozenset[str]
    """That were taken in and still exist."""

    def logs_with(self, text: str) -> tuple[int, int]:
        """Return how many logs that passed, and how many that failed, have a line like this one."""
        from pitstop.explain.compare.masks import template

        mask = template(text)
        if mask:
            wanted = _hash(mask)
            at = bisect_left(self.hashes, wanted)
            if at < len(self.hashes) and self.hashes[at] == wanted:
                return divmod(self.counts[at], _PASSED)
        return 0, 0

    def usual(self, text: str) -> float:
        """Return how usual a line is: 0 for one that was never seen, near 1 for one of every run."""
        passed, failed = self.logs_with(text)
        return _OF_PASSED * passed / (passed + 1) + _OF_FAILED * failed / (failed + _SOME_FAILED)


NOTHING = Seen(array("I"), array("I"), frozenset())


def seen_in(folder: str, most: int = AT_ONCE) -> Seen | None:
    """Return what the record in the `.pitstop` folder has seen, some more of its runs taken in; None where there is none.

    `most` is about how many bytes of their output are read for that.
    """
    from pitstop.pipeline import state
    from pitstop.records.folders import run_ids

    runs = os.path.join(folder, "runs")
    try:
        names = run_ids(os.listdir(runs))
    except OSError:
        return None
    if not names:
        return None
    path = os.path.join(folder, "state", "lines")
    known = state.load(path)
    before = NOTHING
    if known is not None:
        with suppress(TypeError, ValueError, LookupError):  # of another version, or damaged: counted anew
            before = Seen(array("I", known[0]), array("I", known[1]), frozenset(known[2]).intersection(names))
    seen = _taken_in(runs, names, before, most)
    if seen is not before:
        state.save(path, (seen.hashes.tobytes(), seen.counts.tobytes(), sorted(seen.runs)))
    return seen


def add(seen: Seen, logs: Iterable[tuple[Iterable[str], bool]], runs: Iterable[str] = ()) -> Seen:
    """Return `seen` with more logs of `runs`: the texts of the lines of each, and whether its task passed."""
    hashes, counts = seen.hashes[:], seen.counts[:]
    known: dict[bytes, int] = {}
    for texts, passed in logs:
        for each in _templates(list(texts), known):
            at = bisect_left(hashes, each)
            if at == len(hashes) or hashes[at] != each:  # few are new: to insert them is faster than to sort all
                hashes.insert(at, each)
                counts.insert(at, _PASSED if passed else 1)
            elif passed and counts[at] < _PASSED * _FULL:
                counts[at] += _PASSED
            elif not passed and counts[at] & _FULL < _FULL:
                counts[at] += 1
    while len(hashes) > _TEMPLATES:  # what is counted fades, so that what was seen once or long ago goes
        halves = [count // _PASSED // 2 * _PASSED + (count & _FULL) // 2 for count in counts]
        hashes = array("I", compress(hashes, halves))
        counts = array("I", filter(None, halves))
    return Seen(hashes, counts, seen.runs.union(runs))


def _taken_in(runs: str, names: Iterable[str], seen: Seen, most: int) -> Seen:
    """Take in the newest runs that are not yet, as far as it goes quickly."""
    from pitstop.records.log import is_live

    logs: list[tuple[Iterable[str], bool]] = []
    done: list[str] = []
    size = 0
    for name in sorted(names, reverse=True):
        folder = os.path.join(runs, name)
        if name in seen.runs or is_live(folder):
            continue
        for data, passed in _logs_of(folder):
            size += len(data)
            logs.append((_texts(data), passed))
        done.append(name)
        if size > most:
            break
    return add(seen, logs, done) if done else seen


def _logs_of(folder: str) -> list[tuple[bytes, bool]]:
    """Return what each task of a run wrote, and whether it passed; of tasks in one process all that they wrote."""
    from pitstop.core.events import TaskFinished, TaskStarted
    from pitstop.records.codec import RecordTooNew
    from pitstop.records.log import outputs, read
    from pitstop.records.summary import FAILED

    try:
        events = list(read(folder))
        batches = {event.task: event.batch for event in events if isinstance(event, TaskStarted)}
        bad = {event.task for event in events if isinstance(event, TaskFinished) and event.outcome in FAILED}
        bad |= {batches.get(task, "") for task in bad}
        found: dict[str, bytearray] = {}
        for event, data in outputs(events, folder):
            own = found.setdefault(event.task, bytearray())
            own += data[: max(_LONGEST - len(own), 0)]
    except (OSError, RecordTooNew):
        return []
    return [(bytes(data), task not in bad) for task, data in found.items()]


def _texts(data: bytes) -> list[str]:
    from pitstop.core.text import strip_ansi

    return strip_ansi(data).decode("utf-8", "replace").split("\n")


def _templates(texts: list[str], known: dict[bytes, int]) -> set[int]:
    """Return the hashes of the templates of a log; `known` are those of lines that differ in digits only, 0 for none."""
    from pitstop.explain.compare.masks import roughen, template

    alike = dict(zip(roughen(texts), texts, strict=True)) if texts else {}
    for rough in alike.keys() - known.keys():
        mask = template(alike[rough])
        known[rough] = _hash(mask) if mask else 0
    found = set(map(known.__getitem__, alike))
    found.discard(0)
    return found


def _hash(mask: bytes) -> int:
    from zlib import crc32

    return crc32(mask)
