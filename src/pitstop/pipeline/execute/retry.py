"""What becomes of a task that failed: whether and when it is tried again, and whether its failure counts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core import events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.task import Retry
    from pitstop.pipeline.execute.job import Ending

_MAX_BACKOFF_S = 60.0
_TIMED_OUT = 124
"""What a time-out counts as among exit codes."""
_BADLY = frozenset({events.FAILURE, events.ERROR, events.TIMEOUT})
_GOES_ON = "the run goes on (`continue_on_error`)"


def pause_s(retry: Retry, attempt: int) -> float:
    """Return the seconds between the end of an attempt, counted from 1, and the next one."""
    pause: float = retry.backoff_s * 2 ** (attempt - 1)
    return min(pause, _MAX_BACKOFF_S)


def announcement(retry: Retry, attempt: int, what: str) -> str:
    """Return the sentence that says that this attempt failed, and that there is another one."""
    pause = pause_s(retry, attempt)
    return f"attempt {attempt} of {retry.times + 1} {what}; trying again" + (f" in {pause:g} s" if pause else "")


def sort_out(endings: Sequence[Ending], attempt: int) -> tuple[list[Ending], list[Ending]]:
    """Return those of the tasks of a job that are to be tried again, and the others.

    With those that failed go those that were left out because of a failure: they may be done once that is mended.
    """
    failed = [ending for ending in endings if _wants_another(ending, attempt)]
    if not failed:
        return [], list(endings)
    more = [ending for ending in endings if ending in failed or ending.outcome == events.SKIP]
    return more, [ending for ending in endings if ending not in more]


def _wants_another(ending: Ending, attempt: int) -> bool:
    retry = ending.work.task.spec.retry
    if attempt > retry.times or ending.outcome not in _BADLY:
        return False
    return not retry.exit_codes or code_of(ending) in retry.exit_codes


def code_of(ending: Ending) -> int | None:
    """Return the exit code that `retry` means."""
    return _TIMED_OUT if ending.outcome == events.TIMEOUT else ending.exit_code


def tolerate(ending: Ending) -> tuple[Ending, bool]:
    """Return how a task ended, and whether the run is to go on as if it had passed."""
    if not ending.work.task.spec.continue_on_error or ending.outcome not in _BADLY:
        return ending, False
    return ending._replace(message="; ".join(filter(None, (ending.message, _GOES_ON)))), True
