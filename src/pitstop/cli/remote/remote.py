"""`pitstop remote`: what the cluster that tasks run on says of itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pitstop.cli.screen.tables import table
from pitstop.core import clock
from pitstop.core.environ import environ
from pitstop.core.errors import EXIT_OK, SurroundingError, UsageError
from pitstop.core.text import duration, plural

if TYPE_CHECKING:
    import argparse

    from pitstop.cache.reapi.offer import Offer
    from pitstop.pipeline.execute.remote.state import Operation, State, Worker

_SHOWN = 20
"""Operations in the queue that are listed."""
_KINDS = {"buildbarn": "Buildbarn", "buildgrid": "BuildGrid", "reapi": ""}


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(prog="pitstop remote", description="Look at the cluster that tasks run on.")
    below = made.add_subparsers(dest="action", required=True, metavar="ACTION")
    status = below.add_parser(
        "status",
        help="its workers, its queues, what runs where",
        description="Show the workers of a cluster, its queues by platform properties, what runs where and what waits. "
        "Buildbarn (`BuildQueueState`) and BuildGrid (`Introspection`) tell that; of others there are only their "
        "capabilities.",
    )
    status.add_argument("url", nargs="?", default="", metavar="URL", help="the cluster; by default that of `[remote]`")
    status.add_argument("--json", action="store_true", help="print all of it as JSON, times in seconds since 1970 UTC")
    return made


def remote(args: list[str]) -> int:
    """Carry out `pitstop remote`; return its exit code."""
    from pitstop.links.git import find_root
    from pitstop.pipeline.execute.remote.address import options_of
    from pitstop.pipeline.workspace import load_settings

    given = parser().parse_args(args)
    root = find_root(os.getcwd())
    configured = load_settings(root).remote
    url = given.url or configured.url
    if not url:
        raise UsageError("there is no cluster", hint="name one: `pitstop remote status grpc://host:port`")
    try:
        from pitstop.cache.reapi.client import Client
        from pitstop.cache.reapi.endpoint import endpoint_of
        from pitstop.pipeline.execute.remote.state import look
    except ImportError as error:
        raise SurroundingError(f"this needs `{error.name}`", hint="pip install 'pitstop[reapi]'") from error
    client = Client(endpoint_of(url, options_of(configured), environ, root=root))
    try:
        offer = client.offer()
        state = look(client)
    finally:
        client.close()
    place = client.endpoint.place
    if given.json:
        from json import dumps

        print(dumps(_plain(place, offer, state), indent=2))
    else:
        print("\n".join(_lines(place, offer, state, clock.now())))
    return EXIT_OK


def _plain(place: str, offer: Offer, state: State) -> dict[str, Any]:
    return {
        "url": place,
        "kind": state.kind,
        "version": ".".join(map(str, offer.version)),
        "executes": offer.executes,
        "queues": [{**queue._asdict(), "platform": dict(queue.platform)} for queue in state.queues],
        "workers": [
            {**worker._asdict(), "operations": [each._asdict() for each in worker.operations]}
            for worker in state.workers
        ],
        "waiting": [each._asdict() for each in state.waiting],
    }


def _lines(place: str, offer: Offer, state: State, now: float) -> list[str]:
    from pitstop.cli.records.opened import printable

    about = [place, f"REAPI {'.'.join(map(str, offer.version))}"]
    if state.kind != "reapi":
        busy = sum(bool(worker.operations) for worker in state.workers)
        about.insert(1, _KINDS[state.kind])
        about += [plural(len(state.workers), "worker"), f"{busy} busy"]
    elif not offer.executes:
        about.append("a cache that executes nothing")
    else:
        about.append("it executes, and does not tell with which workers")
    out = ["  ".join(about)]
    if state.queues:
        rows = [
            [
                str(number),
                queue.instance or "-",
                " ".join(f"{name}={value}" for name, value in queue.platform) or "-",
                str(queue.workers),
                str(queue.executing),
                str(queue.queued),
            ]
            for number, queue in enumerate(state.queues)
        ]
        out += ["", *table(rows, ("queue", "instance", "properties", "workers", "executing", "waiting"), "><<>>>")]
    if state.workers:
        workers = sorted(state.workers, key=lambda worker: (worker.queue, worker.name))
        headers = ["worker", "does", "since", *(["queue"] if state.queues else [])]
        out += ["", *table([_row(worker, now) for worker in workers], headers, "<<>>")]
    if state.waiting:
        waiting = sorted(state.waiting, key=lambda one: one.queued)
        rows = [[_words(one), _since(one, now)] for one in waiting[:_SHOWN]]
        out += ["", *table(rows, ("waits", "since"), "<>")]
        if len(waiting) > _SHOWN:
            out.append(f"and {len(waiting) - _SHOWN} more")
    return [printable(line) for line in out]


def _row(worker: Worker, now: float) -> list[str]:
    does = ", ".join(map(_words, worker.operations)) or ("drained" if worker.drained else "idle")
    since = _since(worker.operations[0], now) if worker.operations else ""
    return [worker.name, does, since, *([] if worker.queue < 0 else [str(worker.queue)])]


def _words(one: Operation) -> str:
    return one.target or (f"action {one.action[:12]}" if one.action else one.name)


def _since(one: Operation, now: float) -> str:
    return duration(max(0.0, now - one.queued)) if one.queued else ""
