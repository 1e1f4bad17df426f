"""`pitstop cache evict`: take a result away, here and from every tier, so that the task runs again."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pitstop.core.errors import EXIT_OK, EXIT_SURROUNDING

if TYPE_CHECKING:
    import argparse

    from pitstop.pipeline.tiers_here import Here


def add(below: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command."""
    made = below.add_parser(
        "evict",
        help="take a result away, here and from every tier",
        description="Take the result of a task, as it is now, or of an action out of the store here and out of every "
        "tier, also those that runs here only read. Exit code 3 when one of them could not be reached.",
    )
    made.add_argument("task", metavar="TASK", help="such as `api:test`, or the hash of an action")


def evict(name: str) -> int:
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
    failed = False
    try:
        task, action = action_of(root, name, tiers)
        store = DiskStore(store_folder(root, configured.dir))
        print(f"{task or 'action'} {action}")
        there = store.get_result(action) is not None
        store.forget(action)
        print(f"  local: {'removed' if there else 'nothing'}")
        for here in tiers.listed:
            journal.done(store.root, identity(here.address), [action])
            try:
                there = _remove(here, action)
            except TierError as error:
                failed = True
                print(f"  {here.place}: not removed", flush=True)
                print(error.render(), file=sys.stderr)
            else:
                print(f"  {here.place}: {'removed' if there else 'nothing'}")
    finally:
        tiers.close()
    return EXIT_SURROUNDING if failed else EXIT_OK


def _remove(here: Here, action: str) -> bool:
    """Take a result out of a tier; return whether there was one. Raises TierError."""
    from pitstop.cache.tiers.tier import TierError

    if here.tier is None:
        raise TierError(here.problem)
    if action not in here.tier.get_results([action]):
        return False
    here.tier.remove([action])
    return True
