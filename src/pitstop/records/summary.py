"""What a run came to: its events folded into one row for the run and one for each task."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.events import (
    ERROR,
    FAILURE,
    RAN,
    SKIP,
    SUCCESS,
    TIMEOUT,
    ApprovalGiven,
    ApprovalRequested,
    ArtifactProduced,
    CompilerCacheUsed,
    Notice,
    RunFinished,
    RunPlanned,
    RunStarted,
    TaskFinished,
    TaskOutput,
    TaskStarted,
    TestFinished,
    TierUsed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.core.events import Event

FAILED = (FAILURE, ERROR, TIMEOUT)
"""The outcomes that somebody has to do something about."""


class RunRow(NamedTuple):
    """One run. Named after OpenTelemetry's `cicd.pipeline.*`, `vcs.*`, `host.*` without their prefixes."""

    run_id: str
    pipeline_name: str
    result: str
    """One of `core.events.OUTCOMES`; empty while the run goes on."""
    started_at: float
    ended_at: float
    """0 while it goes on."""
    duration_s: float
    ref_head_name: str
    """The branch."""
    ref_head_revision: str
    host_name: str
    pid: int
    argv: tuple[str, ...]
    root: str
    version: str
    source: str
    message: str
    total: int
    """Tasks of the plan."""
    ran: int
    """Tasks that passed, and for which a process ran."""
    cached: int
    """Tasks answered without a process."""
    failed: int
    skipped: int
    saved_s: float
    """What the cached tasks took when they ran."""
    expected_s: float


class TaskRow(NamedTuple):
    """One task of a run, `cicd.pipeline.task.*`; fields that share a name with `TaskFinished` mean the same."""

    task_name: str
    result: str
    """Empty while the task runs."""
    origin: str
    action: str
    exit_code: int | None
    signal: int
    started_at: float
    """Of the first attempt; 0 when no process was started."""
    ended_at: float
    duration_s: float
    attempts: int
    cpu_s: float
    memory: int
    read_bytes: int
    written_bytes: int
    outputs: int
    output_bytes: int
    """What it wrote to its standard output and error; of a batch, 0."""
    command: str
    reason: str
    batch: str
    expected_s: float
    message: str
    worker: str
    """The machine that did it; empty: the one of the run."""
    tier: str
    """Where a cached result came from; empty: from the store of this machine."""
    fetched_bytes: int


class TestRow(NamedTuple):
    """One attempt at a test case, `test.*`: a `TestFinished`."""

    ended_at: float
    task_name: str
    suite_name: str
    case_name: str
    result: str
    duration_s: float
    message: str
    file: str
    line: int
    attempt: int


class ArtifactRow(NamedTuple):
    """A file that a task left: an `ArtifactProduced`."""

    at: float
    task_name: str
    path: str
    hash: str
    size: int
    name: str
    """Of an artifact; empty: only an output."""
    expires: float
    """When an artifact is forgotten; 0: never."""


class TierRow(NamedTuple):
    """What a store on another machine was used for: a `TierUsed`."""

    at: float
    tier: str
    asked: int
    hits: int
    fetched_bytes: int
    sent: int
    sent_bytes: int
    message: str
    refused: int


class CompilerRow(NamedTuple):
    """What a compiler cache spared a task or a batch: a `CompilerCacheUsed`."""

    at: float
    task_name: str
    tool: str
    hits: int
    misses: int
    uncached: int
    errors: int


class NoticeRow(NamedTuple):
    """A `Notice`."""

    at: float
    message: str
    task_name: str


class ApprovalRow(NamedTuple):
    """A question to a person, and the answer where there is one."""

    task_name: str
    stage: str
    asked_at: float
    deadline: float
    answered_at: float
    """0: not yet."""
    approved: bool
    answered_by: str


class Summary(NamedTuple):
    """A run with everything in it; tasks in the order in which they ended, then those that still run."""

    run: RunRow
    tasks: list[TaskRow]
    tests: list[TestRow]
    artifacts: list[ArtifactRow]
    notices: list[NoticeRow]
    approvals: list[ApprovalRow]
    tiers: list[TierRow]
    compilers: list[CompilerRow]


