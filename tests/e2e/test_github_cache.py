"""Real clients of GitHub's cache against the stand-in that pitstop's own is tested with: they prove that it is one."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.parts.act_cache import act_cache
from tests.parts.actions_cache import actions_cache
from tests.parts.github_cache import TOKEN, GitHubCache, serving_cache
from tests.support.parts import require
from tests.support.pit import Pit
from tests.support.workspaces import node_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

pytestmark = pytest.mark.slow
PULL = "the-token-of-a-pull-request"


@pytest.fixture
def cache() -> Iterator[GitHubCache]:
    scopes = {TOKEN: ("refs/heads/main",), PULL: ("refs/pull/7/merge", "refs/heads/main")}
    with serving_cache(GitHubCache(scopes)) as served:
        yield served


def save_and_restore(folder: Path, environ: Mapping[str, str]) -> None:
    """Let `@actions/cache` save files and get them back: by their key, by its beginning, and not by another."""
    (folder / "out").mkdir()
    (folder / "out" / "a").write_text("first")
    said, _ = actions_cache(folder, environ, ("save", ["out"], "k-1"), ("restore", ["out"], "other", []))
    assert said[0] != -1
    assert said[1] is None
    (folder / "out" / "a").unlink()
    said, _ = actions_cache(folder, environ, ("restore", ["out"], "k-1", []))
    assert said == ["k-1"]
    assert (folder / "out" / "a").read_text() == "first"
    (folder / "out" / "a").unlink()
    said, _ = actions_cache(folder, environ, ("restore", ["out"], "k-2", ["k-"]))
    assert said == ["k-1"]
    assert (folder / "out" / "a").read_text() == "first"


def test_actions_cache_saves_and_restores(tmp_path: Path, cache: GitHubCache) -> None:
    save_and_restore(tmp_path, cache.environ())
    assert cache.kept() == ["k-1"]
    (tmp_path / "out" / "a").write_text("second")
    said, printed = actions_cache(
        tmp_path, cache.environ(), ("save", ["out"], "k-1"), ("save", ["out"], "k-2"), ("restore", ["out"], "k", ["k-"])
    )
    assert said[0] == -1  # entries never change
    assert "already exists" in printed or "Unable to reserve" in printed
    assert said[2] == "k-2"  # the newest that begins so


def test_actions_cache_sees_branches_as_github_does(tmp_path: Path, cache: GitHubCache) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("x")
    said, _ = actions_cache(tmp_path, cache.environ(), ("save", ["out"], "main-1"))
    said, _ = actions_cache(
        tmp_path, cache.environ(PULL), ("restore", ["out"], "main-1", []), ("save", ["out"], "pull-1")
    )
    assert said[0] == "main-1"
    said, _ = actions_cache(tmp_path, cache.environ(), ("restore", ["out"], "pull-1", []))
    assert said == [None]


def test_actions_cache_understands_the_refusals(tmp_path: Path, cache: GitHubCache) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("x")
    cache.uploads_left = 0
    said, printed = actions_cache(tmp_path, cache.environ(), ("save", ["out"], "k"))
    assert said == [-1]
    assert "rate limit" in printed.lower()
    assert "42 seconds" in printed
    cache.denied = True
    said, printed = actions_cache(tmp_path, cache.environ(), ("save", ["out"], "k"))
    assert said == [-1]
    assert "cache write denied" in printed


def test_actions_cache_speaks_the_older_protocol_with_the_server_of_act(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    with act_cache(tmp_path / "server") as url:
        environ = {"ACTIONS_CACHE_URL": url, "ACTIONS_RUNTIME_TOKEN": "any"}
        save_and_restore(tmp_path, environ)


def test_sccache_finds_after_a_clean_what_it_kept(tmp_path: Path, cache: GitHubCache) -> None:
    require("sccache", "gcc")
    (tmp_path / "a.c").write_text("int main(void) { return 0; }\n")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "SCCACHE_SERVER_UDS": str(tmp_path / "s"),
        "SCCACHE_CONF": os.devnull,
        "SCCACHE_GHA_ENABLED": "on",
        **cache.environ(),
        "ACTIONS_CACHE_SERVICE_V2": "on",
    }

    def sccache(*argv: str) -> str:
        done = subprocess.run(
            ["sccache", *argv], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    found = []
    for _ in range(2):
        sccache("--start-server")
        try:
            sccache("gcc", "-c", "a.c", "-o", "a.o")
            found.append(json.loads(sccache("--show-stats", "--stats-format", "json"))["stats"]["cache_hits"]["counts"])
        finally:
            sccache("--stop-server")
    assert found == [{}, {"C/C++": 1}]
    sent = {headers.get("content-type") for method, path, headers in cache.asked if "/twirp/" in path}
    assert sent == {"application/protobuf"}


@pytest.mark.parametrize("protocol", ["v2", "v1"])
def test_a_second_job_does_no_work(
    tmp_path: Path, protocol: str, request: pytest.FixtureRequest, cache: GitHubCache
) -> None:
    """Two runners of GitHub, each new, with the same commit checked out."""
    require("node")
    given = cache.environ()
    if protocol == "v1":
        given = {"ACTIONS_CACHE_URL": request.getfixturevalue("act_cache_url"), "ACTIONS_RUNTIME_TOKEN": "any"}
    endings = []
    for job in ("first", "second"):
        pit = node_workspace(Pit(tmp_path / job), {"core": [], "web": ["core"]})
        pit.write("pitstop.toml", f'[cache]\ntiers = [{{ url = "github", prefix = "{tmp_path.name}" }}]\n')
        pit.commit()
        env = {"CI": "true", "GITHUB_ACTIONS": "true", **given}
        result = pit("run", "build", "test", "--output", "json", env=env)
        assert result.exit == 0, result
        assert [event for event in result.events if event["event"] == "Notice"] == []
        endings.append({event.get("origin", "run") for event in result.events if event["event"] == "TaskFinished"})
        assert pit.read("packages/web/dist/index.mjs") == 'export const name = "web";\n'
    assert endings == [{"run"}, {"cache"}]


def test_a_machine_that_is_no_runner_passes_the_entry_over(pit: Pit) -> None:
    require("node")
    node_workspace(pit, {"core": []}).write("pitstop.toml", '[cache]\ntiers = ["github"]\n')
    pit.commit()
    result = pit("run", "build", "--output", "json")
    assert result.exit == 0, result
    assert [event for event in result.events if event["event"] == "Notice"] == []


def test_a_step_without_the_token_says_how_to_get_it_and_goes_on(pit: Pit) -> None:
    require("node")
    node_workspace(pit, {"core": []}).write("pitstop.toml", '[cache]\ntiers = ["github"]\n')
    pit.commit()
    result = pit("run", "build", "--output", "json", env={"CI": "true", "GITHUB_ACTIONS": "true"})
    assert result.exit == 0, result
    notices = [event["message"] for event in result.events if event["event"] == "Notice"]
    assert any("ACTIONS_RESULTS_URL" in text and "cache setup" in text for text in notices)
