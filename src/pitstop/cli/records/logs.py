"""`pitstop logs`: what the tasks of a run wrote, also while they run."""

from __future__ import annotations

import os
import sys
import time
from itertools import chain
from typing import TYPE_CHECKING

from pitstop.cli.records.opened import open_record, printable
from pitstop.cli.records.show import RUN_HELP, tasks_named
from pitstop.core import clock
from pitstop.core.errors import UsageError
from pitstop.core.events import RAN, SUCCESS, TaskFinished, TaskOutput, TaskStarted
from pitstop.core.text import strip_ansi
from pitstop.records.log import complete, follow, is_live, outputs
from pitstop.records.queries import recorded_runs
from pitstop.records.selectors import find_run
from pitstop.records.summary import FAILED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from pitstop.core.events import Event
    from pitstop.records.database import Database

_LONGEST_LINE = 1024 * 1024


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(
        prog="pitstop logs",
        description="Print what the tasks of a run wrote. A task alone (`pitstop logs api:test`) is one of the latest run. "
        "`pitstop logs search TEXT` finds a text in the logs of all runs.",
    )
    add = made.add_argument
    add("run", nargs="?", default="latest", metavar="RUN", help=RUN_HELP)
    add("task", nargs="?", default="", metavar="TASK", help="only this task (`api:test`), or all of a package or name")
    add("-f", "--follow", action="store_true", help="go on printing until the run ends")
    add("--failed", action="store_true", help="only tasks that failed")
    add("--raw", action="store_true", help="the bytes as they were written: no prefixes, control codes kept")
    return made


def more_parsers() -> list[argparse.ArgumentParser]:
    """Return the parsers of the commands within this one."""
    from pitstop.cli.records.search import parser as of_search

    return [of_search()]


def logs(args: list[str]) -> int:
    """Carry out `pitstop logs`."""
    if args[:1] == ["search"]:
        from pitstop.cli.records.search import search

        return search(args[1:])
    given = parser().parse_args(args)
    selector, task = given.run, given.task
    if ":" in selector and not task:  # no run and no branch is named so
        selector, task = "latest", selector
    runs, database = open_record()
    with database:
        run = find_run(selector, recorded_runs(database)).run_id
        folder = os.path.join(runs, run)
        events = complete(folder, clock.now())
        follows = given.follow and is_live(folder)
        if follows and given.failed:
            raise UsageError("`--failed` cannot be followed", hint="leave one of `--follow` and `--failed` out")
        wanted = _wanted(run, events, task, failed=given.failed, follows=follows)
        elsewhere = _find_elsewhere(database, run, events, wanted or set()) if task and not follows else {}
    source: Iterable[Event] = follow(folder, time.sleep) if follows else events
    several = len(wanted) > 1 if wanted is not None else follows or len(_writers(events)) > 1
    tty = sys.stdout.isatty()
    pieces = _pieces(source, folder, wanted)
    for other, tasks in elsewhere.items():
        there = os.path.join(runs, other)
        pieces = chain(pieces, _pieces(complete(there, clock.now()), there, tasks))
    if given.raw:
        lines: Iterator[bytes] = (data for _, data in pieces)
    else:
        lines = _lines(pieces, prefix=several, clean=(lambda line: line) if tty else strip_ansi)
    out = sys.stdout.buffer
    for line in lines:
        out.write(line)
        if follows:
            out.flush()
    out.flush()
    return 0


def _wanted(run: str, events: list[Event], task: str, *, failed: bool, follows: bool) -> set[str] | None:
    """Return the tasks whose output is asked for; None: all."""
    names = {event.task for event in events if isinstance(event, TaskStarted | TaskFinished)} | _writers(events)
    wanted: set[str] | None = None
    if task:
        wanted = {task} if follows and task not in names else set(tasks_named(task, sorted(names)))
    if failed:
        bad = {event.task for event in events if isinstance(event, TaskFinished) and event.outcome in FAILED}
        wanted = bad if wanted is None else wanted & bad
        if not wanted:
            print(
                f"no task of run {run} failed" if not task else f"`{task}` did not fail in run {run}", file=sys.stderr
            )
    return wanted


def _writers(events: list[Event]) -> set[str]:
    return {event.task for event in events if isinstance(event, TaskOutput)}


def _find_elsewhere(database: Database, run: str, events: list[Event], wanted: set[str]) -> dict[str, set[str]]:
    """Return the runs that have what tasks wrote that did not run because their result was known, and say so."""
    elsewhere: dict[str, set[str]] = {}
    writers = _writers(events)
    for event in events:
        if isinstance(event, TaskFinished) and event.task in wanted and event.origin != RAN and event.action:
            if event.task in writers:
                continue
            found = database.rows(
                "SELECT run_id FROM runs JOIN tasks ON tasks.run = runs.id WHERE task_name = ? AND action = ? "
                "AND origin = ? AND tasks.result = ? ORDER BY runs.started_at DESC LIMIT 1",
                (event.task, event.action, RAN, SUCCESS),
            )
            where = f"; this is from {found[0][0]}, where it ran" if found else ", and no run is left that ran it"
            if found:
                elsewhere.setdefault(str(found[0][0]), set()).add(event.task)
            print(f"note: {printable(event.task)} had nothing to do in run {run}{where}", file=sys.stderr)
    return elsewhere


def _pieces(events: Iterable[Event], folder: str, wanted: set[str] | None) -> Iterator[tuple[str, bytes]]:
    """Yield what the `wanted` tasks (None: all) wrote, or the batches they were part of, in the order of writing."""
    names = wanted

    def noted() -> Iterator[Event]:
        for event in events:
            if names is not None and isinstance(event, TaskStarted) and event.batch and event.task in names:
                names.add(event.batch)
            if names is None or not isinstance(event, TaskOutput) or event.task in names:
                yield event

    for event, data in outputs(noted(), folder):
        yield event.task, data


def _lines(pieces: Iterable[tuple[str, bytes]], *, prefix: bool, clean: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Yield whole lines, each with its task before it, so that tasks which wrote at once do not mix within one.

    What a task left without a line end comes at the end; a line is cut where it grows beyond 1 MiB.
    """
    rests: dict[str, bytes] = {}
    for task, data in pieces:
        before = _before(task) if prefix else b""
        *lines, rest = (rests.pop(task, b"") + data).split(b"\n")
        for line in lines:
            yield before + clean(line) + b"\n"
        if len(rest) > _LONGEST_LINE:
            yield before + clean(rest) + b"\n"
        elif rest:
            rests[task] = rest
    for task, rest in rests.items():
        yield (_before(task) if prefix else b"") + clean(rest) + b"\n"


def _before(task: str) -> bytes:
    return printable(task).encode("utf-8", "surrogateescape") + b" | "
