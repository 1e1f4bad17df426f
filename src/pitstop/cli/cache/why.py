"""`pitstop cache why`: which stored result answers for a task, where it lies, and who made it when."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pitstop.core.clock import timestamp
from pitstop.core.errors import EXIT_OK
from pitstop.core.text import duration, plural, size

if TYPE_CHECKING:
    import argparse

    from pitstop.cache.actions import ActionResult
    from pitstop.cache.disk import DiskStore
    from pitstop.pipeline.tiers_here import Here, Tiers

_LOCAL = "local"


def add(below: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command."""
    made = below.add_parser(
        "why",
        help="say which stored result answers for a task, and who made it",
        description="Say for a task, as it is now, in which of the stores a result lies: who made it and when, what it "
        "holds, who signed it, and which of them answers.",
    )
    made.add_argument("task", metavar="TASK", help="such as `api:test`, or the hash of an action")
    made.add_argument("--json", action="store_true", help="print it as JSON")


def why(name: str, *, json: bool) -> int:
    """Carry out `pitstop cache why`; return its exit code."""
    from pitstop.cache.disk import DiskStore
    from pitstop.cli.cache.keyed import action_of, tell
    from pitstop.links.git import find_root
    from pitstop.pipeline.places import store_folder
    from pitstop.pipeline.tiers_here import Tiers
    from pitstop.pipeline.workspace import load_settings

    root = find_root(os.getcwd())
    configured = load_settings(root).cache
    tiers = Tiers(root, configured, tell)
    try:
        task, action = action_of(root, name, tiers)
        store = DiskStore(store_folder(root, configured.dir))
        entries = [_local(store, action), *(_far(tiers, here, action) for here in tiers.listed)]
    finally:
        tiers.close()
    answers = next((entry["place"] for entry in entries if entry["there"] and not entry["problem"]), "")
    came = _came(root, action)
    if json:
        from json import dumps

        print(dumps({"task": task, "action": action, "answers": answers, "entries": entries, "came": came}, indent=2))
        return EXIT_OK
    print(f"{task or 'action'} {action}")
    width = max(len(entry["place"]) for entry in entries)
    for entry in entries:
        print(f"  {entry['place']:<{width}}  {_words(entry)}")
    print(f"answers: {answers}" if answers else "answers: none, it would run")
    if came:
        print(f"in run {came['run']} it came from {came['tier']}, {size(came['bytes'])}")
    return EXIT_OK


def _local(store: DiskStore, action: str) -> dict[str, Any]:
    from pitstop.cache.tiers.layers import blobs_of

    result = store.get_result(action)
    if result is None:
        return {"place": _LOCAL, "there": False, "problem": ""}
    missing = sum(not store.has(digest) for digest in blobs_of(result))
    return _entry(_LOCAL, result, missing)


def _far(tiers: Tiers, here: Here, action: str) -> dict[str, Any]:
    from pitstop.cache.tiers.layers import blobs_of, read
    from pitstop.cache.tiers.sign import signatures

    nothing = {"place": here.place, "there": False, "problem": here.problem}
    if here.tier is None:
        return nothing
    message = tiers.asked(here, lambda tier: tier.get_results([action]).get(action, b""), None)
    if message is None:
        return nothing | {"problem": "it cannot be asked"}
    if not message:
        return nothing
    got = read(action, message, lambda _action, _message: "")
    if isinstance(got, str):
        return nothing | {"there": True, "problem": got or "it is of a task that failed, or of another client"}
    needed = [digest for digest in blobs_of(got.result) if digest not in got.carried]
    missing = tiers.asked(here, lambda tier: len(tier.missing(needed)) if needed else 0, 0)
    entry = _entry(here.place, got.result, missing)
    entry["signed_by"] = [signature.key_id for signature in signatures(message)]
    if problem := tiers.trust.judge(action, message):
        entry["problem"] = f"not believed: {problem}"
    elif not here.address.read:
        entry["problem"] = "not asked: `read = false`"
    return entry


def _entry(place: str, result: ActionResult, missing: int) -> dict[str, Any]:
    return {
        "place": place,
        "there": True,
        "problem": f"{plural(missing, 'blob')} of it {'is' if missing == 1 else 'are'} missing" if missing else "",
        "machine": result.worker,
        "made": result.made,
        "duration_s": result.duration_s,
        "files": len(result.files) + len(result.links),
        "bytes": sum(file.digest.size for file in result.files),
    }


def _words(entry: dict[str, Any]) -> str:
    from pitstop.cli.records.opened import printable

    if "machine" not in entry:
        return str(entry["problem"]) or "nothing"
    made = f"made {timestamp(entry['made'])}" if entry["made"] else "made"
    words = f"{made} on {printable(entry['machine']) or 'an unknown machine'} in {duration(entry['duration_s'])}"
    words += f", {plural(entry['files'], 'file')}, {size(entry['bytes'])}"
    if entry.get("signed_by"):
        words += f", signed by {', '.join(entry['signed_by'])}"
    return words + (f"; {entry['problem']}" if entry["problem"] else "")


def _came(root: str, action: str) -> dict[str, Any]:
    """Return the last run here in which this result came from another machine."""
    from pitstop.core import clock
    from pitstop.records.database import Database

    if not os.path.isdir(f"{root}/.pitstop/runs"):
        return {}
    with Database(f"{root}/.pitstop", clock.now()) as database:
        database.sync()
        rows = database.rows(
            "SELECT runs.run_id, tier, fetched_bytes FROM tasks JOIN runs ON tasks.run = runs.id "
            "WHERE action = ? AND tier != '' ORDER BY tasks.ended_at DESC LIMIT 1",
            (action,),
        )
    return {"run": rows[0][0], "tier": rows[0][1], "bytes": rows[0][2]} if rows else {}
