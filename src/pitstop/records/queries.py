"""What commands ask the projection: the runs, newest first."""

from __future__ import annotations

from json import loads
from typing import TYPE_CHECKING

from pitstop.records.summary import FAILED, RunRow

if TYPE_CHECKING:
    from pitstop.records.database import Database

_COLUMNS = ", ".join(RunRow._fields)


def recorded_runs(database: Database, *, limit: int = 0, failed: bool = False, branch: str = "") -> list[RunRow]:
    """Return the recorded runs, newest first: at most `limit` (0: all), only `failed` ones, only those of `branch`."""
    conditions = ["TRUE"]
    parameters: list[object] = []
    if failed:
        conditions.append(f"result IN ({', '.join('?' * len(FAILED))})")
        parameters += FAILED
    if branch:
        conditions.append("ref_head_name = ?")
        parameters.append(branch)
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM runs WHERE {' AND '.join(conditions)} "  # noqa: S608  conditions of our own
        "ORDER BY started_at DESC, run_id DESC LIMIT ?",
        [*parameters, limit or -1],
    )
    argv = RunRow._fields.index("argv")
    return [RunRow._make((*row[:argv], tuple(loads(row[argv])), *row[argv + 1 :])) for row in rows]
