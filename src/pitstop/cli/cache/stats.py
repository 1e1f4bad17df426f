"""`pitstop cache stats`: how much is in the store, and what each store and each task saved in the recorded runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import EXIT_OK
from pitstop.core.text import duration, plural, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.cache.disk import DiskStore

_SHOWN = 20


class Saved(NamedTuple):
    """What the results of one store, or for one task, saved."""

    name: str
    hits: int
    """Tasks that were answered."""
    elsewhere: int
    """Those of them that another machine answered."""
    fetched_bytes: int
    saved_s: float
    """What they took when they ran."""


class Traffic(NamedTuple):
    """What a tier was asked for and sent."""

    tier: str
    asked: int
    hits: int
    sent: int
    sent_bytes: int
    refused: int
    """Results that it had and that were not taken: damaged, or not to be believed."""


def stats(store: DiskStore, bound: int, *, json: bool) -> int:
    """Carry out `pitstop cache stats` for a store that may hold `bound` bytes (0: any number); return the exit code."""
    from pitstop.cache.gc import entries

    rooms = {"ac": [0, 0], "cas": [0, 0]}
    oldest = 0.0
    for entry in entries(store.root):
        room = rooms[os.path.relpath(entry.path, store.root).split(os.sep)[0]]
        room[0] += 1
        room[1] += entry.size
        oldest = min(oldest or entry.used, entry.used)
    total = rooms["ac"][1] + rooms["cas"][1]
    stores, tasks, traffic = _recorded()
    if json:
        from json import dumps

        found = {
            "folder": store.root,
            "results": rooms["ac"][0],
            "blobs": rooms["cas"][0],
            "bytes": total,
            "max_bytes": bound,
            "oldest_use": oldest,
            "stores": [one._asdict() for one in stores],
            "tasks": [one._asdict() for one in tasks],
            "tiers": [one._asdict() for one in traffic],
        }
        print(dumps(found, indent=2))
        return EXIT_OK
    print(f"folder   {store.root}")
    print(f"results  {rooms['ac'][0]}")
    print(f"blobs    {rooms['cas'][0]}")
    print(f"size     {size(total)}" + (f" of {size(bound)}" if bound else ""))
    if stores or traffic:
        _print_stores(stores, traffic)
    if tasks:
        _print_tasks(tasks)
    return EXIT_OK


def _print_stores(stores: list[Saved], traffic: list[Traffic]) -> None:
    moved = {one.tier: one for one in traffic}
    saved = {one.name: one for one in stores}
    rows = [("store", "asked", "hits", "fetched", "time saved", "sent")]
    for name in dict.fromkeys((*saved, *moved)):
        one = saved.get(name, Saved(name, 0, 0, 0, 0.0))
        tier = moved.get(name)
        asked, sent = (str(tier.asked), str(tier.sent)) if tier is not None else ("", "")
        fetched = size(one.fetched_bytes) if tier is not None else ""
        rows.append((name, asked, str(one.hits), fetched, duration(one.saved_s), sent))
    print("\nin the recorded runs:")
    _print_table(rows)
    for told in traffic:
        if told.refused:
            print(f"not taken from {told.tier}: {plural(told.refused, 'result')}, damaged or not to be believed")


def _print_tasks(tasks: list[Saved]) -> None:
    rows = [("task", "hits", "from elsewhere", "fetched", "time saved")]
    rows += [
        (one.name, str(one.hits), str(one.elsewhere), size(one.fetched_bytes), duration(one.saved_s))
        for one in tasks[:_SHOWN]
    ]
    print()
    _print_table(rows)
    if len(tasks) > _SHOWN:
        print(f"and {len(tasks) - _SHOWN} more; `--json` has all")


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows with the first column to the left and numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            f"{row[0]:<{widths[0]}}",
            *(f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        print("  ".join(cells).rstrip())


def _recorded() -> tuple[list[Saved], list[Saved], list[Traffic]]:
    """Return what the recorded runs of the repository here say, by store, by task and by tier; most saved first."""
    from pitstop.core import clock
    from pitstop.links.git import find_root
    from pitstop.records.database import Database

    folder = f"{find_root(os.getcwd())}/.pitstop"
    if not os.path.isdir(f"{folder}/runs"):
        return [], [], []
    counted = "count(*), sum(tier != ''), sum(fetched_bytes), sum(duration_s)"
    hits = "FROM tasks WHERE origin = 'cache' AND result = 'success'"
    with Database(folder, clock.now()) as database:
        database.sync()
        stores = database.rows(
            f"SELECT CASE tier WHEN '' THEN 'local' ELSE tier END, {counted} {hits} GROUP BY tier ORDER BY tier"
        )
        tasks = database.rows(
            f"SELECT task_name, {counted} {hits} GROUP BY task_name ORDER BY sum(duration_s) DESC, task_name"
        )
        traffic = database.rows(
            "SELECT tier, sum(asked), sum(hits), sum(sent), sum(sent_bytes), sum(refused) FROM tiers "
            "GROUP BY tier ORDER BY tier"
        )
    return [Saved(*row) for row in stores], [Saved(*row) for row in tasks], [Traffic(*row) for row in traffic]
