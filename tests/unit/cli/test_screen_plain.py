"""Plain lines, and what they say of failures."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot
from tests.unit.cli.screen_runs import RUN, Sink, failing_run, play, start

from pitstop.cli.screen.terminal import make_screen
from pitstop.core import events
from pitstop.core.events import (
    CACHED,
    CANCELLATION,
    ERROR,
    FAILURE,
    SKIP,
    SUCCESS,
    TIMEOUT,
    ApprovalRequested,
    Event,
    Notice,
    RunFinished,
    TaskFinished,
    TaskOutput,
    TaskStarted,
)


def shown(run: list[Event], logs: str = "errors-only", *, colour: bool = False) -> str:
    out = Sink()
    screen = make_screen("plain", out, tty=False, logs=logs, colour=colour)  # type: ignore[arg-type]
    play(screen, run)
    screen.close()
    return out.text


def test_a_failed_run_says_what_failed_why_and_how_to_run_it_again() -> None:
    assert shown(failing_run()) == snapshot("""\
ok      api:build  1.2 s
failed  api:test  exit code 1 after 0.70 s
  ⋮
  │ test 30 ok
  │ test 31 ok
  │ test 32 ok
  │ test 33 ok
  │ test 34 ok
  │ test 35 ok
  │ test 36 ok
  │ test 37 ok
  │ test 38 ok
  │ test 39 ok
  │ E       assert 3 == 4
  │ 1 failed, 40 passed
  all 43 lines: pitstop logs 20261122-011530-ab12 api:test

failed  api:test  exit code 1 after 0.70 s
  test tests.test_x.test_y  tests/test_x.py:12
       assert 3 == 4
  whose: test (sure): `pytest -q` failed
  again: pitstop run api:test
  one test: pytest tests/test_x.py::test_y

skipped (needs `api:test`, which did not pass): web:e2e
5 tasks: 2 cached, 1 ran, 1 failed, 1 skipped in 2.0 s
""")


def test_only_the_verdict_is_shown_when_no_log_is_wanted() -> None:
    assert shown(failing_run(), "none") == snapshot("""\

failed  api:test  exit code 1 after 0.70 s
  test tests.test_x.test_y  tests/test_x.py:12
       assert 3 == 4
  whose: test (sure): `pytest -q` failed
  again: pitstop run api:test
  one test: pytest tests/test_x.py::test_y

skipped (needs `api:test`, which did not pass): web:e2e
5 tasks: 2 cached, 1 ran, 1 failed, 1 skipped in 2.0 s
""")


def test_all_output_is_shown_by_whole_lines_with_their_task() -> None:
    run: list[Event] = [
        *start(2),
        TaskStarted(1.0, "a:build"),
        TaskStarted(1.0, "b:build"),
        TaskOutput(1.1, "a:build", b"first half, "),
        TaskOutput(1.2, "b:build", b"\x1b[32mgreen\x1b[0m\nno end"),
        TaskOutput(1.3, "a:build", b"second half\n"),
        TaskFinished(2.0, "b:build", SUCCESS, duration_s=1.0),
        TaskFinished(2.0, "a:build", FAILURE, exit_code=2, duration_s=1.0),
    ]
    assert shown(run, "new-only") == snapshot("""\
b:build: green
a:build: first half, second half
b:build: no end
ok      b:build  1.0 s
failed  a:build  exit code 2 after 1.0 s
""")


def test_the_output_of_cached_tasks_is_shown_only_in_full() -> None:
    run: list[Event] = [
        *start(1),
        TaskOutput(1.0, "a:build", b"from the cache\n"),
        TaskFinished(1.0, "a:build", SUCCESS, CACHED),
    ]
    assert shown(run, "full") == "a:build: from the cache\n"
    assert shown(run, "new-only") == ""
    assert shown(run) == ""


@pytest.mark.parametrize(
    ("finished", "how"),
    [
        (TaskFinished(2.0, "a:b", TIMEOUT, signal=9, duration_s=30.0), "timed out after 30 s"),
        (TaskFinished(2.0, "a:b", FAILURE, signal=9, duration_s=2.0), "killed by SIGKILL after 2.0 s"),
        (TaskFinished(2.0, "a:b", FAILURE, signal=77), "killed by signal 77"),
        (TaskFinished(2.0, "a:b", FAILURE, exit_code=3, attempts=2), "exit code 3, 2 attempts"),
        (TaskFinished(2.0, "a:b", ERROR, exit_code=127, message="`x` was not found"), "`x` was not found"),
        (TaskFinished(2.0, "a:b", FAILURE, message="rejected by ann"), "rejected by ann"),
    ],
)
def test_how_a_task_ended_is_said_in_words(finished: TaskFinished, how: str) -> None:
    assert shown([TaskStarted(1.0, "a:b"), finished]) == f"failed  a:b  {how}\n"


def test_what_was_cancelled_or_never_started_is_told() -> None:
    run: list[Event] = [
        *start(5, 1),
        TaskStarted(1.0, "a:b"),
        TaskFinished(2.0, "a:b", CANCELLATION, signal=15, duration_s=1.0, message="interrupted"),
        TaskFinished(2.0, "a:c", CANCELLATION, message="interrupted"),
        RunFinished(2.0, CANCELLATION, 1.5),
    ]
    assert shown(run) == snapshot("""\

