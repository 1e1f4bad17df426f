"""Two clones in two folders, each with a cache of its own, that share a store on another machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.scripted import endings
from tests.e2e.mill import Mill, differences, living_in
from tests.parts.redis_server import redis_server
from tests.support.pit import Pit, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.pit import Result

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")]


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as place:
        yield f"redis://{place}"


def clone(tmp_path: Path, name: str, seed: int = 3) -> tuple[Pit, Mill]:
    """Return a machine of its own with a checkout of the same repository."""
    folder = tmp_path / name
    pit = Pit(folder)
    return pit, Mill(pit.root, 30, seed=seed)


def ran(pit: Pit) -> list[str]:
    """Return the tasks that this machine did work for."""
    path = pit.home / "ran"
    return sorted(path.read_text().split()) if path.exists() else []


def run(pit: Pit, tiers: str, *argv: str, ci: bool = True) -> Result:
    """Run everything with a list of tiers; in CI the run waits for its uploads."""
    env = {"PITSTOP_CACHE_TIERS": tiers} | ({"CI": "true"} if ci else {})
    result = pit("run", "--output", "json", *argv, env=env)
    assert result.exit == 0, result
    return result


def test_a_second_clone_does_no_work(tmp_path: Path, redis_url: str) -> None:
    first, mill = clone(tmp_path, "first")
    tiers = f"{redis_url}/1"
    run(first, tiers)
    assert ran(first) == mill.names
    second, other = clone(tmp_path, "second")
    result = run(second, tiers)
    assert ran(second) == []
    assert differences(other.found(), mill.expected()) == {}
    assert set(endings(result).values()) == {"cache"}
    assert [event for event in result.events if event["event"] == "Notice"] == []
    until(lambda: not living_in(second.root), "the end of every process")
