"""Runs as lists of events, made up for the tests of screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from pitstop.core.events import (
    CACHED,
    CANCELLATION,
    FAILURE,
    SKIP,
    SUCCESS,
    Event,
    Notice,
    RunFinished,
    RunPlanned,
    RunStarted,
    TaskFinished,
    TaskOutput,
    TaskStarted,
    TestFinished,
)

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = "20261122-011530-ab12"


class Sink:
    """Takes what a screen writes, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.pieces.append(data)
        return len(data)

    def flush(self) -> None:
        pass

    @property
    def text(self) -> str:
        return b"".join(self.pieces).decode("utf-8", "replace")


def start(total: int, ready: int = 0) -> list[Event]:
    return [RunStarted(1.0, RUN, "/r"), RunPlanned(1.0, total, ready)]


def failing_run() -> list[Event]:
    """One task passes, one fails with a failed test, one is skipped because of it."""
    log = b"collecting\n" + b"".join(b"test %d ok\n" % number for number in range(40))
    return [
        *start(5, 2),
        TaskStarted(1.0, "api:build"),
        TaskOutput(1.5, "api:build", b"compiling\ndone"),
        TaskFinished(2.0, "api:build", SUCCESS, duration_s=1.2),
        TaskStarted(2.0, "api:test", command="pytest -q"),
        TaskOutput(2.5, "api:test", log + b"E       assert 3 == 4\n1 failed, 40 passed\n"),
        TestFinished(2.6, "api:test", "tests.test_x", "test_y", FAILURE, 0.1, "assert 3 == 4", "tests/test_x.py", 12),
        TaskFinished(2.7, "api:test", FAILURE, exit_code=1, duration_s=0.7),
        TaskFinished(2.7, "web:e2e", SKIP, message="needs `api:test`, which did not pass"),
        RunFinished(3.0, FAILURE, 2.0),
    ]


def play(screen: Callable[[Event], None], run: list[Event]) -> None:
    for event in run:
        screen(event)


_TASKS = [
    f"{package}:{task}"
    for package in ("api", "web", "日本", "a-very-long-name-of-a-package")
    for task in ("build", "test")
]


@st.composite
def runs(draw: st.DrawFn) -> list[Event]:
    """A run of up to eight tasks, as an engine could tell it."""
    todo = draw(st.permutations(_TASKS))[: draw(st.integers(0, len(_TASKS)))]
    events: list[Event] = start(len(todo) + 3, 3)
    running: list[str] = []
    time = 1.0
    while todo or running:
        time += draw(st.sampled_from([0.05, 0.5, 30.0]))
        step = draw(st.sampled_from(["start", "output", "finish", "test", "notice"]))
        if (step == "start" and todo) or not running:
            if not todo:
                break
            task = todo.pop()
            if draw(st.integers(0, 3)) == 0:
                kind = draw(st.sampled_from([(SUCCESS, CACHED), (SKIP, ""), (CANCELLATION, "")]))
                events.append(TaskFinished(time, task, kind[0], kind[1] or "run", message="because"))
                continue
            running.append(task)
            events.append(TaskStarted(time, task, expected_s=draw(st.sampled_from([0.0, 0.4, 40.0]))))
        elif step == "output":
            data = draw(
                st.sampled_from(
                    [b"one line\n", b"no end", b"\x1b[31mred\x1b[0m\n", b"\x1b[2J\x1b[1A", b"\xff\n", b"a\rb\n"]
                )
            )
            events.append(TaskOutput(time, draw(st.sampled_from(running)), data * draw(st.integers(1, 40))))
        elif step == "test":
            events.append(TestFinished(time, running[0], "suite", "case", draw(st.sampled_from([FAILURE, SUCCESS]))))
        elif step == "notice":
            events.append(Notice(time, "something to know"))
        else:
            task = running.pop(draw(st.integers(0, len(running) - 1)))
            outcome = draw(st.sampled_from([SUCCESS, SUCCESS, FAILURE, CANCELLATION]))
            code = None if outcome != FAILURE else 1
            events.append(TaskFinished(time, task, outcome, exit_code=code, duration_s=2.0))
    events.append(RunFinished(time + 1, FAILURE, time))
    return events