def summarize(events: Iterable[Event]) -> Summary | None:
    """Fold the events of one run; None when there is no `RunStarted` among them.

    A task that ended twice counts as it ended last.
    """
    start: RunStarted | None = None
    plan: RunPlanned | None = None
    end: RunFinished | None = None
    first: dict[str, TaskStarted] = {}
    running: dict[str, TaskStarted] = {}
    ended: dict[str, TaskFinished] = {}
    written: dict[str, int] = {}
    tests: list[TestRow] = []
    artifacts: list[ArtifactRow] = []
    notices: list[NoticeRow] = []
    approvals: dict[str, ApprovalRow] = {}
    tiers: list[TierRow] = []
    compilers: list[CompilerRow] = []
    for event in events:
        match event:
            case TaskFinished():
                ended.pop(event.task, None)
                ended[event.task] = event
                running.pop(event.task, None)
            case TaskOutput():
                written[event.task] = written.get(event.task, 0) + event.size
            case TaskStarted():
                first.setdefault(event.task, event)
                running[event.task] = event
            case TestFinished():
                tests.append(TestRow._make(event))
            case ArtifactProduced():
                artifacts.append(ArtifactRow._make(event))
            case Notice():
                notices.append(NoticeRow._make(event))
            case TierUsed():
                tiers.append(TierRow._make(event))
            case CompilerCacheUsed():
                compilers.append(CompilerRow._make(event))
            case ApprovalRequested():
                approvals[event.task] = ApprovalRow(event.task, event.stage, event.time, event.deadline, 0.0, False, "")  # noqa: FBT003  a row
            case ApprovalGiven():
                asked = approvals.get(event.task) or ApprovalRow(event.task, "", event.time, 0.0, 0.0, False, "")  # noqa: FBT003  a row
                approvals[event.task] = asked._replace(
                    answered_at=event.time, approved=event.approved, answered_by=event.by
                )
            case RunStarted():
                start = event
            case RunPlanned():
                plan = event
            case RunFinished():
                end = event
    if start is None:
        return None
    tasks = [_ended(task, first.get(task.task), written.get(task.task, 0)) for task in ended.values()]
    tasks += [_running(first[name], task, written.get(name, 0)) for name, task in running.items()]
    run = _run(start, plan, end, tasks)
    return Summary(run, tasks, tests, artifacts, notices, list(approvals.values()), tiers, compilers)


def final(tests: Iterable[TestRow]) -> list[TestRow]:
    """Return of each test case its last attempt, in the order in which they first came."""
    last: dict[tuple[str, str, str], TestRow] = {}
    for test in tests:
        key = (test.task_name, test.suite_name, test.case_name)
        known = last.get(key)
        if known is None or known.attempt <= test.attempt:
            last[key] = test
    return list(last.values())


def _run(start: RunStarted, plan: RunPlanned | None, end: RunFinished | None, tasks: list[TaskRow]) -> RunRow:
    cached = [task for task in tasks if task.origin != RAN and task.result == SUCCESS]
    return RunRow(
        run_id=start.run,
        pipeline_name=start.pipeline,
        result=end.outcome if end else "",
        started_at=start.time,
        ended_at=end.time if end else 0.0,
        duration_s=end.duration_s if end else 0.0,
        ref_head_name=start.branch,
        ref_head_revision=start.revision,
        host_name=start.host,
        pid=start.pid,
        argv=start.argv,
        root=start.root,
        version=start.version,
        source=start.source,
        message=end.message if end else "",
        total=max(plan.total if plan else 0, len(tasks)),
        ran=sum(task.origin == RAN and task.result == SUCCESS for task in tasks),
        cached=len(cached),
        failed=sum(task.result in FAILED for task in tasks),
        skipped=sum(task.result == SKIP for task in tasks),
        saved_s=sum(task.duration_s for task in cached),
        expected_s=plan.expected_s if plan else 0.0,
    )


def _ended(end: TaskFinished, start: TaskStarted | None, written: int) -> TaskRow:
    return TaskRow(
        task_name=end.task,
        result=end.outcome,
        origin=end.origin,
        action=end.action,
        exit_code=end.exit_code,
        signal=end.signal,
        started_at=start.time if start else 0.0,
        ended_at=end.time,
        duration_s=end.duration_s,
        attempts=end.attempts,
        cpu_s=end.cpu_s,
        memory=end.memory,
        read_bytes=end.read_bytes,
        written_bytes=end.written_bytes,
        outputs=end.outputs,
        output_bytes=written,
        command=start.command if start else "",
        reason=start.reason if start else "",
        batch=start.batch if start else "",
        expected_s=start.expected_s if start else 0.0,
        message=end.message,
        worker=end.worker,
        tier=end.tier,
        fetched_bytes=end.fetched_bytes,
    )


def _running(first: TaskStarted, last: TaskStarted, written: int) -> TaskRow:
    """Return the row of a task that has not ended: that of one which ended with nothing known."""
    row = _ended(TaskFinished(0.0, first.task, "", attempts=last.attempt), first, written)
    return row._replace(command=last.command or first.command)
