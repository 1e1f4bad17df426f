"""Certificates: what must still hold for a selection of tasks to have nothing to do.

After a run in which all went well, everything it depended on is the same as long as the files of the repository, some
variables, some programs and the outputs are. To see that needs no plan, so none is made.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.task import CACHE_CHECKOUT, CACHE_NEVER
from pitstop.links.tools import hold, signature
from pitstop.pipeline import environment, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import Task, TaskId
    from pitstop.links.tools import Check
    from pitstop.pipeline.index import Snapshot
    from pitstop.pipeline.memory import Last, Memory
    from pitstop.pipeline.plan import Planner

_KEPT = 16


class Certificate(NamedTuple):
    """What held when a selection had nothing left to do."""

    files: bytes
    """`Snapshot.print`."""
    variables: tuple[str, ...]
    """Names of the variables that count, as in `TaskSpec.read_env`."""
    environment: str
    """Hash over their values."""
    checks: tuple[Check, ...]
    """Programs, and the folders in which they are looked for."""
    exist: tuple[str, ...]
    """Outputs of installations: they need only be there."""
    tasks: tuple[TaskId, ...]
    """What ends, in the order of the graph; those with a command."""
    actions: bytes
    """SHA-256 over the actions with which they had ended: another selection may have left other outputs since."""
    name: str
    """What the run of the selection is called."""
    made: float
    """When, in seconds since 1970 UTC."""
    plan: bytes
    """`Workspace.print`."""


def holds(
    root: str, selection: str, snapshot: Snapshot, memory: Memory, environ: Mapping[str, str]
) -> tuple[str, list[tuple[str, Last]]] | None:
    """Return the name of a selection and its tasks with how they last ended; None when something may have to be done."""
    known = memory.fresh.get(selection)
    if known is None:
        return None
    certificate = Certificate(*known)
    if certificate.files != snapshot.print or not surroundings_hold(root, certificate, environ):
        return None
    found: list[tuple[str, Last]] = []
    for task in certificate.tasks:
        last = memory.tasks.get(task)
        if last is None or not rows.present(root, last.rows):
            return None
        found.append((task, last))
    if actions_of(last for _, last in found) != certificate.actions:
        return None
    return certificate.name, found


def surroundings_hold(root: str, certificate: Certificate, environ: Mapping[str, str]) -> bool:
    """Return whether variables, programs and installations are what they were."""
    return (
        certificate.environment == _values(environ, certificate.variables)
        and hold(certificate.checks)
        and rows.installed(root, certificate.exist)
    )


def issue(
    root: str,
    selection: str,
    name: str,
    snapshot: Snapshot,
    planner: Planner,
    tasks: Sequence[Task],
    environ: Mapping[str, str],
    checks: Sequence[Check],
    plan: bytes,
    now: float,
) -> bool:
    """Remember that the selection, which all went well, has nothing left to do; return whether that can be said.

    It cannot for tasks that are never cached, that hang on conditions, or that read files git ignores.
    """
    memory = planner.memory
    exist: list[str] = []
    variables = {"PATH", *environment.KEYED}
    for task in tasks:
        spec = task.spec
        if spec.when or spec.secrets or task.approval or spec.cache == CACHE_NEVER:
            return False
        if spec.command and task.id not in memory.tasks:
            return False
        if spec.cache == CACHE_CHECKOUT:
            exist += [glob for glob in planner.globs(task) if not glob.startswith("!")]
        variables.update(spec.read_env)
    if planner.reads_ignored():
        return False
    watched = {folder for task in tasks for folder in _folders(root, planner.packages[task.package], environ)}
    watched |= {f"{root}/{path}" for task in tasks for path in planner.keys.inputs.ignored(task.package)}
    names = tuple(sorted(variables))
    certificate = Certificate(
        snapshot.print,
        names,
        _values(environ, names),
        (*checks, *((path, signature(path)) for path in sorted(watched))),
        tuple(sorted(set(exist))),
        tuple(task.id for task in tasks if task.spec.command),
        actions_of(memory.tasks[task.id] for task in tasks if task.spec.command),
        name,
        now,
        plan,
    )
    memory.fresh[selection] = tuple(certificate)
    made = Certificate._fields.index("made")
    for old in sorted(memory.fresh, key=lambda name: memory.fresh[name][made])[:-_KEPT]:
        del memory.fresh[old]
    return True


def _folders(root: str, package: Package, environ: Mapping[str, str]) -> tuple[str, ...]:
    return environment.folders(root, package, environ)


def actions_of(ended: Iterable[Last]) -> bytes:
    """Return the SHA-256 over the actions with which tasks ended."""
    return sha256("".join(last.action for last in ended).encode()).digest()


def _values(environ: Mapping[str, str], names: Sequence[str]) -> str:
    chosen = environment.chosen(environ, names)
    text = "\0".join(f"{name}={chosen[name]}" for name in sorted(chosen))
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
