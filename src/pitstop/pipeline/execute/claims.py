"""Which run may work on a task: two runs in one checkout never run, or restore, the same task at once."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Claims:
    """Claims on tasks of the checkout at `root`, kept as byte locks on one file; they end with this process.

    Where the file cannot be written (a read-only checkout) every claim succeeds.
    """

    def __init__(self, root: str) -> None:
        folder = f"{root}/.pitstop/state"
        self._held: set[str] = set()
        try:
            os.makedirs(folder, exist_ok=True)
            self._fd = os.open(f"{folder}/claims", os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        except OSError:
            self._fd = -1

    def take(self, tasks: Iterable[str]) -> bool:
        """Claim all of `tasks`, or none when another run has one of them; return whether it worked."""
        from pitstop.links.locks import lock_range

        taken: list[str] = []
        for task in tasks:
            if self._fd >= 0 and task not in self._held:
                if not lock_range(self._fd, _offset(task), wait=False):
                    self.drop(taken)
                    return False
                self._held.add(task)
                taken.append(task)
        return True

    def drop(self, tasks: Iterable[str]) -> None:
        """Give claims up."""
        from pitstop.links.locks import unlock_range

        for task in tasks:
            if task in self._held:
                self._held.discard(task)
                unlock_range(self._fd, _offset(task))

    def close(self) -> None:
        """Give everything up."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            self._held.clear()


def _offset(task: str) -> int:
    return int.from_bytes(sha256(task.encode("utf-8", "surrogateescape")).digest()[:7], "big")
