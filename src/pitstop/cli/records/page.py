"""One run as text: what it was, its tasks, what failed, what is worth knowing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.cli.records.opened import ago, columns, moment, printable, role_of
from pitstop.cli.records.runs import commit_of
from pitstop.core.clock import timestamp
from pitstop.core.events import CANCELLATION, RAN, SKIP, SUCCESS
from pitstop.core.text import duration, plural, size, strip_ansi
from pitstop.records.summary import FAILED, final

if TYPE_CHECKING:
    from pitstop.cli.screen.style import Style
    from pitstop.records.summary import RunRow, Summary, TaskRow, TestRow

_MESSAGE_LINES = 5
_NOTICES = 10


def page(summary: Summary, style: Style, now: float, *, everything: bool, tests: bool) -> list[str]:
    """Return the lines about a run; `everything`: cached tasks and all notices too, `tests`: every test case."""
    run = summary.run
    shown = [task for task in summary.tasks if everything or task.origin == RAN or task.result != SUCCESS]
    sections = [_header(summary, style, now)]
    if shown:
        sections.append(_tasks(shown, style))
    if tests:
        sections.append(_all_tests(summary, style))
    sections.append(_failed_tests(summary, style))
    waiting = [question for question in summary.approvals if not question.answered_at]
    if waiting and not run.result:
        lines = [f"  {question.task_name}  `pitstop approve {run.run_id} {question.stage}`" for question in waiting]
        sections.append([style.paint("name", "waits for a person"), *lines])
    notices = summary.notices if everything else summary.notices[:_NOTICES]
    if notices:
        more = len(summary.notices) - len(notices)
        lines = [f"  {row.task_name + ': ' if row.task_name else ''}{row.message}" for row in notices]
        lines = [*map(printable, lines), *([f"  and {more} more: `--all`"] if more else [])]
        sections.append([style.paint("name", "notices"), *lines])
    failed = [task.task_name for task in summary.tasks if task.result in FAILED]
    if failed:
        sections.append([f"`pitstop logs {run.run_id} {printable(failed[0])}` prints what it wrote"])
    return [line for section in sections if section for line in (*section, "")][:-1]


def task_page(summary: Summary, task: TaskRow, style: Style) -> list[str]:
    """Return the lines about one task of a run."""
    fields = [
        ("attempts", str(task.attempts) if task.attempts > 1 else ""),
        ("from", {RAN: ""}.get(task.origin, task.origin)),
        ("why", _why(task)),
        ("reason", task.reason),
        ("command", task.command),
        ("batch", task.batch),
        ("started", moment(task.started_at) or ""),
        ("ended", moment(task.ended_at) or ""),
        ("time", duration(task.duration_s) if task.duration_s else ""),
        ("expected", duration(task.expected_s) if task.expected_s else ""),
        ("cpu", duration(task.cpu_s) if task.cpu_s else ""),
        ("memory", size(task.memory) if task.memory else ""),
        ("read", size(task.read_bytes) if task.read_bytes else ""),
        ("written", size(task.written_bytes) if task.written_bytes else ""),
        ("output", size(task.output_bytes) if task.output_bytes else ""),
        ("files", str(task.outputs) if task.outputs else ""),
        ("compilers", _compilers(summary, task)),
        ("action", task.action),
    ]
    lines = [f"{style.paint('name', printable(task.task_name))}  {_result(task.result, style)}"]
    lines += [f"  {name:<9} {printable(text)}" for name, text in fields if text]
    own = [test for test in summary.tests if test.task_name == task.task_name]
    if own:
        passed = sum(test.result == SUCCESS for test in final(own))
        lines.append(f"  tests     {passed} of {len(final(own))} passed")
    for test in own:
        if test.result in FAILED:
            lines += _test_lines(test, style, whole=True)
    for artifact in summary.artifacts:
        if artifact.task_name == task.task_name:
            lines.append(f"  artifact  {printable(artifact.path)}  {size(artifact.size)}  {artifact.hash}")
    return [*lines, ""] if summary.tasks[-1] is not task else lines


def _compilers(summary: Summary, task: TaskRow) -> str:
    """Return what compiler caches spared a task, or the whole of the batch that it was in."""
    rows = [row for row in summary.compilers if row.task_name and row.task_name in {task.task_name, task.batch}]
    return ", ".join(f"{row.tool} answered {row.hits} of {row.hits + row.misses}" for row in rows)


def _header(summary: Summary, style: Style, now: float) -> list[str]:
    run = summary.run
    took = run.duration_s if run.result else max(0.0, now - run.started_at)
    expected = f" of about {duration(run.expected_s)}" if run.expected_s and not run.result else ""
    lines = [f"{style.paint('name', run.run_id)}  {_result(run.result, style)}  {duration(took)}{expected}"]
    cpu = sum(task.cpu_s for task in summary.tasks if task.origin == RAN)
    memory = max((task.memory for task in summary.tasks if task.origin == RAN), default=0)
    fields = [
        ("message", run.message),
        ("pipeline", run.pipeline_name),
        ("commit", commit_of(run)),
        (
            "started",
            f"{timestamp(run.started_at)}, {ago(now - run.started_at)}{f', on {run.host_name}' if run.host_name else ''}",
        ),
        ("command", _command(run)),
        ("source", "" if run.source == "pitstop" else run.source),
        ("tasks", _counts(summary)),
        ("tests", _test_counts(summary)),
        ("cpu", f"{duration(cpu)}, at most {size(memory)} of memory in one task" if cpu and memory else ""),
    ]
    return lines + [f"  {name:<9} {printable(text)}" for name, text in fields if text]


def _command(run: RunRow) -> str:
    from shlex import join

    ours = run.source == "pitstop" and run.argv and run.argv[0] != "pitstop"
    return join(("pitstop", *run.argv) if ours else run.argv)


def _counts(summary: Summary) -> str:
    run = summary.run
    running = sum(not task.result for task in summary.tasks)
    cancelled = sum(task.result == CANCELLATION for task in summary.tasks)
    saved = f" ({duration(run.saved_s)} saved)" if run.saved_s else ""
    parts = [
        f"{running} running" if running else "",
        f"{run.ran} ran" if run.ran else "",
        f"{run.cached} from the cache{saved}" if run.cached else "",
        f"{run.failed} failed" if run.failed else "",
        f"{run.skipped} skipped" if run.skipped else "",
        f"{cancelled} cancelled" if cancelled else "",
    ]
    return f"{run.total}: {', '.join(filter(None, parts))}" if any(parts) else str(run.total or "")


def _test_counts(summary: Summary) -> str:
    last = final(summary.tests)
    if not last:
        return ""
    counts = {result: sum(test.result == result for test in last) for result in dict.fromkeys(t.result for t in last)}
    flaky = len(_flaky(summary))
    parts = [f"{count} {result}" for result, count in sorted(counts.items(), key=lambda item: -item[1])]
    return f"{len(last)}: {', '.join(parts)}{f', {flaky} passed only when tried again' if flaky else ''}"


def _tasks(shown: list[TaskRow], style: Style) -> list[str]:
    rows = [[(name, "dim") for name in ("task", "result", "time", "cpu", "memory", "why")]]
    rows += [
        [
            (task.task_name, ""),
            (task.result or "running", role_of(task.result)),
            (duration(task.duration_s) if task.duration_s else "", ""),
            (duration(task.cpu_s) if task.cpu_s else "", ""),
            (size(task.memory) if task.memory else "", ""),
            (_why(task), ""),
        ]
        for task in sorted(shown, key=_order)
    ]
    return columns(style, rows, right=(2, 3, 4))


def _order(task: TaskRow) -> tuple[int, float, str]:
    """Failed first, then what still runs, what was cancelled, what ran, what was skipped; the slowest of each first."""
    if task.result in FAILED:
        place = 0
    elif not task.result:
        place = 1
    else:
        place = {CANCELLATION: 2, SKIP: 4}.get(task.result, 3 if task.origin == RAN else 5)
    return place, -task.duration_s, task.task_name


def _why(task: TaskRow) -> str:
    """Return in a few words how a task came to its result."""
    parts = [task.message]
    if task.signal:
        parts.append(f"signal {task.signal}")
    elif task.exit_code:
        parts.append(f"exit code {task.exit_code}")
    if task.attempts > 1:
        parts.append(f"attempt {task.attempts}")
    if task.origin != RAN and task.result == SUCCESS:
        parts.append("from the cache" if task.origin != "fresh" else "up to date")
    return ", ".join(filter(None, parts))


def _flaky(summary: Summary) -> list[TestRow]:
    failed = {(t.task_name, t.suite_name, t.case_name) for t in summary.tests if t.result in FAILED}
    return [
        test
        for test in final(summary.tests)
        if test.result == SUCCESS and (test.task_name, test.suite_name, test.case_name) in failed
    ]


def _failed_tests(summary: Summary, style: Style) -> list[str]:
    failed = [test for test in final(summary.tests) if test.result in FAILED]
    lines = [line for test in failed for line in _test_lines(test, style, whole=False)]
    if lines:
        lines = [style.paint("name", plural(len(failed), "failed test")), *lines]
    flaky = _flaky(summary)
    if flaky:
        lines.append(style.paint("name", f"{plural(len(flaky), 'test')} passed only when tried again"))
        lines += [f"  {printable(_title(test))}, attempt {test.attempt}" for test in flaky]
    return lines


def _test_lines(test: TestRow, style: Style, *, whole: bool) -> list[str]:
    place = f"  {test.file}:{test.line}" if test.line else f"  {test.file}" if test.file else ""
    attempt = f", attempt {test.attempt}" if whole else ""
    lines = strip_ansi(test.message).splitlines()
    more = (
        [] if whole or len(lines) <= _MESSAGE_LINES else [f"    and {plural(len(lines) - _MESSAGE_LINES, 'more line')}"]
    )
    shown = lines if whole else lines[:_MESSAGE_LINES]
    title = style.paint("bad", printable(_title(test)))
    return [f"  {title}{attempt}{printable(place)}", *(f"    {printable(line)}" for line in shown), *more]


def _title(test: TestRow) -> str:
    return " ".join(part for part in (test.task_name, test.suite_name, test.case_name) if part)


def _all_tests(summary: Summary, style: Style) -> list[str]:
    rows = [[(name, "dim") for name in ("test", "suite", "task", "result", "time", "attempt")]]
    rows += [
        [
            (test.case_name, ""),
            (test.suite_name, ""),
            (test.task_name, ""),
            (test.result, role_of(test.result)),
            (duration(test.duration_s) if test.duration_s else "", ""),
            (str(test.attempt) if test.attempt > 1 else "", ""),
        ]
        for test in final(summary.tests)
    ]
    return columns(style, rows, right=(4, 5)) if len(rows) > 1 else ["no test is recorded"]


def _result(result: str, style: Style) -> str:
    return style.paint(role_of(result), result or "running")
