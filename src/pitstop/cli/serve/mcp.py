"""`pitstop mcp`: the recorded runs as tools for an assistant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop import __version__
from pitstop.core.errors import UsageError

if TYPE_CHECKING:
    import argparse


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    return argparse.ArgumentParser(
        prog="pitstop mcp",
        description="Serve the recorded runs of this repository to an assistant, by the Model Context Protocol over "
        "standard input and output: list runs, explain one, search logs, compare two. Needs `pip install 'pitstop[mcp]'`.",
    )


def mcp(args: list[str]) -> int:
    """Carry out `pitstop mcp`."""
    parser().parse_args(args)
    from pitstop.serve.mcp import Answers, serve

    serve(Answers(list_runs, explain_run, search_logs, compare_runs), __version__)
    return 0


def list_runs(limit: int, failed: bool, branch: str) -> list[dict[str, Any]]:  # noqa: FBT001  an answer
    """Return the recorded runs, newest first, times in UTC."""
    from pitstop.cli.records.opened import open_record, values_of
    from pitstop.records.queries import recorded_runs

    _, database = open_record()
    with database:
        found = recorded_runs(database, limit=max(1, min(limit, 1000)), failed=failed, branch=branch)
    return [values_of(run) for run in found]


def explain_run(run: str, task: str, against: str) -> dict[str, Any]:
    """Return why it failed, as `pitstop explain --json` does, with secrets masked."""
    from pitstop.cli.explain.explain import explained_of, known_here, seen_here
    from pitstop.cli.explain.find import find_subjects
    from pitstop.explain.report.data import as_data

    if run == "-":
        raise UsageError("standard input belongs to the protocol", hint="give a run, a file or a message")
    knowledge = known_here()
    seen = seen_here()
    explained = [explained_of(subject, against, knowledge, seen) for subject in find_subjects(run, task)]
    found: dict[str, Any] = _masked(as_data(explained))
    return found


def search_logs(pattern: str, since: str, task: str, regex: bool, limit: int) -> list[dict[str, Any]]:  # noqa: FBT001  an answer
    """Return the lines that match, as `pitstop logs search --json` does, with secrets masked."""
    from pitstop.cli.records.search import found_lines

    found: list[dict[str, Any]] = _masked(
        found_lines(pattern, since, task, regex=regex, limit=max(1, min(limit, 1000)))
    )
    return found


def compare_runs(good: str, bad: str, task: str) -> dict[str, Any]:
    """Return how two runs differ, as `pitstop diff --json` does, with secrets masked."""
    from pitstop.cli.explain.diff import of_runs
    from pitstop.cli.explain.diff_page import as_data

    what = [good, bad or "latest"] if good else [bad] if bad else []
    found: dict[str, Any] = _masked(as_data(*of_runs(what, task, 2)))
    return found


def _masked(value: Any) -> Any:
    """Return a value for JSON with what looks like a secret masked in its texts."""
    from pitstop.core.environ import environ
    from pitstop.core.text import secret_values
    from pitstop.explain.report.masked import masked

    secrets = secret_values(environ)

    def mend(part: Any) -> Any:
        if isinstance(part, str):
            return masked(part, secrets)
        if isinstance(part, dict):
            return {key: mend(each) for key, each in part.items()}
        if isinstance(part, list):
            return [mend(each) for each in part]
        return part

    return mend(value)
