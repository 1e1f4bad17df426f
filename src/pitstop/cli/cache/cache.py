"""`pitstop cache`: what is in the store, why a task missed, and what is wrong with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.core.errors import EXIT_OK, EXIT_SURROUNDING, UsageError
from pitstop.core.text import plural, size

if TYPE_CHECKING:
    import argparse

    from pitstop.cache.disk import DiskStore

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(prog="pitstop cache", description="Look into the cache of results.")
    below = made.add_subparsers(dest="action", required=True, metavar="ACTION")
    why = below.add_parser(
        "why-miss",
        help="say what differs between the key of a task and its last one",
        description="Say why a task has to run: the file, variable, program or other task that differs from when it "
        "last ended well here. Where it would not run now, say why it did the last time.",
    )
    why.add_argument("task", metavar="TASK", help="such as `api:test`")
    why.add_argument("--json", action="store_true", help="print the differences as JSON")
    stats = below.add_parser(
        "stats",
        help="say how much is in it, and what it saved",
        description="Say where the cache is and how much is in it; and of the recorded runs, which store answered how "
        "often, how many bytes came from other machines, and how much time that saved, for each store and each task.",
    )
    stats.add_argument("--json", action="store_true", help="print the numbers as JSON, in bytes")
    prune = below.add_parser(
        "prune",
        help="make it smaller",
        description="Remove what was not used for longest until the rest fits. A run does the same by itself when "
        "`[cache] max_size` is passed.",
    )
    prune.add_argument(
        "--max-size",
        default="",
        metavar="SIZE",
        help="how much may stay: `5GiB`, `500MB`; by default `[cache] max_size`",
    )
    prune.add_argument("--json", action="store_true", help="print what was removed as JSON, in bytes")
    verify = below.add_parser(
        "verify",
        help="read all of it and remove what is wrong",
        description="Read every byte of the cache and remove what does not match its digest. Exit code 3 when there was such.",
    )
    verify.add_argument("--json", action="store_true", help="print what was found as JSON")
    from pitstop.cli.serve.cache_serve import add_parser as add_serve

    add_serve(below)
    from pitstop.cli.cache import evict, keygen, push, setup
    from pitstop.cli.cache import why as why_there

    setup.add(below)
    why_there.add(below)
    evict.add(below)
    push.add(below)
    keygen.add(below)
    return made


def cache(args: list[str]) -> int:
    """Carry out `pitstop cache`; return its exit code."""
    given = parser().parse_args(args)
    if given.action == "serve":
        from pitstop.cli.serve.cache_serve import cache_serve

        return cache_serve(given)
    if given.action == "why-miss":
        from pitstop.cli.cache.why_miss import why_miss

        return why_miss(given.task, json=given.json)
    if given.action == "why":
        from pitstop.cli.cache.why import why

        return why(given.task, json=given.json)
    if given.action == "evict":
        from pitstop.cli.cache.evict import evict

        return evict(given.task, json=given.json)
    if given.action == "push":
        from pitstop.cli.cache.push import push

        return push(given.names, json=given.json)
    if given.action == "keygen":
        from pitstop.cli.cache.keygen import keygen

        return keygen(given.file, secret=given.secret)
    if given.action == "setup":
        from pitstop.cli.cache.setup import setup

        return setup(given.address, dry_run=given.dry_run, replace=given.replace, json=given.json)
    from pitstop.cache import gc

    store, bound = open_store()
    if given.action == "stats":
        from pitstop.cli.cache.stats import stats

        return stats(store, bound, json=given.json)
    if given.action == "prune":
        from pitstop.core import clock

        done = gc.prune(store.root, _size(given.max_size) if given.max_size else bound or 1 << 62, clock.now())
        if given.json:
            _print_json({"files_removed": done.removed, "bytes_freed": done.freed, "bytes_left": done.left_bytes})
        else:
            print(f"removed {plural(done.removed, 'file')}, {size(done.freed)}; {size(done.left_bytes)} left")
        return EXIT_OK
    count, wrong = gc.verify(store)
    if given.json:
        _print_json({"files_read": count, "removed": wrong})
    else:
        for name in wrong:
            print(f"removed {name}: wrong bytes")
        print(f"{plural(count, 'file')} read, {len(wrong)} wrong")
    return EXIT_SURROUNDING if wrong else EXIT_OK


def _print_json(found: dict[str, object]) -> None:
    from json import dumps

    print(dumps(found, indent=2))


def open_store() -> tuple[DiskStore, int]:
    """Return the store of the repository here, and the bytes it may hold (0: no bound)."""
    from pitstop.cache.disk import DiskStore
    from pitstop.links.git import find_root
    from pitstop.pipeline.places import store_folder
    from pitstop.pipeline.workspace import load_settings

    root = find_root(os.getcwd())
    configured = load_settings(root).cache
    return DiskStore(store_folder(root, configured.dir)), configured.max_size


def _size(text: str) -> int:
    import re

    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?\s*", text.lower())
    if found is None:
        raise UsageError(f"`{text}` is no size", hint="write it as `5GiB`, `500MB` or a number of bytes")
    return int(float(found[1]) * _UNITS[found[2] or ""])
