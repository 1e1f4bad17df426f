"""What is to be explained: from what somebody typed to the bytes of logs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pitstop.cli.explain.subject import Subject
from pitstop.core.errors import SurroundingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


def find_subjects(what: str, task: str = "") -> Iterator[Subject]:
    """Yield the logs that `what` means: a file, `-`, a run, an address, or the words of a message themselves.

    Raises `UsageError` where it means nothing.
    """
    if what == "-":
        yield Subject("standard input", sys.stdin.buffer.read())
    elif what.startswith(("https://", "http://")):
        yield from _fetched(what)
    elif os.path.exists(what):
        yield from _files(what)
    elif what and any(char.isspace() for char in what):
        yield Subject("the message", what.encode("utf-8", "surrogateescape"))
    else:
        yield from _recorded(what, task)


def find_log(what: str, task: str = "") -> bytes:
    """Return the log of what `what` means, all of it; of a recorded run that of all its tasks or of one."""
    if what == "-" or os.path.exists(what) or what.startswith(("https://", "http://")):
        return b"".join(subject.data for subject in find_subjects(what))
    from pitstop.cli.records.opened import open_record
    from pitstop.records.log import output_of
    from pitstop.records.queries import recorded_runs
    from pitstop.records.selectors import find_run

    runs, database = open_record()
    with database:
        run = find_run(what, recorded_runs(database))
    return b"".join(output_of(os.path.join(runs, run.run_id), task))


def _files(path: str) -> Iterator[Subject]:
    if os.path.isdir(path):
        raise UsageError(f"`{path}` is a folder", hint="give the log file in it")
    try:
        with open(path, "rb") as file:
            yield Subject(path, file.read(), file=path)
    except OSError as error:
        raise SurroundingError(f"`{path}` cannot be read: {error.strerror}") from error


def _fetched(address: str) -> Iterator[Subject]:
    raise UsageError(f"`{address}` cannot be fetched yet")


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