cancelled (interrupted): a:b, a:c
5 tasks: 1 cached, 0 ran, 0 failed, 2 cancelled, 2 not started in 1.5 s
""")


def test_a_stage_that_is_left_out_on_purpose_does_not_spoil_the_verdict() -> None:
    run: list[Event] = [
        *start(2),
        TaskFinished(1.0, "deploy:run", SKIP, message="when: branch == 'main'"),
        TaskStarted(1.0, "a:b"),
        TaskFinished(2.0, "a:b", SUCCESS, duration_s=1.0),
        RunFinished(2.0, SUCCESS, 1.5),
    ]
    assert shown(run, colour=True).endswith("\x1b[32m2 tasks: 0 cached, 1 ran, 0 failed, 1 skipped in 1.5 s\x1b[0m\n")


def test_tasks_of_one_process_share_one_account_of_what_went_wrong() -> None:
    tasks = [f"{name}:test" for name in ("a", "b", "c")]
    run: list[Event] = [
        *start(3),
        *(TaskStarted(1.0, task, command="cargo test", batch="cargo 1") for task in tasks),
        TaskOutput(1.5, "cargo 1", b"error[E0308]: mismatched types\n --> a.rs:1:2\n"),
        *(TaskFinished(2.0, task, FAILURE, exit_code=101, duration_s=1.0) for task in tasks[:2]),
        TaskFinished(2.0, "c:test", SUCCESS, duration_s=1.0),
        RunFinished(2.0, FAILURE, 1.5),
    ]
    assert shown(run) == snapshot("""\
failed  a:test  exit code 101 after 1.0 s
  │ error[E0308]: mismatched types
  │  --> a.rs:1:2
failed  b:test  exit code 101 after 1.0 s
ok      c:test  1.0 s

failed  a:test  exit code 101 after 1.0 s
  1  error[E0308]: mismatched types
  2   --> a.rs:1:2
  whose: code, compile (likely): rustc says so
  known: rust/e0308: Read the compiler's own explanation
         $ rustc --explain E0308
  again: pitstop run a:test

failed  b:test  exit code 101 after 1.0 s
  ran in one process with a:test: its output is the same
  again: pitstop run b:test

3 tasks: 0 cached, 1 ran, 2 failed in 1.5 s
""")


def test_one_error_that_several_processes_met_is_told_once() -> None:
    error = "error[E0308]: mismatched types (a.rs:1)"
    tasks = ("a:build", "a:lint")
    run: list[Event] = [
        *start(2),
        *(TaskStarted(1.0, task, command="cargo") for task in tasks),
        *(TaskOutput(1.5, task, b"error[E0308]: mismatched types\n --> a.rs:1:2\n") for task in tasks),
        *(TaskFinished(2.0, task, FAILURE, exit_code=101, duration_s=1.0, message=error) for task in tasks),
        RunFinished(2.0, FAILURE, 1.5),
    ]
    assert shown(run, "none") == snapshot("""\

failed  a:build  exit code 101 after 1.0 s
  error[E0308]: mismatched types (a.rs:1)
  1  error[E0308]: mismatched types
  2   --> a.rs:1:2
  whose: code, compile (sure): rustc says so
  known: rust/e0308: Read the compiler's own explanation
         $ rustc --explain E0308
  again: pitstop run a:build

failed  a:lint  exit code 101 after 1.0 s
  error[E0308]: mismatched types (a.rs:1)
  the lines that say why are above, under a:build
  again: pitstop run a:lint

