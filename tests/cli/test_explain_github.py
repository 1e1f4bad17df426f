"""`pitstop explain` on runs of GitHub Actions, against a stand-in of its API."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.parts.github_server import TOKEN, GitHub, job_of, run_of, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.pit import Pit

HEAD = """\
\ufeff2024-01-01T00:00:01.0000000Z ##[group]Run make
2024-01-01T00:00:01.1000000Z shell: /usr/bin/bash -e {0}
2024-01-01T00:00:01.2000000Z ##[endgroup]
2024-01-01T00:00:02.0000000Z cc -c src/pit.c
"""
BAD = (
    HEAD
    + """\
2024-01-01T00:00:03.0000000Z src/pit.c:3:5: error: 'x' undeclared (first use in this function)
2024-01-01T00:00:03.0000000Z make: *** [Makefile:2: pit.o] Error 1
2024-01-01T00:00:03.0000000Z ##[error]Process completed with exit code 2.
"""
)
ERROR = "src/pit.c:3:5: error: 'x' undeclared"


@pytest.fixture
def github() -> Iterator[GitHub]:
    known = GitHub(
        runs={6: run_of(6, conclusion="success"), 7: run_of(7)},
        jobs={
            6: [job_of(60, "build", conclusion="success")],
            7: [job_of(70, "build"), job_of(71, "docs", conclusion="success"), job_of(72, "lint", conclusion="cancelled")],
        },
        texts={60: HEAD.encode(), 70: BAD.encode()},
    )  # fmt: skip
    with serving(known) as served:
        yield served


def env(github: GitHub, token: str = TOKEN) -> dict[str, str]:
    return {"GITHUB_API_URL": github.base, "GH_TOKEN": token}


def test_a_run_is_explained_by_its_address(pit: Pit, github: GitHub) -> None:
    address = "https://github.com/octo/hello/actions/runs/7"
    result = pit("explain", address, "--format", "lines", env=env(github))
    assert result.out.splitlines()[0].partition("\t")[0] == "5", result
    assert ERROR in result.out
    assert "lint" not in result.out
    asked = [path for _, path, _ in github.asked]
    assert "/text/70" in asked
    assert "/text/60" in asked  # the green one, to compare with


def test_a_job_is_explained_by_its_address_and_the_text_names_it(pit: Pit, github: GitHub) -> None:
    result = pit("explain", "https://github.com/octo/hello/actions/runs/7/job/70", env=env(github))
    assert "run 7, build" in result.out
    assert ERROR in result.out


def test_the_newest_failed_run_of_this_branch_is_explained(pit: Pit, github: GitHub) -> None:
    pit.git("remote", "add", "origin", "git@github.com:octo/hello.git")
    github.runs[7]["head_branch"] = "topic"
    pit.git("checkout", "-q", "-b", "topic")
    assert ERROR in pit("explain", "github", env=env(github)).out
    pit.git("checkout", "-q", "-b", "other")
    result = pit("explain", "github", env=env(github))
    assert result.exit == 2
    assert result.err == (
        "error: no run of branch `other` of octo/hello has failed on GitHub\n"
        "hint: name a run by its address in the browser\n"
    )


@pytest.mark.slow
def test_the_logs_of_many_failed_jobs_are_fetched_as_one_zip(pit: Pit, github: GitHub) -> None:
    github.jobs[7] = [job_of(100 + number, f"build / os {number}") for number in range(12)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(12):
            archive.writestr(f"{number}_build _ os {number}.txt", BAD)
        archive.writestr("12_docs.txt", "fine\n")
    github.zips[7] = packed.getvalue()
    result = pit("explain", "octo/hello/7", env=env(github))
    assert "build / os 11" in result.out
    assert "docs" not in result.out
    assert sum(path.startswith("/text/7") for _, path, _ in github.asked) == 0


def test_a_run_that_passed_has_nothing_to_explain(pit: Pit, github: GitHub) -> None:
    result = pit("explain", "octo/hello/6", env=env(github))
    assert (result.exit, result.err) == (0, "")


def test_without_a_token_it_says_how_to_get_one(pit: Pit, github: GitHub) -> None:
    result = pit("explain", "octo/hello/7", env=env(github, ""))
    assert result.exit == 3
    assert "hint: set GITHUB_TOKEN" in result.err
    assert "Traceback" not in result.err
