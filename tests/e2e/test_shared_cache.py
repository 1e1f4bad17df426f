"""Two clones in two folders, each with a cache of its own, that share a store on another machine."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.cli.scripted import endings
from tests.e2e.mill import Mill, differences
from tests.parts.github_cache import GitHubCache, serving_cache
from tests.parts.http_cache import HttpCache, serving
from tests.parts.s3_server import BUCKET
from tests.support.fault_proxy import Fault, fault_proxy
from tests.support.modules import loaded
from tests.support.pit import Pit, until

from pitstop.cache.actions import ActionResult, OutputFile, encode_result
from pitstop.core.digest import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.pit import Result

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")]

COUNT = 12
"""Tasks of the repository that is shared."""


class Shared(NamedTuple):
    """A tier that machines share: its entry in `pitstop.toml`, and what it takes to reach it."""

    toml: str
    env: Mapping[str, str] = {}


@pytest.fixture
def redis_url(redis_address: str) -> str:
    return f"redis://{redis_address}"


@pytest.fixture(params=["redis", "s3", "http", "reapi", "github"])
def shared(request: pytest.FixtureRequest) -> Iterator[Shared]:
    """Each kind of tier, on a real server or a stand-in that is itself proven."""
    with ExitStack() as stack:
        match request.param:
            case "redis":
                yield Shared(f'url = "redis://{request.getfixturevalue("redis_address")}/0"\nprefix = "two-clones"')
            case "s3":
                server = request.getfixturevalue("s3_bucket")
                env = {name: value for name, value in server.environ.items() if name != "HOME"}
                yield Shared(f'url = "s3://{BUCKET}/two-clones"\nendpoint = "{server.endpoint}"', env)
            case "http":
                yield Shared(f'url = "{stack.enter_context(serving(HttpCache())).base}/two-clones"')
            case "reapi":
                yield Shared(f'url = "grpc://{request.getfixturevalue("casd_address")}"')
            case _:
                env = stack.enter_context(serving_cache(GitHubCache())).environ()
                yield Shared('url = "github"', {"GITHUB_ACTIONS": "true", **env})


def clone(tmp_path: Path, name: str, seed: int = 3) -> tuple[Pit, Mill]:
    """Return a machine of its own with a checkout of the same repository."""
    pit = Pit(tmp_path / name)
    return pit, Mill(pit.root, COUNT, seed=seed)


def ran(pit: Pit) -> list[str]:
    """Return the tasks that this machine did work for."""
    path = pit.home / "ran"
    return sorted(path.read_text().split()) if path.exists() else []


def run(pit: Pit, tiers: str, *argv: str) -> Result:
    """Run everything with a list of tiers, waiting for what is sent as a run in CI does."""
    result = pit("run", "--output", "json", *argv, env={"CI": "true", "PITSTOP_CACHE_TIERS": tiers})
    assert result.exit == 0, result
    return result


def test_of_two_clones_that_share_a_tier_the_second_does_no_work(tmp_path: Path, shared: Shared) -> None:
    results = []
    for name in ("first", "second"):
        pit, mill = clone(tmp_path, name, seed=4)
        with (mill.root / "pitstop.toml").open("a") as file:
            file.write(f"[[cache.tiers]]\n{shared.toml}\ntimeout = '30s'\n")
        results.append(pit("run", "--output", "json", env={"CI": "true", **shared.env}))
        assert results[-1].exit == 0, results[-1]
        assert [event for event in results[-1].events if event["event"] == "Notice"] == []
        assert differences(mill.found(), mill.expected()) == {}
        assert ran(pit) == (mill.names if name == "first" else [])
    assert set(endings(results[-1]).values()) == {"cache"}
    (used,) = [event for event in results[-1].events if event["event"] == "TierUsed"]
    assert (used["asked"], used["hits"]) == (COUNT, COUNT)


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


def test_stats_count_damaged_results_which_the_next_machine_finds_mended(tmp_path: Path) -> None:
    cache = HttpCache(validates=False)
    text = '[tasks.make]\ncommand = "mkdir -p out; date +%N > out/x"\noutputs = ["out/**"]\n'
    with serving(cache):
        machines = [Pit(tmp_path / name).write("pitstop.toml", text) for name in ("one", "two", "three")]
        run(machines[0], cache.base, "make")
        cache.results = dict.fromkeys(cache.results, b"\xff")
        run(machines[1], cache.base, "make")
        run(machines[2], cache.base, "make")
    here = [(pit.root / "out/x").read_text() for pit in machines]
    assert here[0] != here[1] == here[2]
    assert f"not taken from {cache.base}: 1 result, damaged or not to be believed" in machines[1]("cache", "stats").out
    assert "not taken" not in machines[2]("cache", "stats").out


def test_push_sends_what_a_tier_has_lost_and_says_what_it_has(tmp_path: Path) -> None:
    cache = HttpCache()
    with serving(cache):
        first, mill = clone(tmp_path, "first")
        first.env |= {"PITSTOP_CACHE_TIERS": cache.base}
        assert first("cache", "push").out == f"0 results here\n  {cache.base}: 0 sent, [size]; 0 there already\n"
        run(first, cache.base)
        for name in list(cache.results)[:5]:
            del cache.results[name]
        said = first("cache", "push").out.splitlines()
        assert said[0] == f"{COUNT} results here"
        assert said[1].startswith(f"  {cache.base}: 5 sent, ")
        assert said[1].endswith(f"; {COUNT - 5} there already")
        second, _ = clone(tmp_path, "second")
        run(second, cache.base)
        assert ran(second) == []
        cache.results.clear()
        alone = next(name for name in mill.names if not mill.needs[name])
        assert first("cache", "push", alone).out.startswith("1 result here\n")
        assert len(cache.results) == 1
        told = first("cache", "push", "--json").json
        assert told["results"] == COUNT
        assert told["sent"][cache.base].items() >= {("results", COUNT - 1), ("there", 1)}
    lost = first("cache", "push", "--json", env={"PITSTOP_CACHE_TIERS": "redis://127.0.0.1:1"})
    assert (lost.exit, lost.json["sent"]) == (3, {"redis://127.0.0.1:1": None})
    assert first("cache", "push", env={"PITSTOP_CACHE_TIERS": ""}).exit == 2
    text = (first.root / "pitstop.toml").read_text()
    first.write("pitstop.toml", text.replace(f"tasks = {mill.names}", "tasks = []"))
    assert first("cache", "push", env={"PITSTOP_CACHE_TIERS": "redis://127.0.0.1:1"}).out.startswith(f"{COUNT} results")


def test_a_dry_run_tells_what_a_tier_has_and_brings_nothing(tmp_path: Path) -> None:
    cache = HttpCache()
    with serving(cache):
        first, mill = clone(tmp_path, "first")
        run(first, cache.base)
        second, other = clone(tmp_path, "second")
        last = max(mill.names, key=lambda name: (len(mill.needs[name]), name))
        second.env |= {"PITSTOP_CACHE_TIERS": cache.base}
        cache.asked.clear()
        plan = second("run", "--dry-run", "--json").json
        assert {(task["status"], task["tier"]) for task in plan["tasks"]} == {("cache", cache.base)}
        assert [task["task"] for task in plan["tasks"]] == [f"//:{name}" for name in mill.names]
        assert len(cache.asked) == COUNT  # each result once, and no file
        assert not list((second.cache / "pitstop").rglob("cas/*/*"))
        other.write({last: "another\n"})
        said = second("run", "--dry-run").out.splitlines()
        users = {name for name in mill.names if last in mill.needs[name]}
        assert said[0].split()[:2] == ["run", f"//:{last}"]
        assert {line.split()[1] for line in said[1:-1]} >= {f"//:{name}" for name in users}
        assert said[-1].endswith(f" from {cache.base}")


def test_a_dry_run_waits_for_a_tier_that_hangs_once(tmp_path: Path, redis_address: str) -> None:
    host, port = redis_address.split(":")
    with fault_proxy(host, int(port), Fault("hang")) as proxy:
        first, mill = clone(tmp_path, "first")
        with (mill.root / "pitstop.toml").open("a") as file:
            file.write(f"[[cache.tiers]]\nurl = 'redis://{proxy.address}/8'\ntimeout = '0.2s'\n")
        plan = first("run", "--dry-run", "--json").json
        assert {task["status"] for task in plan["tasks"]} == {"run", "after"}
        assert len(plan["notes"]) == 1
        assert proxy.address in plan["notes"][0]


def test_an_evicted_result_is_gone_everywhere(tmp_path: Path, redis_url: str) -> None:
    tiers = f"{redis_url}/6"
    env = {"PITSTOP_CACHE_TIERS": tiers}
    first, _ = clone(tmp_path, "first")
    run(first, tiers)
    assert first("cache", "evict", "t000", env=env).out.splitlines()[1:] == ["  local: removed", f"  {tiers}: removed"]
    second, _ = clone(tmp_path, "second")
    run(second, tiers)
    assert ran(second) == ["t000"]
    again = second("cache", "evict", "t000", "--json", env=env).json
    assert (again["task"], again["removed"]) == ("//:t000", {"local": True, tiers: True})
    nobody = "redis://127.0.0.1:1"
    lost = second("cache", "evict", "0" * 64, "--json", env={"PITSTOP_CACHE_TIERS": nobody})
    assert (lost.exit, lost.json["removed"]) == (3, {"local": False, nobody: None})


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


def test_a_tier_that_is_named_later_gets_what_is_here_once_and_one_that_is_only_read_nothing(tmp_path: Path) -> None:
    cache, other = HttpCache(), HttpCache()
    with serving(cache), serving(other):
        first, _ = clone(tmp_path, "first")
        assert first("run").exit == 0
        text = (first.root / "pitstop.toml").read_text()
        tiers = f'[cache]\ntiers = [{{ url = "{cache.base}" }}, {{ url = "{other.base}", write = false }}]\n'
        first.write("pitstop.toml", text + tiers)
        result = first("run", "--output", "json", env={"CI": "true"})
        assert set(endings(result).values()) == {"fresh"}
        (sent,) = [event["sent"] for event in result.events if event["event"] == "TierUsed" and "sent" in event]
        assert (sent, len(other.results)) == (COUNT, 0)
        asked = len(cache.asked)
        (first.root / ".pitstop/state/tasks").unlink()  # every task is looked at, and is in the store here
        assert set(endings(first("run", "--output", "json", env={"CI": "true"})).values()) == {"cache"}
        assert len(cache.asked) == asked
        second, _ = clone(tmp_path, "second")
        run(second, cache.base)
        assert ran(second) == []
        asked = len(cache.asked)
        (second.root / ".pitstop/state/tasks").unlink()
        run(second, cache.base)  # what came from there need not be offered
        assert len(cache.asked) == asked


def test_a_task_with_a_secret_is_not_shared_and_why_miss_says_so_while_a_token_that_is_only_passed_is(
    tmp_path: Path,
) -> None:
    cache = HttpCache()
    made = "command = 'mkdir -p out; echo $NPM_TOKEN; date +%N > out/{0}'\noutputs = ['out/{0}']\n"
    text = f"[tasks.secret]\n{made.format('s')}secrets = ['NPM_TOKEN']\n"
    text += f"[tasks.passed]\n{made.format('p')}pass_env = ['NPM_TOKEN']\n"
    with serving(cache):
        machines = [Pit(tmp_path / name).write("pitstop.toml", text) for name in ("one", "two")]
        for number, pit in enumerate(machines):
            pit.env |= {"NPM_TOKEN": f"hush-hush-hush-{number}", "PITSTOP_CACHE_TIERS": cache.base, "CI": "true"}
            results = pit("run", "secret", "passed", "--output", "json", "--logs", "full")
            assert b"hush-hush-hush" not in results.raw_out
        assert endings(results) == {"//:secret": "run", "//:passed": "cache"}
        machines[1].write("more", "x")
        said = machines[1]("cache", "why-miss", "secret").out
        assert (
            "no other machine is asked for its result, or gets it: the value of `NPM_TOKEN` is part of its key" in said
        )
        assert "not_shared" in machines[1]("cache", "why-miss", "secret", "--json").json
        assert "no other machine" not in machines[1]("cache", "why-miss", "passed").out


def test_a_run_with_nothing_to_do_asks_nobody(tmp_path: Path) -> None:
    pit, _ = clone(tmp_path, "first")
    env = {"PITSTOP_CACHE_TIERS": "redis://127.0.0.1:1"}
    assert pit("run", env=env).exit == 0
    result = pit("run", "--output", "json", env=env)
    assert set(endings(result).values()) == {"fresh"}
    pit.env |= env
    assert not [name for name in loaded(pit, "run") if "tiers" in name]
    (pit.root / ".pitstop/state/tasks").unlink()  # every task is looked at, and is in the store here
    result = pit("run", "--output", "json")
    assert set(endings(result).values()) == {"cache"}
    assert [event for event in result.events if event["event"] in {"Notice", "TierUsed"}] == []


def test_a_run_does_not_wait_for_what_it_sends_and_a_kill_loses_nothing(tmp_path: Path, redis_address: str) -> None:
    host, port = redis_address.split(":")
    with fault_proxy(host, int(port), Fault("hang")) as proxy:
        tiers = f"[[cache.tiers]]\nurl = 'redis://{proxy.address}/8'\ntimeout = '0.3s'\n"
        first, mill = clone(tmp_path, "first")
        with (mill.root / "pitstop.toml").open("a") as file:
            file.write(tiers)
        result = first("run", "--output", "json")
        assert result.exit == 0
        assert len([event for event in result.events if event["event"] == "Notice"]) == 1
        until(lambda: bool(workers(first)), "the worker")
        for pid in workers(first):
            os.kill(pid, signal.SIGKILL)
        assert len(list((first.cache / "pitstop/uploads").glob("*/[!.]*"))) == COUNT
        proxy.fault = Fault()
        mill.write({"t000": "t000 is another\n"})
        assert first("run", env={"CI": "true"}).exit == 0
        assert not list((first.cache / "pitstop/uploads").glob("*/[!.]*"))
        second, other = clone(tmp_path, "second")
        run(second, f"redis://{proxy.address}/8")
        assert ran(second) == []
        other.write({"t000": "t000 is another\n"})
        run(second, f"redis://{proxy.address}/8")
        assert ran(second) == []


def test_two_runs_at_once_share_what_they_make(tmp_path: Path, redis_url: str) -> None:
    machines = [clone(tmp_path, name) for name in ("one", "two", "three")]
    env = {"CI": "true", "PITSTOP_CACHE_TIERS": f"{redis_url}/9"}
    for running in [pit.start("run", env=env) for pit, _ in machines]:
        assert running.wait().exit == 0
    for _, mill in machines:
        assert differences(mill.found(), mill.expected()) == {}
    fourth, mill = clone(tmp_path, "four")
    run(fourth, f"{redis_url}/9")
    assert ran(fourth) == []
    assert differences(mill.found(), mill.expected()) == {}


def workers(pit: Pit) -> list[int]:
    """Return the processes that send for this machine (Linux)."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                with (
                    open(f"/proc/{entry.name}/cmdline", "rb") as line,
                    open(f"/proc/{entry.name}/environ", "rb") as env,
                ):
                    if b"pitstop.cache.tiers.worker" in line.read() and str(pit.home).encode() in env.read():
                        found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_a_result_that_would_write_what_its_task_does_not_make_is_not_taken(tmp_path: Path) -> None:
    cache = HttpCache()
    with serving(cache) as served:
        first, mill = clone(tmp_path, "first")
        run(first, served.base)
        why = first("cache", "why", "t000", "--json", env={"PITSTOP_CACHE_TIERS": served.base}).json
        (name,) = [name for name in cache.results if why["action"] in name]
        evil = OutputFile("src/t001.txt", digest_of(b""))
        cache.results[name] = encode_result(ActionResult((evil,)))
        second, other = clone(tmp_path, "second")
        result = run(second, served.base)
        assert "t000" in ran(second)
        assert differences(other.found(), mill.expected()) == {}
        said = [event["message"] for event in result.events if event["event"] == "Notice"]
        why_not = "it would write `src/t001.txt`, which is none of its outputs"
        assert said == [f"`{served.base}` has a result for `//:t000` that is not taken: {why_not}"]
        run(first, served.base, "--force", "t000")  # and is replaced
        third, _ = clone(tmp_path, "third")
        run(third, served.base)
        assert ran(third) == []
