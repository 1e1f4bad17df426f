"""Tasks that need no new key: their keys and decisions are those that are worked out in full."""

from __future__ import annotations

import os
import shutil
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pipeline.inside import ENVIRON, package, world

from pitstop.cache.disk import DiskStore
from pitstop.core.task import TaskId, TaskSpec
from pitstop.links.tools import Tools
from pitstop.links.walk import walk
from pitstop.pipeline import index, noop
from pitstop.pipeline.execute.loop import Loop
from pitstop.pipeline.execute.options import Options
from pitstop.pipeline.graph import link
from pitstop.pipeline.keys import Keys, Upstream
from pitstop.pipeline.memory import Memory
from pitstop.pipeline.plan import FRESH, HIT, MISS, Planner
from pitstop.pipeline.settings.model import Settings
from pitstop.pipeline.untouched import renew, untouched
from pitstop.pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="tasks run on POSIX only")

COPY = "mkdir -p dist && cat *.txt > dist/out"
PACKAGES = [
    package("a", TaskSpec("build", COPY, outputs=("dist/**",)), shared=("top.txt",)),
    package("b", TaskSpec("build", COPY, depends_on=("^build",), outputs=("dist/**",)), needs=("a",)),
    package("c", TaskSpec("test", "cat ../b/dist/out", depends_on=("^build",), inputs=("in.txt", "//extra/**")), needs=("b",)),
    package("d", TaskSpec("all", (), depends_on=("a:build",)), TaskSpec("test", "true", depends_on=("all",))),
    package("a/inner", TaskSpec("build", "true")),
    package("e", TaskSpec("lint", "true"), needs=("a",)),
]  # fmt: skip
FILES = (
    "top.txt",
    "other.txt",
    "extra/one",
    "a/in.txt",
    "a/inner/in.txt",
    "b/in.txt",
    "c/in.txt",
    "c/free.txt",
    "d/x",
    "e/x",
)
OUTPUTS = ("a/dist", "b/dist")


def workspace(root: str, plan: bytes = b"plan") -> Workspace:
    snapshot = index.take(root, walk(root), f"{root}/.pitstop/state/index")
    return Workspace(root, snapshot, tuple(PACKAGES), Settings(), link(PACKAGES), (), plan)


def planner(space: Workspace) -> Planner:
    memory = Memory(space.root)
    known = memory.load_keys()
    tools = Tools(space.root, ENVIRON, known["tools"])
    keys = Keys(space.root, space.snapshot, space.packages, ENVIRON, tools, known["seen"], lambda: b"k" * 32)
    return Planner(space.root, space.packages, keys, DiskStore(f"{space.root}.store"), memory)


def certified(root: str) -> None:
    """Run everything, and remember that nothing is left to do."""
    from pathlib import Path

    at = world(Path(root), PACKAGES, Path(f"{root}.store"), [])
    assert Loop(at, Options()).run() == "success"
    space, tasks = workspace(root), tuple(at.graph.values())
    checks = at.planner.keys.tools.checks()
    assert noop.issue(root, "all", "name", space.snapshot, at.planner, tasks, ENVIRON, checks, b"plan", 1.0)
    at.planner.memory.save(keys=True)


def decided(made: Planner, graph: dict[TaskId, object]) -> dict[str, tuple[str, str]]:
    """Return kind and action of each task; one that must run leaves something nobody has seen."""
    found = {}
    for name, task in link(PACKAGES).items():
        assert name in graph
        decision = made.decide(task)
        found[str(name)] = decision.kind, decision.key.action if decision.key is not None else ""
        if decision.kind == FRESH:
            made.settle_fresh(task)
        elif decision.kind == HIT:
            made.upstream[name] = made.of_result(task, decision)
        elif decision.kind == MISS:
            made.upstream[name] = Upstream(f"new {name}")
        else:
            made.upstream[name] = made.passed_on(task)
    return found


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str]:
    return draw(st.sampled_from(FILES)), draw(st.sampled_from(("same", "other", "gone")))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(edits(), max_size=3), st.sets(st.sampled_from(OUTPUTS)))
