"""`pitstop show`: one recorded run in full."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.cli.records.opened import open_record, style, values_of
from pitstop.core import clock
from pitstop.core.errors import UsageError
from pitstop.records.log import complete
from pitstop.records.queries import recorded_runs
from pitstop.records.selectors import find_run
from pitstop.records.summary import summarize

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from pitstop.records.summary import Summary


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(prog="pitstop show", description="Show one recorded run.")
    add = made.add_argument
    add("run", nargs="?", default="latest", metavar="RUN", help=RUN_HELP)
    add("--all", action="store_true", help="list the tasks from the cache too, and all notices")
    add("--tests", action="store_true", help="list every test case with its outcome")
    add("--task", default="", metavar="TASK", help="everything about one task (`api:test`)")
    add("--json", action="store_true", help="print all of it as a JSON object, times in UTC")
    return made


RUN_HELP = (
    "which run: `latest` (the default), its name or the beginning of its last four characters (`7f3`), `last-green`, "
    "`last-failed`, a branch; `~2` behind one of these is the second before it"
)


def show(args: list[str]) -> int:
    """Carry out `pitstop show`."""
    given = parser().parse_args(args)
    runs, database = open_record()
    with database:
        run = find_run(given.run, recorded_runs(database))
    summary = summarize(complete(os.path.join(runs, run.run_id), clock.now()))
    if summary is None:
        raise UsageError(f"run `{run.run_id}` was deleted just now")
    tasks = [task.task_name for task in summary.tasks]
    if given.task:
        summary = _only(summary, tasks_named(given.task, tasks))
    if given.json:
        from json import dumps

        parts = {name: [values_of(row) for row in part] for name, part in summary._asdict().items() if name != "run"}
        print(dumps({"run": values_of(summary.run), **parts}, indent=2))
        return 0
    from pitstop.cli.records.page import page, task_page

    how = style()
    now = clock.now()
    if given.task:
        lines = [line for task in summary.tasks for line in task_page(summary, task, how)]
    else:
        lines = page(summary, how, now, everything=given.all, tests=given.tests)
    print("\n".join(lines))
    return 0


def tasks_named(name: str, tasks: Iterable[str]) -> list[str]:
    """Return those of `tasks` that a person means by `name`: that one, else all of that package or of that name."""
    known = list(dict.fromkeys(tasks))
    if name in known:
        return [name]
    found = [task for task in known if name in {task.rpartition(":")[0], task.rpartition(":")[2].partition("[")[0]}]
    if found:
        return found
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else "`pitstop show --all` lists the tasks of a run"
    raise UsageError(f"the run has no task `{name}`", hint=hint)


def _only(summary: Summary, names: list[str]) -> Summary:
    """Return `summary` without what is about other tasks."""
    wanted = set(names)
    batches = {row.batch for row in summary.tasks if row.task_name in wanted}
    return summary._replace(
        tasks=[row for row in summary.tasks if row.task_name in wanted],
        tests=[row for row in summary.tests if row.task_name in wanted],
        artifacts=[row for row in summary.artifacts if row.task_name in wanted],
        notices=[row for row in summary.notices if row.task_name in wanted],
        approvals=[row for row in summary.approvals if row.task_name in wanted],
        compilers=[row for row in summary.compilers if row.task_name in wanted | batches],
    )
