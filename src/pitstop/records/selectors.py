"""From what a person calls a run to the run: `latest`, `7f3`, `latest~2`, `last-green`, `last-failed`, `main~2`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.errors import UsageError
from pitstop.core.events import SUCCESS
from pitstop.records.folders import is_run_id
from pitstop.records.summary import FAILED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pitstop.records.summary import RunRow

_SHOWN = 5


class RunNotFound(UsageError):
    """No recorded run is meant, or more than one."""


def find_run(selector: str, runs: Sequence[RunRow]) -> RunRow:
    """Return the run that `selector` names among `runs`, which are sorted newest first.

    `latest`, `last-green` (success), `last-failed` (failure, error, timeout), the name of a branch, each with `~N` for
    the Nth before it; a run's full name, or the beginning of its stamp or of its random part. The first reading that
    fits counts, in this order. Raises `RunNotFound`.
    """
    if not runs:
        raise RunNotFound("no run is recorded here", hint="`pitstop run` makes the first one")
    name, _, back = selector.partition("~")
    if back and not (back.isascii() and back.isdecimal()):
        raise RunNotFound(f"`~{back}` in `{selector}` is no number", hint="`latest~2` is the run two before the latest")
    steps = int(back[:9]) if back else 0
    candidates, words = _candidates(name, runs)
    if not candidates:
        raise RunNotFound(f"no run matches `{selector}`", hint="`pitstop runs` lists the recorded runs")
    if words:  # an order is known: newest first
        if steps >= len(candidates):
            raise RunNotFound(
                f"no run matches `{selector}`: there {_are(len(candidates))} {words}",
                hint="`pitstop runs` lists the recorded runs",
            )
        return candidates[steps]
    if len(candidates) > 1:
        shown = ", ".join(f"`{run.run_id}`" for run in candidates[:_SHOWN])
        more = ", …" if len(candidates) > _SHOWN else ""
        raise RunNotFound(f"`{selector}` matches {len(candidates)} runs", hint=f"say which: {shown}{more}")
    if steps:
        before = runs.index(candidates[0]) + steps
        if before >= len(runs):
            raise RunNotFound(f"no run matches `{selector}`", hint="`pitstop runs` lists the recorded runs")
        return runs[before]
    return candidates[0]


def _candidates(name: str, runs: Sequence[RunRow]) -> tuple[Sequence[RunRow], str]:
    """Return the runs that `name` may mean, and for a name that means many in order what they are."""
    if name in _WORDS:
        test, words = _WORDS[name]
        return [run for run in runs if test(run)], words
    if is_run_id(name):
        return [run for run in runs if run.run_id == name], ""
    branch = [run for run in runs if run.ref_head_name == name]
    if name and branch:
        return branch, f"on `{name}`"
    if not name:
        return [], ""
    return [run for run in runs if run.run_id.startswith(name) or run.run_id[16:].startswith(name.lower())], ""


def _are(count: int) -> str:
    return "is 1 run" if count == 1 else f"are {count} runs"


_WORDS: dict[str, tuple[Callable[[RunRow], bool], str]] = {
    "latest": (lambda _: True, "in all"),
    "last-green": (lambda run: run.result == SUCCESS, "that passed"),
    "last-failed": (lambda run: run.result in FAILED, "that failed"),
}
