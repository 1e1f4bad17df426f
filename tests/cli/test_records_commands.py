"""`pitstop runs`, `show`, `logs` and `approve` on a record made for the purpose, as a person sees them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

from pitstop.core.clock import now
from pitstop.core.events import (
    CACHED,
    FAILURE,
    FRESH,
    SKIP,
    SUCCESS,
    ApprovalRequested,
    Event,
    Notice,
    RunFinished,
    RunPlanned,
    RunStarted,
    TaskFinished,
    TaskOutput,
    TaskStarted,
)
from pitstop.core.events import TestFinished as CaseFinished
from pitstop.records.folders import new_run_id
from pitstop.records.recorder import Recorder

if TYPE_CHECKING:
    from tests.support.pit import Pit

FROZEN = Path(__file__).parent.parent / "unit" / "records" / "frozen" / "schema-1"
MESSAGE = "attempt to divide by zero\n" + "".join(f"frame {number}\n" for number in range(6))
REVISION = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def begin(pit: Pit, ago: float = 60.0, branch: str = "main") -> Recorder:
    start = now() - ago
    runs = str(pit.root / ".pitstop" / "runs")
    recorder = Recorder(runs)
    recorder(RunStarted(start, new_run_id(start, runs), str(pit.root), ("run",), "test", REVISION, branch))
    return recorder


def record(pit: Pit, *events: Event, ago: float = 60.0, branch: str = "main", result: str = SUCCESS) -> Recorder:
    recorder = begin(pit, ago, branch)
    for event in (*events, RunFinished(now() - ago + 3, result, 3.1)):
        recorder(event)
    return recorder


def failing(pit: Pit) -> None:
    t = now() - 60
    record(
        pit,
        RunPlanned(t, 5, 1),
        Notice(t, "the cache cannot be written: nothing is stored"),
        TaskFinished(t, "core:test", SUCCESS, CACHED, "a" * 64 + "/142", duration_s=3.5),
        TaskFinished(t, "core:lint", SUCCESS, FRESH, "b" * 64 + "/142", duration_s=1.5),
        TaskStarted(t, "api:test", command="cargo test -p api", reason="src/lib.rs changed"),
        TaskOutput(t, "api:test", b"running 2 tests\n\x1b[31mFAILED\x1b[0m tests::divides\nno line end"),
        CaseFinished(t, "api:test", "api", "tests::adds", SUCCESS, 0.01),
        CaseFinished(t, "api:test", "api", "tests::flips", FAILURE, 0.01),
        CaseFinished(t, "api:test", "api", "tests::flips", SUCCESS, 0.01, attempt=2),
        CaseFinished(
            t,
            "api:test",
            "api",
            "tests::divides",
            FAILURE,
            0.02,
            MESSAGE,
            "api/src/lib.rs",
            7,
        ),
        TaskStarted(t, "web:test", command="vitest run"),
        TaskOutput(t, "web:test", b"3 passed\n"),
        TaskFinished(t, "web:test", SUCCESS, duration_s=0.5, cpu_s=0.4, memory=52_428_800, attempts=2),
        TaskFinished(t, "api:test", FAILURE, exit_code=101, duration_s=0.9, cpu_s=0.7, memory=10_000_000),
        TaskFinished(t, "web:e2e", SKIP, message="web:test failed"),
        result=FAILURE,
    )


@pytest.mark.slow
def test_runs_lists_the_runs_newest_first(pit: Pit) -> None:
    record(pit, ago=7200, branch="fix/7")
    failing(pit)
    assert pit("runs") == snapshot("""\
exit: 0
run                        when  pipeline  commit          result   ran  cached  failed   time
[run] [time] ago  test      main@[hash]   failure    1       2       1 [time]
[run]    2 h ago  test      fix/7@[hash]  success    0       0       0 [time]
""")
    assert [run["result"] for run in pit("runs", "--json").json] == ["failure", "success"]
    assert [run["ref_head_name"] for run in pit("runs", "--json", "--branch", "fix/7").json] == ["fix/7"]
    assert [run["failed"] for run in pit("runs", "--json", "--failed").json] == [1]
    assert pit("runs", "-n", "1") == snapshot("""\
