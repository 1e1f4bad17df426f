"""Results brought from and sent to the tiers of the cache beside a run: for artifacts, and commands that name one."""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING

from pitstop.core import clock
from pitstop.core.environ import is_ci

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pitstop.cache.disk import DiskStore
    from pitstop.cache.tiers.far import Far
    from pitstop.pipeline.settings.model import Cache


def bring(store: DiskStore, configured: Cache, action: str, notice: Callable[[str], None]) -> bool:
    """Bring the result of `action` and its blobs into `store` from the first tier that has it; return whether one had.

    `notice` is told what goes wrong, as are those of the others.
    """
    far = _open(store, configured, notice)
    if far is None or not far.reads:
        return False
    try:
        far.ask((action,))
        while not (answers := far.answers()):
            _wait(far, 0.5)
        return bool(answers[0].place)
    finally:
        far.close()


def send(store: DiskStore, configured: Cache, actions: Sequence[str], notice: Callable[[str], None]) -> None:
    """Have results sent to every tier that takes them: behind this process, but on a CI service, whose machine ends."""
    far = _open(store, configured, notice)
    if far is None or not actions:
        return
    from pitstop.cache.tiers.journal import Pending

    far.offer([Pending(action) for action in actions])
    if is_ci():
        far.settle(clock.monotonic() + configured.upload_wait, lambda seconds: _wait(far, seconds))
    far.close()


def _open(store: DiskStore, configured: Cache, notice: Callable[[str], None]) -> Far | None:
    from pitstop.links.git import find_root
    from pitstop.pipeline import places

    return places.far(find_root(os.getcwd()), store.root, configured, notice)


def _wait(far: Far, seconds: float) -> bool:
    if far.fileno() >= 0:
        select.select([far], [far] if far.is_full else [], [], seconds)
    return True
