"""Tasks that need no new key: little changed since their selection had nothing left to do, and none of it is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.package import REPOSITORY
from pitstop.pipeline.noop import Certificate, actions_of, surroundings_hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import TaskId
    from pitstop.pipeline.memory import Last, Memory
    from pitstop.pipeline.plan import Planner
    from pitstop.pipeline.workspace import Workspace


def untouched(
    space: Workspace, selection: str, memory: Memory, environ: Mapping[str, str]
) -> tuple[Certificate, dict[TaskId, Last]] | None:
    """Return the certificate of a selection, and how those of its tasks had ended that no difference is an input of.

    Such a task has the key it had, as long as what it waits for left what it had left. None: too much is different.
    """
    known = memory.fresh.get(selection)
    if known is None:
        return None
    certificate, snapshot = Certificate(*known), space.snapshot
    if certificate.files not in (snapshot.print, snapshot.before) or certificate.plan != space.print:
        return None
    ended = {name: last for name in certificate.tasks if (last := memory.tasks.get(name)) is not None}
    if len(ended) < len(certificate.tasks) or actions_of(ended.values()) != certificate.actions:
        return None
    if not surroundings_hold(space.root, certificate, environ):
        return None
    differs = snapshot.differs if certificate.files != snapshot.print else ()
    touched = _users(space.packages, _owners(space.packages, differs))
    graph = space.graph
    return certificate, {
        name: last
        for name, last in ended.items()
        if graph[name].package not in touched and set(graph[name].spec.inputs) <= {"$default"}
    }


def renew(memory: Memory, selection: str, certificate: Certificate, planner: Planner, files: bytes, now: float) -> bool:
    """Remember that the selection has nothing left to do with `files` (`Snapshot.print`), all else being as it was.

    Returns whether that can be said.
    """
    if planner.reads_ignored() or not memory.tasks.keys() >= set(certificate.tasks):
        return False  # one of them passed and could not be kept: a file that it reads changed meanwhile
    actions = actions_of(memory.tasks[task] for task in certificate.tasks)
    memory.fresh[selection] = tuple(certificate._replace(files=files, actions=actions, made=now))
    return True


def _owners(packages: Sequence[Package], paths: Iterable[str]) -> set[str]:
    """Return the packages that may have one of the files among theirs, or read it: those in the folders above it too."""
    files = set(paths)
    folders = {path[:at] for path in files for at, char in enumerate(path) if char == "/"} | {""}
    return {
        package.id
        for package in packages
        if files and (package.root in folders or package.id == REPOSITORY or not files.isdisjoint(package.shared))
    }


def _users(packages: Sequence[Package], found: set[str]) -> set[str]:
    """Return these packages and all that need one of them, however far."""
    users: dict[str, list[str]] = {}
    for package in packages:
        for need in (*package.needs, *package.dev_needs):
            users.setdefault(need, []).append(package.id)
    stack = list(found)
    while stack:
        for user in users.get(stack.pop(), ()):
            if user not in found:
                found.add(user)
                stack.append(user)
    return found
