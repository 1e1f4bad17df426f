"""`pitstop cache push`: what is in the store here, sent now to every tier that does not have it."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from pitstop.core.errors import EXIT_OK, EXIT_SURROUNDING, UsageError
from pitstop.core.text import plural, size

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from pitstop.cache.disk import DiskStore
    from pitstop.cache.tiers.layers import Parcel
    from pitstop.pipeline.tiers_here import Here, Tiers

_BATCH = 64
"""Results that are sent in one go."""


def add(below: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command."""
    made = below.add_parser(
        "push",
        help="send what is here to every tier that does not have it",
        description="Send the results that the store here has of tasks, as they are now, and of all that they need, to "
        "every tier that takes results and does not have them, and wait until they are there. Runs do the same behind "
        "themselves, once for each tier: this is for a tier that has lost what it had, or before this machine goes. "
        "Exit code 3 when one of them could not be reached.",
    )
    made.add_argument("names", nargs="*", metavar="TASK", help="as `pitstop run` names them; by default all")
    made.add_argument("--json", action="store_true", help="print what was sent where as JSON, in bytes")


def push(names: list[str], *, json: bool) -> int:
    """Carry out `pitstop cache push`; return its exit code."""
    from pitstop.cache.tiers.tier import TierError
    from pitstop.cli.cache.keyed import tell
    from pitstop.cli.pipeline import choice
    from pitstop.cli.pipeline.carry_out import planner_of
    from pitstop.cli.pipeline.dry_run import decide_all
    from pitstop.cli.pipeline.run import Request
    from pitstop.links.git import find_root
    from pitstop.pipeline import workspace
    from pitstop.pipeline.execute.shared import is_shared
    from pitstop.pipeline.memory import Memory
    from pitstop.pipeline.tiers_here import Tiers

    root = find_root(os.getcwd())
    space = workspace.load(root)
    graph = choice.choose(space, Request(tuple(names))).graph if names else space.graph
    planner = planner_of(space, Memory(root))
    rows = [row for row in decide_all(graph, planner) if row["status"] in {"fresh", "cache"}]
    shared = (row for row in rows if is_shared(task := graph[row["task"]], planner.keys.key(task, planner.upstream)))
    actions = dict.fromkeys(row["action"] for row in shared)
    tiers = Tiers(root, space.settings.cache, tell)
    say: Callable[[str], None] = (lambda _line: None) if json else partial(print, flush=True)
    stores: dict[str, dict[str, int] | None] = {}
    try:
        if not tiers.listed:
            raise UsageError(
                "there is no tier to send to", hint="`pitstop cache setup` finds one, `[cache] tiers` names it"
            )
        if not tiers.trust.vouches:
            raise UsageError(
                "what is here would be signed although another machine may have made it",
                hint="say by `[cache] verify` whom you believe, or `pitstop run --force` makes and sends it anew",
            )
        parcels = _parcels(planner.store, list(actions), tiers)
        say(f"{plural(len(parcels), 'result')} here")
        for here in tiers.listed:
            if not here.address.write:
                say(f"  {here.place}: takes none")
                continue
            try:
                sent = _sent(here, planner.store, parcels)
            except TierError as error:
                stores[here.place] = None
                say(f"  {here.place}: not sent")
                print(error.render(), file=sys.stderr)
            else:
                stores[here.place] = sent
                say(f"  {here.place}: {sent['results']} sent, {size(sent['bytes'])}; {sent['there']} there already")
    finally:
        tiers.close()
    if json:
        from json import dumps

        print(dumps({"results": len(parcels), "sent": stores}, indent=2))
    return EXIT_SURROUNDING if None in stores.values() else EXIT_OK


def _parcels(store: DiskStore, actions: list[str], tiers: Tiers) -> list[Parcel]:
    from pitstop.cache.actions import encode_result
    from pitstop.cache.tiers.layers import Parcel, blobs_of

    found = ((action, store.get_result(action)) for action in actions)
    return [
        Parcel(action, tiers.trust.sign(action, encode_result(result)), tuple(blobs_of(result)), if_absent=True)
        for action, result in found
        if result is not None and all(store.has(digest) for digest in blobs_of(result))
    ]


def _sent(here: Here, store: DiskStore, parcels: list[Parcel]) -> dict[str, int]:
    """Send what a tier does not have; return how many results and bytes were sent, and what was there. Raises TierError."""
    from pitstop.cache.tiers.layers import send
    from pitstop.cache.tiers.tier import TierError

    if here.tier is None:
        raise TierError(here.problem)
    sent = [send(here.tier, store, parcels[at : at + _BATCH]) for at in range(0, len(parcels), _BATCH)]
    return {
        "results": sum(len(one.results) for one in sent),
        "bytes": sum(one.size for one in sent),
        "there": sum(len(one.there) for one in sent),
    }
