"""Which tasks a command line means. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import Task, TaskId


class Selection(NamedTuple):
    """What a command line asks for."""

    wanted: tuple[TaskId, ...]
    """In the order of the graph; what they wait for is not among them unless it was asked for as well."""
    packages: frozenset[str] | None = None
    """Ids of the packages that the filters mean; None: all, there was no filter."""
    empty: tuple[str, ...] = ()
    """Names that exist, but in no package that the filters mean."""


def _no_changes(commits: str) -> Collection[str]:
    raise UsageError(f"the filter `[{commits}]` needs a git repository")


def select(
    graph: Mapping[TaskId, Task],
    packages: Sequence[Package],
    names: Sequence[str],
    filters: Sequence[str] = (),
    changed: Callable[[str], Collection[str]] = _no_changes,
) -> Selection:
    """Return the tasks of `graph` that `names` mean, in the packages that `filters` mean (see `filters.py`).

    A name is, in this order of precedence, the id of a task (`api:build`, `//:install`, `api:test[os=linux]`); a package
    and a task joined by a colon or by `#`, as turbo writes it; a task in all packages. Names of tasks and of packages
    may hold colons themselves, so each reading is tried against what exists. `*` stands for any characters: `*:test`,
    `@acme/*:build`, `build:*`. No names: every task. A task that goes by a matrix is all of its legs.

    `changed` is given what stands in `[ ]` of a filter and returns ids of packages. Raises UsageError for a name or
    filter that means nothing, with the nearest that would.
    """
    chosen: frozenset[str] | None = None
    if filters:
        from pitstop.pipeline.filters import choose

        chosen = choose(packages, filters, changed)
    if not names:
        return Selection(tuple(task for task in graph if chosen is None or graph[task].package in chosen), chosen)
    by_name: dict[str, list[TaskId]] = {}
    for task in graph.values():
        by_name.setdefault(task.spec.name, []).append(task.id)
    wanted: set[TaskId] = set()
    empty: list[str] = []
    for name in names:
        found: Iterable[TaskId] = by_name.get(name, ())
        if ":" in name or "*" in name or "#" in name or not found:
            found = _meant(name, graph, packages, by_name)
            if not found:
                raise _unknown(name, graph, packages, by_name)
        here = [task for task in found if chosen is None or graph[task].package in chosen]
        wanted.update(here)
        if not here:
            empty.append(name)
    return Selection(tuple(task for task in graph if task in wanted), chosen, tuple(empty))


def _meant(
    name: str, graph: Mapping[TaskId, Task], packages: Sequence[Package], by_name: Mapping[str, list[TaskId]]
) -> list[TaskId]:
    if name in graph:
        return [graph[name].id]  # type: ignore[index]  # a text that is a key is an id
    if not any(sign in name for sign in "*:#"):
        return []
    found = _split(name, ":", graph, packages) or _split(name, "#", graph, packages)
    if not found and "*" in name:
        matches = _test(name)
        found = [task for known, tasks in by_name.items() if matches(known) for task in tasks]
    return found or by_name.get(name, [])


def _split(name: str, separator: str, graph: Mapping[TaskId, Task], packages: Sequence[Package]) -> list[TaskId]:
    """Return the tasks for which one of the separators in `name` stands between package and task."""
    names = {package.id: package.name for package in packages}
    found: dict[TaskId, None] = {}
    at = name.find(separator)
    while at >= 0:
        is_package, is_task = _test(name[:at]), _test(name[at + 1 :])
        owners = {package for package, called in names.items() if is_package(package) or is_package(called)}
        if owners:
            for task in graph.values():
                if task.package in owners and (is_task(task.spec.name) or is_task(task.id[len(task.package) + 1 :])):
                    found[task.id] = None
        at = name.find(separator, at + 1)
    return list(found)


def _test(pattern: str) -> Callable[[str], bool]:
    if "*" not in pattern:
        return pattern.__eq__
    from pitstop.pipeline.filters import name_matcher

    return name_matcher(pattern)


def _unknown(
    name: str, graph: Mapping[TaskId, Task], packages: Sequence[Package], by_name: Mapping[str, list[TaskId]]
) -> UsageError:
    from pitstop.pipeline.filters import nearest

    called = {package.id: package.name for package in packages}
    owner, _, rest = name.partition(":")
    known: list[str] = list(by_name)
    if rest:
        known += [word for task in graph.values() for word in (task.id, f"{called.get(task.package)}:{task.spec.name}")]
        if owner in called or owner in called.values():
            here = sorted(
                {task.spec.name for task in graph.values() if owner in {task.package, called.get(task.package)}}
            )
            listed = ", ".join(f"`{word}`" for word in here)
            hint = nearest(name, known) or (f"it has {listed}" if here else "it has no tasks")
            return UsageError(f"the package `{owner}` has no task `{rest}`", hint=hint)
    if name in called or name in called.values():
        own = [task.id for task in graph.values() if name in {task.package, called.get(task.package)}]
        listed = ", ".join(f"`{word}`" for word in own[:6])
        hint = f"its tasks are {listed}; `pitstop run -p {name}` means the package" if own else "it has no tasks"
        return UsageError(f"`{name}` is a package, not a task", hint=hint)
    tasks = ", ".join(f"`{word}`" for word in sorted(by_name)[:12])
    hint = nearest(name, known) or (f"there are {tasks}" if tasks else "`pitstop graph` shows what was found")
    return UsageError(f"there is no task `{name}`", hint=hint)
