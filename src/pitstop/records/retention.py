"""Which runs go, decided from names and outcomes, and their deletion."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.clock import stamp
from pitstop.core.events import RunFinished
from pitstop.records.codec import RecordTooNew, decode
from pitstop.records.folders import GONE, LIVE, LOG, delete_run, remove, run_ids, started_at

if TYPE_CHECKING:
    from collections.abc import Sequence

KEEP_RUNS = 500
KEEP_DAYS = 90.0
KEEP_FAILED = 50
"""What stays when the settings say nothing; the log of a run of 500 tasks is about 100 KiB."""

_NEVER = 10  # the newest runs that stay however old they are: who comes back after a year finds the last ones
_SLACK = 10  # runs go ten at a time or more, so that most runs delete nothing
_DAY_S = 86_400.0
_TAIL = 4096


class Kept(NamedTuple):
    """What has to be known of a run to decide about it."""

    run: str
    started_at: float
    """Seconds since 1970."""
    failed: bool = False
    live: bool = False


def runs_to_delete(
    runs: Sequence[Kept],
    now: float,
    keep_runs: int = KEEP_RUNS,
    keep_days: float = KEEP_DAYS,
    keep_failed: int = KEEP_FAILED,
) -> list[str]:
    """Return the names of those of `runs` that go, oldest first.

    A run goes when it is not among the newest `keep_runs`, or started more than `keep_days` before `now`. The newest
    `keep_failed` failed runs are not bound by the number, only by the age; the newest ten runs only by the number;
    a run that goes on stays. A bound of 0 is none.
    """
    newest = sorted(runs, key=lambda run: (run.started_at, run.run), reverse=True)
    failed = {run.run for run in [run for run in newest if run.failed][:keep_failed]}
    oldest = now - keep_days * _DAY_S
    gone = [
        run.run
        for place, run in enumerate(newest)
        if not run.live
        and (
            (keep_runs > 0 and place >= keep_runs and run.run not in failed)
            or (keep_days > 0 and place >= _NEVER and run.started_at < oldest)
        )
    ]
    return gone[::-1]


def delete_old_runs(
    runs: str,
    now: float,
    keep_runs: int = KEEP_RUNS,
    keep_days: float = KEEP_DAYS,
    keep_failed: int = KEEP_FAILED,
) -> list[str]:
    """Delete the runs below `runs` that `runs_to_delete` names; return those that went.

    Costs one listing while nothing is due: a few more runs than the bound says are left until ten can go at once.
    What cannot be deleted is left; an `OSError` is never raised.
    """
    try:
        names = os.listdir(runs)
    except OSError:
        return []
    for name in names:
        if name.startswith(GONE):  # somebody was killed while deleting it
            remove(os.path.join(runs, name))
    ids = run_ids(names)
    if not _is_due(ids, now, keep_runs, keep_days, keep_failed):
        return []
    live = {name.removesuffix(LIVE) for name in names if name.endswith(LIVE)}
    known = [Kept(run, started_at(run), _failed(os.path.join(runs, run)), run in live) for run in ids]
    return [run for run in runs_to_delete(known, now, keep_runs, keep_days, keep_failed) if delete_run(runs, run)]


def _is_due(ids: list[str], now: float, keep_runs: int, keep_days: float, keep_failed: int) -> bool:
    if keep_runs > 0 and len(ids) >= keep_runs + keep_failed + _SLACK:
        return True
    if keep_days <= 0 or len(ids) < _NEVER + _SLACK:
        return False
    return ids[_SLACK - 1] < stamp(max(0.0, now - keep_days * _DAY_S))  # as text: to parse a date costs 3 ms


def _failed(folder: str) -> bool:
    """Return whether the log ends with the end of a failed run."""
    from pitstop.records.summary import FAILED  # not needed by a run that deletes nothing

    try:
        with open(os.path.join(folder, LOG), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            last = decode(file.read().rstrip(b"\n").rpartition(b"\n")[2])
    except (OSError, ValueError, RecordTooNew):
        return False
    return isinstance(last, RunFinished) and last.outcome in FAILED
