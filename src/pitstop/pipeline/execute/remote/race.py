"""Race: a task that is on another machine is tried by an idle core here as well. Who ends first wins.

Both are silent until one has won, and what the cluster made is put in place only when the process here is gone.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from pitstop.core import clock, events

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.core.events import Event
    from pitstop.pipeline.execute.job import Job
    from pitstop.pipeline.execute.remote.job import AwayJob


class Races:
    """The pairs of jobs that do the same task."""

    def __init__(self) -> None:
        self._away: dict[Job, AwayJob] = {}
        """The job there, by the job here."""
        self._here: dict[AwayJob, Job] = {}
        self._lost: set[Job] = set()
        """Jobs here that were killed because the other one ended first."""

    def begin(self, here: Job, away: AwayJob) -> None:
        """Note that both do the same task from now on. `here` was started."""
        here.hushed = away.hushed = True
        self._away[here] = away
        self._here[away] = here

    def ended_here(self, here: Job) -> tuple[AwayJob | None, bool]:
        """Return the job there that does the same as one here whose process has ended, and whether that has won.

        None: there is none.
        """
        away = self._away.pop(here, None)
        if away is None:
            return None, False
        self._here.pop(away, None)
        won = here in self._lost
        self._lost.discard(here)
        return away, won

    def ended_away(self, away: AwayJob, emit: Callable[[Event], None]) -> bool:
        """Take in that a job there has ended, or was lost; return whether to wait for the process here.

        That is killed when the job there has an answer, and goes on alone when it has none.
        """
        here = self._here.get(away)
        if here is None:
            return False
        if away.answer is None or here.process is None:
            self._here.pop(away)
            self._away.pop(here, None)
            here.speak(emit)
            return True
        here.reason = events.CANCELLATION
        here.kill_at = clock.monotonic()
        here.process.send(signal.SIGKILL)
        self._lost.add(here)
        return True
