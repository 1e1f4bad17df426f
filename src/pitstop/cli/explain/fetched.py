"""A run of GitHub Actions as logs to explain: its failed jobs, and the last green log of each to compare with."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pitstop.cli.explain.subject import Subject
from pitstop.core.errors import PitstopError, UsageError
from pitstop.core.events import CANCELLATION, FAILURE, SUCCESS, TIMEOUT
from pitstop.explain.ending import CANCELLED, FAILED, TIMED_OUT, Ending
from pitstop.links.github.address import parse_address, repository_at
from pitstop.links.github.api import api_of
from pitstop.links.github.runs import RED, fetch_run, newest_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.explain.sources import Log
    from pitstop.links.github.address import Address
    from pitstop.links.github.api import Api
    from pitstop.links.github.runs import Job, Run

_ONE_BY_ONE = 10  # failed jobs whose logs are asked for one by one; of more the zip of all
_STATES = {CANCELLATION: CANCELLED, TIMEOUT: TIMED_OUT}


def fetched_jobs(what: str, folder: str) -> Iterator[Subject]:
    """Yield the failed jobs of the run that `what` means, or the one job that it names.

    `what` is an address, `owner/repository/ID`, or `github`: the newest failed run of the branch that is checked out in
    `folder`. Nothing is yielded where every job passed.
    """
    address = _meant(what, folder)
    api = api_of(address.host)
    run = fetch_run(api, address)
    jobs = [job for job in run.jobs if (job.id == address.job if address.job else job.outcome in RED)]
    if not jobs and address.job:
        raise UsageError(f"run {run.id} has no job {address.job}", hint=f"its jobs are listed at {run.url}")
    if not jobs and not run.outcome:
        raise UsageError(f"run {run.id} goes on, and no job of it has failed yet", hint="ask again when one has")
    failed = [job for job in jobs if job.outcome == FAILURE]
    for job, log in _logs(api, run, failed or jobs):  # the others were cancelled because of those
        yield Subject(
            name=f"run {run.id}, {job.name}",
            log=log,
            good=partial(_green, api, run, job.name),
            end=Ending(_STATES.get(job.outcome, FAILED), 0, whole=True) if job.outcome in RED else None,
            again=(f"gh run rerun {run.id} --failed --repo {run.repository}",) if job.outcome in RED else (),
            hints=tuple(_hints(job)),
        )


def _meant(what: str, folder: str) -> Address:
    address = repository_at(folder) if what == "github" else parse_address(what)
    if address is None:
        raise UsageError(
            f"`{what}` is no address of a run",
            hint="it looks like `https://github.com/owner/repository/actions/runs/ID`",
        )
    if address.run:
        return address
    branch = ""
    if what == "github":
        from pitstop.links.git import head

        branch = head(folder)[1]
    number = newest_run(api_of(address.host), address.repository, branch)
    if not number:
        of = f"branch `{branch}` of {address.repository}" if branch else address.repository
        raise UsageError(f"no run of {of} has failed on GitHub", hint="name a run by its address in the browser")
    return address._replace(run=number)


def _logs(api: Api, run: Run, jobs: list[Job]) -> Iterator[tuple[Job, Log]]:
    from tempfile import TemporaryFile

    from pitstop.explain.sources import read_stream
    from pitstop.links.github.logs import fetch_logs

    if len(jobs) <= _ONE_BY_ONE or not run.outcome:
        for job in jobs:
            yield job, _log_of(api, run, job)
        return
    with TemporaryFile() as file:
        fetch_logs(api, run, file)
        file.seek(0)
        named = {_bare(job.name): job for job in jobs}
        for log in read_stream(file, f"logs of run {run.id}"):
            if found := named.get(_bare(log.name)):
                yield found, log


def _log_of(api: Api, run: Run, job: Job) -> Log:
    from tempfile import TemporaryFile

    from pitstop.explain.sources import read_stream
    from pitstop.links.github.logs import fetch_job_log

    with TemporaryFile() as file:
        fetch_job_log(api, run, job, file)
        file.seek(0)
        return next(iter(read_stream(file, job.name)))


def _green(api: Api, run: Run, name: str) -> Log | None:
    """Return the log of the same job in the last run of the same workflow that passed, of the same branch if possible."""
    try:
        number = 0
        for branch in dict.fromkeys((run.branch, "")):
            number = number or newest_run(api, run.repository, branch, "success", run.workflow_id)
        if not number:
            return None
        from pitstop.links.github.address import Address

        good = fetch_run(api, Address("", run.repository, number))
        job = next((job for job in good.jobs if job.name == name and job.outcome == SUCCESS), None)
        return _log_of(api, good, job) if job else None
    except PitstopError:
        return None  # it would have helped, but the failed log says enough


def _bare(name: str) -> str:
    """Return a job's name as it can be compared with that of its file in the zip, which has no `/` and the like."""
    return "".join(filter(str.isalnum, name)).lower()


def _hints(job: Job) -> Iterator[str]:
    bad = [step.name for step in job.steps if step.outcome in RED]
    if bad:
        yield f"the step that failed: {bad[0]}"
    if job.url:
        yield job.url
