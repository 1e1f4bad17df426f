"""`pitstop approve`: lets a run that waits for a person go on, or stops it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from pitstop.cli.records.opened import open_record, printable, style
from pitstop.core import clock
from pitstop.core.environ import environ
from pitstop.core.errors import SurroundingError, UsageError
from pitstop.records.approvals import Answer, answer, find_answer
from pitstop.records.log import complete, is_live
from pitstop.records.queries import recorded_runs
from pitstop.records.selectors import find_run
from pitstop.records.summary import summarize

if TYPE_CHECKING:
    import argparse

    from pitstop.records.summary import ApprovalRow


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(prog="pitstop approve", description="Let a run that waits for a person go on.")
    add = made.add_argument
    add("run", metavar="RUN", help="which run, as `pitstop runs` names it; `latest` for the last one")
    add("stage", nargs="?", default="", metavar="STAGE", help="which of its questions, if it asks several")
    add("--reject", action="store_true", help="say no: the run ends")
    return made


def approve(args: list[str]) -> int:
    """Carry out `pitstop approve`."""
    given = parser().parse_args(args)
    runs, database = open_record()
    with database:
        run = find_run(given.run, recorded_runs(database)).run_id
    folder = os.path.join(runs, run)
    summary = summarize(complete(folder, clock.now()))
    if summary is None or summary.run.result or not is_live(folder):
        raise UsageError(f"run `{run}` does not wait: it has ended")
    question = _question(run, given.stage, summary.approvals)
    before = find_answer(folder, question.task_name)
    said = Answer(not given.reject, _who(), clock.now())
    try:
        if before is not None or not answer(folder, question.task_name, said):
            before = before or find_answer(folder, question.task_name) or Answer(approved=True)
            verb = "approved" if before.approved else "rejected"
            raise UsageError(
                f"`{printable(question.stage)}` of run `{run}` was {verb} before, by {before.by or 'somebody'}"
            )
    except OSError as error:
        raise SurroundingError(f"`{folder}` cannot be written: {error.strerror}") from error
    style()
    print(f"{'rejected' if given.reject else 'approved'} {printable(question.stage)} of run {run}")
    return 0


def _question(run: str, stage: str, asked: list[ApprovalRow]) -> ApprovalRow:
    """Return the question that is meant by `stage`, or the only one that is open."""
    waiting = [row for row in asked if not row.answered_at]
    if not waiting:
        raise UsageError(f"run `{run}` does not wait for a person")
    chosen = [row for row in waiting if stage in {row.stage, row.task_name}] if stage else waiting
    names = ", ".join(f"`{printable(row.stage)}`" for row in waiting)
    if not chosen:
        raise UsageError(f"run `{run}` does not wait for `{stage}`", hint=f"it waits for {names}")
    if len(chosen) > 1:
        tasks = ", ".join(f"`{printable(row.task_name)}`" for row in chosen)
        raise UsageError(f"run `{run}` waits for several answers", hint=f"say which: {tasks if stage else names}")
    return chosen[0]


def _who() -> str:
    """Return `user@host` as the system knows this process."""
    from socket import gethostname

    user = environ.get("USERNAME") or environ.get("USER") or "somebody"
    if sys.platform != "win32":
        import pwd

        with suppress(KeyError):  # a container whose user has no name
            user = pwd.getpwuid(os.getuid()).pw_name
    return f"{user}@{gethostname()}"
