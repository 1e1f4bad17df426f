"""Runs of GitHub Actions and their logs, against a stand-in of its API."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from tests.parts.github_server import TOKEN, GitHub, job_of, run_of, serving

from pitstop.core.errors import SurroundingError, UsageError
from pitstop.links.github.address import Address
from pitstop.links.github.api import Api, api_of
from pitstop.links.github.logs import fetch_job_log, fetch_logs
from pitstop.links.github.runs import Step, fetch_run, newest_run

if TYPE_CHECKING:
    from collections.abc import Iterator

SEVEN = Address("github.com", "octo/hello", 7)
NEW_YEAR = 1_704_067_200.0


@pytest.fixture
def github() -> Iterator[GitHub]:
    known = GitHub(
        runs={7: run_of(7), 8: run_of(8, conclusion="success"), 9: run_of(9, branch="topic")},
        jobs={7: [job_of(70, "build"), job_of(71, "docs", conclusion="success")]},
        zips={7: b"PK the zip"},
        texts={70: b"the log\n"},
    )
    with serving(known) as served:
        yield served


def api(github: GitHub, token: str = TOKEN) -> Api:
    return Api(github.base, token)


def test_a_run_comes_with_its_jobs_and_their_steps(github: GitHub) -> None:
    run = fetch_run(api(github), SEVEN)
    assert (run.id, run.attempt, run.workflow, run.title, run.branch) == (7, 1, "CI", "Divide by zero", "main")
    assert (run.outcome, run.started, run.finished) == ("failure", NEW_YEAR, NEW_YEAR + 60)
    assert [(job.id, job.name, job.outcome, job.runner) for job in run.jobs] == [
        (70, "build", "failure", "GitHub Actions 1"),
        (71, "docs", "success", "GitHub Actions 1"),
    ]
    assert run.jobs[0].steps == (
        Step(1, "Set up job", "success", NEW_YEAR + 1, NEW_YEAR + 2),
        Step(2, "Run make", "failure", NEW_YEAR + 2, 0.0),
    )


def test_all_pages_of_jobs_are_read(github: GitHub) -> None:
    github.jobs[7] = [job_of(number, f"job {number}") for number in range(230)]
    assert [job.id for job in fetch_run(api(github), SEVEN).jobs] == list(range(230))


def test_the_logs_are_read_from_where_github_sends_to_and_the_token_stays(github: GitHub) -> None:
    run = fetch_run(api(github), SEVEN)
    logs, log = io.BytesIO(), io.BytesIO()
    fetch_logs(api(github), run, logs)
    fetch_job_log(api(github), run, run.jobs[0], log)
    assert (logs.getvalue(), log.getvalue()) == (b"PK the zip", b"the log\n")
    sent = {(host, headers.get("authorization", "")) for host, _, headers in github.asked}
    assert sent == {("api", f"Bearer {TOKEN}"), ("storage", "")}


def test_a_repository_that_was_renamed_is_found_with_the_token(github: GitHub) -> None:
    github.renamed = "octo/old"
    assert fetch_run(api(github), SEVEN._replace(repository="octo/old")).branch == "main"
    assert {headers.get("authorization") for _, _, headers in github.asked} == {f"Bearer {TOKEN}"}


def test_the_newest_failed_run_of_a_branch_is_found(github: GitHub) -> None:
    assert newest_run(api(github), "octo/hello", "main") == 7
    assert newest_run(api(github), "octo/hello", "main", "success") == 8
    assert newest_run(api(github), "octo/hello") == 9
    assert newest_run(api(github), "octo/hello", "none") == 0
    workflow = github.runs[7]["workflow_id"]
    assert newest_run(api(github), "octo/hello", workflow=workflow) == 9
    assert newest_run(api(github), "octo/hello", workflow=workflow + 1) == 0


def test_a_run_that_goes_on_has_no_zip_yet(github: GitHub) -> None:
    github.runs[7] = run_of(7, conclusion=None)
    run = fetch_run(api(github), SEVEN)
    assert (run.outcome, run.finished) == ("", 0)
    with pytest.raises(SurroundingError, match="it has not ended"):
        fetch_logs(api(github), run, io.BytesIO())


def refused(github: GitHub, token: str = TOKEN, address: Address = SEVEN) -> str:
    with pytest.raises(SurroundingError) as caught:
        fetch_logs(api(github, token), fetch_run(api(github, token), address), io.BytesIO())
    return caught.value.render()


SIGN_IN = "\nhint: set GITHUB_TOKEN to a token that may read Actions: `export GITHUB_TOKEN=$(gh auth token)`"


@pytest.mark.parametrize(
    ("change", "token", "address", "said"),
    [
        ({}, "wrong", SEVEN, "error: GitHub does not accept the token in GITHUB_TOKEN or GH_TOKEN" + SIGN_IN),
        ({}, "", SEVEN, "error: GitHub does not give logs of run 7 of octo/hello: Must have admin rights to Repository." + SIGN_IN),
        ({}, "", SEVEN._replace(run=1), "error: GitHub knows no run 1 of octo/hello, or only for others" + SIGN_IN),
        (
            {},
            TOKEN,
            SEVEN._replace(attempt=2),
            ("error: GitHub knows no run 7 of octo/hello, or only for others\n"
            "hint: is it spelled right, and may the token read it?"),
        ),
        (
            {"zips": {}},
            TOKEN,
            SEVEN,
            ("error: GitHub has no logs of run 7 of octo/hello any more: Server Error\n"
            "hint: logs are kept for 90 days, if nothing else is set; start the run again to get new ones"),
        ),
        ({"limited": True}, "", SEVEN, "error: GitHub's rate limit is used up until 2024-01-01T00:00:00Z" + SIGN_IN),
        (
            {"broken": "down"},
            TOKEN,
            SEVEN,
            "error: GitHub answers 502 to the question for run 7 of octo/hello\nhint: try again in a minute",
        ),
        (
            {"broken": "length"},
            TOKEN,
            SEVEN,
            ("error: the logs of run 7 of octo/hello broke off after 10 B\n"
            "hint: try again"),
        ),
    ],
    ids=["401", "403", "404", "404 signed", "410", "limit", "502", "torn"],
)  # fmt: skip
def test_each_refusal_says_what_to_do(
    github: GitHub, change: dict[str, Any], token: str, address: Address, said: str
) -> None:
    for name, value in change.items():
        setattr(github, name, value)
    assert refused(github, token, address) == said


def test_somebody_else_who_answers_is_told_from_github(github: GitHub) -> None:
    github.broken = "json"
    assert refused(github) == f"error: `{github.base}` does not answer as GitHub does\nhint: is GITHUB_API_URL right?"


def test_a_server_that_is_not_there_is_told() -> None:
    with serving(GitHub()) as gone:
        pass
    assert f"`{gone.base}` cannot be reached: " in refused(gone)


def test_only_a_known_host_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_SERVER_URL", "GITHUB_API_URL", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GH_TOKEN", "mine")
    assert api_of("github.com") == Api("https://api.github.com", "mine")
    with pytest.raises(UsageError, match=r"`example\.com` is not known as a GitHub server"):
        api_of("example.com")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example.com")
    assert api_of("git.example.com") == Api("https://git.example.com/api/v3", "mine")
    monkeypatch.setenv("GITHUB_API_URL", "https://api.example.com/")
    assert api_of("git.example.com") == Api("https://api.example.com", "mine")
    assert api_of("github.com") == Api("https://api.github.com", "mine")
