"""Cores, memory and locks that jobs share, with a real pipe between real processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitstop.core.task import Task, TaskId, TaskSpec
from pitstop.pipeline.execute.job import Work
from pitstop.pipeline.execute.jobserver import JobServer
from pitstop.pipeline.execute.resources import Resources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pitstop.pipeline.plan import Decision

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no job server on Windows")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JobServer]:
    made = JobServer(str(tmp_path), 3)
    yield made
    made.close()


@pytest.fixture
def resources(tmp_path: Path) -> Iterator[Resources]:
    made = Resources(str(tmp_path), 4, 1000)
    yield made
    made.close()


def job(cpu: float = 1.0, memory: int = 0, lock: str = "") -> tuple[Work, ...]:
    task = Task(TaskId("p:t"), "p", TaskSpec("t", ("x",), cpu=cpu, memory=memory, lock=lock))
    return (Work(task, cast("Decision", None)),)


def test_the_pool_has_as_many_cores_as_it_says_and_never_waits(server: JobServer, tmp_path: Path) -> None:
    assert server.take(2) == 2
    assert server.take(2) == 1
    assert server.take(2) == 0
    server.give(0)
    assert server.take(1) == 0
    server.give(3)
    assert server.take(9) == 3
    assert os.listdir(tmp_path) == [], "the pipe has no name any more"


def test_a_pool_is_whole_again_after_a_process_that_kept_its_cores(server: JobServer) -> None:
    os.read(server.reading, 2)
    server.refill()
    assert server.take(9) == 3
    server.give(5)
    server.refill()
    assert server.take(9) == 3


MAKE = """
import os, re, sys
reading, writing = map(int, re.search(r"--jobserver-auth=(\\d+),(\\d+)", os.environ["MAKEFLAGS"]).groups())
taken = os.read(reading, 2)
print("took", len(taken), flush=True)
sys.stdin.readline()
os.write(writing, taken)
"""


def test_a_process_that_joins_in_takes_cores_and_gives_them_back(server: JobServer) -> None:
    assert re.fullmatch(r" -j3 --jobserver-auth=\d+,\d+", server.flags)
    with subprocess.Popen(
        [sys.executable, "-c", MAKE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"MAKEFLAGS": server.flags},
        close_fds=False,  # the two ends are what it inherits
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "took 2\n"
        assert server.take(9) == 1
        child.communicate("go\n")
    assert child.returncode == 0
    assert server.take(9) == 2


def test_a_process_waits_for_a_core_until_there_is_one(server: JobServer) -> None:
    assert server.take(3) == 3
    with subprocess.Popen(
        [sys.executable, "-c", MAKE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"MAKEFLAGS": server.flags},
        close_fds=False,
    ) as child:
        server.give(1)
        assert child.communicate("go\n")[0] == "took 1\n"
    assert child.returncode == 0
    assert server.take(9) == 1


def test_closing_closes_every_end(tmp_path: Path) -> None:
    before = set(os.listdir("/dev/fd"))
    JobServer(str(tmp_path), 2).close()
    assert set(os.listdir("/dev/fd")) == before


def test_jobs_start_while_there_are_cores(resources: Resources) -> None:
    assert resources.seize(job(2)) == 2
    assert resources.seize(job(3)) == 0, "and take none when there are too few"
    assert resources.seize(job(2)) == 2
    assert resources.seize(job()) == 0
    resources.give_back(job(2), 2)
    assert resources.seize(job(0.2)) == 1, "half a core is a whole one"


def test_a_job_that_wants_more_than_there_is_runs_alone(resources: Resources) -> None:
    assert resources.seize(job(64, memory=5000)) == 4
    assert resources.seize(job(memory=1)) == 0
    resources.give_back(job(64, memory=5000), 4)
    assert resources.seize(job()) == 1
    assert resources.seize(job(memory=5000)) == 0


def test_jobs_with_one_lock_wait_for_each_other(resources: Resources) -> None:
    assert resources.seize(job(lock="target")) == 1
    assert resources.is_locked("target")
    assert resources.seize(job(lock="target")) == 0
    assert resources.seize(job(lock="other")) == 1
    resources.give_back(job(lock="target"), 1)
    assert not resources.is_locked("target")
    assert resources.seize(job(lock="target")) == 1


def test_a_lone_job_starts_even_when_a_dead_one_kept_all_cores(resources: Resources) -> None:
    assert resources.seize(job()) == 1
    os.read(resources._pool().reading, 3)
    resources.give_back(job(), 1)
    assert resources.seize(job(4)) == 4


def test_with_one_core_no_task_is_told_of_a_pool(tmp_path: Path) -> None:
    alone, pair = Resources(str(tmp_path), 1, 0), Resources(str(tmp_path), 2, 0)
    assert alone.make_flags == ""
    assert pair.make_flags.startswith(" -j2 ")
    alone.close()
    pair.close()


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    made = Resources(str(tmp_path / "file"), 2, 0)
    assert made.seize(job(2)) == 2
    made.close()


JOBS = st.lists(
    st.tuples(st.floats(0, 6), st.integers(0, 1500), st.sampled_from(["", "", "a", "b"])), min_size=1, max_size=12
)


@pytest.mark.slow
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(JOBS, st.randoms(use_true_random=False))
def test_what_runs_at_once_never_exceeds_what_there_is_and_everything_gets_its_turn(
    tmp_path: Path, specs: list[tuple[float, int, str]], random: Any
) -> None:
    resources = Resources(str(tmp_path), 4, 1000)
    waiting = [job(*spec) for spec in specs]
    running: list[tuple[tuple[Work, ...], int]] = []
    try:
        while waiting or running:
            for works in tuple(waiting):
                spec = works[0].task.spec
                others = [one[0].task.spec for one, _ in running]
                fits = (
                    sum(cores for _, cores in running) + min(max(1, round(spec.cpu)), 4) <= 4
                    and (not spec.memory or sum(one.memory for one in others) + spec.memory <= 1000)
                    and (not spec.lock or all(one.lock != spec.lock for one in others))
                )
                cores = resources.seize(works)
                assert bool(cores) == (fits or not running)
                if cores:
                    waiting.remove(works)
                    running.append((works, cores))
            assert running, "something always runs"
            resources.give_back(*running.pop(random.randrange(len(running))))
        assert resources._pool().take(9) == 4
    finally:
        resources.close()
