"""The logs of a run: the zip of all its jobs, or the text of one job, written into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.errors import SurroundingError
from pitstop.core.text import size
from pitstop.links.github.api import Api, open_answer

if TYPE_CHECKING:
    from typing import BinaryIO

    from pitstop.links.github.runs import Job, Run

MOST = 2 << 30
"""Bytes that are downloaded at most."""

_CHUNK = 1 << 18


def fetch_logs(api: Api, run: Run, into: BinaryIO) -> None:
    """Write the zip with the logs of all jobs of `run`. GitHub has it when the run has ended."""
    what = f"logs of run {run.id} of {run.repository}"
    if not run.outcome:
        raise SurroundingError(f"there are no {what} yet: it has not ended", hint="name one of its jobs, or wait")
    _download(api, f"/repos/{run.repository}/actions/runs/{run.id}/attempts/{run.attempt}/logs", what, into)


def fetch_job_log(api: Api, run: Run, job: Job, into: BinaryIO) -> None:
    """Write the log of one job, which may have ended before the run. It is plain text, with time stamps."""
    what = f"log of job `{job.name}` of run {run.id} of {run.repository}"
    _download(api, f"/repos/{run.repository}/actions/jobs/{job.id}/logs", what, into)


def _download(api: Api, path: str, what: str, into: BinaryIO) -> None:
    from http.client import HTTPException

    done = 0
    with open_answer(api, path, what) as answer:
        while True:
            try:
                chunk = answer.read(_CHUNK)
            except (HTTPException, OSError) as error:
                raise SurroundingError(f"the {what} broke off: {error}", hint="try again") from error
            if not chunk:
                break
            done += len(chunk)
            if done > MOST:
                raise SurroundingError(f"the {what} are larger than {size(MOST)}", hint="name one of its jobs")
            into.write(chunk)
        if answer.headers.get("Content-Length") not in {None, str(done)}:
            raise SurroundingError(f"the {what} broke off after {size(done)}", hint="try again")