def test_what_is_untouched_is_decided_as_if_all_keys_were_made(changes: list[tuple[str, str]], lost: set[str]) -> None:
    with TemporaryDirectory() as folder:
        root = f"{os.path.realpath(folder)}/root"
        for path in FILES:
            os.makedirs(os.path.dirname(f"{root}/{path}"), exist_ok=True)
            put(f"{root}/{path}", "same")
        certified(root)
        for path, content in changes:
            put(f"{root}/{path}", content)
        for output in lost:
            shutil.rmtree(f"{root}/{output}")
        space = workspace(root)
        slow, fast = planner(space), planner(space)
        known = untouched(space, "all", fast.memory, ENVIRON)
        assert known is not None
        fast.untouched = dict(known[1])
        graph: dict[TaskId, object] = dict(space.graph)
        assert decided(fast, graph) == decided(slow, graph)
        if not (changes or lost):  # the one with inputs of its own is always looked at
            assert set(known[1]) == {"a:build", "b:build", "d:test", "a/inner:build", "e:lint"}


def put(path: str, content: str) -> None:
    if content == "gone":
        if os.path.exists(path):
            os.unlink(path)
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


@pytest.fixture
def root(tmp_path: Path) -> str:
    """A repository that has nothing left to do."""
    where = str(tmp_path / "root")
    for path in FILES:
        os.makedirs(os.path.dirname(f"{where}/{path}"), exist_ok=True)
        put(f"{where}/{path}", "same")
    certified(where)
    return where


def test_only_what_an_edit_reaches_is_touched(root: str) -> None:
    put(f"{root}/b/in.txt", "other")
    space = workspace(root)
    known = untouched(space, "all", Memory(root), ENVIRON)
    assert known is not None
    assert set(known[1]) == {"a:build", "d:test", "a/inner:build", "e:lint"}


def test_an_edit_reaches_the_packages_that_need_the_package_also_without_a_task_between(root: str) -> None:
    put(f"{root}/a/in.txt", "other")
    space = workspace(root)
    known = untouched(space, "all", Memory(root), ENVIRON)
    assert known is not None
    assert set(known[1]) == {"d:test", "a/inner:build"}


@pytest.mark.parametrize("what", ["plan", "variable", "selection", "another run", "forgotten task"])
def test_nothing_is_untouched_when_more_than_files_may_differ(root: str, what: str) -> None:
    put(f"{root}/b/in.txt", "other")
    space, memory, environ = workspace(root, b"another" if what == "plan" else b"plan"), Memory(root), dict(ENVIRON)
    if what == "variable":
        environ["RUSTFLAGS"] = "-g"
    if what == "another run":  # it has taken the edit up, and perhaps run something
        space = workspace(root)
    if what == "forgotten task":
        memory.set("a:build", None)
    assert untouched(space, "none" if what == "selection" else "all", memory, environ) is None


def test_a_renewed_certificate_holds_for_the_files_as_they_are_now(root: str) -> None:
    put(f"{root}/other.txt", "other")
    space = workspace(root)
    made = planner(space)
    known = untouched(space, "all", made.memory, ENVIRON)
    assert known is not None
    assert noop.holds(root, "all", space.snapshot, made.memory, ENVIRON) is None
    assert renew(made.memory, "all", known[0], made, space.snapshot.print, 2.0)
    assert noop.holds(root, "all", space.snapshot, made.memory, ENVIRON) is not None


def test_a_certificate_is_not_renewed_after_a_task_passed_that_could_not_be_kept(root: str) -> None:
    put(f"{root}/other.txt", "other")
    space = workspace(root)
    made = planner(space)
    known = untouched(space, "all", made.memory, ENVIRON)
    assert known is not None
    made.memory.set("a:build", None)
    assert not renew(made.memory, "all", known[0], made, space.snapshot.print, 2.0)
