"""Where a waiting run finds a person's answer: on its terminal, or in a file that `pitstop approve` writes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.core.task import TaskId


class Answers:
    """Answers to the approvals of the run in `folder`. Lines of the terminal answer the oldest open question."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._ask = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()

    def read(self, task: TaskId) -> tuple[bool, str] | None:
        """Return whether `task` was approved and by whom, or None when nobody has answered yet. Does not wait."""
        from pitstop.records.approvals import find_answer

        answer = find_answer(self._folder, task)
        if answer is not None:
            return answer.approved, answer.by
        if not self._ask:
            return None
        import select

        if not select.select([sys.stdin], [], [], 0)[0]:
            return None
        line = sys.stdin.readline()
        if not line:
            self._ask = False
            return None
        word = line.strip().lower()
        if word in {"y", "yes"}:
            return True, _user()
        return (False, _user()) if word in {"n", "no"} else None


def _user() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError):
        return "somebody at the terminal"
