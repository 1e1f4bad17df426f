"""How a run of GitHub Actions is named."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.errors import UsageError
from pitstop.links.github.address import Address, parse_address, parse_remote, repository_at

if TYPE_CHECKING:
    from pathlib import Path

RUN = Address("github.com", "octo/he.l-lo", 7)


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("https://github.com/octo/he.l-lo/actions/runs/7", RUN),
        ("https://github.com/octo/he.l-lo/actions/runs/7/attempts/2", RUN._replace(attempt=2)),
        ("https://github.com/octo/he.l-lo/actions/runs/7/job/9#step:3:14", RUN._replace(job=9)),
        ("https://github.com/octo/he.l-lo/actions/runs/7/attempts/2/job/9?pr=1", RUN._replace(attempt=2, job=9)),
        ("https://GIT.example.com/octo/he.l-lo/actions/runs/7/", RUN._replace(host="git.example.com")),
        ("https://github.com/octo/he.l-lo", RUN._replace(run=0)),
        ("https://github.com/octo/he.l-lo/actions", RUN._replace(run=0)),
        ("octo/he.l-lo/7", RUN),
        ("octo/he.l-lo 7", RUN),
        ("https://github.com/octo/he.l-lo/pull/7", None),
        ("https://user@github.com/octo/he.l-lo/actions/runs/7", None),
        ("build/logs", None),
    ],
)
def test_an_address_of_the_browser_is_understood(text: str, means: Address | None) -> None:
    assert parse_address(text) == means


@pytest.mark.parametrize(
    "url",
    [
        "git@github.com:octo/hello.git",
        "ssh://git@github.com:22/octo/hello.git",
        "ssh://git@ssh.github.com:443/octo/hello",
        "https://token@github.com/octo/hello.git",
        "https://github.com/octo/hello/",
    ],
)
def test_the_repository_of_a_remote_is_found(url: str) -> None:
    assert parse_remote(url) == Address("github.com", "octo/hello")


@given(st.text(st.sampled_from("htps:/@.github com#0aéo-\n"), max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    for found in (parse_address(text), parse_remote(text)):
        assert found is None or found.repository.count("/") == 1


def test_a_clone_knows_its_repository_and_origin_goes_first(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(("git", *arguments), cwd=tmp_path, check=True)

    git("init", "-q")
    with pytest.raises(UsageError, match="no remote on GitHub"):
        repository_at(str(tmp_path))
    git("remote", "add", "fork", "https://github.com/me/hello")
    git("remote", "add", "other", "https://example.com/o/r")
    assert repository_at(str(tmp_path)).repository == "me/hello"
    git("remote", "add", "origin", "git@github.com:octo/hello.git")
    assert repository_at(str(tmp_path)).repository == "octo/hello"
