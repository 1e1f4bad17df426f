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

COUNT = 12
"""Tasks of the repository that is shared."""


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as place:
        yield f"redis://{place}"


def clone(tmp_path: Path, name: str, seed: int = 3) -> tuple[Pit, Mill]:
    """Return a machine of its own with a checkout of the same repository."""
    folder = tmp_path / name
    pit = Pit(folder)
    return pit, Mill(pit.root, COUNT, seed=seed)


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


def test_a_tier_that_is_only_read_gets_nothing(tmp_path: Path, redis_url: str) -> None:
    first, mill = clone(tmp_path, "first")
    with (mill.root / "pitstop.toml").open("a") as file:
        file.write(f'[cache]\ntiers = [{{ url = "{redis_url}/2", write = "ci" }}]\n')
    assert first("run").exit == 0
    second, _ = clone(tmp_path, "second")
    run(second, f"{redis_url}/2")
    assert ran(second) == mill.names
    run(first, f"{redis_url}/2", "--force")  # replaces what is there
    third, _ = clone(tmp_path, "third")
    run(third, f"{redis_url}/2")
    assert ran(third) == []


def test_what_is_found_far_away_is_kept_nearer(tmp_path: Path, redis_url: str) -> None:
    near, far = f"{redis_url}/3", f"{redis_url}/4"
    first, mill = clone(tmp_path, "first")
    run(first, far)
    second, _ = clone(tmp_path, "second")
    result = run(second, f"local,{near},{far}")
    assert ran(second) == []
    used = {event["tier"]: event for event in result.events if event["event"] == "TierUsed"}
    assert (used[near].get("hits", 0), used[far]["hits"]) == (0, COUNT)
    third, _ = clone(tmp_path, "third")
    run(third, near)
    assert ran(third) == []
    assert mill.names


def test_why_and_stats_tell_where_results_came_from(tmp_path: Path, redis_url: str) -> None:
    tiers = f"{redis_url}/5"
    env = {"PITSTOP_CACHE_TIERS": tiers}
    first, _ = clone(tmp_path, "first")
    run(first, tiers)
    second, _ = clone(tmp_path, "second")
    why = second("cache", "why", "t000", "--json", env=env).json
    assert why["answers"] == tiers
    assert [entry["there"] for entry in why["entries"]] == [False, True]
    run(second, tiers)
    why = second("cache", "why", "t000", "--json", env=env).json
    assert why["answers"] == "local"
    assert why["came"]["tier"] == tiers
    assert why["entries"][0]["made"] == why["entries"][1]["made"] > 0
    stats = second("cache", "stats", "--json").json
    assert [(one["name"], one["hits"], one["elsewhere"]) for one in stats["stores"]] == [(tiers, COUNT, COUNT)]
    assert {one["name"] for one in stats["tasks"]} == {f"//:t{number:03}" for number in range(COUNT)}
    assert [(one["tier"], one["asked"], one["hits"]) for one in stats["tiers"]] == [(tiers, COUNT, COUNT)]
    assert second("cache", "stats").exit == 0


def test_an_evicted_result_is_gone_everywhere(tmp_path: Path, redis_url: str) -> None:
    tiers = f"{redis_url}/6"
    env = {"PITSTOP_CACHE_TIERS": tiers}
    first, _ = clone(tmp_path, "first")
    run(first, tiers)
    assert first("cache", "evict", "t000", env=env).out.splitlines()[1:] == ["  local: removed", f"  {tiers}: removed"]
    second, _ = clone(tmp_path, "second")
    run(second, tiers)
    assert ran(second) == ["t000"]
    assert second("cache", "evict", "0" * 64, env={"PITSTOP_CACHE_TIERS": "redis://127.0.0.1:1"}).exit == 3


def test_a_clone_without_memory_is_told_how_its_key_differs(tmp_path: Path, redis_url: str) -> None:
    tiers = f"{redis_url}/7"
    first, _ = clone(tmp_path, "first")
    run(first, tiers)
    second, mill = clone(tmp_path, "second")
    mill.write({"t000": "t000 is another\n"})
    said = second("cache", "why-miss", "t000", env={"PITSTOP_CACHE_TIERS": tiers})
    assert said.out.splitlines()[0] == "//:t000 would run: never ran here"
    assert said.out.splitlines()[1].startswith("the nearest key with which it passed elsewhere, on ")
    assert said.out.splitlines()[2:] == ["  src/t000.txt changed"]
