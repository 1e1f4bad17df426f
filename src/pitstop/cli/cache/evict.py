"""`pitstop cache evict`: take a result away, here and from every tier, so that the task runs again."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from pitstop.core.errors import EXIT_OK, EXIT_SURROUNDING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from pitstop.pipeline.tiers_here import Here

_WORDS = {True: "removed", False: "nothing", None: "not removed"}


def add(below: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command."""
    made = below.add_parser(
        "evict",
        help="take a result away, here and from every tier",
        description="Take the result of a task, as it is now, or of an action out of the store here and out of every "
        "tier, also those that runs here only read. Exit code 3 when one of them could not be reached.",
    )
    made.add_argument("task", metavar="TASK", help="such as `api:test`, or the hash of an action")
    made.add_argument("--json", action="store_true", help="print what was removed where as JSON")


def evict(name: str, *, json: bool) -> int:
    """Carry out `pitstop cache evict`; return its exit code."""
    from pitstop.cache.disk import DiskStore
    from pitstop.cache.tiers import journal
    from pitstop.cache.tiers.open import identity
    from pitstop.cache.tiers.tier import TierError
    from pitstop.cli.cache.keyed import action_of, tell
    from pitstop.links.git import find_root
    from pitstop.pipeline.places import store_folder
    from pitstop.pipeline.tiers_here import Tiers
    from pitstop.pipeline.workspace import load_settings

    root = find_root(os.getcwd())
    configured = load_settings(root).cache
    tiers = Tiers(root, configured, tell)
    say: Callable[[str], None] = (lambda _line: None) if json else partial(print, flush=True)
    removed: dict[str, bool | None] = {}
    try:
        task, action = action_of(root, name, tiers)
        store = DiskStore(store_folder(root, configured.dir))
        say(f"{task or 'action'} {action}")
        removed["local"] = store.get_result(action) is not None
        store.forget(action)
        say(f"  local: {_WORDS[removed['local']]}")
        for here in tiers.listed:
            journal.done(store.root, identity(here.address), [action])
            problem = ""
            try:
                removed[here.place] = _remove(here, action)
            except TierError as error:
                removed[here.place], problem = None, error.render()
            say(f"  {here.place}: {_WORDS[removed[here.place]]}")
            if problem:
                print(problem, file=sys.stderr)
    finally:
        tiers.close()
    if json:
        from json import dumps

        print(dumps({"task": task, "action": action, "removed": removed}, indent=2))
    return EXIT_SURROUNDING if None in removed.values() else EXIT_OK


def _remove(here: Here, action: str) -> bool:
    """Take a result out of a tier; return whether there was one. Raises TierError."""
    from pitstop.cache.tiers.tier import TierError

    if here.tier is None:
        raise TierError(here.problem)
    if action not in here.tier.get_results([action]):
        return False
    here.tier.remove([action])
    return True
