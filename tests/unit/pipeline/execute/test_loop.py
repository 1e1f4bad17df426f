"""The loop, driven with real processes in a folder of its own."""

from __future__ import annotations

import os
import selectors
import signal
from typing import TYPE_CHECKING, Any, cast

import pytest
from tests.unit.pipeline.inside import ENVIRON, package, world

from pitstop.core import events
from pitstop.core.task import CACHE_NEVER, Retry, TaskId, TaskSpec
from pitstop.pipeline.execute import loop
from pitstop.pipeline.execute.job import Job, Work
from pitstop.pipeline.execute.loop import Loop
from pitstop.pipeline.execute.options import Options
from pitstop.pipeline.plan import Decision

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="tasks run on POSIX only")]


def finished(told: list[events.Event]) -> dict[str, str]:
    return {event.task: event.outcome for event in told if isinstance(event, events.TaskFinished)}


def task(name: str, command: str, **more: Any) -> TaskSpec:
    return TaskSpec(name, command, cache=CACHE_NEVER)._replace(**more)


def make(path: Path, told: list[events.Event], *specs: TaskSpec, options: Options = Options()) -> Loop:  # noqa: B008
    (path / "root/p").mkdir(parents=True)
    return Loop(world(path / "root", [package("p", *specs)], path / "store", told), options)


class Counting(selectors.DefaultSelector):
    """Counts how often it is asked."""

    asked = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.asked += 1
        return super().select(timeout)


def test_an_attempt_that_waits_for_a_core_does_not_keep_one_busy_waiting(tmp_path: Path) -> None:
    told: list[events.Event] = []
    flaky = task("flaky", "test -e again || { touch again; exit 1; }", retry=Retry(1, 0.05))
    loop = make(tmp_path, told, flaky, task("long", "sleep 0.7"), options=Options(jobs=1))
    loop._children._selector = counting = Counting()
    assert loop.run() == events.SUCCESS
    assert finished(told) == {"p:flaky": events.SUCCESS, "p:long": events.SUCCESS}
    assert counting.asked < 100  # ten ticks a second, and a few for each process


def test_an_interrupt_while_the_cache_answers_stops_the_run(tmp_path: Path) -> None:
    told: list[events.Event] = []
    loop = make(tmp_path, told, TaskSpec("first"), *(TaskSpec(f"t{n}", depends_on=("first",)) for n in range(50)))
    tell = loop._world.emit

    def interrupted(event: events.Event) -> None:
        tell(event)
        if isinstance(event, events.TaskFinished) and event.task == "p:first":
            os.kill(os.getpid(), signal.SIGINT)

    loop._tasks._world = loop._world = loop._world._replace(emit=interrupted)
    assert loop.run() == events.CANCELLATION
    assert set(finished(told).values()) == {events.SUCCESS, events.CANCELLATION}
    assert not [event for event in told if isinstance(event, events.TaskStarted)]


def test_what_an_attempt_left_running_is_gone_before_the_next_one_starts(tmp_path: Path) -> None:
    told: list[events.Event] = []
    beating = "(trap '' TERM; while :; do echo > beat; sleep 0.01; done) & while ! test -e beat; do :; done; exit 1"
    left = f"test -e beat && {{ rm beat; sleep 0.1; test ! -e beat; exit; }}; {beating}"
    loop = make(tmp_path, told, task("left", left, retry=Retry(1, 0.2)))
    assert loop.run() == events.SUCCESS


@pytest.mark.parametrize("slots", [1, 2, 4])
def test_no_more_cores_are_kept_busy_than_there_are(tmp_path: Path, slots: int) -> None:
    told: list[events.Event] = []
    count = "mkdir -p now; touch now/$PITSTOP_TASK; ls now | wc -l >> seen; sleep 0.05; rm now/$PITSTOP_TASK"
    specs = [task(f"t{n}", count, cpu=float(n % 3 + 1)) for n in range(12)]
    assert make(tmp_path, told, *specs, options=Options(jobs=slots)).run() == events.SUCCESS
    seen = [int(line) for line in (tmp_path / "root/p/seen").read_text().split()]
    assert len(seen) == 12
    assert max(seen) <= slots


def test_what_is_for_the_cluster_is_in_no_batch_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[events.Event] = []
    batches: list[list[str]] = []
    monkeypatch.setattr(loop, "batch_of", lambda _first, waiting, _world: batches.append([w.task.id for w in waiting]))
    specs = [task(name, "true", batch="cargo", remote=name == "b") for name in "abc"]
    made = make(tmp_path, told, *specs)
    monkeypatch.setattr(made._away, "wants", lambda work: work.task.spec.remote)
    monkeypatch.setattr(made, "_send", lambda work: made._tasks.go_on(work.task))
    assert made.run() == events.SUCCESS
    assert batches == [["p:c"], []]


