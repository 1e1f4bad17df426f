"""`pitstop runs`: the recorded runs, newest first."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pitstop.cli.records.opened import ago, columns, open_record, role_of, style, values_of
from pitstop.core import clock
from pitstop.core.text import duration, plural
from pitstop.records.queries import recorded_runs

if TYPE_CHECKING:
    import argparse

    from pitstop.cli.screen.style import Style
    from pitstop.records.summary import RunRow

_LIMIT = 20


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(prog="pitstop runs", description="List the recorded runs, newest first.")
    add = made.add_argument
    add(
        "-n",
        "--limit",
        type=int,
        default=_LIMIT,
        metavar="N",
        help=f"at most this many, 0 for all; by default {_LIMIT}",
    )
    add("--failed", action="store_true", help="only runs that failed, broke or timed out")
    add("--branch", default="", metavar="NAME", help="only runs of this branch")
    add("--json", action="store_true", help="print the runs as a JSON array, times in UTC")
    return made


def runs(args: list[str]) -> int:
    """Carry out `pitstop runs`."""
    given = parser().parse_args(args)
    _, database = open_record()
    limit = max(0, given.limit)
    with database:
        found = recorded_runs(database, limit=limit + 1 if limit else 0, failed=given.failed, branch=given.branch)
    shown = found[:limit] if limit else found
    if given.json:
        from json import dumps

        print(dumps([values_of(run) for run in shown], indent=2))
        return 0
    how = style()
    if not shown:
        some = given.failed or given.branch
        print("no such run is recorded" if some else "no run is recorded here; `pitstop run` makes the first one")
        return 0
    print("\n".join(_table(shown, how, clock.now())))
    if len(found) > len(shown):
        print(f"only the last {plural(len(shown), 'run')}; `--limit 0` shows all", file=sys.stderr)
    return 0


def _table(shown: list[RunRow], style: Style, now: float) -> list[str]:
    head = ("run", "when", "pipeline", "commit", "result", "ran", "cached", "failed", "time")
    rows = [[(name, "dim") for name in head]]
    rows += [
        [
            (run.run_id, ""),
            (ago(now - run.started_at), ""),
            (run.pipeline_name, ""),
            (commit_of(run), ""),
            (run.result or "running", role_of(run.result)),
            (str(run.ran), ""),
            (str(run.cached), ""),
            (str(run.failed), "bad" if run.failed else ""),
            (duration(run.duration_s if run.result else max(0.0, now - run.started_at)), ""),
        ]
        for run in shown
    ]
    return columns(style, rows, right=(1, 5, 6, 7, 8))


def commit_of(run: RunRow) -> str:
    """Return `branch@revision`, or the part of it that is known."""
    revision = run.ref_head_revision[:8]
    return f"{run.ref_head_name}@{revision}" if run.ref_head_name and revision else run.ref_head_name or revision