2 tasks: 0 cached, 0 ran, 2 failed in 1.5 s
""")


def test_only_the_last_attempt_is_accounted_for() -> None:
    run: list[Event] = [
        *start(1),
        TaskStarted(1.0, "a:b"),
        TaskOutput(1.5, "a:b", b"error: the first time\n"),
        events.TestFinished(1.6, "a:b", "s", "flaky", FAILURE),
        TaskStarted(2.0, "a:b", 2),
        TaskOutput(2.5, "a:b", b"error: the second time\n"),
        TaskFinished(3.0, "a:b", FAILURE, exit_code=1, attempts=2),
        RunFinished(3.0, FAILURE, 2.0),
    ]
    assert "the first time" not in shown(run)
    assert "flaky" not in shown(run)
    assert "the second time" in shown(run)


@pytest.mark.parametrize(
    ("command", "test", "again"),
    [
        (
            "pytest -q",
            events.TestFinished(1.0, "t", "tests.test_x", "test_y[1-a b]", FAILURE, file="tests/test_x.py"),
            "pytest 'tests/test_x.py::test_y[1-a b]'",
        ),
        (
            "cargo test -p till",
            events.TestFinished(1.0, "t", "till", "tests::adds", FAILURE),
            "cargo test tests::adds -- --exact",
        ),
        (
            "cargo nextest run",
            events.TestFinished(1.0, "t", "till", "tests::adds", FAILURE),
            "cargo nextest run -E 'test(=tests::adds)'",
        ),
        (
            "go test ./...",
            events.TestFinished(1.0, "t", "route", "TestX/sub", FAILURE),
            "go test ./... -run '^TestX$/^sub$'",
        ),
        ("make test", events.TestFinished(1.0, "t", "route", "TestX", FAILURE), ""),
    ],
)
def test_one_failed_test_can_be_run_alone(command: str, test: events.TestFinished, again: str) -> None:
    run: list[Event] = [
        TaskStarted(1.0, "t", command=command),
        test,
        TaskFinished(1.0, "t", FAILURE, exit_code=1),
        RunFinished(2.0, FAILURE),
    ]
    assert (f"  one test: {again}\n" in shown(run)) == bool(again)
    assert ("one test:" in shown(run)) == bool(again)


def test_that_command_goes_to_the_folder_of_the_package() -> None:
    out = Sink()
    screen = make_screen("plain", out, tty=False, folder=lambda task: f"my packages/{task[0]}")  # type: ignore[arg-type]
    play(screen, failing_run())
    assert "  one test: cd 'my packages/a' && pytest tests/test_x.py::test_y\n" in out.text


def test_a_thousand_failures_are_told_in_a_page() -> None:
    run: list[Event] = [*start(1000)]
    for number in range(1000):
        run += [TaskStarted(1.0, f"p{number}:b"), TaskFinished(1.0, f"p{number}:b", FAILURE, exit_code=1)]
    verdict = shown([*run, RunFinished(2.0, FAILURE, 1.0)], "none").splitlines()
    assert len(verdict) < 70
    assert verdict[-2:] == [
        f"and 980 more failed tasks: pitstop show {RUN}",
        "1000 tasks: 0 cached, 0 ran, 1000 failed in 1.0 s",
    ]


def test_a_huge_output_is_kept_only_at_its_ends() -> None:
    lines = b"".join(b"line %06d of the output\n" % number for number in range(20_000))
    run: list[Event] = [*start(1), TaskStarted(1.0, "a:b")]
    run += [TaskOutput(1.0, "a:b", lines) for _ in range(20)]
    run += [TaskOutput(1.0, "a:b", b"the last line\n"), TaskFinished(2.0, "a:b", FAILURE, exit_code=1)]
    text = shown(run)
    assert "  │ the last line\n" in text
    assert f"  all of it: pitstop logs {RUN} a:b\n" in text


def test_a_minute_without_a_line_is_broken_by_what_goes_on() -> None:
    out = Sink()
    screen = make_screen("plain", out, tty=False)  # type: ignore[arg-type]
    play(screen, [*start(2), TaskStarted(10.0, "a:lint"), TaskStarted(12.0, "a:test")])
    said = []
    for now in (12.0, 71.0, 72.0, 73.0, 131.0, 133.0, 200.0):
        before = len(out.text)
        screen.tick(now)
        said.append((now, out.text[before:]))
        if now == 133.0:
            play(screen, [TaskFinished(133.0, "a:lint", SUCCESS, duration_s=123.0)])
    assert [one for one in said if one[1]] == [
        (72.0, "runs    a:lint and 1 more  1 min 02 s\n"),
        (133.0, "runs    a:lint and 1 more  2 min 03 s\n"),
    ]
    screen.tick(260.0)
    assert out.text.endswith("runs    a:test  4 min 08 s\n")


def test_notes_and_questions_are_lines_of_their_own() -> None:
    run: list[Event] = [
        *start(1),
        Notice(1.0, "the cache is read-only"),
        ApprovalRequested(1.0, "stage:publish", "publish", 601.0),
    ]
    assert shown(run) == snapshot("""\
note    the cache is read-only
wait    stage:publish waits for approval, within 10 min 00 s: `pitstop approve 20261122-011530-ab12`
""")


def test_ascii_is_enough() -> None:
    out = Sink()
    play(make_screen("plain", out, tty=False, unicode=False), failing_run())  # type: ignore[arg-type]
    assert out.text.isascii()
