"""What a checkout remembers between runs: how each task last left it, and the keys it had then.

Two files below `.pitstop/state/`: `tasks`, small, read by every run; `keys`, read when something changed. Both may be
lost at any time. Two runs at once merge what they learned: each lays its own tasks over what is on disk, under a lock.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.pipeline import state

if TYPE_CHECKING:
    from pitstop.pipeline.rows import Row


_MOST_SEEN = 200_000


class Last(NamedTuple):
    """How a task last ended well in this checkout."""

    action: str
    duration_s: float
    print: str
    """What it means for tasks that wait for it (`keys.Upstream.print`)."""
    rows: tuple[Row, ...] = ()
    sizes: tuple[int, ...] = ()
    """Bytes of each output."""


class Memory:
    """The remembered state of the checkout at `root`."""

    def __init__(self, root: str) -> None:
        self.folder = f"{root}/.pitstop/state"
        self.tasks: dict[str, Last] = {}
        self.fresh: dict[str, Any] = {}
        """By selection, what must still hold for it to have nothing to do (see `noop.py`)."""
        self.touched: set[str] = set()
        self._keys: dict[str, Any] | None = None
        self._parts: dict[str, Any] | None = None
        self._merge_tasks(state.load(f"{self.folder}/tasks"))

    def refresh(self) -> None:
        """Take in what other runs have written meanwhile."""
        self._merge_tasks(state.load(f"{self.folder}/tasks"))

    def _merge_tasks(self, loaded: Any) -> None:
        if loaded is None:
            return
        tasks, fresh = loaded
        own = {name: self.tasks[name] for name in self.touched if name in self.tasks}
        self.tasks = {name: Last(*last) for name, last in tasks.items() if name not in self.touched} | own
        for name, value in fresh.items():
            self.fresh.setdefault(name, value)

    def set(self, task: str, last: Last | None) -> None:
        """Remember how `task` ended, or forget it."""
        self.touched.add(task)
        if last is None:
            self.tasks.pop(task, None)
        else:
            self.tasks[task] = last

    def load_keys(self) -> dict[str, Any]:
        """Return `seen`, the action of each print of a key, and `tools`, the versions of programs."""
        if self._keys is None:
            self._keys = {"seen": {}, "tools": {}} | (state.load(f"{self.folder}/keys") or {})
        return self._keys

    def load_parts(self) -> dict[str, Any]:
        """Return the pieces of the last keys (see `reasons.py`).

        `parts` by task, `files` and `packages` by print; `failed`: with which action a task last ended badly.
        """
        if self._parts is None:
            self._parts = {"parts": {}, "files": {}, "packages": {}, "failed": {}} | (
                state.load(f"{self.folder}/parts") or {}
            )
        return self._parts

    def save(self, *, keys: bool) -> bool:
        """Write what was learned; return whether the disk took it."""
        from pitstop.links.locks import wait_lock

        try:
            os.makedirs(self.folder, exist_ok=True)
            fd = os.open(f"{self.folder}/lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:
            return False
        try:
            wait_lock(fd)
            self._merge_tasks(state.load(f"{self.folder}/tasks"))
            tasks = {name: tuple(last) for name, last in self.tasks.items()}
            done = state.save(f"{self.folder}/tasks", (tasks, self.fresh))
            if keys and self._keys is not None:
                _forget_oldest(self._keys["seen"])
                done = state.save(f"{self.folder}/keys", self._keys) and done
            if keys and self._parts is not None:
                from pitstop.pipeline.reasons import forget

                forget(self._parts)
                done = state.save(f"{self.folder}/parts", self._parts) and done
        finally:
            os.close(fd)
        return done


def _forget_oldest(seen: dict[str, str]) -> None:
    if len(seen) > _MOST_SEEN:
        for mark in list(seen)[: len(seen) - _MOST_SEEN // 2]:
            del seen[mark]
