"""Certificates: nothing to do is only said while everything that counts is what it was."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.unit.pipeline.inside import ENVIRON, package, planner, world

from pitstop.core.task import CACHE_CHECKOUT, CACHE_NEVER, TaskSpec
from pitstop.links.walk import walk
from pitstop.pipeline import index, noop
from pitstop.pipeline.execute.loop import Loop
from pitstop.pipeline.execute.options import Options
from pitstop.pipeline.graph import link
from pitstop.pipeline.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pitstop.core.package import Package

pytestmark = pytest.mark.skipif(os.name != "posix", reason="tasks run on POSIX only")

BUILD = TaskSpec(
    "build", "mkdir -p dist && cat in.txt > dist/out", outputs=("dist/**",), inputs=("in.txt",), read_env=("MODE",)
)
INSTALL = TaskSpec("install", "mkdir -p node_modules", outputs=("node_modules/**",), cache=CACHE_CHECKOUT)


def run(root: Path, packages: list[Package], environ: dict[str, str] = ENVIRON) -> bool:
    """Run every task, and certify that; return whether it could be."""
    at = world(root, packages, root.parent / "store", [], environ)
    assert Loop(at, Options()).run() == "success"
    made = at.planner
    checks = made.keys.tools.checks()
    # The files as they are now: what the tasks wrote is there.
    snapshot = index.take(str(root), walk(str(root)), f"{root}/.pitstop/state/index")
    done = noop.issue(str(root), "all", "name", snapshot, made, tuple(at.graph.values()), environ, checks, b"plan", 1.0)
    made.memory.save(keys=True)
    return done


def holds(root: Path, environ: dict[str, str] = ENVIRON, selection: str = "all") -> bool:
    snapshot = index.take(str(root), walk(str(root)), f"{root}/.pitstop/state/index")
    return noop.holds(str(root), selection, snapshot, Memory(str(root)), environ) is not None


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository that has nothing left to do."""
    (tmp_path / "root/p").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "root/p/in.txt").write_text("in")
    assert run(
        tmp_path / "root", [package("p", BUILD, INSTALL)], {**ENVIRON, "PATH": f"{tmp_path}/bin:{ENVIRON['PATH']}"}
    )
    return tmp_path / "root"


def path_of(root: Path) -> dict[str, str]:
    return {**ENVIRON, "PATH": f"{root.parent}/bin:{ENVIRON['PATH']}"}


@pytest.mark.slow
def test_nothing_to_do_is_said_as_long_as_nothing_changes(root: Path) -> None:
    assert holds(root, path_of(root))
    assert holds(root, {**path_of(root), "STRAY": "1"})
    found = noop.holds(
        str(root),
        "all",
        index.take(str(root), walk(str(root)), f"{root}/.pitstop/state/index"),
        Memory(str(root)),
        path_of(root),
    )
    assert found is not None
    assert (found[0], [task for task, _ in found[1]]) == ("name", ["p:build", "p:install"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "p/in.txt").write_text("IN"),
        lambda root: (root / "p/in.txt").chmod(0o755),
        lambda root: (root / "p/new.txt").write_text(""),
        lambda root: (root / "p/in.txt").unlink(),
        lambda root: (root / "p/dist/out").write_text("in"),
        lambda root: (root / "p/dist/out").unlink(),
        lambda root: (root / "p/node_modules").rmdir(),
        lambda root: (root.parent / "bin/cat").symlink_to("/usr/bin/tac"),  # another `cat` comes first now
        lambda root: (root / ".pitstop/state/tasks").unlink(),
    ],
)
def test_any_change_of_a_file_an_output_or_a_folder_of_programs_ends_that(
    root: Path, change: Callable[[Path], object]
) -> None:
    change(root)
    assert not holds(root, path_of(root))


@pytest.mark.slow
def test_any_change_of_a_variable_that_counts_ends_that(root: Path) -> None:
    assert not holds(root, {**path_of(root), "MODE": "fast"})
    assert not holds(root, {**path_of(root), "CC": "clang"})
    assert not holds(root, ENVIRON)  # another PATH
    assert not holds(root, path_of(root), "another selection")


@pytest.mark.slow
@pytest.mark.parametrize(
    "spec",
    [
        BUILD._replace(when="branch == 'main'"),
        BUILD._replace(secrets=("TOKEN",)),
        BUILD._replace(cache=CACHE_NEVER),
        BUILD._replace(inputs=("in.txt", "ignored.txt")),
    ],
)
def test_what_more_than_files_decides_is_never_certified(tmp_path: Path, spec: TaskSpec) -> None:
    (tmp_path / "root/p").mkdir(parents=True)
    (tmp_path / "root/p/in.txt").write_text("in")
    assert not run(tmp_path / "root", [package("p", spec)])


def test_a_task_that_has_not_passed_is_never_certified(tmp_path: Path) -> None:
    (tmp_path / "root/p").mkdir(parents=True)
    packages = [package("p", TaskSpec("one", "true"))]
    made = planner(tmp_path / "root", packages, tmp_path / "store")
    graph = link(packages)
    snapshot = index.take(str(tmp_path), b"", f"{tmp_path}/index")
    assert not noop.issue("/", "all", "name", snapshot, made, tuple(graph.values()), ENVIRON, (), b"", 1.0)
