"""`pitstop diff`: how a run differs from one that passed, or a log from another."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pitstop.core.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from pitstop.explain.compare.beside import Beside, Logs
    from pitstop.records.database import Database
    from pitstop.records.summary import RunRow, Summary


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(
        prog="pitstop diff",
        description="Show how a run differs from one that passed: what is new in its logs, and what else is not the "
        "same: commits, files, lock file entries, tools, tests, durations. The first one given is the good one.",
    )
    add = made.add_argument
    add(
        "what",
        nargs="*",
        metavar="WHAT",
        help="two runs or two log files, the good one first; one run: it is compared with the last run before it that "
        "passed the same tasks, of its branch or else of the main branch; nothing: that for the latest run",
    )
    add("--task", default="", metavar="TASK", help="compare what this task printed; by default what failed ones did")
    add("--context", type=int, default=2, metavar="N", help="lines to show around new ones; by default 2")
    add("--json", action="store_true", help="print all of it as a JSON object")
    return made


def diff(args: list[str]) -> int:
    """Carry out `pitstop diff`."""
    given = parser().parse_args(args)
    if len(given.what) > 2:
        raise UsageError(f"{len(given.what)} things are given to compare", hint="give two runs or two log files")
    around = max(0, given.context)
    if any(what == "-" or what.startswith(("https://", "http://")) or os.path.exists(what) for what in given.what):
        heads, beside = _of_logs(given.what, around)
    else:
        heads, beside = of_runs(given.what, given.task, around)
    from pitstop.cli.explain.diff_page import as_data, page

    if given.json:
        from json import dumps

        print(dumps(as_data(heads, beside), indent=2))
        return 0
    from pitstop.cli.records.opened import style

    how = style()
    print("\n".join(page(heads, beside, how)))
    return 0


def _of_logs(what: Sequence[str], around: int) -> tuple[tuple[str, str], Beside]:
    from pitstop.cli.explain.find import find_log
    from pitstop.explain.compare.beside import Logs, lay_logs
    from pitstop.links.git import find_root
    from pitstop.records.selectors import RunNotFound

    if len(what) != 2:
        raise UsageError(f"`{what[0]}` is a log file, and no other is given", hint="the log that passed comes first")
    first, second = what
    try:
        logs = Logs("", first, second, find_log(first), find_log(second))
    except RunNotFound as error:
        named = first if second == "-" or os.path.exists(second) else second
        raise UsageError(f"`{named}` is no file, and no recorded run is called so") from error
    return (first, second), lay_logs([logs], root=find_root(os.getcwd()), around=around)


def of_runs(what: Sequence[str], task: str, around: int) -> tuple[tuple[str, str], Beside]:
    """Return what two recorded runs are called and how they differ: see `parser` for `what`."""
    from pitstop.cli.records.opened import open_record
    from pitstop.core import clock
    from pitstop.explain.compare.beside import lay_runs
    from pitstop.records.log import complete
    from pitstop.records.queries import recorded_runs
    from pitstop.records.selectors import find_run
    from pitstop.records.summary import summarize

    runs, database = open_record()
    root = os.path.dirname(os.path.dirname(runs))
    with database:
        known = recorded_runs(database)
        bad = find_run(what[-1] if what else "latest", known)
        good = find_run(what[0], known) if len(what) == 2 else _green(bad, known, root)
        read = [summarize(complete(os.path.join(runs, run.run_id), clock.now())) for run in (good, bad)]
        first, second = read
        if first is None or second is None:
            raise UsageError("one of the runs was deleted just now")
        logs = list(_logs(runs, database, first, second, task))
    between = [run for run in known if good.started_at < run.started_at <= bad.started_at]
    return (_named(good), _named(bad)), lay_runs(
        first, second, logs, list(_misses(runs, between, second)), root=root, around=around
    )


def _green(run: RunRow, known: Sequence[RunRow], root: str) -> RunRow:
    from pitstop.explain.compare.green import find_green
    from pitstop.links.changes import default_base

    try:
        base = default_base(root).removeprefix("origin/")
    except UsageError:
        base = ""
    found = find_green(run, known, base)
    if found is None:
        raise UsageError(
            f"no run of `{run.pipeline_name}` passed before run `{run.run_id}`",
            hint=f"name the run to compare with: `pitstop diff RUN {run.run_id}`; `pitstop runs` lists them",
        )
    return found


def _logs(runs: str, database: Database, first: Summary, second: Summary, only: str) -> Iterator[Logs]:
    """Yield the logs of the tasks to compare; one that did not run in the good run has that of the last that passed."""
    from pitstop.cli.explain.recorded import green_run
    from pitstop.cli.records.show import tasks_named
    from pitstop.explain.compare.beside import Logs
    from pitstop.records.log import output_of
    from pitstop.records.summary import FAILED

    named = [row.task_name for row in second.tasks]
    wanted = tasks_named(only, named) if only else [row.task_name for row in second.tasks if row.result in FAILED]
    said: set[str] = set()
    for row in second.tasks:
        if row.task_name not in wanted or (row.batch and row.batch in said):
            continue
        said.add(row.batch)
        bad = b"".join(output_of(os.path.join(runs, second.run.run_id), row.task_name))
        name, good = first.run.run_id, b"".join(output_of(os.path.join(runs, first.run.run_id), row.task_name))
        if not good:
            name = green_run(second, row, runs, database)
            good = b"".join(output_of(os.path.join(runs, name), row.task_name)) if name else b""
        if good or only:
            yield Logs(row.task_name, name, second.run.run_id, good, bad)
        else:
            print(f"note: no recorded run has a log of `{row.task_name}` that passed", file=sys.stderr)


def _misses(runs: str, between: Sequence[RunRow], second: Summary) -> Iterator[tuple[str, list[str]]]:
    """Yield what the runs between noted as reasons why tasks of the second were not answered from the cache."""
    from pitstop.pipeline import state

    names = {row.task_name for row in second.tasks}
    for run in reversed(between):
        noted = state.load(f"{runs}/{run.run_id}/misses") or {}
        for task, reasons in noted.items():
            if str(task) in names:
                yield str(task), [str(reason) for reason in reasons]


def _named(run: RunRow) -> str:
    where = f" on {run.ref_head_name}" if run.ref_head_name else ""
    return f"run {run.run_id} ({run.result or 'goes on'}{where})"
