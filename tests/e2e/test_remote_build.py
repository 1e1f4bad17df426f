"""A real C project is built and tested by a real cluster, from a machine on which nothing was built before."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from tests.e2e.argon import TASKS, argon, ended
from tests.parts.line import line_to
from tests.support.pit import Pit, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.parts.buildgrid import Grid

pytestmark = pytest.mark.slow


def workers_at(pit: Pit, grid: Grid) -> dict[str, int]:
    """Return how many operations each worker of the cluster is at."""
    status = pit("remote", "status", f"grpc://{grid.address}", "--json").json
    return {worker["name"]: len(worker["operations"]) for worker in status["workers"]}


def test_an_empty_machine_builds_and_tests_with_two_workers(pit: Pit, grid: Grid) -> None:
    argon(pit, f"grpc://{grid.address}", salt="empty")
    tasks = ended(pit("run", "test", "--remote", f"grpc://{grid.address}", "--output", "json"))
    assert {name: task["outcome"] for name, task in tasks.items()} == dict.fromkeys(tasks, "success")
    assert len(tasks) == TASKS
    assert {task["worker"] for task in tasks.values()} == {"w1", "w2"}
    assert os.access(pit.root / "out/check", os.X_OK)
    assert pit("run", "test").out == "10 tasks: 10 cached, 0 ran, 0 failed in [time]\n"


def test_a_second_machine_is_given_what_the_cluster_knows(pit: Pit, grid: Grid, tmp_path: Path) -> None:
    url = f"grpc://{grid.address}"
    assert argon(pit, url, salt="second")("run", "test", "--remote", url).exit == 0
    other = argon(Pit(tmp_path / "other"), url, salt="second")
    tasks = ended(other("run", "test", "--remote", url, "--output", "json"))
    assert {task.get("origin") for task in tasks.values()} == {"cache"}
    assert (other.root / "out/check").read_bytes() == (pit.root / "out/check").read_bytes()


def test_a_worker_that_is_killed_halfway_costs_time_and_nothing_else(pit: Pit, grid: Grid) -> None:
    argon(pit, f"grpc://{grid.address}", salt="killed", pause_s=1)
    grid.add_worker("w3")
    running = pit.start("run", "test", "--remote", f"grpc://{grid.address}", "--output", "json")
    try:
        until(lambda: workers_at(pit, grid).get("w3", 0) > 0, "w3 is given something to do")
        grid.workers["w3"].send_signal(signal.SIGKILL)
        tasks = ended(running.wait())
    finally:
        del grid.workers["w3"]
    assert {name: task["outcome"] for name, task in tasks.items()} == dict.fromkeys(tasks, "success")
    assert len(tasks) == TASKS
    assert all(task["worker"] for task in tasks.values())


def test_a_connection_that_breaks_is_taken_up_again(pit: Pit, grid: Grid) -> None:
    with line_to(grid.address) as line:
        url = f"grpc://{line.address}"
        pit.write("pitstop.toml", '[tasks.slow]\ncommand = "sleep 2; echo over"\nenv = { SALT = "cut" }\n')
        running = pit.start("run", "slow", "--remote", url, "--output", "json")
        until(lambda: any(workers_at(pit, grid).values()), "a worker is at it")
        line.cut()
        task = ended(running.wait())["slow"]
    assert (task["outcome"], bool(task["worker"])) == ("success", True)
    assert 2 <= task["duration_s"] < 4  # what it took there, not twice


def test_a_cluster_that_goes_leaves_the_rest_to_this_machine(pit: Pit, grid: Grid) -> None:
    with line_to(grid.address) as line:
        url = f"grpc://{line.address}"
        argon(pit, url, salt="gone", pause_s=1, remote='reconnect = "0.5s"')
        running = pit.start("run", "test", "--remote", url, "--output", "json")
        until(lambda: any(workers_at(pit, grid).values()), "a worker is at it")
        line.take_down()
        result = running.wait()
    tasks = ended(result)
    assert {name: task["outcome"] for name, task in tasks.items()} == dict.fromkeys(tasks, "success")
    assert not tasks["test"].get("worker")
    notices = [event["message"] for event in result.events if event["event"] == "Notice"]
    assert len(notices) == 1
    assert notices[0].startswith(f"`{url}` is out of reach: ")
    assert notices[0].endswith(": what is left runs here")


def test_ctrl_c_ends_what_runs_there(pit: Pit, grid: Grid) -> None:
    pit.write("pitstop.toml", '[tasks.long]\ncommand = "sleep 600"\n')
    running = pit.start("run", "long", "--remote", f"grpc://{grid.address}", "--output", "json")
    until(lambda: any(workers_at(pit, grid).values()), "a worker is at it")
    result = running.interrupt().wait()
    assert (result.exit, ended(result)["long"]["outcome"]) == (130, "cancellation")
    until(lambda: not any(workers_at(pit, grid).values()), "no worker is at it any more")


def test_a_killed_run_leaves_nothing_running_there(pit: Pit, grid: Grid) -> None:
    pit.write("pitstop.toml", '[tasks.long]\ncommand = "sleep 601"\n')
    running = pit.start("run", "long", "--remote", f"grpc://{grid.address}")
    until(lambda: any(workers_at(pit, grid).values()), "a worker is at it")
    running.kill()
    until(lambda: not any(workers_at(pit, grid).values()), "no worker is at it any more")


@pytest.mark.parametrize("fallback", ["true", "false"])
def test_what_no_worker_can_take_is_given_up_with_what_nobody_offers(pit: Pit, grid: Grid, fallback: str) -> None:
    url = f"grpc://{grid.address}"
    pit.write(
        "pitstop.toml",
        f'[remote]\nurl = "{url}"\nqueue_timeout = "0.5s"\nfallback = {fallback}\n'
        '[tasks.first]\ncommand = "true"\nremote = true\n'
        '[tasks.large]\ncommand = "true"\ndepends_on = ["first"]\nremote = { platform = { pool = "large" } }\n',
    )
    result = pit("run", "large", "--output", "json")
    tasks = ended(result)
    assert tasks["first"]["worker"]
    why = f"no worker of `{url}` offers `pool=large`"
    if fallback == "true":
        notices = [event["message"] for event in result.events if event["event"] == "Notice"]
        assert notices == [f"`//:large` runs here: {why}"]
        assert (tasks["large"]["outcome"], tasks["large"].get("worker")) == ("success", None)
    else:
        assert (tasks["large"]["outcome"], tasks["large"]["message"]) == ("error", why)


def test_a_task_that_fails_there_has_failed_and_is_not_kept(pit: Pit, grid: Grid) -> None:
    url = f"grpc://{grid.address}"
    pit.write(
        "pitstop.toml",
        '[tasks.bad]\ncommand = "echo out; echo err >&2; exit 3"\n[tasks.late]\ncommand = "sleep 30"\ntimeout = "1s"\n',
    )
    for _ in range(2):
        result = pit("run", "bad", "late", "--remote", url, "--output", "json")
        tasks = ended(result)
        assert result.exit == 1
        assert (tasks["bad"]["outcome"], tasks["bad"]["exit_code"]) == ("failure", 3)
        assert (tasks["late"]["outcome"], tasks["late"].get("origin")) == ("timeout", None)
    assert pit("logs", "//:bad", "--raw").out == "out\nerr\n"


def test_idle_cores_race_the_cluster_and_the_first_to_end_wins(pit: Pit, grid: Grid) -> None:
    # Under buildbox the input root is the root of the file system.
    pit.write(
        "pitstop.toml",
        f'[remote]\nurl = "grpc://{grid.address}"\n'
        '[tasks.here]\ncommand = "test $PWD != / || sleep 60; echo here > out/here"\noutputs = ["out/here"]\n'
        '[tasks.there]\ncommand = "test $PWD = / || (echo half > out/half; sleep 60); echo there > out/there"\n'
        'outputs = ["out/*"]\ndepends_on = ["here"]\n',
    ).write(".gitignore", ".pitstop/\nout/\n")
    (pit.root / "out").mkdir()
    tasks = ended(pit("run", "there", "--remote", "auto", "--output", "json"))
    assert {name: (task["outcome"], bool(task.get("worker"))) for name, task in tasks.items()} == {
        "here": ("success", False),
        "there": ("success", True),
    }
    assert sorted(path.name for path in (pit.root / "out").iterdir()) == ["here", "there"]


def test_buildbox_casd_is_a_cluster_of_one(pit: Pit, casd_address: str) -> None:
    url = f"grpc://{casd_address}"
    tasks = ended(argon(pit, url, salt="casd")("run", "test", "--remote", url, "--output", "json"))
    assert {name: task["outcome"] for name, task in tasks.items()} == dict.fromkeys(tasks, "success")
    assert all(task["worker"] for task in tasks.values())
    assert pit("remote", "status", url).out.startswith(f"{url}  REAPI 2.")
