"""A recorded run as logs to explain: its failed tasks, the last green log of each, and what the record knows of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.cli.explain.subject import Subject
from pitstop.core.events import RAN, SUCCESS, TIMEOUT
from pitstop.core.text import plural
from pitstop.explain.ending import CANCELLED, FAILED, TIMED_OUT, Ending
from pitstop.records.log import output_of
from pitstop.records.summary import FAILED as BAD
from pitstop.records.summary import final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.explain.sources import Log
    from pitstop.records.database import Database
    from pitstop.records.summary import Summary, TaskRow, TestRow

_TESTS = 20  # failed tests of a task that are looked up in the record


def failed_tasks(summary: Summary, runs: str, database: Database, only: str = "") -> Iterator[Subject]:
    """Yield the failed tasks of a run (or the one that is asked for), those that share one process as one."""
    said: set[str] = set()
    bad = [task for task in summary.tasks if task.result in BAD]
    if only:
        from pitstop.cli.records.show import tasks_named

        names = tasks_named(only, [task.task_name for task in summary.tasks])
        bad = [task for task in bad if task.task_name in names]
    for task in bad:
        if task.batch and task.batch in said:
            continue
        said.add(task.batch)
        tests = [test for test in final(summary.tests) if test.task_name == task.task_name and test.result in BAD]
        run = summary.run
        hints = list(_hints(summary, task, tests, database))
        yield Subject(
            name=f"run {run.run_id}, {task.task_name}",
            log=recorded_log(runs, run.run_id, task.task_name),
            good=lambda task=task: green_log(summary, task, runs, database),  # type: ignore[misc]
            end=_end(task),
            run=run.run_id,
            task=task.task_name,
            again=tuple(_again(task, tests)),
            hints=tuple(hints),
            flaky=hints[0] if hints else "",
        )


def recorded_log(runs: str, run: str, task: str = "") -> Log:
    """Return what a task of a run wrote, or all of them."""
    from pitstop.explain.sieve import sieve
    from pitstop.explain.sources import Log

    kept = sieve(output_of(os.path.join(runs, run), task))
    return Log(f"run {run}" + (f", {task}" if task else ""), kept.lines, kept.dropped, kept.size)


def green_log(summary: Summary, task: TaskRow, runs: str, database: Database) -> Log | None:
    """Return what `task` wrote in the last green run before this one, None where there is none."""
    run = green_run(summary, task, runs, database)
    return recorded_log(runs, run, task.task_name) if run else None


def green_run(summary: Summary, task: TaskRow, runs: str, database: Database) -> str:
    """Return the last run before this one in which `task` ran and passed: of its branch, else of the base branch, else any."""
    own = summary.run.ref_head_name
    found = _green(summary, task, database, own, own)
    if found and found[1] != own:
        found = _green(summary, task, database, own, _base(os.path.dirname(os.path.dirname(runs))))
    return found[0] if found else ""


def _base(root: str) -> str:
    from pitstop.core.errors import UsageError
    from pitstop.links.changes import default_base

    try:
        return default_base(root).removeprefix("origin/")
    except UsageError:
        return ""


def _green(summary: Summary, task: TaskRow, database: Database, own: str, base: str) -> tuple[str, str] | None:
    """Return the name and branch of the last green run, those of the branch `own` first, then those of `base`."""
    rows = database.rows(
        "SELECT run_id, ref_head_name FROM runs JOIN tasks ON tasks.run = runs.id WHERE task_name = ? "
        "AND tasks.result = ? AND origin = ? AND runs.started_at < ? "
        "ORDER BY ref_head_name = ? DESC, ref_head_name = ? DESC, runs.started_at DESC LIMIT 1",
        (task.task_name, SUCCESS, RAN, summary.run.started_at, own, base),
    )
    return (str(rows[0][0]), str(rows[0][1])) if rows else None


def _end(task: TaskRow) -> Ending:
    state = TIMED_OUT if task.result == TIMEOUT else CANCELLED if task.result not in BAD else FAILED
    code = -task.signal if task.signal else task.exit_code
    return Ending(state, 0, code, task.command, whole=True, step=task.message)


def _again(task: TaskRow, tests: list[TestRow]) -> Iterator[str]:
    from pitstop.cli.screen.failure import only_this_test, quoted
    from pitstop.core.events import TestFinished

    if tests:
        row = tests[0]
        test = TestFinished(row.ended_at, row.task_name, row.suite_name, row.case_name, row.result, file=row.file)
        if one := only_this_test(task.command, test):
            yield one
    yield f"pitstop run {quoted(task.task_name)}"


def _hints(summary: Summary, task: TaskRow, tests: list[TestRow], database: Database) -> Iterator[str]:
    """Yield what the record says of flakiness: the same test, or the task, passed on the same state of the code."""
    revision = summary.run.ref_head_revision
    for test in tests[:_TESTS]:
        rows = database.rows(
            "SELECT count(DISTINCT runs.id), max(runs.run_id) FROM tests JOIN runs ON tests.run = runs.id "
            "JOIN tasks ON tasks.run = runs.id AND tasks.task_name = tests.task_name "
            "WHERE tests.case_name = ? AND tests.suite_name = ? AND tests.task_name = ? AND tests.result = ? "
            "AND (tasks.action = ? AND tasks.action <> '' OR tasks.action = '' AND ref_head_revision = ? "
            "AND ref_head_revision <> '')",
            (test.case_name, test.suite_name, test.task_name, SUCCESS, task.action, revision),
        )
        if rows and rows[0][0]:
            passed = plural(rows[0][0], "recorded run")
            yield f"{test.case_name} passed with the same inputs in {passed}, last {rows[0][1]}: it is flaky"
    if not tests and task.action:
        rows = database.rows(
            "SELECT runs.run_id FROM tasks JOIN runs ON tasks.run = runs.id WHERE task_name = ? AND action = ? "
            "AND tasks.result = ? AND origin = ? ORDER BY runs.started_at DESC LIMIT 1",
            (task.task_name, task.action, SUCCESS, RAN),
        )
        if rows:
            yield f"{task.task_name} passed with the same inputs in run {rows[0][0]}: it is flaky"
