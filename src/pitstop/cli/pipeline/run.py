"""`pitstop run`: words to a request; what has nothing to do ends here, the rest goes to `carry_out`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cli.pipeline.session import open_session
from pitstop.cli.screen.waiting import waiting
from pitstop.core import clock, events
from pitstop.core.environ import environ
from pitstop.core.errors import EXIT_OK
from pitstop.links import git
from pitstop.pipeline import noop, workspace
from pitstop.pipeline.memory import Last, Memory

if TYPE_CHECKING:
    import argparse


class Request(NamedTuple):
    """What the command line asks for."""

    names: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    affected: bool = False
    base: str = ""
    jobs: int = 0
    keep_going: bool | None = None
    force: bool = False
    cache: bool = True
    dry_run: bool = False
    json: bool = False
    output: str = ""
    logs: str = ""
    remote: str = ""


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(
        prog="pitstop run",
        description="Run tasks, each after all it depends on, from cache where nothing changed. Without names it runs "
        "`format`, `lint`, `build` and `test` (or what `[run] tasks` says) wherever they exist.",
        epilog="Exit codes: 0 all passed, 1 a task failed, 2 the request or a file is wrong, 3 the machine lacks "
        "something, 130 interrupted.",
    )
    add = made.add_argument
    add("names", nargs="*", metavar="TASK", help="a task of all packages (`test`), of one (`api:test`), or a pipeline")
    add_selection(made)
    how = made.add_argument_group("how")
    put = how.add_argument
    put("-j", "--jobs", type=_jobs, default=0, metavar="N", help="cores to keep busy; by default all")
    put(
        "--keep-going",
        dest="keep_going",
        action="store_true",
        default=None,
        help="after a failure run all that does not depend on it (the default)",
    )
    put("--fail-fast", dest="keep_going", action="store_false", help="after a failure start nothing more")
    put(
        "-f",
        "--force",
        action="store_true",
        help="run the named tasks even where nothing changed, and replace their cached results",
    )
    put("--no-cache", dest="cache", action="store_false", help="neither read the cache nor write it")
    put(
        "--remote",
        default="",
        metavar="WHERE",
        help="run on a cluster what can be sent: its address (`grpc://host:port`, `grpcs://…`), `auto` for that of "
        "`[remote]` with idle cores here joining in, `off` for none",
    )
    put("-n", "--dry-run", action="store_true", help="say what would run and why, and run nothing")
    show = made.add_argument_group("what is shown")
    say = show.add_argument
    say("--json", action="store_true", help="with `--dry-run`: print the plan as JSON")
    say(
        "--output",
        default="",
        choices=("auto", "live", "plain", "github", "json"),
        help="the screen: a live board on a terminal, plain lines, GitHub's groups, or the events as JSON lines",
    )
    say(
        "--logs",
        default="",
        choices=("full", "new-only", "errors-only", "none"),
        help="whose output is shown: everyone's, of what ran, of what failed (the default), nobody's",
    )
    return made


def add_selection(made: argparse.ArgumentParser) -> None:
    """Add the options that choose packages."""
    choose = made.add_argument_group("which packages")
    pick = choose.add_argument
    pick("-p", "--package", action="append", default=[], metavar="NAME", help="only this package; may be repeated")
    pick(
        "-F",
        "--filter",
        action="append",
        default=[],
        metavar="FILTER",
        help="packages in turbo's filter syntax: `web...`, `...[origin/main]`, `./apps/*`, `!docs`",
    )
    pick("--affected", action="store_true", help="only packages that changed since the base, and those that need them")
    pick(
        "--base",
        default="",
        metavar="REF",
        help="what `--affected` compares with; by default the base of the pull request, or the main branch",
    )


def run(args: list[str]) -> int:
    """Carry out `pitstop run`; return its exit code."""
    request = _parse(args)
    began = clock.monotonic()
    root = git.find_root(os.getcwd())
    with waiting("reading the files"):
        snapshot = workspace.snapshot_of(root, git.start_listing(root))
    memory = Memory(root)
    selection = "\0".join((*sorted(request.names), "", *request.packages, "", *request.filters))
    plain = not (request.affected or request.force or request.dry_run or not request.cache or request.logs == "full")
    if plain:
        done = noop.holds(root, selection, snapshot, memory, environ)
        if done is not None:
            return _nothing_to_do(root, request, args, *done, began)
    from pitstop.cli.pipeline.carry_out import carry_out

    return carry_out(root, snapshot, memory, request, args, selection if plain else "", began)


def _parse(args: list[str]) -> Request:
    if not any(word.startswith("-") for word in args):
        return Request(tuple(args))
    given = parser().parse_args(args)
    return Request(
        tuple(given.names),
        tuple(given.package),
        tuple(given.filter),
        given.affected,
        given.base,
        given.jobs,
        given.keep_going,
        given.force,
        given.cache,
        given.dry_run,
        given.json,
        given.output,
        given.logs,
        given.remote,
    )


def _jobs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _nothing_to_do(
    root: str, request: Request, args: list[str], name: str, done: list[tuple[str, Last]], began: float
) -> int:
    session = open_session(root, ("run", *args), name, output=request.output, logs=request.logs)
    emit = session.emit
    emit(events.RunPlanned(clock.now(), len(done), len(done)))
    now = clock.now()
    for task, last in done:
        emit(
            events.TaskFinished(
                now,
                task,
                events.SUCCESS,
                events.FRESH,
                last.action,
                duration_s=last.duration_s,
                outputs=len(last.rows),
            )
        )
    emit(events.RunFinished(clock.now(), events.SUCCESS, clock.monotonic() - began))
    session.close()
    return EXIT_OK
