"""What is done with a task that has ended: outputs kept, tests read, the future told."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.cache.actions import ActionResult
from pitstop.core import clock, events
from pitstop.core.task import CACHE_CHECKOUT, CACHE_NEVER, CACHE_STORE
from pitstop.pipeline import outputs
from pitstop.pipeline.execute.job import test_event
from pitstop.pipeline.execute.restore import leads_out

if TYPE_CHECKING:
    from pitstop.core.task import Task
    from pitstop.links.testing.case import TestCase
    from pitstop.pipeline.execute.job import Ending, Job
    from pitstop.pipeline.execute.options import Options, World
    from pitstop.pipeline.keys import Key
    from pitstop.pipeline.plan import Decision

_INLINE_LOG = 16 << 10
_LOOKED_S = 5.0
"""A package that was looked at so long ago needs no second look when a task that needs it ends; `review` takes it."""
_MARKS = (b"test result:", b"passed", b"failed", b"PASS", b"FAIL", b"--- ", b"# tests", b"Ran ", b" ok", b"Tests:")


def finish(job: Job, ending: Ending, world: World, options: Options) -> None:
    """Keep what a task left, if it passed, and tell how it ended."""
    task, decision = ending.work
    _tests(job, ending, world)
    message, count = ending.message, 0
    if ending.outcome == events.SUCCESS:
        message, count = _keep(job, ending, decision, world, options)
    else:
        world.planner.fail(task, decision.key if ending.outcome != events.CANCELLATION else None)
    members = len(job.works)
    world.emit(
        events.TaskFinished(
            clock.now(),
            task.id,
            ending.outcome,
            ending.origin,
            decision.key.action if decision.key is not None else "",
            ending.exit_code,
            ending.signal,
            job.duration_s,
            job.attempt,
            job.usage.cpu_s / members,
            job.usage.memory,
            job.usage.read_bytes // members,
            job.usage.written_bytes // members,
            count,
            message,
            ending.worker,
        )
    )


def _keep(job: Job, ending: Ending, decision: Decision, world: World, options: Options) -> tuple[str, int]:
    task = ending.work.task
    planner, key = world.planner, decision.key
    message = ending.message
    if ending.kept is not None:
        paths = [row[0] for row in ending.kept.rows]
    elif ending.paths is not None:
        paths = list(ending.paths)
    else:
        paths = outputs.find(world.root, planner.globs(task))
    storing = task.spec.cache == CACHE_STORE and options.store_results and key is not None
    if key is not None and task.spec.cache != CACHE_NEVER:
        now = clock.monotonic()
        moved = key.unreadable or planner.moved(task, key, now - _LOOKED_S, now)
        if moved:
            storing = False
            message = f"not cached: `{moved}` changed while it ran"
    known = True
    if (
        task.spec.cache == CACHE_STORE
        and ending.paths is None
        and (link := outputs.behind_link(world.root, planner.globs(task)))
    ):
        storing, known = False, False
        message = f"not cached: its outputs lie behind the link `{link}`{leads_out(world.root, link)}"
    if task.spec.cache == CACHE_CHECKOUT:
        paths = []
    kept = ending.kept or outputs.keep(world.root, paths, planner.store.put_file if storing else outputs.measure)
    if storing and key is not None and not kept.complete:
        storing = False
        if not planner.store.trouble:
            message = "not cached: an output could not be read, or changed while it was"
        kept = outputs.keep(world.root, paths, outputs.measure)
        known = kept.complete
    if storing and key is not None:
        log = job.logs[task.id].bytes()
        raw, digest = (log, None) if len(log) <= _INLINE_LOG else (b"", planner.store.put(log))
        result = ActionResult(
            kept.files, kept.links, 0, raw, digest, job.duration_s, ending.worker or os.uname().nodename, clock.now()
        )
        planner.store.put_result(key.action, result)
        planner.kept.append((task, key, job.end))
        for file in kept.files:
            world.emit(events.ArtifactProduced(clock.now(), task.id, file.path, file.digest.hash, file.digest.size))
    if task.id in planner.from_nothing and key is not None and options.store_results and not message:
        _keep_tree(job, task, key, world)
    if message.startswith("not cached"):
        kept = kept._replace(complete=False)
    planner.settle(task, key, kept, job.duration_s, known=known)
    if key is not None:
        planner.remember(task, key)
    if task.spec.cache == CACHE_CHECKOUT:
        planner.memory.save(keys=False)  # another run may be waiting for just this
    if not paths and task.spec.outputs and task.spec.cache == CACHE_STORE and _configured(task) and not message:
        message = "none of its declared outputs is there"
    return message, len(kept.rows)


def _keep_tree(job: Job, task: Task, key: Key, world: World) -> None:
    """Keep an installation whole; why it cannot be kept is a notice."""
    from pitstop.pipeline import trees

    planner = world.planner
    result = trees.keep(
        world.root, task.spec.tree, planner.store, job.logs[task.id].bytes()[-_INLINE_LOG:], job.duration_s
    )
    if isinstance(result, str):
        world.emit(events.Notice(clock.now(), f"what `{task.id}` made is not kept for others: {result}", task.id))
    elif planner.store.put_result(key.action, result):
        planner.kept.append((task, key, job.end))


def review(world: World) -> list[tuple[Task, Key]]:
    """Look once more at what the results since the last review were made of; return those that hold.

    Those that read something else are not kept.
    """
    planner = world.planner
    kept, planner.kept = planner.kept, []
    good: list[tuple[Task, Key]] = []
    for task, key, end in kept:
        if moved := planner.moved(task, key, end, end):
            planner.store.forget(key.action)
            planner.memory.set(task.id, None)
            text = f"`{task.id}` is not cached after all: `{moved}` changed while it ran"
            world.emit(events.Notice(clock.now(), text, task.id))
        else:
            good.append((task, key))
    return good


def _tests(job: Job, ending: Ending, world: World) -> None:
    """Tell of the tests of a single task: from the reports it wrote, else from what it printed."""
    if job.batch is not None:
        return
    task = ending.work.task
    cases: list[TestCase] = []
    for path in outputs.find(
        world.root, outputs.patterns(world.planner.packages[task.package].root, task.spec.reports)
    ):
        cases += _report(f"{world.root}/{path}")
    own = job.env.get("PITSTOP_JUNIT", "")
    if own and os.path.exists(own):
        cases += _report(own)
        os.unlink(own)
    if not cases:
        log = job.logs[task.id].bytes()
        if not any(mark in log for mark in _MARKS):
            return
        from pitstop.links.testing.read import read_tests

        cases = read_tests(log)
    for case in cases:
        world.emit(test_event(task.id, case, job.attempt))


def _report(path: str) -> list[TestCase]:
    """Return the tests of a JUnit report; one that cannot be read tells of none."""
    from pitstop.links.testing.junit import read_junit

    try:
        with open(path, "rb") as file:
            return list(read_junit(iter(lambda: file.read(1 << 16), b"")))
    except (OSError, ValueError):
        return []


def _configured(task: Task) -> bool:
    """Return whether somebody wrote down what `task` leaves, and detection did not guess it."""
    return task.spec.origin.startswith(("pitstop", "turbo.json"))