def test_tasks_that_name_the_same_lock_never_run_at_once(tmp_path: Path) -> None:
    told: list[events.Event] = []
    alone = "mkdir here && sleep 0.05 && rmdir here"
    specs = [task(f"t{n}", alone, lock="here") for n in range(6)] + [task("free", "sleep 0.1")]
    assert make(tmp_path, told, *specs, options=Options(jobs=4)).run() == events.SUCCESS


def test_declared_memory_bounds_what_runs_at_once(tmp_path: Path) -> None:
    told: list[events.Event] = []
    count = "mkdir -p now; touch now/$PITSTOP_TASK; ls now | wc -l >> seen; sleep 0.08; rm now/$PITSTOP_TASK"
    specs = [task(f"t{n}", count, memory=40 << 20) for n in range(6)]
    options = Options(jobs=6, memory=100 << 20)
    assert make(tmp_path, told, *specs, options=options).run() == events.SUCCESS
    assert max(map(int, (tmp_path / "root/p/seen").read_text().split())) == 2


def test_a_task_that_needs_more_than_there_is_runs_alone(tmp_path: Path) -> None:
    told: list[events.Event] = []
    big = task("big", "test ! -e small && sleep 0.1", memory=200 << 20, cpu=64)
    small = task("small", "touch small; sleep 0.1; rm small", memory=1 << 20)
    assert make(tmp_path, told, big, small, options=Options(jobs=2, memory=100 << 20)).run() == events.SUCCESS


def test_the_longest_way_to_the_end_goes_first(tmp_path: Path) -> None:
    told: list[events.Event] = []
    specs = [
        task("short", "true"),
        task("end", "true", depends_on=("long",)),
        task("long", "true"),
        task("mid", "true"),
    ]
    loop = make(tmp_path, told, *specs, options=Options(jobs=1))
    loop._tasks.schedule = type(loop._tasks.schedule)(
        loop._world.graph, {"p:short": 1, "p:mid": 3, "p:long": 2, "p:end": 2}
    )
    loop.run()
    order = [event.task for event in told if isinstance(event, events.TaskStarted)]
    assert order == ["p:long", "p:mid", "p:end", "p:short"]


def test_a_listener_is_told_of_resource_use(tmp_path: Path) -> None:
    told: list[events.Event] = []
    burn = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"
    assert make(tmp_path, told, task("burn", burn)).run() == events.SUCCESS
    (ended,) = [event for event in told if isinstance(event, events.TaskFinished)]
    assert ended.cpu_s > 0
    assert ended.duration_s > 0
    assert ended.memory > 500 << 10


def test_a_fresh_task_of_another_run_is_waited_for(tmp_path: Path) -> None:
    told: list[events.Event] = []
    loop = make(tmp_path, told, task("mine", "true"), task("taken", "true"))
    other = type(loop._tasks.claims)(loop._world.root)
    assert other.take(["p:taken"])
    tell = loop._world.emit
    closed: list[str] = []

    def let_go(event: events.Event) -> None:
        tell(event)
        if isinstance(event, events.TaskFinished) and not closed:
            closed.append(event.task)
            other.drop(["p:taken"])

    loop._world = loop._world._replace(emit=let_go)
    assert loop.run() == events.SUCCESS
    assert closed == ["p:mine"]
    assert finished(told) == {"p:mine": events.SUCCESS, "p:taken": events.SUCCESS}


class Endless:
    """A batch that always has one more command."""

    env: Mapping[str, str] = {}

    def feed(self, data: bytes) -> list[Any]:
        del data
        return []

    def next_command(self, exit_code: int) -> tuple[str, ...]:
        del exit_code
        return ("sleep", "600")

    def finish(self) -> list[Any]:
        return []


def test_no_further_command_of_a_batch_is_started_after_an_interrupt(tmp_path: Path) -> None:
    loop = make(tmp_path, [], task("one", "true"))
    one = loop._world.graph[TaskId("p:one")]
    job = Job((Work(one, Decision("miss")),), ("true",), str(tmp_path), ENVIRON, (), cast("Any", Endless()))
    job.held = loop._resources.seize(job.works)
    job.start()
    assert job.process is not None
    os.waitid(os.P_PID, job.process.pid, os.WEXITED | os.WNOWAIT)
    job.result = job.process.reap()
    loop._stopping = "interrupted"
    loop._next_step(job)
    assert loop._children.jobs == {}
    assert job.reason == events.CANCELLATION
