"""An artifact that one machine has kept is there for another that shares a tier with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support.pit import Pit

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pyfastcdc", reason="pip install 'pitstop[artifacts]'")
pytestmark = pytest.mark.slow

PIPELINE = '[tasks.build]\ncommand = "mkdir -p out && seq 100000 > out/app"\nartifacts.app = ["out/**"]\n'


def test_a_later_job_gets_what_an_earlier_one_has_kept(tmp_path: Path, redis_address: str) -> None:
    tier = {"PITSTOP_CACHE_TIERS": f"redis://{redis_address}/3", "CI": "true", "GITHUB_RUN_ID": "77"}
    jobs = [Pit(tmp_path / name) for name in ("build", "deploy")]
    for job in jobs:
        job.git("remote", "add", "origin", "https://github.com/acme/app")
        job.write("pitstop.toml", PIPELINE).commit()
    build, deploy = jobs
    assert build("run", "build", env=tier).exit == 0
    done = deploy("artifacts", "get", "app", "--to", "public", env=tier)
    assert done.exit == 0, done
    assert deploy.read("public/out/app") == build.read("out/app")
    assert deploy("artifacts", "put", "notes", "pitstop.toml", env=tier).exit == 0
    assert build("artifacts", "get", "notes", "--to", "there", env=tier).exit == 0
    assert build.read("there/pitstop.toml") == PIPELINE
    gone = deploy("artifacts", "get", "app", "--to", "public", "--branch", "other", env=tier)
    assert gone.exit == 1
