"""What a task needs, decided from what is remembered, what lies on disk and what the store has."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from tests.unit.pipeline.inside import package, planner, world

from pitstop.core.task import CACHE_CHECKOUT, CACHE_NEVER, TaskId, TaskSpec
from pitstop.pipeline import plan
from pitstop.pipeline.execute.loop import Loop
from pitstop.pipeline.execute.options import Options
from pitstop.pipeline.graph import link
from pitstop.pipeline.outputs import Kept

if TYPE_CHECKING:
    from pathlib import Path

    from pitstop.core.package import Package
    from pitstop.pipeline.plan import Decision

pytestmark = pytest.mark.skipif(os.name != "posix", reason="tasks run on POSIX only")

BUILD = TaskSpec("build", "mkdir -p dist && cat *.txt > dist/out", outputs=("dist/**",))
ID = TaskId("p:build")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one package that has one file."""
    (tmp_path / "root/p").mkdir(parents=True)
    (tmp_path / "root/p/in.txt").write_text("in")
    return tmp_path / "root"


def run(root: Path, packages: list[Package]) -> None:
    at = world(root, packages, root.parent / "store", [])
    assert Loop(at, Options()).run() == "success"
    at.planner.memory.save(keys=True)


def decide(root: Path, spec: TaskSpec = BUILD, *, forced: bool = False, use_store: bool = True) -> Decision:
    packages = [package("p", spec)]
    made = planner(root, packages, root.parent / "store", use_store=use_store)
    return made.decide(link(packages)[TaskId(f"p:{spec.name}")], forced=forced)


def test_what_never_ran_is_a_miss_that_says_so(root: Path) -> None:
    assert decide(root)[0::3] == (plan.MISS, "never ran here")
    assert decide(root, TaskSpec("stage")).kind == plan.NOTHING


def test_what_lies_there_as_it_was_left_is_fresh(root: Path) -> None:
    run(root, [package("p", BUILD)])
    assert decide(root).kind == plan.FRESH
    assert decide(root, use_store=False).kind == plan.FRESH
    assert decide(root, forced=True)[0::3] == (plan.MISS, "forced")


def test_what_the_store_has_is_a_hit(root: Path) -> None:
    run(root, [package("p", BUILD)])
    (root / "p/dist/out").unlink()
    found = decide(root)
    assert found.kind == plan.HIT
    assert found.result is not None
    assert [file.path for file in found.result.files] == ["p/dist/out"]
    assert decide(root, use_store=False)[0::3] == (plan.MISS, "its outputs changed, and the store no longer has them")
    shutil.rmtree(root / ".pitstop")
    assert decide(root).kind == plan.HIT


def test_a_miss_says_what_differs(root: Path) -> None:
    run(root, [package("p", BUILD)])
    (root / "p/in.txt").write_text("IN")
    assert decide(root)[0::3] == (plan.MISS, "p/in.txt changed")
    (root / "p/new.txt").write_text("")
    assert decide(root)[3] == "p/in.txt changed and 1 more"
    (root / "p/new.txt").unlink()
    (root / "p/in.txt").write_text("in")
    assert decide(root, BUILD._replace(command="true"))[3] == "command changed"
    shutil.rmtree(root.parent / "store")
    (root / "p/dist/out").unlink()
    assert decide(root)[0::3] == (plan.MISS, "its outputs changed, and the store no longer has them")


def test_a_result_of_which_a_blob_is_gone_is_a_miss(root: Path) -> None:
    run(root, [package("p", BUILD)])
    (root / "p/dist/out").unlink()
    shutil.rmtree(root.parent / "store/cas")
    assert decide(root).kind == plan.MISS


def test_what_is_never_cached_is_always_a_miss(root: Path) -> None:
    spec = BUILD._replace(cache=CACHE_NEVER)
    run(root, [package("p", spec)])
    assert decide(root, spec)[0::3] == (plan.MISS, "never cached")
    assert not (root.parent / "store/ac").exists()


def test_an_installation_is_fresh_while_it_is_there(root: Path) -> None:
    spec = BUILD._replace(cache=CACHE_CHECKOUT)
    run(root, [package("p", spec)])
    assert decide(root, spec).kind == plan.FRESH
    (root / "p/dist/out").write_text("changed by hand")
    assert decide(root, spec).kind == plan.FRESH
    shutil.rmtree(root / "p/dist")
    assert decide(root, spec)[0::3] == (plan.MISS, "its outputs are gone")


def test_a_task_that_could_not_be_kept_whole_gives_nobody_a_known_key(root: Path) -> None:
    packages = [package("p", BUILD, TaskSpec("test", "true", depends_on=("build",)))]
    graph = link(packages)
    actions = []
    for known in (True, True, False, False):
        made = planner(root, packages, root.parent / "store")
        key = made.decide(graph[ID]).key
        made.settle(graph[ID], key, Kept(complete=known), 1.0, known=known)
        actions.append(made.decide(graph[TaskId("p:test")]).key)
    named = [key.action for key in actions if key is not None]
    assert named[0] == named[1]
    assert len(set(named)) == 3


def test_what_another_run_has_done_meanwhile_is_seen(root: Path) -> None:
    packages = [package("p", BUILD)]
    task = link(packages)[ID]
    made = planner(root, packages, root.parent / "store")
    before = made.decide(task)
    assert not made.is_done_by_now(task, before)
    run(root, packages)
    assert made.is_done_by_now(task, before)
    assert not made.is_done_by_now(task, made.decide(task, forced=True))