exit: 0
run                        when  pipeline  commit         result   ran  cached  failed   time
[run] [time] ago  test      main@[hash]  failure    1       2       1 [time]
----- stderr
only the last 1 run; `--limit 0` shows all
""")


@pytest.mark.slow
def test_runs_says_when_there_is_none(pit: Pit) -> None:
    assert pit("runs") == snapshot("""\
exit: 0
no run is recorded here; `pitstop run` makes the first one
""")
    assert pit("runs", "--failed") == snapshot("""\
exit: 0
no such run is recorded
""")
    assert pit("runs", "--json").json == []
    assert not (pit.root / ".pitstop").exists()


def test_show_says_what_a_run_came_to(pit: Pit) -> None:
    failing(pit)
    assert pit("show") == snapshot("""\
exit: 0
[run]  failure [time]
  pipeline  test
  commit    main@[hash]
  started   [time], [time] ago
  command   pitstop run
  tasks     5: 1 ran, 2 from the cache ([time] saved), 1 failed, 1 skipped
  tests     3: 2 success, 1 failure, 1 passed only when tried again
  cpu [time], at most [size] of memory in one task

task      result     time     cpu   memory  why
api:test  failure [time] [time] [size]  exit code 101
web:test  success [time] [time] [size]  attempt 2
web:e2e   skip                              web:test failed

1 failed test
  api:test api tests::divides  api/src/lib.rs:7
    attempt to divide by zero
    frame 0
    frame 1
    frame 2
    frame 3
    and 2 more lines
1 test passed only when tried again
  api:test api tests::flips, attempt 2

notices
  the cache cannot be written: nothing is stored

`pitstop logs [run] api:test` prints what it wrote
""")


def test_show_lists_all_tasks_and_tests_when_asked(pit: Pit) -> None:
    failing(pit)
    assert pit("show", "latest", "--all", "--tests") == snapshot("""\
exit: 0
[run]  failure [time]
  pipeline  test
  commit    main@[hash]
  started   [time], [time] ago
  command   pitstop run
  tasks     5: 1 ran, 2 from the cache ([time] saved), 1 failed, 1 skipped
  tests     3: 2 success, 1 failure, 1 passed only when tried again
  cpu [time], at most [size] of memory in one task

task       result     time     cpu   memory  why
api:test   failure [time] [time] [size]  exit code 101
web:test   success [time] [time] [size]  attempt 2
web:e2e    skip                              web:test failed
core:test  success [time]                   from the cache
core:lint  success [time]                   up to date

test            suite  task      result     time  attempt
tests::adds     api    api:test  success [time]
tests::flips    api    api:test  success [time]        2
tests::divides  api    api:test  failure [time]

1 failed test
  api:test api tests::divides  api/src/lib.rs:7
    attempt to divide by zero
    frame 0
    frame 1
    frame 2
    frame 3
    and 2 more lines
1 test passed only when tried again
  api:test api tests::flips, attempt 2

notices
  the cache cannot be written: nothing is stored

`pitstop logs [run] api:test` prints what it wrote
""")


@pytest.mark.slow
def test_show_says_everything_about_one_task(pit: Pit) -> None:
    failing(pit)
    assert pit("show", "--task", "api:test") == snapshot("""\
exit: 0
api:test  failure
  why       exit code 101
  reason    src/lib.rs changed
  command   cargo test -p api
  started   [time]
  ended     [time]
  time [time]
  cpu [time]
  memory [size]
  output [size]
  tests     2 of 3 passed
  api:test api tests::flips, attempt 1
  api:test api tests::divides, attempt 1  api/src/lib.rs:7
    attempt to divide by zero
    frame 0
    frame 1
    frame 2
    frame 3
    frame 4
    frame 5
