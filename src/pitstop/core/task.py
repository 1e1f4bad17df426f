"""TaskSpec and Task: what should happen, before and after it has a place in the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NewType

if TYPE_CHECKING:
    from pitstop.core.artifact import Artifact

TaskId = NewType("TaskId", str)
"""`package:name`, for a leg of a matrix `package:name[os=linux]`."""

CACHE_STORE = "store"
"""Kept in the action cache: a hit restores outputs and log."""
CACHE_CHECKOUT = "checkout"
"""Skipped while its key is what it was when it last passed in this checkout and its outputs still exist: an
installation, whose result is too large or too bound to the machine to be moved."""
CACHE_NEVER = "never"


class Retry(NamedTuple):
    """How often a failed task is tried again."""

    times: int = 0
    """Further attempts after the first."""
    backoff_s: float = 0.0
    """Pause before the first further attempt; doubles with each one, at most 60 s."""
    exit_codes: tuple[int, ...] = ()
    """Only these exit codes are tried again; empty: every failure. A time-out counts as 124."""


class TaskSpec(NamedTuple):
    """A task of one package as its ecosystem or the configuration declares it."""

    name: str
    command: tuple[str, ...] | str = ()
    """An argument vector, or a text for the shell; empty: nothing to run itself, only its dependencies."""
    cwd: str | None = None
    """Working folder, POSIX, relative to the repository; None: the package's folder."""
    depends_on: tuple[str, ...] = ()
    """`build` (same package), `^build` (packages it needs), `api:build` (that one), `//:install` (the repository's).
    A name that starts with `?` is dropped when no such task exists."""
    inputs: tuple[str, ...] = ()
    """Globs relative to the package, `!` negates, `//x` is relative to the repository, `$default` stands for the
    files of the package that git does not ignore; empty: `$default` and the files of the packages it needs."""
    outputs: tuple[str, ...] = ()
    """Globs relative to the package, `!` negates."""
    env: tuple[tuple[str, str], ...] = ()
    """Variables set for it; part of the key."""
    read_env: tuple[str, ...] = ()
    """Names of variables taken from the surroundings; part of the key; `*` at the end matches a prefix."""
    pass_env: tuple[str, ...] = ()
    """Names of variables taken from the surroundings that are no part of the key."""
    secrets: tuple[str, ...] = ()
    """Names of variables whose values are masked everywhere and enter the key only through a keyed hash."""
    timeout_s: float | None = None
    retry: Retry = Retry()
    cache: str = CACHE_STORE
    tree: tuple[str, ...] = ()
    """Of an installation (`CACHE_CHECKOUT`): the folders, relative to the repository, that are kept in the store as one
    and put back where there is none of them; empty: it is not kept."""
    cpu: float = 1.0
    """Cores it keeps busy."""
    memory: int = 0
    """Bytes it is expected to need; 0: unknown."""
    when: str = ""
    """An expression that must hold for it to run (see `pipeline/stages/when.py`)."""
    tools: tuple[str, ...] = ()
    """Programs whose versions are part of the key; empty: those that the command starts. Without one of them the task
    cannot run here, but for a name that starts with `?`: that one is only used where it is installed."""
    batch: str = ""
    """Name of the batch adapter that runs many tasks of this name with one call (`cargo-test`); `""`: none."""
    lock: str = ""
    """Tasks that name the same lock never run at once (cargo's target folder)."""
    reports: tuple[str, ...] = ()
    """Globs, relative to the package, of JUnit XML files it writes."""
    artifacts: tuple[Artifact, ...] = ()
    """What of its outputs is kept by name, sorted by it."""
    description: str = ""
    origin: str = ""
    """Where it was declared: `packages/api/package.json`, `pitstop.toml:12`."""
    continue_on_error: bool = False
    """Its failure is told and fails nothing: not the run, and not what waits for it."""
    remote: bool | None = None
    """Whether it runs on a cluster; None: when the run is told to use one, and it can be sent."""
    platform: tuple[tuple[str, str], ...] = ()
    """Platform properties that its worker must have, sorted; part of the key."""


class Task(NamedTuple):
    """One node of the plan: a task of a package with everything it waits for."""

    id: TaskId
    package: str
    spec: TaskSpec
    needs: tuple[TaskId, ...] = ()
    """Tasks that must pass first, sorted."""
    stage: str = ""
    """The stage of the pipeline it belongs to, if it runs as part of one."""
    matrix: tuple[tuple[str, str], ...] = ()
    """The leg of the matrix; its values are in the environment as `MATRIX_<NAME>`."""
    approval: bool = False
    """Nothing to run: passes when a person approves."""
