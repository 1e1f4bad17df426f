"""`pitstop run`: what a failing task shows, stops and leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.cli.scripted import endings, run, tasks, workspace

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = pytest.mark.slow

TWO_BRANCHES = """\
[tasks.bad]
command = "echo about to fail; echo 'error: no such thing' >&2; exit 3"
[tasks.after]
command = "echo never"
depends_on = ["bad"]
[tasks.far]
command = "echo never"
depends_on = ["after"]
[tasks.other]
command = "sleep 0.4"
[tasks.later]
command = "echo later"
depends_on = ["other"]
"""
ALL = ("bad", "after", "far", "other", "later")


def test_a_failing_task_shows_its_lines_and_what_needs_it_is_left_out(pit: Pit) -> None:
    tasks(pit, TWO_BRANCHES)
    assert pit("run", "far") == snapshot("""\
exit: 1
failed  //:bad  exit code 3 after [time]
  │ about to fail
  │ error: no such thing

failed  //:bad  exit code 3 after [time]
  2  error: no such thing
  again: pitstop run //:bad

skipped (needs `//:bad`, which did not pass): //:after, //:far
3 tasks: 0 cached, 0 ran, 1 failed, 2 skipped in [time]
""")


def test_keep_going_runs_all_that_does_not_depend_on_the_failed_task(pit: Pit) -> None:
    tasks(pit, TWO_BRANCHES)
    ended = run(pit, *ALL, "-j", "2")
    assert ended == run(pit, *ALL, "-j", "2", "--keep-going", "--force")
    assert ended == {"//:bad": "failure", "//:after": "skip", "//:far": "skip", "//:other": "run", "//:later": "run"}


def test_fail_fast_starts_nothing_more_and_lets_what_runs_end(pit: Pit) -> None:
    tasks(pit, TWO_BRANCHES)
    result = pit("run", *ALL, "--fail-fast", "-j", "2", "--output", "json")
    assert result.exit == 1
    assert endings(result) == {
        "//:bad": "failure",
        "//:after": "skip",
        "//:far": "skip",
        "//:other": "run",
        "//:later": "skip",
    }
    messages = {
        event["task"]: event["message"] for event in result.events if event.get("outcome") == "skip" and "task" in event
    }
    assert messages == snapshot(
        {
            "//:after": "needs `//:bad`, which did not pass",
            "//:far": "needs `//:bad`, which did not pass",
            "//:later": "not started: `//:bad` failed before",
        }
    )


def test_the_order_on_the_command_line_decides_and_the_settings_give_the_default(pit: Pit) -> None:
    tasks(pit, TWO_BRANCHES + "[run]\nkeep_going = true\n")
    assert run(pit, *ALL, "-j", "2")["//:later"] == "run"
    tasks(pit, TWO_BRANCHES + "[run]\nkeep_going = false\n")
    assert run(pit, *ALL, "-j", "2", "--force")["//:later"] == "skip"
    assert run(pit, *ALL, "-j", "2", "--force", "--keep-going")["//:later"] == "run"


def test_the_other_packages_are_tested_although_one_does_not_build(pit: Pit) -> None:
    workspace(pit, {"api": [], "web": ["api"], "docs": []})
    pit.write("packages/api/src/api.txt", "api is bad\n")
    ended = run(pit, "--keep-going")
    assert ended == {
        "api:build": "run",
        "api:test": "failure",
        "web:build": "run",
        "web:test": "run",
        "docs:build": "run",
        "docs:test": "run",
    }
    pit.write("packages/api/src/api.txt", "api is good\n")
    again = run(pit, "--keep-going")
    assert again["api:test"] == "run"
    assert again["docs:test"] == "fresh"


@pytest.mark.parametrize(
    ("command", "outcome", "code"),
    [
        ("exit 1", "failure", 1),
        ("exit 255", "failure", 255),
        ("kill -9 $$", "failure", 137),
        ("kill -11 $$", "failure", 139),
        ("definitely-no-such-program --now", "error", 127),
        ("./not-executable", "failure", 126),
    ],
)
def test_every_way_to_fail_is_told_apart(pit: Pit, command: str, outcome: str, code: int) -> None:
    tasks(pit, f"[tasks.bad]\ncommand = '{command}'\n").write("not-executable", "#!/bin/sh\n")
    result = pit("run", "bad", "--output", "json")
    (ended,) = [event for event in result.events if event["event"] == "TaskFinished"]
    assert (result.exit, ended["exit_code"]) == (1, code)
    assert ended["outcome"] in {outcome, "failure"}
    assert ended.get("signal", 0) == (code - 128 if code in {137, 139} else 0)


def test_a_program_that_is_not_there_is_named(pit: Pit) -> None:
    tasks(pit, '[tasks.bad]\ncommand = ["no-such-program", "x"]\n[tasks.worse]\ncommand = "true"\ncwd = "nowhere"\n')
    assert pit("run", "bad") == snapshot("""\
exit: 1
failed  //:bad  `no-such-program` was not found

failed  //:bad  `no-such-program` was not found
  again: pitstop run //:bad

1 task: 0 cached, 0 ran, 1 failed in [time]
""")
    assert pit("run", "worse") == snapshot("""\
exit: 1
failed  //:worse  its folder `[root]/nowhere` does not exist

failed  //:worse  its folder `[root]/nowhere` does not exist
  again: pitstop run //:worse

