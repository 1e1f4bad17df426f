"""Executions that nobody takes: given up when they waited long enough, and none of the workers there can take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.cache.reapi.errors import ReapiError
from pitstop.core import clock
from pitstop.pipeline.execute.remote.state import look, unoffered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.pipeline.execute.remote.worker.cluster import Cluster
    from pitstop.pipeline.execute.remote.worker.execution import Execution

_LOOKS = 3
"""So often idle workers must have left an action alone at BuildGrid, which does not tell what they offer."""
_AGAIN_S = 1.0


def watch(executions: Sequence[Execution], cluster: Cluster) -> None:
    """End what waited in the queue for too long and what executes long after its time limit."""
    now = clock.monotonic()
    stuck = [one for one in executions if one.stage == "queued" and now - one.since > cluster.queue_timeout_s]
    for one in executions:
        if one.is_overdue:
            one.stop(late=True)
    if not stuck:
        return
    try:
        state = look(cluster.client)
    except ReapiError:  # the execution itself will find out
        return
    for one in stuck:
        missing = unoffered(one.errand["platform"], state, cluster.accepted)
        if missing == []:
            one.since, one.looks = now, 0  # they are only busy
            continue
        one.looks += 1
        if state.kind == "buildgrid" and one.looks < _LOOKS:
            one.since = now - cluster.queue_timeout_s + _AGAIN_S  # its workers may be about to take it
            continue
        listed = ", ".join(f"`{each}`" for each in missing or [f"{n}={v}" for n, v in one.errand["platform"]])
        offers = (
            f"no worker of `{cluster.place}` offers {listed}" if missing else f"nobody took it, it asks for {listed}"
        )
        waited = f"{cluster.queue_timeout_s:g} s in the queue of `{cluster.place}`"
        one.stop(offers if missing else f"after {waited} {offers if listed else 'nobody took it'}")
