"""Carry a request out: choose the tasks, plan them, run them, remember what was learned."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pitstop.cache.disk import DiskStore, clear_scratch
from pitstop.cli.pipeline import choice
from pitstop.cli.pipeline.elsewhere import cluster_of, no_cluster
from pitstop.cli.pipeline.session import Session, open_session
from pitstop.cli.screen.style import wants_colour
from pitstop.cli.screen.waiting import waiting
from pitstop.core import clock, events
from pitstop.core.environ import environ, is_ci
from pitstop.core.errors import EXIT_FAILED, EXIT_INTERRUPT, EXIT_OK
from pitstop.links.tools import Tools
from pitstop.pipeline import environment, lockfiles, noop, state, workspace
from pitstop.pipeline.keys import Keys
from pitstop.pipeline.places import store_folder, user_secret
from pitstop.pipeline.plan import Planner
from pitstop.pipeline.untouched import renew, untouched

if TYPE_CHECKING:
    from pitstop.cache.tiers.far import Far
    from pitstop.cli.pipeline.run import Request
    from pitstop.core.events import Event
    from pitstop.pipeline.execute.options import Remote
    from pitstop.pipeline.index import Snapshot
    from pitstop.pipeline.memory import Memory
    from pitstop.pipeline.workspace import Workspace

_EXITS = {events.SUCCESS: EXIT_OK, events.CANCELLATION: EXIT_INTERRUPT}


def carry_out(
    root: str, snapshot: Snapshot, memory: Memory, request: Request, args: list[str], selection: str, began: float
) -> int:
    """Do what `request` says; return the exit code.

    `selection`: under what name to remember that nothing is left to do, `""` for not at all. `began`: monotonic seconds.
    """
    with waiting("planning"):
        space = workspace.of_snapshot(root, snapshot)
        chosen = choice.choose(space, request)
    if not request.dry_run and _made_locks(space, chosen):
        space = workspace.load(root)
        chosen = choice.choose(space, request)
    planner = planner_of(space, memory, use_store=request.cache)
    for task in chosen.graph.values():
        if any(".." in glob for glob in task.spec.outputs):
            planner.globs(task)  # refuses what lies outside of the repository, before anything starts
    if not chosen.graph and not request.json:
        print(choice.nothing_text(space, request), file=sys.stderr)
        return EXIT_OK
    if request.dry_run:
        from pitstop.cli.pipeline.dry_run import dry_run

        return dry_run(chosen, planner, request, space.settings.cache)
    remote = cluster_of(request.remote, space.settings.remote, chosen.graph.values(), root)
    packages = planner.packages
    known = untouched(space, selection, memory, environ) if selection else None
    if known is not None:
        planner.untouched = known[1]
    session = open_session(
        root,
        ("run", *args),
        chosen.name,
        output=request.output or space.settings.run.output,
        logs=request.logs,
        folder=lambda task: packages[chosen.graph[task].package].root if task in chosen.graph else "",  # type: ignore[index]
    )
    planner.store.on_warning(lambda text: session.emit(events.Notice(clock.now(), text)))
    notes = (
        chosen.notes
        if os.access(root, os.W_OK)
        else (*chosen.notes, "this checkout is read-only: nothing is kept in it")
    )
    for note in notes:
        session.emit(events.Notice(clock.now(), note))
    took: dict[str, float] = {}
    failed: list[str] = []
    passed: list[str] = []
    outcome = events.ERROR
    try:
        outcome = _loop(space, chosen, planner, request, session, took, failed, passed, remote)
        with_artifacts = [task for task in chosen.graph.values() if task.spec.artifacts]
        if with_artifacts:
            from pitstop.cli.pipeline.named_outputs import keep_artifacts

            keep_artifacts(space, planner, session, [task for task in with_artifacts if task.id in passed])
        done = outcome == events.SUCCESS and not failed and not with_artifacts
        if done and known is not None:
            renew(memory, selection, known[0], planner, space.snapshot.print, clock.now())
        elif done and selection and not chosen.conditional:
            _certify(space, chosen, planner, selection)
        _save(space, planner, took, session)
    finally:
        session.emit(events.RunFinished(clock.now(), outcome, clock.monotonic() - began))
        session.close()
    _tidy(space, planner, session)
    return _EXITS.get(outcome, EXIT_FAILED)


def _made_locks(space: Workspace, chosen: choice.Choice) -> bool:
    """Return whether lock files were made that the plan has to count with."""
    wanted = {task: each for task, each in chosen.graph.items() if task not in chosen.missing | chosen.skipped}
    made = False
    for folder in lockfiles.missing(space, wanted):
        path = f"{folder}/{lockfiles.LOCK}" if folder else lockfiles.LOCK
        print(f"note    {path} is missing: `cargo generate-lockfile` makes it first", file=sys.stderr, flush=True)
        made = lockfiles.make(space.root, folder, environment.base(environ)) or made
    return made


def planner_of(space: Workspace, memory: Memory, *, use_store: bool = True) -> Planner:
    """Return what decides about the tasks of a repository as it is now."""
    known = memory.load_keys()
    tools = Tools(space.root, environ, known["tools"])
    keys = Keys(space.root, space.snapshot, space.packages, environ, tools, known["seen"], user_secret)
    store = DiskStore(store_folder(space.root, space.settings.cache.dir))
    return Planner(space.root, space.packages, keys, store, memory, use_store=use_store)


def _loop(
    space: Workspace,
    chosen: choice.Choice,
    planner: Planner,
    request: Request,
    session: Session,
    took: dict[str, float],
    failed: list[str],
    passed: list[str],
    remote: Remote | None,
) -> str:
    from pitstop.cli.pipeline.answers import Answers
    from pitstop.pipeline.execute.loop import Loop
    from pitstop.pipeline.execute.options import Options, World
    from pitstop.records import durations

    clear_scratch(f"{space.root}/.pitstop/state")

    def emit(event: Event) -> None:
        if isinstance(event, events.TaskFinished) and event.origin == events.RAN and event.outcome == events.SUCCESS:
            took[event.task] = event.duration_s
        if isinstance(event, events.TaskFinished) and event.outcome == events.SUCCESS:
            passed.append(event.task)
        elif isinstance(event, events.TaskFinished) and event.outcome not in {events.SUCCESS, events.SKIP}:
            failed.append(event.task)  # also where the run goes on all the same
        session.emit(event)

    world = World(
        space.root,
        chosen.graph,
        planner,
        environ,
        emit,
        session.tick,
        session.folder,
        environment.base(environ),
        wants_colour(environ, tty=sys.stdout.isatty()),
        durations.load(f"{space.root}/.pitstop/state/durations"),
        chosen.wanted if request.force else frozenset(),
        chosen.skipped,
        chosen.missing,
        read_answer=Answers(session.folder).read,
        far=_far(space, planner, session) if request.cache else None,
    )
    settings = space.settings.run
    keep_going = settings.keep_going if request.keep_going is None else request.keep_going
    options = Options(request.jobs or settings.jobs, settings.memory, keep_going, request.cache, request.logs == "full")
    options = options._replace(remote=remote, no_cluster=no_cluster(request.remote, space.settings.remote))
    if world.far is not None and is_ci():
        options = options._replace(upload_wait_s=space.settings.cache.upload_wait)
    if not (space.settings.cache.compilers and request.cache):
        return Loop(world, options).run()
    from pitstop.cli.pipeline.compiling import compiling

    with compiling(space, planner, world) as world:
        return Loop(world, options).run()


def _far(space: Workspace, planner: Planner, session: Session) -> Far | None:
    """Return the stores on other machines, of which none is asked yet; None: there are none."""
    from pitstop.pipeline.places import far

    notice = lambda text: session.emit(events.Notice(clock.now(), text))  # noqa: E731  one line of it
    return far(space.root, planner.store.root, space.settings.cache, notice)


def _certify(space: Workspace, chosen: choice.Choice, planner: Planner, selection: str) -> None:
    """Remember that the selection has nothing left to do."""
    tasks = tuple(chosen.graph.values())
    checks = planner.keys.tools.checks()
    noop.issue(
        space.root,
        selection,
        chosen.name,
        space.snapshot,
        planner,
        tasks,
        environ,
        checks,
        space.print,
        clock.now(),
    )


def _save(space: Workspace, planner: Planner, took: dict[str, float], session: Session) -> None:
    """Keep what this run learned for the next one; a disk that cannot be written costs only time."""
    from contextlib import suppress

    from pitstop.records import durations

    planner.memory.save(keys=bool(took) or planner.learned)
    if planner.explained:
        state.save(f"{session.folder}/misses", planner.explained)
    if took:
        with suppress(OSError):
            durations.update(f"{space.root}/.pitstop/state/durations", took)


def _tidy(space: Workspace, planner: Planner, session: Session) -> None:
    """Make room: old runs, and the store when it has grown over its bound."""
    from pitstop.records.retention import delete_old_runs

    record = space.settings.record
    delete_old_runs(session.runs, clock.now(), record.keep_runs, record.keep_days)
    if planner.store.stored_bytes and space.settings.cache.max_size:
        from pitstop.cache.gc import account

        account(planner.store, space.settings.cache.max_size, clock.now())
