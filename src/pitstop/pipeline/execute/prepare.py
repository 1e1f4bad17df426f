"""From tasks that must run to the job that runs them: command line, folder, environment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pitstop.core.text import secret_values
from pitstop.pipeline import environment
from pitstop.pipeline.execute.job import Job
from pitstop.pipeline.execute.processes import arguments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.pipeline.execute.job import Work
    from pitstop.pipeline.execute.options import World


def batch_of(first: Work, waiting: Iterable[Work], world: World) -> tuple[Work, ...]:
    """Return those of `waiting` that one call can run together with `first`, and `first`; nothing: it runs alone."""
    from pitstop.pipeline.batch import Member, group

    spec = first.task.spec
    common = (spec.batch, spec.lock, first.task.matrix)
    alike = [first, *(one for one in waiting if (one.task.spec.batch, one.task.spec.lock, one.task.matrix) == common)]
    packages = world.planner.packages
    by_id = {work.task.id: work for work in alike}
    members = tuple(Member(work.task.id, packages[work.task.package], work.task.spec) for work in alike)
    for together in group(members):
        if any(member.task == first.task.id for member in together):
            return tuple(by_id[member.task] for member in together)
    return ()


def prepare(works: tuple[Work, ...], world: World, jobserver: str, *, batched: bool) -> Job:
    """Return the job for `works`; `jobserver` is what MAKEFLAGS shall say, `""` to leave it out.

    `batched`: an adapter does all of them with one call; else there is one, with a command of its own.
    """
    task = works[0].task
    package = world.planner.packages[task.package]
    env = environment.complete(task, package, world.root, world.environ, world.common)
    if jobserver:
        env["MAKEFLAGS"] = jobserver
    env["PITSTOP_TASK"] = task.id
    if world.compilers is not None:
        env.update(world.compilers.variables([work.task.spec for work in works], env))
    secrets = secret_values(env, {name for work in works for name in environment.chosen(env, work.task.spec.secrets)})
    if batched:
        from pitstop.pipeline.batch import Member, start

        packages = world.planner.packages
        members = tuple(Member(work.task.id, packages[work.task.package], work.task.spec) for work in works)
        folders = environment.folders(world.root, package, world.environ)
        looked = [world.planner.keys.tools.look(name.lstrip("?"), folders, world.root) for name in task.spec.tools]
        batch = start(
            members,
            world.root,
            packages=tuple(packages.values()),
            tools={tool.name: tool.version for tool in looked if tool.path},
            color=world.colour,
        )
        env.update(batch.env)
        command = batch.next_command()
        assert command is not None
        return Job(works, command, f"{world.root}/{batch.cwd}".rstrip("/"), env, secrets, batch)
    if "pytest" in str(task.spec.command) and world.folder:
        env["PITSTOP_JUNIT"] = f"{world.folder}/junit-{task.id.replace('/', '%2F')}.xml"
        # Quoted as `shlex.split` reads it: that is how pytest takes the variable apart.
        option = "'--junit-xml=" + env["PITSTOP_JUNIT"].replace("'", "'\"'\"'") + "'"
        env["PYTEST_ADDOPTS"] = f"{env.get('PYTEST_ADDOPTS', '')} {option}".strip()
    folder = package.root if task.spec.cwd is None else task.spec.cwd
    argv = arguments(task.spec.command, env.get("PATH", ""))
    if task.spec.command[:1] == ("pitstop",):  # this one, wherever PATH leads
        argv = (sys.executable, "-P", "-m", *task.spec.command)
    return Job(works, argv, f"{world.root}/{folder}".rstrip("/"), env, secrets)
