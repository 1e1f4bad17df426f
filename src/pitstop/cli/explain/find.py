"""What is to be explained: from what somebody typed to the bytes of logs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pitstop.cli.explain.subject import Subject
from pitstop.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.explain.sources import Log


def find_subjects(what: str, task: str = "") -> Iterator[Subject]:
    """Yield the logs that `what` means: a file, `-`, a run, an address, or the words of a message themselves.

    Raises `UsageError` where it means nothing.
    """
    from pitstop.explain.sources import read_message, read_path, read_stream

    if what == "-":
        for log in read_stream(sys.stdin.buffer, "standard input"):
            yield Subject(log.name, log)
    elif os.path.exists(what):
        for log in read_path(what):
            alone = log.name == what
            yield Subject(log.name if alone else f"{what}, {log.name}", log, file=what if alone else "")
    elif _is_remote(what):
        from pitstop.cli.explain.fetched import fetched_jobs

        yield from fetched_jobs(what, os.getcwd())
    elif what and any(char.isspace() for char in what):
        from pitstop.explain.ending import FAILED, Ending

        yield Subject("the message", read_message(what), end=Ending(FAILED, 0, whole=True))
    else:
        yield from _recorded(what, task)


def find_green(what: str, task: str = "") -> Log:
    """Return the log to compare with that `what` means; of a recorded run that of one task or of all."""
    if what == "-" or os.path.exists(what) or _is_remote(what):
        subjects = list(find_subjects(what))
        if len(subjects) != 1:
            raise UsageError(f"`{what}` holds {len(subjects)} logs", hint="name one of them")
        return subjects[0].log
    from pitstop.cli.explain.recorded import recorded_log
    from pitstop.cli.records.opened import open_record
    from pitstop.records.queries import recorded_runs
    from pitstop.records.selectors import find_run

    runs, database = open_record()
    with database:
        run = find_run(what, recorded_runs(database))
    return recorded_log(runs, run.run_id, task)


def find_log(what: str) -> bytes:
    """Return the bytes of the one log that `what` means."""
    return b"".join(line.raw.encode("utf-8", "surrogateescape") + b"\n" for line in find_green(what).lines)


def _is_remote(what: str) -> bool:
    """Return whether `what` looks like a run on a server: an address, or `owner/repository/ID`."""
    return (
        what == "github"
        or what.startswith(("https://", "http://"))
        or (what.count("/") == 2 and what.rpartition("/")[2].isdecimal())
    )


def _recorded(what: str, task: str) -> Iterator[Subject]:
    from pitstop.cli.explain.recorded import failed_tasks
    from pitstop.cli.records.opened import open_record
    from pitstop.core import clock
    from pitstop.records.log import complete
    from pitstop.records.queries import recorded_runs
    from pitstop.records.selectors import RunNotFound, find_run
    from pitstop.records.summary import FAILED, summarize

    if ":" in what and not task:  # no run and no branch is named so
        what, task = "", what
    runs, database = open_record()
    with database:
        known = recorded_runs(database)
        if not what and not any(run.result in FAILED for run in known):
            if not known:
                raise RunNotFound("no run is recorded here", hint="name a log file: `pitstop explain build.log`")
            return
        try:
            run = find_run(what or "last-failed", known)
        except RunNotFound as error:
            if not what or error.problem.startswith(f"`{what}` matches"):
                raise
            raise UsageError(
                f"`{what}` is no file, no recorded run and no address",
                hint="a message goes in quotes; `pitstop runs` lists the recorded runs",
            ) from error
        summary = summarize(complete(os.path.join(runs, run.run_id), clock.now()))
        if summary is None:
            raise UsageError(f"run `{run.run_id}` was deleted just now")
        yield from failed_tasks(summary, runs, database, task)
