"""`pitstop cache why-miss`: two keys of one task, side by side."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.clock import timestamp
from pitstop.core.errors import EXIT_OK
from pitstop.core.text import strip_ansi

if TYPE_CHECKING:
    from pitstop.cache.tiers.history import Told
    from pitstop.cli.cache.keyed import Keyed
    from pitstop.core.task import TaskId
    from pitstop.pipeline.tiers_here import Tiers


class Nearest(NamedTuple):
    """The key with which the task passed elsewhere that is most like the one here."""

    place: str
    """The tier that tells of it."""
    machine: str
    made: float
    changes: list[str]


def why_miss(name: str, *, json: bool) -> int:
    """Print why the task `name` misses now or, if it does not, why it missed last; return the exit code."""
    from pitstop.cli.cache.keyed import keyed, tell
    from pitstop.links.git import find_root
    from pitstop.pipeline.tiers_here import Tiers
    from pitstop.pipeline.workspace import load_settings

    root = find_root(os.getcwd())
    tiers = Tiers(root, load_settings(root).cache, tell)
    try:
        found = keyed(root, name, tiers)
        misses = found.row["status"] == "run"
        nearest = _nearest(root, found, tiers) if misses else None
        alone = _alone(found) if misses and tiers.listed else ""
    finally:
        tiers.close()
    task, row = found.task.id, found.row
    changes = found.planner.explained.get(task, [])
    earlier = "" if row["status"] == "run" else _last_miss(root, task)
    if json:
        from json import dumps

        told: dict[str, Any] = {"changes": changes or _changes(root, earlier, task), "run": earlier}
        if nearest is not None:
            told["elsewhere"] = nearest._asdict()
        if alone:
            told["not_shared"] = alone
        print(dumps({"task": task, **row, **told}, indent=2))
        return EXIT_OK
    if row["status"] == "run":
        print(f"{task} would run: {row['reason']}")
        _list(changes)
    elif row["status"] == "after":
        print(f"{task} would be looked at {row['reason']}, whose outputs decide")
    else:
        who = f"`{row['tier']}`" if "tier" in row else "the cache"
        print(
            f"{task} would not run: "
            + ("its outputs here are up to date" if row["status"] == "fresh" else f"{who} has its result")
        )
    if earlier:
        print(f"it last missed in run {earlier}:")
        _list(_changes(root, earlier, task))
    if nearest is not None:
        who = f"on {nearest.machine} " if nearest.machine else ""
        print(f"the nearest key with which it passed elsewhere, {who}{timestamp(nearest.made)}, differs by:")
        _list(nearest.changes)
    if alone:
        print(f"no other machine is asked for its result, or gets it: {alone}")
    return EXIT_OK


def _alone(found: Keyed) -> str:
    """Return why the result of a task is of use to nobody else; empty: it is."""
    from pitstop.pipeline.execute.shared import secrets_in

    names = secrets_in(found.planner.keys.key(found.task, found.planner.upstream))
    if not names:
        return ""
    listed = ", ".join(f"`{name}`" for name in names)
    return (
        f"the value of {listed} is part of its key by a hash that only this user can make "
        "(`pass_env` passes a variable that changes nothing of what it makes, and is no part of the key)"
    )


def _nearest(root: str, found: Keyed, tiers: Tiers) -> Nearest | None:
    """Return the most similar key that a tier tells of."""
    from pitstop.cache.tiers import history
    from pitstop.pipeline.places import project
    from pitstop.pipeline.reasons import compare, remember

    planner, task = found.planner, found.task
    place = history.place_of(project(root), task.id)
    tables: dict[str, Any] = {
        "parts": {},
        **{name: dict(planner.memory.load_parts()[name]) for name in ("files", "packages")},
    }
    key = planner.keys.key(task, planner.upstream)
    remember(tables, planner.keys.inputs, task.id, task.package, key.parts, key.rows)
    nearest: Nearest | None = None
    for here in tiers.listed:
        if not here.address.read:
            continue
        message = tiers.asked(here, lambda tier: tier.get_results([place]).get(place, b""), b"")
        if not message or tiers.trust.judge(place, message):
            continue
        known = history.entries(message)
        nothing: list[Told] = []
        read = partial(history.read, known=known, tables=tables, package=task.package)
        for told in tiers.asked(here, read, nothing):
            changes = [_printable(change.text()) for change in compare(told.parts, key.parts, task.package, tables)]
            if changes and (nearest is None or len(changes) < len(nearest.changes)):
                nearest = Nearest(here.place, _printable(told.machine), told.entry.made, changes)
    return nearest


def _printable(text: str) -> str:
    """Return what somebody else wrote as it can do no harm to a terminal."""
    return "".join(char if char.isprintable() else "?" for char in strip_ansi(text))


def _list(changes: list[str]) -> None:
    for change in changes[:50]:
        print(f"  {change}")
    if len(changes) > 50:
        print(f"  and {len(changes) - 50} more", file=sys.stdout)


def _last_miss(root: str, task: TaskId) -> str:
    from pitstop.records.folders import run_ids

    runs = f"{root}/.pitstop/runs"
    try:
        names = os.listdir(runs)
    except OSError:
        return ""
    return next((run for run in reversed(run_ids(names)) if _changes(root, run, task)), "")


def _changes(root: str, run: str, task: TaskId) -> list[str]:
    from pitstop.pipeline import state

    return list((state.load(f"{root}/.pitstop/runs/{run}/misses") or {}).get(task, ())) if run else []
