"""What a run was asked for, and what it is given to work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pitstop.cache.tiers.far import Far
    from pitstop.core.events import Event
    from pitstop.core.task import TaskId
    from pitstop.pipeline.compilers.run import Compilers
    from pitstop.pipeline.graph import Graph
    from pitstop.pipeline.plan import Planner


class Remote(NamedTuple):
    """A cluster that tasks may be carried out on."""

    url: str
    options: Mapping[str, str] = {}
    """As `cache/reapi/endpoint.py` names them."""
    platform: Mapping[str, str] = {}
    """Properties that every worker must have."""
    env: Mapping[str, str] = {}
    """Variables that every task gets there."""
    jobs: int = 100
    """So many tasks at once."""
    priority: int = 0
    queue_timeout_s: float = 60.0
    reconnect_s: float = 15.0
    """How long it may be out of reach, once it was there."""
    fallback: bool = True
    """Whether tasks run here when they cannot run there."""
    everything: bool = False
    """Send what can be sent, not only the tasks that are marked so."""
    race: bool = False
    """Let idle cores here try tasks that are there: whoever is first wins."""


class Options(NamedTuple):
    """How to run."""

    jobs: int = 0
    """Cores to keep busy; 0: all that this process may use."""
    memory: int = 0
    """Bytes that the declared needs of running tasks may add up to; 0: those of the machine."""
    keep_going: bool = True
    """Run what does not depend on a failed task; else nothing is started after a failure."""
    store_results: bool = True
    """Keep results of this run in the store."""
    replay: bool = False
    """Tell the output of tasks that the cache answers for, as if they had run."""
    grace_s: float = 5.0
    """Between asking a process to end and killing it."""
    upload_wait_s: float = 0.0
    """How long the run waits at its end for what is still being sent to other machines."""
    remote: Remote | None = None
    """Where else tasks may run; None: nowhere."""
    no_cluster: str = ""
    """Why there is no cluster for tasks with `remote = true`; empty: there is one, or none is wanted."""


class World(NamedTuple):
    """What a run acts on. `graph` holds what is to be done, each task after everything it needs."""

    root: str
    graph: Graph
    planner: Planner
    environ: Mapping[str, str]
    emit: Callable[[Event], None]
    tick: Callable[[float], None]
    """Called about ten times a second with the time, while anything runs."""
    folder: str
    """Of the run, for reports and answers; it need not exist."""
    common: Mapping[str, str] = {}
    """Variables that every task gets (`environment.base`)."""
    colour: bool = False
    """Whether tools that can be asked shall write colours."""
    expected: Mapping[str, float] = {}
    """Seconds that tasks took before."""
    forced: frozenset[TaskId] = frozenset()
    """Tasks that `--force` means."""
    skipped: Mapping[TaskId, str] = {}
    """Tasks that are not to be run, with the reason; what waits for them goes without."""
    missing: Mapping[TaskId, str] = {}
    """Tasks that cannot run here, with the reason; what waits for them cannot either."""
    read_answer: Callable[[TaskId], tuple[bool, str] | None] = lambda _task: None
    """Whether a task was approved, and by whom; None: nobody answered yet."""
    far: Far | None = None
    """The stores on other machines; None: there are none."""
    compilers: Compilers | None = None
    """The compiler caches beside tasks that compile; None: there are none."""
