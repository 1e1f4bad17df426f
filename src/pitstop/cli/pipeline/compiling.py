"""Compiler caches beside a run: opened as the settings say, closed when it has ended."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pitstop.core import clock, events
from pitstop.core.environ import environ, is_ci
from pitstop.pipeline.compilers.run import open_compilers
from pitstop.pipeline.compilers.storage import Storage, storage_of
from pitstop.pipeline.places import tiers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.pipeline.execute.options import World
    from pitstop.pipeline.plan import Planner
    from pitstop.pipeline.workspace import Workspace


@contextmanager
def compiling(space: Workspace, planner: Planner, world: World) -> Iterator[World]:
    """Yield `world` with the compiler caches of `[cache] compilers`; what they were good for is told at the end."""
    configured = space.settings.cache

    def storage() -> Storage:
        from pitstop.cache.tiers.tier import TierError

        if configured.verify:  # nobody signs what sccache and ccache keep, and it ends up in results that are
            return Storage()
        try:
            return storage_of(tiers(configured), environ)
        except TierError as error:
            text = f"compilers keep to this machine: {error.problem}"
            world.emit(events.Notice(clock.now(), text))
            return Storage()

    made = open_compilers(
        configured.compilers, space.root, planner.store.root, storage, world.common, world.emit, ci=is_ci()
    )
    if made is None:
        yield world
        return
    try:
        yield world._replace(compilers=made)
    finally:
        made.close()
