"""The one stream: everything that happens in a run, as small frozen values.

The engine and the ingesters emit events; screens, log files, databases and exporters listen. Names and outcomes follow
OpenTelemetry's CI/CD conventions (`cicd.pipeline.*`, `cicd.pipeline.task.*`, `test.*`). Times are seconds since 1970
UTC, durations seconds, sizes bytes.

On disk a run is `.pitstop/runs/<run id>/`: `events.jsonl`, one event a line, `{"event": "TaskFinished", ...}` with
fields that have their default left out, and `output.bin`, the bytes that `TaskOutput` events point into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = 1
"""Version of the stream; a reader refuses a greater one."""

SUCCESS = "success"
FAILURE = "failure"
ERROR = "error"
TIMEOUT = "timeout"
CANCELLATION = "cancellation"
SKIP = "skip"
OUTCOMES = (SUCCESS, FAILURE, ERROR, TIMEOUT, CANCELLATION, SKIP)
"""How a run, a task or a test may end (`cicd.pipeline.task.run.result`)."""

RAN = "run"
CACHED = "cache"
FRESH = "fresh"


class RunStarted(NamedTuple):
    """The first event of a run."""

    time: float
    run: str
    root: str
    argv: tuple[str, ...] = ()
    pipeline: str = ""
    """Name of the pipeline, or the task names joined by a space."""
    revision: str = ""
    """The commit that is checked out."""
    branch: str = ""
    version: str = ""
    """Of pitstop."""
    host: str = ""
    pid: int = 0
    schema: int = SCHEMA
    source: str = "pitstop"
    """`pitstop` for a run of its own, else where the run was fetched from."""


class RunPlanned(NamedTuple):
    """The graph is known: `total` tasks, of which `ready` were answered from the cache before anything started."""

    time: float
    total: int
    ready: int = 0
    expected_s: float = 0.0
    """Length of the critical path by recorded durations; 0: unknown."""


class TaskStarted(NamedTuple):
    """A process was started for a task, or for a batch of tasks."""

    time: float
    task: str
    attempt: int = 1
    command: str = ""
    """As a person would type it."""
    reason: str = ""
    """Why it was not answered from the cache."""
    expected_s: float = 0.0
    batch: str = ""
    """The same text for all tasks that share one process; their output carries this as its task."""


class TaskOutput(NamedTuple):
    """Bytes that a task wrote, standard output and error in the order of arrival.

    Live listeners get `data`; on disk it is left out, and `offset` and `size` point into `output.bin`.
    """

    time: float
    task: str
    data: bytes = b""
    offset: int = 0
    size: int = 0


class TestFinished(NamedTuple):
    """One test case ended."""

    time: float
    task: str
    suite: str
    name: str
    outcome: str
    duration_s: float = 0.0
    message: str = ""
    """The failure's text, shortened to 4 KiB."""
    file: str = ""
    line: int = 0
    attempt: int = 1


class ArtifactProduced(NamedTuple):
    """A file that a task left, by its digest."""

    time: float
    task: str
    path: str
    hash: str
    """SHA-256 of the file; of an artifact that of its manifest."""
    size: int
    name: str = ""
    """Of an artifact: what it can be asked for by."""
    expires: float = 0.0
    """When an artifact is forgotten; 0: never."""


class TaskFinished(NamedTuple):
    """A task ended, whatever it took."""

    time: float
    task: str
    outcome: str
    origin: str = RAN
    """`run`: a process ran; `cache`: restored from the store; `fresh`: what is on disk is already right."""
    action: str = ""
    """Digest of the REAPI Action, the cache key; empty when it has none."""
    exit_code: int | None = None
    signal: int = 0
    duration_s: float = 0.0
    """Of the process; for a cached task what it took when it ran."""
    attempts: int = 1
    cpu_s: float = 0.0
    memory: int = 0
    """Peak resident set."""
    read_bytes: int = 0
    written_bytes: int = 0
    outputs: int = 0
    """Number of output files."""
    message: str = ""
    """Why it was skipped, cancelled or not stored, in a sentence."""
    worker: str = ""
    """The machine that did it, as the cluster calls it; empty: the one of the run."""
    tier: str = ""
    """Where the result of a cached task came from, as it may be printed; empty: from the store of this machine."""
    fetched_bytes: int = 0
    """What came with it from there."""


class ApprovalRequested(NamedTuple):
    """The run waits for a person."""

    time: float
    task: str
    stage: str
    deadline: float = 0.0
    """When it gives up; 0: never."""


class ApprovalGiven(NamedTuple):
    """A person answered."""

    time: float
    task: str
    approved: bool
    by: str = ""


class Notice(NamedTuple):
    """Something worth a line that is no failure: a read-only cache, a skipped leg of a matrix."""

    time: float
    message: str
    task: str = ""


class TierUsed(NamedTuple):
    """What a store on another machine was used for in this run."""

    time: float
    tier: str
    """As it may be printed."""
    asked: int = 0
    """Results that it was asked for."""
    hits: int = 0
    """Those that came from it whole."""
    fetched_bytes: int = 0
    sent: int = 0
    """Results that it was sent before the run ended; where runs do not wait, sending goes on behind them."""
    sent_bytes: int = 0
    message: str = ""
    """Why it was left alone; empty: it was not."""
    refused: int = 0
    """Results that it had and that were not taken: damaged, or not to be believed."""


class CompilerCacheUsed(NamedTuple):
    """What a compiler cache (sccache, ccache) spared a task."""

    time: float
    task: str
    """The name of a batch where several tasks were compiled by one call; empty: what no task can be told to have asked."""
    tool: str
    hits: int = 0
    """Compilations that it answered."""
    misses: int = 0
    uncached: int = 0
    """Compilations that it cannot keep."""
    errors: int = 0
    """Questions to its storage that failed."""


class RunFinished(NamedTuple):
    """The last event of a run."""

    time: float
    outcome: str
    duration_s: float = 0.0
    message: str = ""


Event = (
    RunStarted
    | RunPlanned
    | TaskStarted
    | TaskOutput
    | TestFinished
    | ArtifactProduced
    | TaskFinished
    | ApprovalRequested
    | ApprovalGiven
    | Notice
    | TierUsed
    | CompilerCacheUsed
    | RunFinished
)

KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        RunStarted,
        RunPlanned,
        TaskStarted,
        TaskOutput,
        TestFinished,
        ArtifactProduced,
        TaskFinished,
        ApprovalRequested,
        ApprovalGiven,
        Notice,
        TierUsed,
        CompilerCacheUsed,
        RunFinished,
    )
}


class Broadcast:
    """Tell every listener; a listener that raises is dropped and named once at the end, the run goes on."""

    def __init__(self, listeners: list[Callable[[Event], None]]) -> None:
        self._listeners = listeners
        self.lost: list[tuple[Callable[[Event], None], Exception]] = []

    def __call__(self, event: Event) -> None:
        """Give `event` to each listener in turn."""
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001  the whole point of this class
                self.drop(listener, error)

    def drop(self, listener: Callable[[Event], None], error: Exception) -> None:
        """Tell `listener` nothing more, because of `error`."""
        self._listeners.remove(listener)
        self.lost.append((listener, error))
