"""The run that another is best compared with: the last that passed before it, of the same tasks and branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.events import SUCCESS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.records.summary import RunRow


def find_green(run: RunRow, known: Iterable[RunRow], base: str = "") -> RunRow | None:
    """Return the last run of `known` that passed before `run` began and ran the same tasks, or None.

    Of its branch where there is one, else of the branch `base`, else of one of which no branch is known.
    """
    earlier = [
        other
        for other in known
        if other.result == SUCCESS
        and other.run_id != run.run_id
        and other.pipeline_name == run.pipeline_name
        and other.started_at <= run.started_at
    ]
    for branch in (run.ref_head_name, base, ""):
        found = [other for other in earlier if other.ref_head_name == branch]
        if found:
            return max(found, key=lambda other: (other.started_at, other.run_id))
    return None