""")
    assert pit("show", "--task", "api:tst") == snapshot("""\
exit: 2
----- stderr
error: the run has no task `api:tst`
hint: did you mean `api:test`?
""")


@pytest.mark.slow
def test_show_as_json_has_the_names_of_the_tables(pit: Pit) -> None:
    failing(pit)
    shown = pit("show", "--json").json
    assert list(shown) == ["run", "tasks", "tests", "artifacts", "notices", "approvals", "tiers", "compilers"]
    assert shown["run"]["result"] == "failure"
    assert shown["run"]["started_at"].endswith("Z")
    assert len(shown["tasks"]) == 5
    assert [test["attempt"] for test in shown["tests"] if test["case_name"] == "tests::flips"] == [1, 2]
    one = pit("show", "--json", "--task", "web").json
    assert [task["task_name"] for task in one["tasks"]] == ["web:test", "web:e2e"]
    assert one["tests"] == []


def test_a_record_of_schema_1_is_shown(pit: Pit) -> None:
    shutil.copytree(FROZEN / "runs", pit.root / ".pitstop" / "runs")
    assert pit("show", "7f3").exit == 0
    assert pit("logs", "7f3", "api:test").raw_out == b"running 2 tests\n\xffred\n"


@pytest.mark.slow
def test_logs_prints_what_tasks_wrote_with_their_names(pit: Pit) -> None:
    failing(pit)
    assert pit("logs") == snapshot("""\
exit: 0
api:test | running 2 tests
api:test | FAILED tests::divides
web:test | 3 passed
api:test | no line end
""")
    assert pit("logs", "api:test") == snapshot("""\
exit: 0
running 2 tests
FAILED tests::divides
no line end
""")
    assert pit("logs", "latest", "--failed") == snapshot("""\
exit: 0
running 2 tests
FAILED tests::divides
no line end
""")
    assert pit("logs", "latest", "web", "--failed") == snapshot("""\
exit: 0
----- stderr
`web` did not fail in run [run]
""")
    raw = pit("logs", "latest", "api:test", "--raw")
    assert raw.raw_out == b"running 2 tests\n\x1b[31mFAILED\x1b[0m tests::divides\nno line end"


@pytest.mark.slow
def test_logs_of_a_task_with_nothing_to_do_are_those_of_the_run_that_ran_it(pit: Pit) -> None:
    key = "c" * 64 + "/142"
    record(
        pit,
        TaskStarted(1.0, "a:test"),
        TaskOutput(1.0, "a:test", b"hello\n"),
        TaskFinished(2.0, "a:test", SUCCESS, action=key),
        ago=90,
    )
    record(pit, TaskFinished(3.0, "a:test", SUCCESS, FRESH, key))
    assert pit("logs", "a:test") == snapshot("""\
exit: 0
hello
----- stderr
note: a:test had nothing to do in run [run]; this is from [run], where it ran
""")
    record(pit, TaskFinished(3.0, "b:test", SUCCESS, FRESH, "d" * 64))
    assert pit("logs", "b:test") == snapshot("""\
exit: 0
----- stderr
note: b:test had nothing to do in run [run], and no run is left that ran it
""")
    assert pit("logs", "latest~2", "a:test") == snapshot("""\
