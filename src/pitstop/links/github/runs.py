"""A run of GitHub Actions with its jobs and steps, as the API tells of it.

Source: the schemas `workflow-run` and `job` of GitHub's OpenAPI description, version 2022-11-28.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import SurroundingError
from pitstop.core.events import CANCELLATION, ERROR, FAILURE, SKIP, SUCCESS, TIMEOUT
from pitstop.links.github.api import Api, ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.links.github.address import Address

_OUTCOMES = {
    "success": SUCCESS,
    "neutral": SUCCESS,
    "failure": FAILURE,
    "startup_failure": ERROR,
    "timed_out": TIMEOUT,
    "cancelled": CANCELLATION,
    "stale": CANCELLATION,
    "skipped": SKIP,
}
_PAGE = 100
_PAGES = 20  # 2,000 jobs; a matrix has 256 at most
RED = frozenset({FAILURE, ERROR, TIMEOUT, CANCELLATION})
"""The outcomes that somebody may ask why of."""


class Step(NamedTuple):
    """A step of a job."""

    number: int
    name: str
    outcome: str
    """One of `core.events.OUTCOMES`; empty: not ended."""
    started: float = 0.0
    """Seconds since 1970 UTC, whole ones; 0: not told."""
    finished: float = 0.0


class Job(NamedTuple):
    """A job of a run."""

    id: int
    name: str
    outcome: str
    """One of `core.events.OUTCOMES`; empty: not ended."""
    started: float = 0.0
    finished: float = 0.0
    url: str = ""
    """For the browser."""
    runner: str = ""
    labels: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


class Run(NamedTuple):
    """One attempt of a run."""

    repository: str
    """`owner/name`."""
    id: int
    attempt: int
    workflow: str
    title: str
    branch: str
    revision: str
    event: str
    outcome: str
    """One of `core.events.OUTCOMES`; empty: not ended."""
    started: float = 0.0
    finished: float = 0.0
    url: str = ""
    workflow_id: int = 0
    jobs: tuple[Job, ...] = ()


def fetch_run(api: Api, address: Address) -> Run:
    """Return the run at `address` with its jobs. Raises SurroundingError where GitHub does not give it."""
    path = f"/repos/{address.repository}/actions/runs/{address.run}"
    what = f"run {address.run} of {address.repository}"
    if address.attempt:
        path += f"/attempts/{address.attempt}"
    run = ask(api, path, what)
    jobs: list[Job] = []
    for page in range(1, _PAGES + 1):
        listed = _objects(ask(api, f"{path}/jobs", f"jobs of {what}", per_page=_PAGE, page=page), "jobs")
        jobs += [_job(each) for each in listed]
        if len(listed) < _PAGE:
            break
    return Run(
        address.repository,
        address.run,
        _number(run, "run_attempt") or 1,
        _text(run, "name"),
        _text(run, "display_title"),
        _text(run, "head_branch"),
        _text(run, "head_sha"),
        _text(run, "event"),
        _outcome(run),
        _time(run, "run_started_at"),
        _time(run, "updated_at") if _outcome(run) else 0.0,
        _text(run, "html_url"),
        _number(run, "workflow_id"),
        tuple(jobs),
    )


def newest_run(api: Api, repository: str, branch: str = "", status: str = "failure", workflow: int = 0) -> int:
    """Return the id of the newest run that ended as `status`, 0 when there is none.

    Of one branch where it is named, of one workflow where its id is not 0.
    """
    path = f"/repos/{repository}/actions/" + (f"workflows/{workflow}/runs" if workflow else "runs")
    where = {"branch": branch} if branch else {}
    answer = ask(api, path, f"runs of {repository}", status=status, per_page=1, **where)
    return next((_number(run, "id") for run in _objects(answer, "workflow_runs")), 0)


def _job(data: Mapping[str, object]) -> Job:
    labels = data.get("labels")
    return Job(
        _number(data, "id"),
        _text(data, "name"),
        _outcome(data),
        _time(data, "started_at"),
        _time(data, "completed_at"),
        _text(data, "html_url"),
        _text(data, "runner_name"),
        tuple(label for label in labels if isinstance(label, str)) if isinstance(labels, list) else (),
        tuple(_step(step) for step in _objects(data, "steps")),
    )


def _step(data: Mapping[str, object]) -> Step:
    return Step(
        _number(data, "number"),
        _text(data, "name"),
        _outcome(data),
        _time(data, "started_at"),
        _time(data, "completed_at"),
    )


def _outcome(data: Mapping[str, object]) -> str:
    conclusion = _text(data, "conclusion")
    return _OUTCOMES.get(conclusion, ERROR) if conclusion else ""


def _objects(data: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    found = data.get(name) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise SurroundingError(f"GitHub's answer has no list of objects `{name}`", hint="is GITHUB_API_URL right?")
    return found


def _text(data: Mapping[str, object], name: str) -> str:
    found = data.get(name)
    return found if isinstance(found, str) else ""


def _number(data: Mapping[str, object], name: str) -> int:
    found = data.get(name)
    return found if isinstance(found, int) else 0


def _time(data: Mapping[str, object], name: str) -> float:
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(_text(data, name))
    except ValueError:
        return 0.0
    return moment.timestamp() if moment.tzinfo else 0.0
