"""`pitstop run`: how processes are ended, and that none is left over."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.cli.scripted import alive, endings, run, tasks
from tests.support.pit import until

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc, which only Linux has"),
]

FAMILY = """\
trap '' TERM INT HUP
sh -c 'trap "" TERM INT HUP; sleep {mark}1 & sleep {mark}2' &
(trap "" TERM INT HUP; exec sleep {mark}3) &
echo started
sleep {mark}4
sleep {mark}5
"""
"""Children and grandchildren that ignore every polite signal."""


@pytest.fixture
def mark() -> str:
    """A length of sleep that no other process on this machine has: hours, with a fraction that is only ours."""
    return f"7{os.getpid()}.{os.urandom(4).hex().translate(str.maketrans('abcdef', '123456'))}"


def gone(mark: str) -> None:
    """Wait until no process with `mark` is left: what was killed needs a moment to be gone from the table."""
    until(lambda: not alive(mark), f"the end of {mark}")


def family(pit: Pit, mark: str, more: str = "") -> Pit:
    pit.write("family.sh", FAMILY.format(mark=mark))
    return tasks(pit, f'[tasks.family]\ncommand = "sh family.sh"\n{more}')


def test_a_time_out_kills_the_whole_family_also_those_that_ignore_it(pit: Pit, mark: str) -> None:
    family(pit, mark, 'timeout = "500ms"\n')
    assert pit("run", "family") == snapshot("""\
exit: 1
failed  //:family  timed out after [time]
  │ started

failed  //:family  timed out after [time]
  1  started
  again: pitstop run //:family

1 task: 0 cached, 0 ran, 1 failed in [time]
""")
    gone(mark)


def test_a_time_out_asks_first_so_that_a_task_can_tidy_up(pit: Pit) -> None:
    tidy = "trap 'echo tidied > mark; exit 0' TERM; echo started; while :; do sleep 0.05; done"
    tasks(pit, f'[tasks.tidy]\ncommand = "{tidy}"\ntimeout = "300ms"\n')
    assert run(pit, "tidy") == {"//:tidy": "timeout"}
    assert pit.read("mark") == "tidied\n"


def test_a_timed_out_task_is_never_stored_even_when_it_then_says_that_all_is_well(pit: Pit) -> None:
    tidy = "mkdir -p dist; echo half > dist/out; trap 'exit 0' TERM; while :; do sleep 0.05; done"
    tasks(pit, f'[tasks.build]\ncommand = "{tidy}"\ntimeout = "300ms"\noutputs = ["dist/**"]\n')
    assert run(pit, "build") == {"//:build": "timeout"}
    assert not list(pit.cache.rglob("ac/*/*"))
    assert run(pit, "build") == {"//:build": "timeout"}


def test_the_dependents_of_a_timed_out_task_are_left_out_and_the_others_run(pit: Pit, mark: str) -> None:
    nap = f'[tasks.nap]\ncommand = "sleep {mark}; echo"\ntimeout = "300ms"\n'
    more = '[tasks.after]\ncommand = "echo no"\ndepends_on = ["nap"]\n[tasks.other]\ncommand = "sleep 0.6; echo hi"\n'
    tasks(pit, nap + more)
    assert run(pit, "after", "other", "-j", "2") == {"//:nap": "timeout", "//:after": "skip", "//:other": "run"}
    gone(mark)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_children_and_closes_the_record(pit: Pit, mark: str, number: signal.Signals) -> None:
    nap = f"sleep {mark}"
    tasks(
        pit,
        f'[tasks.nap]\ncommand = "echo started; {nap}; echo never"\n[tasks.after]\ncommand = ["true"]\ndepends_on = ["nap"]\n',
    )
    running = pit.start("run", "after", "--logs", "full").wait_for("started")
    assert alive(mark)
    result = running.send(number).wait()
    gone(mark)
    assert result.exit == 130
    (shown,) = pit("runs", "--json").json
    assert shown["result"] == "cancellation"
    assert {task["task_name"]: task["result"] for task in pit("show", "--json").json["tasks"]} == {
        "//:nap": "cancellation",
        "//:after": "skip",
    }


def test_ctrl_c_shows_what_was_stopped(pit: Pit, mark: str) -> None:
    tasks(
        pit,
        f'[tasks.nap]\ncommand = "echo started; exec sleep {mark}"\n[tasks.after]\ncommand = ["true"]\ndepends_on = ["nap"]\n',
    )
    result = pit.start("run", "after", "--logs", "full").wait_for("started").interrupt().wait()
    assert result == snapshot("""\
exit: 130
//:nap: started

cancelled: //:nap
skipped (needs `//:nap`, which did not pass): //:after
2 tasks: 0 cached, 0 ran, 0 failed, 1 skipped, 1 cancelled in [time]
""")


def test_a_second_ctrl_c_kills_at_once(pit: Pit, mark: str) -> None:
    family(pit, mark)
    running = pit.start("run", "family", "--logs", "full").wait_for("started")
    until(lambda: len(alive(mark, "sleep")) == 4, "the whole family")
    began = monotonic()
    running.interrupt()
    while alive(mark):  # a signal that arrives together with another is one signal, so it is sent until it is heard
        with suppress(ProcessLookupError):
            running.interrupt()
    assert running.wait().exit == 130
    assert monotonic() - began < 4.5, "the grace of 5 s was waited for"


def test_one_ctrl_c_kills_in_the_end_who_does_not_listen(pit: Pit, mark: str) -> None:
    family(pit, mark)
    running = pit.start("run", "family", "--logs", "full").wait_for("started")
    until(lambda: len(alive(mark, "sleep")) == 4, "the whole family")
    assert running.interrupt().wait().exit == 130
    gone(mark)


def test_a_killed_run_leaves_no_process_and_the_next_run_closes_it(pit: Pit, mark: str) -> None:
    family(pit, mark, '[tasks.quick]\ncommand = "echo quick"\n')
    running = pit.start("run", "family", "--logs", "full").wait_for("started")
    until(lambda: len(alive(mark, "sleep")) == 4, "the whole family")
    assert running.kill().exit == -signal.SIGKILL
    gone(mark)
    assert run(pit, "quick") == {"//:quick": "run"}
    assert sorted(one["result"] for one in pit("runs", "--json").json) == ["cancellation", "success"]


def test_a_background_process_does_not_hang_the_run_and_is_ended(pit: Pit, mark: str) -> None:
    left = f"(trap '' TERM; exec sleep {mark}1) & sleep {mark}2 & echo done"
    tasks(pit, f'[tasks.left]\ncommand = "{left}"\n[tasks.after]\ncommand = "echo after"\ndepends_on = ["left"]\n')
    result = pit("run", "after", "--output", "json")
    assert endings(result) == {"//:left": "run", "//:after": "run"}
    assert result.exit == 0
    gone(mark)


def test_the_output_of_a_killed_task_is_shown(pit: Pit) -> None:
    tasks(pit, '[tasks.bad]\ncommand = "echo last words; kill -9 $$"\n')
    assert pit("run", "bad") == snapshot("""\
exit: 1
failed  //:bad  killed by SIGKILL after [time]
  │ last words

failed  //:bad  killed by SIGKILL after [time]
  1  last words
  again: pitstop run //:bad

1 task: 0 cached, 0 ran, 1 failed in [time]
""")
