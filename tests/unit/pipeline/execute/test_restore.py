"""Restoring many tasks at once: a second process helps, and nothing depends on it."""

from __future__ import annotations

import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest
from tests.unit.pipeline.inside import package, world

from pitstop.cache.disk import DiskStore
from pitstop.core import events
from pitstop.core.task import TaskSpec
from pitstop.pipeline.execute.loop import Loop
from pitstop.pipeline.execute.options import Options
from pitstop.pipeline.execute.restore import Helper

if TYPE_CHECKING:
    from pathlib import Path

    from pitstop.core.events import Event

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

COUNT = 20
SPEC = TaskSpec("build", "mkdir -p dist && cp in dist/out && ln -sf out dist/link", outputs=("dist/**",))
PACKAGES = [package(f"p{number}", SPEC) for number in range(COUNT)]


def run(root: Path) -> list[Event]:
    told: list[Event] = []
    made = world(root, PACKAGES, root.parent / "store", told)
    assert Loop(made, Options()).run() == "success"
    made.planner.memory.save(keys=True)
    return told


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose tasks have all run, with their outputs deleted."""
    for number in range(COUNT):
        (tmp_path / f"root/p{number}").mkdir(parents=True)
        (tmp_path / f"root/p{number}/in").write_text(f"content {number}")
    run(tmp_path / "root")
    for number in range(COUNT):
        shutil.rmtree(tmp_path / f"root/p{number}/dist")
    return tmp_path / "root"


def origins(told: list[Event]) -> dict[str, str]:
    return {event.task: event.origin for event in told if isinstance(event, events.TaskFinished)}


def right(root: Path) -> bool:
    return all(
        (root / f"p{number}/dist/out").read_text() == f"content {number}"
        and (root / f"p{number}/dist/link").readlink().name == "out"
        for number in range(COUNT)
    )


@pytest.mark.slow
def test_all_of_many_outputs_come_back_and_are_known_to_be_there(root: Path) -> None:
    assert set(origins(run(root)).values()) == {events.CACHED}
    assert right(root)
    assert set(origins(run(root)).values()) == {events.FRESH}


@pytest.mark.slow
@pytest.mark.parametrize("number", [4, 5])
def test_what_the_store_has_wrong_runs_again_and_is_said_once(root: Path, number: int) -> None:
    """Whichever of the two processes finds it."""
    for blob in (root.parent / "store/cas").glob("*/*"):
        if blob.read_bytes() == f"content {number}".encode():
            blob.write_bytes(f"cOntent {number}".encode())
    told = run(root)
    assert [task for task, origin in origins(told).items() if origin == events.RAN] == [f"p{number}:build"]
    assert right(root)


@pytest.mark.slow
def test_two_processes_that_replace_what_lies_there_are_not_in_each_others_way(root: Path) -> None:
    """What is large is half written for a while, so names that both use meet."""
    for turn in ("one", "other"):
        for number in range(COUNT):
            (root / f"p{number}/in").write_text(f"{turn} {number} " * 100_000)
        run(root)
    for number in range(COUNT):
        (root / f"p{number}/in").write_text(f"one {number} " * 100_000)
    told = run(root)
    assert set(origins(told).values()) == {events.CACHED}
    assert not [event for event in told if isinstance(event, events.Notice)]


def test_a_helper_has_names_of_its_own_for_what_is_half_written(tmp_path: Path) -> None:
    store = DiskStore(str(tmp_path))
    helper = Helper(lambda _one: store.reserve(), store)
    helper.ask([asked("a"), asked("b")])
    names = [str(one) for one in helper.told()] + [store.reserve() for _ in range(2)]
    helper.close()
    assert len(set(names)) == 4


def asked(name: str) -> tuple[tuple[()], tuple[()], tuple[str, ...], tuple[()]]:
    return (), (), (name,), ()


def test_a_helper_answers_in_order_and_passes_warnings_on(tmp_path: Path) -> None:
    warnings: list[str] = []
    store, pid = DiskStore(str(tmp_path), warnings.append), os.getpid()

    def work(one: object) -> str:
        assert isinstance(one, tuple)
        if os.getpid() != pid:
            store.warn(f"about {one[2][0]}")
        return f"{one[2][0]} {'here' if os.getpid() == pid else 'there'}"

    helper = Helper(work, store)
    helper.ask([asked("a"), asked("b" * 200_000)])
    assert helper.told() == ["a there", f"{'b' * 200_000} there"]
    helper.ask([asked("c")])
    assert helper.told() == ["c there"]
    helper.close()
    assert warnings == ["about a", f"about {'b' * 200_000}", "about c"]


@pytest.mark.parametrize("when", ["before it is asked", "while it works"])
def test_what_a_killed_helper_does_not_answer_is_done_here(tmp_path: Path, when: str) -> None:
    pid = os.getpid()

    def work(one: object) -> str:
        if os.getpid() != pid:
            os.kill(os.getpid(), signal.SIGKILL)
        return "here"

    helper = Helper(work, DiskStore(str(tmp_path)))
    if when == "before it is asked":
        os.kill(helper.pid, signal.SIGKILL)
        os.waitid(os.P_PID, helper.pid, os.WEXITED | os.WNOWAIT)
    helper.ask([asked("a"), asked("b")])
    assert helper.told() == ["here", "here"]
    helper.ask([asked("c")])
    assert helper.told() == ["here"]
    helper.close()
