"""Where a run lies on disk, how its name is made and read, and its deletion.

`.pitstop/runs/<run id>/` holds one run, `.pitstop/runs/<run id>.live` exists while it goes on and is locked by its
writer: one listing of `runs` names all runs and those that may have died.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.core.clock import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

LOG = "events.jsonl"
OUTPUT = "output.bin"
LIVE = ".live"
GONE = ".gone-"
"""Before the name of a run that is being deleted."""
APPROVALS = "approvals"

_LENGTH = len("20261122-011530-7f3a")


def new_run_id(now: float, runs: str = "") -> str:
    """Return a name for a run that starts `now`: `20261122-011530-7f3a`, UTC and four random digits.

    With the folder `runs` the run's own folder is made there at once, so that no other run can get the name. A folder
    that cannot be written is not an error here: the recorder will meet it.
    """
    while True:
        run = f"{stamp(now)}-{os.urandom(2).hex()}"
        if not runs:
            return run
        try:
            make_run(runs, run)
        except FileExistsError:
            continue
        except OSError:
            pass
        return run


def make_run(runs: str, run: str) -> None:
    """Make the folder of `run`, and `runs` with it if need be; `FileExistsError` when the name is taken."""
    folder = os.path.join(runs, run)
    try:
        os.mkdir(folder)
    except FileNotFoundError:
        os.makedirs(runs, exist_ok=True)
        from pitstop.links.ignore import ignore

        ignore(os.path.dirname(os.path.abspath(runs)))
        os.mkdir(folder)


def is_run_id(name: str) -> bool:
    """Return whether `name` has the form of a run's name."""
    return (
        len(name) == _LENGTH
        and name[8] == name[15] == "-"
        and name[:8].isdecimal()
        and name[9:15].isdecimal()
        and not name[16:].strip("0123456789abcdef")
    )


def run_ids(names: Iterable[str]) -> list[str]:
    """Return those of `names` that are runs, oldest first."""
    return sorted(name for name in names if is_run_id(name))


def started_at(run: str) -> float:
    """Return the seconds since 1970 that the name of `run` says, to the second; 0 for a date that does not exist."""
    from datetime import UTC, datetime

    try:
        return datetime.strptime(run[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def delete_run(runs: str, run: str) -> bool:
    """Delete one run; return whether it is gone. It disappears at once: a reader finds all of it or nothing."""
    gone = os.path.join(runs, GONE + run)
    try:
        os.rename(os.path.join(runs, run), gone)
    except OSError:
        return False
    remove(gone)
    return True


def remove(path: str) -> None:
    """Remove a folder and what is in it, as far as that can be done (`shutil` costs 5 ms at start-up)."""
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    remove(entry.path)
                else:
                    os.unlink(entry.path)
        os.rmdir(path)
    except OSError:
        return
