"""Answers to a run that waits for a person: a small file that `pitstop approve` writes and the waiting run looks for."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple

from pitstop.records.folders import APPROVALS


class Answer(NamedTuple):
    """What a person said."""

    approved: bool
    by: str = ""
    time: float = 0.0
    """Seconds since 1970."""


def find_answer(folder: str, task: str) -> Answer | None:
    """Return the answer for `task` of the run in `folder`, or None while there is none. Cheap enough to poll."""
    try:
        with open(path_of(folder, task), "rb") as file:
            data = file.read()
    except OSError:
        return None
    from json import loads

    with suppress(ValueError):
        said = loads(data)
        if isinstance(said, dict) and isinstance(said.get("approved"), bool):
            time = said.get("time")
            return Answer(said["approved"], str(said.get("by", "")), time if isinstance(time, float) else 0.0)
    return None


def answer(folder: str, task: str, given: Answer) -> bool:
    """Write the answer for `task` of the run in `folder`; return False when somebody answered before.

    It is written beside and linked into place: a reader finds all of it or nothing, and the first answer stays.
    """
    from json import dumps

    path = path_of(folder, task)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    beside = f"{path}.{os.getpid()}"
    with open(beside, "x", encoding="ascii") as file:
        file.write(dumps({"approved": given.approved, "by": given.by, "time": given.time}) + "\n")
    try:
        if hasattr(os, "link"):
            os.link(beside, path)
            os.unlink(beside)
        else:
            os.rename(beside, path)  # does not replace on Windows
    except FileExistsError:
        os.unlink(beside)
        return False
    return True


def path_of(folder: str, task: str) -> str:
    """Return where the answer for `task` of the run in `folder` lies."""
    from urllib.parse import quote_from_bytes

    name = quote_from_bytes(task.encode("utf-8", "surrogateescape"), safe="")
    return os.path.join(folder, APPROVALS, name + ".json")
