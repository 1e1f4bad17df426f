"""Which tasks a request means, which of them cannot or need not run here, and what to say about that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.environ import environ
from pitstop.core.errors import SurroundingError
from pitstop.core.package import REPOSITORY
from pitstop.pipeline import environment
from pitstop.pipeline.graph import Graph, closure
from pitstop.pipeline.select import select

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pitstop.cli.pipeline.run import Request
    from pitstop.core.task import TaskId
    from pitstop.pipeline.stages.model import PipelineSpec
    from pitstop.pipeline.stages.when import Context
    from pitstop.pipeline.workspace import Workspace


class Choice(NamedTuple):
    """What is to be done."""

    name: str
    """The pipeline, or the names of the tasks."""
    graph: Graph
    """The wanted tasks and all they wait for, in order."""
    wanted: frozenset[TaskId] = frozenset()
    notes: tuple[str, ...] = ()
    skipped: dict[TaskId, str] = {}  # noqa: RUF012  never changed
    missing: dict[TaskId, str] = {}  # noqa: RUF012  never changed
    conditional: bool = False
    """Whether it depends on more than files: on the branch, on what changed since a commit, on programs that are not
    there."""


def choose(space: Workspace, request: Request) -> Choice:
    """Return what `request` means in this repository.

    Raises UsageError for names and filters that mean nothing, SurroundingError when a task that was named needs a
    program that is not installed.
    """
    pipeline = _pipeline(space, request)
    filters = filters_of(space, request.packages, request.filters, affected=request.affected, base=request.base)
    notes: list[str] = []
    graph, conditional = space.graph, bool(request.affected) or any("[" in one for one in filters)
    if pipeline is not None:
        from pitstop.pipeline.stages.expand import expand
        from pitstop.pipeline.stages.matrix import this_machine

        expanded = expand(pipeline, graph, context_of(space, request), this_machine(), space.packages)
        graph, wanted, name, conditional = expanded.graph, expanded.wanted, pipeline.name, True
        notes += expanded.notes
    else:
        names = request.names or tuple(one for one in space.settings.run.tasks if _exists(space, one))
        name = " ".join(names)
        if not names:
            return Choice("", {})
        selected = select(graph, space.packages, names, filters, lambda commits: changed_packages(space, commits))
        wanted = selected.wanted
    chosen = closure(graph, wanted)
    skipped = _by_condition(space, request, chosen)
    missing, missing_notes = _missing(
        space, chosen, frozenset(wanted) if request.names and not pipeline else frozenset()
    )
    return Choice(
        name,
        chosen,
        frozenset(wanted),
        (*notes, *missing_notes),
        skipped,
        missing,
        conditional or bool(skipped) or bool(missing),
    )


def nothing_text(space: Workspace, request: Request) -> str:
    """Return the sentence for a request that means no task."""
    if request.affected or request.filters:
        return "nothing to run: no package is meant by the filters, or none has these tasks"
    if not any(package.id != REPOSITORY for package in space.packages):
        return (
            "nothing to run: no Cargo, npm, Python or Go package was found here\n"
            'hint: `[tasks.NAME] command = "..."` in pitstop.toml adds a task of your own'
        )
    known = sorted({task.spec.name for task in space.graph.values()})
    return (
        "nothing to run: none of "
        + ", ".join(f"`{one}`" for one in space.settings.run.tasks)
        + " exists here"
        + (f"\nhint: there are {', '.join(f'`{one}`' for one in known[:12])}" if known else "")
    )


def context_of(space: Workspace, request: Request) -> Context:
    """Return what conditions ask about: branch, tag and event as the CI service says them, else as git does."""
    from pitstop.links.git import head
    from pitstop.pipeline.stages.when import Context

    _, branch = head(space.root)
    kind, name = environ.get("GITHUB_REF_TYPE", ""), environ.get("GITHUB_REF_NAME", "")
    tag = name if kind == "tag" else environ.get("CI_COMMIT_TAG", "")
    branch = environ.get("GITHUB_HEAD_REF", "") or (name if kind == "branch" else "") or branch
    event = environ.get("GITHUB_EVENT_NAME", "") or environ.get("CI_PIPELINE_SOURCE", "") or "local"
    return Context(branch, tag, event, _changed_paths(space, request), dict(environ))


def changed_packages(space: Workspace, commits: str) -> Collection[str]:
    """Return the ids of the packages that differ between `commits`: a ref, or `a...b`."""
    from pitstop.links.changes import changed_files, file_at
    from pitstop.pipeline.affected import affected

    changes = changed_files(space.root, commits)
    found = affected(space.packages, changes.paths, lambda path: file_at(space.root, changes.base, path), space.root)
    return {one.package for one in found if one.direct}


def _pipeline(space: Workspace, request: Request) -> PipelineSpec | None:
    if len(request.names) != 1:
        return None
    return next((one for one in space.settings.pipelines if one.name == request.names[0]), None)


def filters_of(
    space: Workspace, packages: Sequence[str], filters: Sequence[str], *, affected: bool, base: str
) -> tuple[str, ...]:
    """Return as filters what `-p`, `--filter`, `--affected` and `--base` say."""
    if not affected:
        return (*packages, *filters)
    from pitstop.links.changes import default_base

    return (*packages, *filters, f"...[{base or default_base(space.root)}]")


def _changed_paths(space: Workspace, request: Request) -> tuple[str, ...] | None:
    from pitstop.core.errors import PitstopError
    from pitstop.links.changes import changed_files, default_base

    try:
        return tuple(changed_files(space.root, request.base or default_base(space.root)).paths)
    except PitstopError:
        return None


def _exists(space: Workspace, name: str) -> bool:
    return ":" in name or any(task.spec.name == name for task in space.graph.values())


def _by_condition(space: Workspace, request: Request, chosen: Graph) -> dict[TaskId, str]:
    conditional = [task for task in chosen.values() if task.spec.when]
    if not conditional:
        return {}
    from pitstop.pipeline.stages.when import evaluate

    context = context_of(space, request)
    return {
        task.id: f"its condition does not hold: {task.spec.when}"
        for task in conditional
        if not evaluate(task.spec.when, context)
    }


def _missing(space: Workspace, chosen: Graph, named: frozenset[TaskId]) -> tuple[dict[TaskId, str], Sequence[str]]:
    """Return the tasks whose program is not on this machine, and a sentence for each such program."""
    from pitstop.links.tools import find

    packages = {package.id: package for package in space.packages}
    common = environment.folders("", packages[space.packages[0].id]._replace(path=()), environ) if packages else ()
    known: dict[str, bool] = {}
    found: dict[TaskId, str] = {}
    by_tool: dict[str, list[TaskId]] = {}
    for task in chosen.values():
        spec = task.spec
        own = [f"{space.root}/{folder}" for folder in packages[task.package].path]
        for tool in spec.tools:
            if tool.startswith("?"):
                continue
            if tool not in known:
                known[tool] = bool(find(tool, common))
            if not known[tool] and not find(tool, own) and not _installs(task.id, chosen):
                if task.id in named:
                    raise SurroundingError(
                        f"`{task.id}` needs `{tool}`, which is not installed", hint="install it, or put it on PATH"
                    )
                found[task.id] = f"needs `{tool}`, which is not installed"
                by_tool.setdefault(tool, []).append(task.id)
                break
    return found, [
        f"`{tool}` is not installed: {len(tasks)} {'task' if len(tasks) == 1 else 'tasks'} left out ({tasks[0]}{', ...' if len(tasks) > 1 else ''})"
        for tool, tasks in by_tool.items()
    ]


def _installs(task: TaskId, chosen: Graph) -> bool:
    """Return whether an installation runs before `task`, which may bring the program."""
    return any(chosen[need].spec.cache == "checkout" for need in chosen[task].needs if need in chosen)
