"""A repository as the planner and the loop see it, made of values instead of manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.cache.disk import DiskStore
from pitstop.core.package import Package
from pitstop.links.tools import Tools
from pitstop.links.walk import walk
from pitstop.pipeline import environment, index
from pitstop.pipeline.execute.options import World
from pitstop.pipeline.graph import closure, link
from pitstop.pipeline.keys import Keys
from pitstop.pipeline.memory import Memory
from pitstop.pipeline.plan import Planner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pitstop.core.events import Event
    from pitstop.core.task import TaskSpec

ENVIRON = {"PATH": "/usr/bin:/bin"}


def package(name: str, *tasks: TaskSpec, needs: Iterable[str] = (), **more: Any) -> Package:
    """Return a package in the folder of its name, with these tasks."""
    return Package(name, name, "", more.pop("root", name), needs=tuple(sorted(needs)), tasks=tasks, **more)


def planner(
    root: Path, packages: list[Package], store: Path, environ: Mapping[str, str] = ENVIRON, *, use_store: bool = True
) -> Planner:
    """Return what decides about the tasks of these packages, with the files that lie in `root` now."""
    snapshot = index.take(str(root), walk(str(root)), f"{root}/.pitstop/state/index")
    memory = Memory(str(root))
    known = memory.load_keys()
    tools = Tools(str(root), environ, known["tools"])
    keys = Keys(str(root), snapshot, packages, environ, tools, known["seen"], lambda: b"k" * 32)
    return Planner(str(root), packages, keys, DiskStore(str(store)), memory, use_store=use_store)


def world(
    root: Path,
    packages: list[Package],
    store: Path,
    told: list[Event],
    environ: Mapping[str, str] = ENVIRON,
    **more: Any,
) -> World:
    """Return what a loop needs to run every task of these packages; what happens is appended to `told`."""
    graph = link(packages)
    made = planner(root, packages, store, environ)
    base = environment.base(environ)
    return World(
        str(root),
        closure(graph, graph),
        made,
        environ,
        told.append,
        lambda _now: None,
        f"{root}/.pitstop/run",
        base,
        **more,
    )
