"""Settings: what the configuration files of a repository say, as frozen values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.core.origin import Origin
    from pitstop.core.task import TaskSpec
    from pitstop.pipeline.files import Note
    from pitstop.pipeline.stages.model import PipelineSpec


class Env(NamedTuple):
    """Variables that are part of a key."""

    sets: tuple[tuple[str, str], ...] = ()
    reads: tuple[str, ...] = ()


class TaskRule(NamedTuple):
    """One `[tasks.NAME]`."""

    key: str
    """As it is written: `build`, `api:build`, `//:build`."""
    origin: Origin
    folder: str | None = None
    """The folder of the package whose own file says this; None: the repository's file."""
    given: tuple[tuple[str, Any], ...] = ()
    """The keys that are there, as their kinds read them."""
    origins: tuple[tuple[str, Origin], ...] = ()
    """Where each of them stands, and each item of `depends_on` and `packages` (`depends_on[0]`)."""


class Laid(NamedTuple):
    """A task with what the configuration says, and where each key that came from there stands."""

    spec: TaskSpec
    origins: dict[str, Origin]


class Folder(NamedTuple):
    """A `pitstop.toml` below the root, unread until a package is known to live beside it."""

    file: str
    data: bytes


class Run(NamedTuple):
    """`[run]`."""

    tasks: tuple[str, ...] = ("format", "lint", "build", "test")
    jobs: int = 0
    """0: as many as there are cores."""
    memory: int = 0
    """Bytes; 0: all there is."""
    keep_going: bool = True
    output: str = "auto"


class TierEntry(NamedTuple):
    """One entry of `[cache] tiers`, whatever surroundings it will be read in (see `cache.tiers.open.address_of`)."""

    url: str
    """As it is written."""
    read: bool = True
    write: str = "true"
    """`true`, `false` or `ci`."""
    timeout_s: float = 5.0
    options: tuple[tuple[str, str], ...] = ()
    """What only some kinds know, sorted by name."""
    room: int = 0
    """Bytes that it can hold; 0: nobody knows."""


class Cache(NamedTuple):
    """`[cache]`."""

    dir: str = ""
    """As it is written; empty: the user's cache folder."""
    max_size: int = 20 << 30
    """Bytes; 0: no bound."""
    tiers: tuple[TierEntry, ...] = ()
    """Stores on other machines, the nearest first."""
    upload_wait: float = 60.0
    """Seconds that a run in CI waits for its uploads at its end."""
    sign: str = ""
    """Where the key is that results are signed with (`cache.tiers.sign.load_keys`); empty: they are not."""
    verify: tuple[str, ...] = ()
    """Where the keys are of which one must have signed a result; empty: none need."""
    compilers: bool | str = False
    """`True`, `False` or `auto`."""
    dependencies: bool = False
    """Whether installations, and what crates need, are kept whole."""


class Record(NamedTuple):
    """`[record]`."""

    keep_runs: int = 500
    """0: all."""
    keep_days: float = 90.0
    """0: for ever."""
    keep_failed: int = 50
    """Of the failed ones so many stay whatever `keep_runs` says."""


class Remote(NamedTuple):
    """`[remote]`."""

    url: str = ""
    """As it is written; empty: there is no cluster."""
    instance: str = ""
    platform: Mapping[str, str] | None = None
    """None: the properties of this machine."""
    env: Mapping[str, str] = {}
    jobs: int = 100
    priority: int = 0
    queue_timeout: float = 60.0
    """Seconds."""
    reconnect: float = 15.0
    """Seconds."""
    fallback: bool = True
    token_env: str = ""
    headers: Mapping[str, str] = {}
    headers_env: str = ""
    ca: str = ""
    """This and the next two: paths as they are written, relative to the repository."""
    certificate: str = ""
    key: str = ""
    server_name: str = ""


class Settings(NamedTuple):
    """Everything a repository configures."""

    file: str = ""
    """The file that it was read from; empty: there is none."""
    run: Run = Run()
    cache: Cache = Cache()
    record: Record = Record()
    remote: Remote = Remote()
    env: tuple[tuple[str, str], ...] = ()
    """Set for every task, part of every key, sorted."""
    read_env: tuple[str, ...] = ()
    """Names taken from the surroundings for every task, part of every key."""
    pass_env: tuple[str, ...] = ()
    """Names taken from the surroundings for every task, part of no key."""
    tasks: tuple[TaskRule, ...] = ()
    folders: tuple[Folder, ...] = ()
    pipelines: tuple[PipelineSpec, ...] = ()
    origins: tuple[tuple[str, Origin], ...] = ()
    """Where the values were written, by dotted name: `run.jobs`, `env.CI`, `pipelines.release`."""
    notes: tuple[Note, ...] = ()