1 task: 0 cached, 0 ran, 1 failed in [time]
""")


def test_a_command_with_a_nul_fails_like_one_that_cannot_be_started(pit: Pit) -> None:
    tasks(pit, '[tasks.bad]\ncommand = "a\\u0000b"\n')
    assert run(pit, "bad") == {"//:bad": "error"}


def test_a_script_that_does_not_name_its_interpreter_is_one_for_the_shell(pit: Pit) -> None:
    tasks(pit, '[tasks.say]\ncommand = "./say.sh it"\n').write("say.sh", "echo said $1\n", executable=True)
    assert "said it" in pit("run", "say", "--logs", "full").out


def test_a_failed_task_is_never_stored(pit: Pit) -> None:
    build = "mkdir -p dist && echo made > dist/out.txt && cat x.txt && test -e /dev/null && exit 1"
    tasks(pit, f'[tasks.build]\ncommand = "{build}"\noutputs = ["dist/**"]\n').write("x.txt", "x\n")
    for _ in range(2):
        assert run(pit, "build") == {"//:build": "failure"}
    assert not list(pit.cache.rglob("ac/*/*"))
    assert not list(pit.cache.rglob("cas/*/*"))


def test_a_task_that_fails_after_it_passed_is_not_answered_from_before(pit: Pit) -> None:
    tasks(pit, f'[tasks.build]\ncommand = "test ! -e {pit.home}/broken"\n')
    assert run(pit, "build") == {"//:build": "run"}
    (pit.home / "broken").touch()
    assert run(pit, "build") == {"//:build": "fresh"}
    assert run(pit, "build", "--force") == {"//:build": "failure"}


COUNTED = """\
[tasks.flaky]
command = "echo x >> tries; test $(wc -l < tries) -ge 3 || exit {code}"
inputs = ["pitstop.toml"]
retry = {retry}
"""


def tries(pit: Pit) -> int:
    return len(pit.read("tries").splitlines())


def test_a_failed_task_is_tried_again_as_often_as_it_says(pit: Pit) -> None:
    tasks(pit, COUNTED.format(code=7, retry="2"))
    assert pit("run", "flaky") == snapshot("""\
exit: 0
note    attempt 1 of 3 failed with exit code 7; trying again
note    attempt 2 of 3 failed with exit code 7; trying again
ok      //:flaky [time]
1 task: 0 cached, 1 ran, 0 failed in [time]
""")
    assert tries(pit) == 3


def test_a_task_that_fails_at_every_attempt_has_failed(pit: Pit) -> None:
    tasks(pit, COUNTED.format(code=7, retry="1"))
    assert pit("run", "flaky") == snapshot("""\
exit: 1
note    attempt 1 of 2 failed with exit code 7; trying again
failed  //:flaky  exit code 7 after [time], 2 attempts

failed  //:flaky  exit code 7 after [time], 2 attempts
  again: pitstop run //:flaky

1 task: 0 cached, 0 ran, 1 failed in [time]
""")
    assert tries(pit) == 2


@pytest.mark.parametrize(("codes", "expected"), [("[7]", 3), ("[1, 8]", 1), ("[]", 3)])
def test_only_the_named_exit_codes_are_tried_again(pit: Pit, codes: str, expected: int) -> None:
    tasks(pit, COUNTED.format(code=7, retry=f"{{ count = 5, exit_codes = {codes} }}"))
    ended = run(pit, "flaky")
    assert tries(pit) == expected
    assert ended == {"//:flaky": "run" if expected == 3 else "failure"}


def test_a_time_out_counts_as_124(pit: Pit) -> None:
    settings = """\
[tasks.slow]
command = "echo x >> tries; test $(wc -l < tries) -ge 2 || exec sleep 60"
inputs = ["pitstop.toml"]
timeout = "300ms"
retry = { count = 1, exit_codes = [124] }
"""
    tasks(pit, settings)
    assert run(pit, "slow") == {"//:slow": "run"}
    assert tries(pit) == 2


def test_the_pause_doubles_and_other_tasks_run_meanwhile(pit: Pit) -> None:
    tasks(
        pit, COUNTED.format(code=1, retry='{ count = 3, backoff = "200ms" }') + '[tasks.other]\ncommand = "echo hi"\n'
    )
    result = pit("run", "flaky", "other", "-j", "1", "--output", "json")
    assert result.exit == 0
    notes = [event["message"] for event in result.events if event["event"] == "Notice"]
    assert notes == snapshot(
        [
            "attempt 1 of 4 failed with exit code 1; trying again in 0.2 s",
            "attempt 2 of 4 failed with exit code 1; trying again in 0.4 s",
        ]
    )
    starts = [
        event["time"] for event in result.events if event["event"] == "TaskStarted" and event["task"] == "//:flaky"
    ]
    assert [
        event.get("attempt", 1)
        for event in result.events
        if event["event"] == "TaskStarted" and event["task"] == "//:flaky"
    ] == [1, 2, 3]
    assert starts[1] - starts[0] >= 0.2
    assert starts[2] - starts[1] >= 0.4
    order = [event["task"] for event in result.events if event["event"] == "TaskFinished"]
    assert order == ["//:other", "//:flaky"]


def test_only_the_output_of_the_last_attempt_is_kept_with_the_result(pit: Pit) -> None:
    tasks(
        pit, COUNTED.format(code=1, retry="2").replace("echo x >> tries", "echo x >> tries; echo try $(wc -l < tries)")
    )
    assert run(pit, "flaky") == {"//:flaky": "run"}
    assert pit("run", "flaky", "--logs", "full").out.count("try") == 1
