"""`pitstop cache setup`: what it says and what it writes, and that what it tells a workflow to do works."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.parts.actions_cache import package
from tests.support.workspaces import cargo_workspace

from pitstop.cache.tiers.github import open_tier
from pitstop.cache.tiers.tier import Address
from pitstop.links.formats import read_yaml
from pitstop.links.github.cache.service import EXPORT_STEP

if TYPE_CHECKING:
    from tests.parts.github_cache import GitHubCache
    from tests.support.pit import Pit


def test_a_redis_in_reach_is_found_told_and_written(pit: Pit, redis_address: str) -> None:
    pit.write("pitstop.toml", "# ours\n[run]\njobs = 2\n")
    env = {"REDIS_URL": f"redis://{redis_address}"}
    result = pit("cache", "setup", env=env)
    assert result.exit == 0, result
    assert f"best            redis://{redis_address}: REDIS_URL names it and it answers" in result.out
    assert pit.read("pitstop.toml") == f'# ours\n[run]\njobs = 2\n\n[cache]\ntiers = ["redis://{redis_address}"]\n'
    again = pit("cache", "setup", env=env)
    assert "nothing to write" in again.out
    assert pit("cache", "stats").exit == 0


def test_a_repository_with_workflows_is_shown_the_step_that_they_need(pit: Pit) -> None:
    cargo_workspace(pit, {"one": []}).write(".github/workflows/ci.yml", "on: push\n")
    pit.tool("sccache", "true").tool("ccache", "true").commit()
    assert pit("cache", "setup", env={"REDIS_URL": "redis://127.0.0.1:1"}) == snapshot("""\
exit: 0
GitHub Actions  the repository has workflows
sccache         no storage configured
cache server    none configured
Redis           REDIS_URL names redis://127.0.0.1:1, which does not answer
AWS             no credentials
compilers       sccache and ccache
best            github: the repository's workflows have it for nothing: [size], by branch, 200 new entries a minute

wrote pitstop.toml:
  [cache]
  tiers = ["github"]
  compilers = "auto"

to do: GitHub gives the token of its cache to actions alone: put this step in front of the one that runs pitstop

  - uses: actions/github-script@v7
    with:
      script: |
        for (const name of Object.keys(process.env))
          if (/^ACTIONS_(CACHE_|RESULTS_URL|RUNTIME_TOKEN)/.test(name))
            core.exportVariable(name, process.env[name])
""")
    assert pit.read("pitstop.toml") == '[cache]\ntiers = ["github"]\ncompilers = "auto"\n'
    assert pit("run", "format", "--dry-run").exit == 0


def test_a_dry_run_writes_nothing(pit: Pit) -> None:
    result = pit("cache", "setup", "--dry-run", "s3://team/ci", env={"AWS_REGION": "eu-central-1"})
    assert 'tiers = [{ url = "s3://team/ci", region = "eu-central-1" }]' in result.out
    assert not (pit.root / "pitstop.toml").exists()


def test_what_is_configured_stays_unless_it_is_to_be_replaced(pit: Pit) -> None:
    pit.write("pitstop.toml", '[cache]\ntiers = ["redis://old"] # by hand\ncompilers = false\n')
    result = pit("cache", "setup", "https://cache.example/x")
    assert "is configured already and stays" in result.out
    assert "redis://old" in pit.read("pitstop.toml")
    pit("cache", "setup", "--replace", "https://cache.example/x")
    assert pit.read("pitstop.toml") == '[cache]\ntiers = ["https://cache.example/x"]\ncompilers = false\n'


def test_scripts_get_it_as_json(pit: Pit) -> None:
    env = {"GITHUB_ACTIONS": "true", "CI": "true", "ACTIONS_RUNTIME_TOKEN": "very-secret", "REDIS_URL": ""}
    found = pit("cache", "setup", "--json", "--dry-run", env=env).json
    assert (found["kind"], found["cache"]["tiers"], found["written"]) == ("github", ["github"], {})
    assert found["workflow"] == ""  # the token is there already
    assert "very-secret" not in json.dumps(found)


def test_settings_that_stand_elsewhere_are_shown_and_not_hidden_by_a_new_file(pit: Pit) -> None:
    pit.write("pyproject.toml", '[project]\nname = "a"\nversion = "1"\n[tool.pitstop.run]\njobs = 2\n')
    result = pit("cache", "setup", "github")
    assert result.exit == 2
    assert result.err == (
        "error: the settings of this repository stand in `pyproject.toml`\n"
        'hint: write into its `cache`: tiers = ["github"]\n'
    )
    assert not (pit.root / "pitstop.toml").exists()


def test_an_address_of_no_kind_is_refused(pit: Pit) -> None:
    result = pit("cache", "setup", "ftp://cache")
    assert result.exit == 2
    assert "`ftp` is no kind of tier" in result.err


@pytest.mark.slow
def test_the_step_gives_later_steps_what_the_tier_needs(tmp_path: Path, github_cache: GitHubCache) -> None:
    """Run the script of the step as `actions/github-script` does: with node, and GitHub's own `core` at hand."""
    (step,) = read_yaml(EXPORT_STEP.encode(), "step")
    assert step["uses"].startswith("actions/github-script@")
    module = tmp_path / "step.mjs"
    core = (package() / "node_modules" / "@actions" / "core" / "lib" / "core.js").as_uri()
    module.write_text(f"import * as core from {json.dumps(core)}\n{step['with']['script']}")
    (tmp_path / "exported").touch()
    env = {
        "PATH": os.environ["PATH"],
        "GITHUB_ENV": str(tmp_path / "exported"),
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "no",
        **github_cache.environ(),
    }
    subprocess.run(["node", str(module)], env=env, check=True, timeout=60)
    exported: dict[str, str] = {}
    lines = iter((tmp_path / "exported").read_text().splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        exported[name] = "\n".join(iter(lambda: next(lines), end))
    assert exported == github_cache.environ()
    tier = open_tier(Address("github"), exported)
    tier.put_results({"c" * 64: b"x"})
    assert tier.get_results(["c" * 64]) == {"c" * 64: b"x"}
    tier.close()


def test_the_guide_shows_the_step_that_is_tried_here() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "compilers.md").read_text()
    assert indent(EXPORT_STEP, " " * 6) in guide
