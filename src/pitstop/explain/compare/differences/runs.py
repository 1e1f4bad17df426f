"""Two recorded runs as rows: which tasks and tests turned, what came from the cache, what took longer, which inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.events import RAN, SUCCESS
from pitstop.explain.compare.differences.values import CACHE, DURATION, INPUT, RESULT, TEST, Difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.records.summary import Summary, TaskRow

_LEAST_S = 1.0
_LEAST_PART = 0.25
"""A duration is told that differs by more than both."""


def differing_rows(first: Summary, second: Summary) -> list[Difference]:
    """Return how the tasks and tests of the run `second` differ from those of `first`."""
    before = {task.task_name: task for task in first.tasks}
    found: list[Difference] = []
    for task in second.tasks:
        if (old := before.get(task.task_name)) is not None:
            found += _task(old, task)
    after = {task.task_name for task in second.tasks}
    found += [Difference(RESULT, name, task.result, "") for name, task in before.items() if name not in after]
    found += [
        Difference(RESULT, task.task_name, "", task.result) for task in second.tasks if task.task_name not in before
    ]
    return [*found, *_tests(first, second)]


def _task(old: TaskRow, new: TaskRow) -> Iterator[Difference]:
    from pitstop.core.text import duration

    if old.result != new.result:
        yield Difference(RESULT, new.task_name, old.result, new.result)
    if (old.origin == RAN) != (new.origin == RAN) and old.result == new.result == SUCCESS:
        yield Difference(CACHE, new.task_name, _origin(old), _origin(new))
    longer = abs(new.duration_s - old.duration_s)
    if old.origin == new.origin == RAN and longer >= _LEAST_S and longer > _LEAST_PART * old.duration_s > 0:
        yield Difference(DURATION, new.task_name, duration(old.duration_s), duration(new.duration_s))


def _origin(task: TaskRow) -> str:
    return "ran" if task.origin == RAN else "from the cache"


def _tests(first: Summary, second: Summary) -> Iterator[Difference]:
    """Give the tests whose last attempt ended otherwise, and those that are new and failed."""
    from pitstop.records.summary import final

    before = {(test.task_name, test.suite_name, test.case_name): test.result for test in final(first.tests)}
    for test in final(second.tests):
        old = before.get((test.task_name, test.suite_name, test.case_name), "")
        if old != test.result and (old or test.result != SUCCESS):
            name = f"{test.suite_name}: {test.case_name}" if test.suite_name else test.case_name
            yield Difference(TEST, name, old, test.result, test.task_name)


def same_inputs(first: Summary, second: Summary) -> list[str]:
    """Return the tasks that ended otherwise although their cache keys say that nothing they depend on has changed."""
    before = {task.task_name: task for task in first.tasks if task.action}
    return [
        task.task_name
        for task in second.tasks
        if (old := before.get(task.task_name)) and old.action == task.action and old.result != task.result
    ]


def differing_inputs(misses: Iterable[tuple[str, Iterable[str]]]) -> list[Difference]:
    """Return what the runs in between noted of tasks whose cache key changed: (task, reasons as `Change.text` has them).

    The same reason of several tasks is told once.
    """
    tasks: dict[str, list[str]] = {}
    for task, reasons in misses:
        for reason in reasons:
            if task not in (named := tasks.setdefault(reason, [])):
                named.append(task)
    found = []
    for reason, named in tasks.items():
        name, _, values = reason.partition(": ")
        before, arrow, after = values.partition(" -> ")
        detail = ", ".join(named[:3]) + (" …" if len(named) > 3 else "")
        found.append(
            Difference(INPUT, name, before, after, detail) if arrow else Difference(INPUT, reason, detail=detail)
        )
    return found