exit: 0
hello
""")


@pytest.mark.slow
def test_logs_follows_a_run_of_another_process_to_its_end(pit: Pit) -> None:
    recorder = begin(pit, ago=0)
    recorder(TaskStarted(now(), "a:test"))
    recorder(TaskOutput(now(), "a:test", b"first\nhalf"))
    recorder.flush()
    follower = pit.start("logs", "--follow").wait_for("a:test | first\n")
    recorder(TaskOutput(now() + 1, "a:test", b" a line\n"))
    follower.wait_for("a:test | half a line\n")
    recorder(TaskOutput(now() + 2, "b:test", b"other\n"))
    recorder(RunFinished(now(), SUCCESS))
    done = follower.wait()
    assert done.exit == 0
    assert done.raw_out == b"a:test | first\na:test | half a line\nb:test | other\n"


@pytest.mark.slow
def test_logs_stops_following_a_run_whose_writer_is_killed(pit: Pit) -> None:
    recorder = begin(pit, ago=0)
    recorder(TaskOutput(now(), "a:test", b"first\n"))
    recorder.flush()
    follower = pit.start("logs", "--follow", "latest", "a:test").wait_for("first\n")
    os.close(recorder._live)  # as the system does for a killed process
    assert follower.wait().exit == 0
    recorder._live = -1
    recorder.close()


@pytest.mark.slow
def test_a_run_in_progress_is_shown_as_running_and_a_dead_one_as_cancelled(pit: Pit) -> None:
    recorder = begin(pit)
    recorder(TaskStarted(now(), "a:test"))
    assert pit("show") == snapshot("""\
exit: 0
[run]  running [time]
  pipeline  test
  commit    main@[hash]
  started   [time], [time] ago
  command   pitstop run
  tasks     1: 1 running

task    result
a:test  running
""")
    os.close(recorder._live)
    recorder._live = -1
    recorder.close()
    assert pit("show") == snapshot("""\
exit: 0
[run]  cancellation [time]
  message   pitstop was killed, or could not write its record to the end
  pipeline  test
  commit    main@[hash]
  started   [time], [time] ago
  command   pitstop run
  tasks     1: 1 cancelled

task    result        why
a:test  cancellation  pitstop was killed while it ran
""")
    assert pit("runs", "--json").json[0]["result"] == "cancellation"


@pytest.mark.slow
def test_approve_answers_a_run_that_waits(pit: Pit) -> None:
    recorder = begin(pit)
    recorder(ApprovalRequested(now(), "//:publish", "publish"))
    recorder(ApprovalRequested(now(), "//:deploy", "deploy"))
    assert pit("approve", "latest") == snapshot("""\
exit: 2
----- stderr
error: run `[run]` waits for several answers
hint: say which: `publish`, `deploy`
""")
    assert pit("approve", "latest", "publsh") == snapshot("""\
exit: 2
----- stderr
error: run `[run]` does not wait for `publsh`
hint: it waits for `publish`, `deploy`
""")
    assert pit("approve", "latest", "publish") == snapshot("""\
exit: 0
approved publish of run [run]
""")
    assert pit("approve", "latest", "deploy", "--reject") == snapshot("""\
exit: 0
rejected deploy of run [run]
""")
    assert pit("approve", "latest", "deploy").exit == 2
    answers = next((pit.root / ".pitstop" / "runs").glob("*/approvals"))
    assert sorted(path.name for path in answers.iterdir()) == ["%2F%2F%3Adeploy.json", "%2F%2F%3Apublish.json"]
    recorder(RunFinished(now(), SUCCESS))
    assert pit("approve", "latest", "publish") == snapshot("""\
exit: 2
----- stderr
error: run `[run]` does not wait: it has ended
""")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a\nb:test", "\x1b[31mred:test", "\udcff:test", "名前:test"])
def test_any_name_of_a_task_is_shown_on_one_line(pit: Pit, name: str) -> None:
    record(pit, TaskStarted(1.0, name), TaskOutput(1.0, name, b"x\n"), TaskFinished(2.0, name, FAILURE), result=FAILURE)
    shown = pit("show")
    assert shown.exit == 0
    assert sum(b":test" in line for line in shown.raw_out.splitlines()) == 2
    assert b"\x1b" not in shown.raw_out
    assert pit("logs").raw_out == b"x\n"
    for language in ("C", "POSIX"):
        assert pit("show", env={"LC_ALL": language, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}).exit == 0


def test_an_unwritable_record_is_shown_all_the_same(pit: Pit) -> None:
    record(pit)
    (pit.root / ".pitstop" / "records.db").mkdir()
    assert pit("show").exit == 0
