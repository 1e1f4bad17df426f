"""`pitstop run` among others: cores shared with make, several runs at once, floods of output, people and CI services."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.cli.scripted import endings, run, tasks, workspace
from tests.support.pit import PROGRAM

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="tasks run on POSIX only")]


# Cores

MAKEFILE = """\
all: a b c d e f
a b c d e f:
\t@mkdir -p ../now && touch ../now/$$$$-$@ && ls ../now | wc -l >> ../seen && sleep 0.1 && rm ../now/$$$$-$@
"""


@pytest.mark.parametrize(("count", "jobs"), [(1, 3), (3, 2), (2, 1)])
def test_nested_makes_share_the_cores_of_the_run(pit: Pit, count: int, jobs: int) -> None:
    settings = ""
    for name in "xyz"[:count]:
        pit.write(f"{name}/Makefile", MAKEFILE)
        settings += f'[tasks.{name}]\ncommand = "make all"\ncwd = "//{name}"\ncache = false\n'
    tasks(pit, settings)
    shown = pit("run", *"xyz"[:count], "-j", str(jobs), "--logs", "full")
    assert shown.exit == 0
    assert "jobserver" not in shown.out  # `make: warning: jobserver unavailable`
    seen = [int(line) for line in pit.read("seen").split()]
    assert len(seen) == 6 * count
    assert max(seen) <= jobs
    assert jobs == 1 or max(seen) > 1


def test_a_killed_make_does_not_cost_the_next_run_of_tasks_its_cores(pit: Pit) -> None:
    pit.write("x/Makefile", MAKEFILE.replace("sleep 0.1", "sleep 0.4"))
    settings = '[tasks.x]\ncommand = "make all"\ncwd = "//x"\ncache = false\ntimeout = "300ms"\n'
    pit.write("y/Makefile", MAKEFILE.replace("../seen", "../seen-y").replace("../now", "../now-y"))
    settings += '[tasks.y]\ncommand = "make all"\ncwd = "//y"\ncache = false\n[tasks.wait]\ncommand = "sleep 0.8"\n'
    tasks(pit, settings + '[tasks.z]\ndepends_on = ["wait"]\ncommand = "true"\n')
    assert run(pit, "x", "-j", "3") == {"//:x": "timeout"}
    assert run(pit, "y", "-j", "3") == {"//:y": "run"}
    assert max(map(int, pit.read("seen-y").split())) == 3


# Several runs

COUNTED = """\
[tasks.slow]
command = "echo started; echo x >> {home}/count; mkdir -p dist; sleep 0.5; cp in.txt dist/slow.txt{more}"
outputs = ["dist/slow.txt"]
[tasks.after]
command = "echo x >> {home}/count-after; cat dist/slow.txt"
depends_on = ["slow"]
"""


def counted(pit: Pit, name: str = "count") -> int:
    return len((pit.home / name).read_text().split())


def test_two_runs_in_one_checkout_run_each_task_once(pit: Pit) -> None:
    tasks(pit, COUNTED.format(home=pit.home, more="")).write("in.txt", "in\n")
    first = pit.start("run", "after", "--logs", "full").wait_for("started")
    second = pit.start("run", "after", "--output", "json")
    assert first.wait().exit == 0
    result = second.wait()
    assert result.exit == 0
    assert endings(result)["//:slow"] in {"cache", "fresh"}
    assert (counted(pit), counted(pit, "count-after")) == (1, 1)
    assert pit.read("dist/slow.txt") == "in\n"


def test_a_run_that_waited_for_a_task_that_failed_elsewhere_runs_it_itself(pit: Pit) -> None:
    tasks(pit, COUNTED.format(home=pit.home, more="; exit 1")).write("in.txt", "in\n")
    first = pit.start("run", "after", "--logs", "full").wait_for("started")
    second = pit.start("run", "after", "--output", "json")
    assert first.wait().exit == 1
    assert endings(second.wait()) == {"//:slow": "failure", "//:after": "skip"}
    assert counted(pit) == 2


def test_a_run_goes_on_where_a_killed_one_held_a_task(pit: Pit) -> None:
    tasks(pit, COUNTED.format(home=pit.home, more="")).write("in.txt", "in\n")
    first = pit.start("run", "after", "--logs", "full").wait_for("started")
    second = pit.start("run", "after", "--output", "json")
    first.kill()
    assert endings(second.wait()) == {"//:slow": "run", "//:after": "run"}


def test_what_another_run_has_done_meanwhile_is_not_done_again(pit: Pit) -> None:
    settings = (
        f'[tasks.first]\ncommand = "echo first; while ! test -e {pit.home}/go; do sleep 0.02; done"\ncache = false\n'
    )
    tasks(pit, settings + COUNTED.format(home=pit.home, more="")).write("in.txt", "in\n")
    waiting = pit.start("run", "first", "slow", "-j", "1", "--logs", "full").wait_for("first")
    assert run(pit, "slow") == {"//:slow": "run"}
    (pit.home / "go").touch()
    assert waiting.wait().exit == 0
    assert counted(pit) == 1


def test_two_runs_of_different_tasks_do_not_wait_for_each_other(pit: Pit, tmp_path: object) -> None:
    meet = "echo started; touch {home}/{me}; while ! test -e {home}/{other}; do sleep 0.02; done"
    one = meet.format(home=pit.home, me="one", other="two")
    two = meet.format(home=pit.home, me="two", other="one")
    tasks(pit, f'[tasks.one]\ncommand = "{one}"\n[tasks.two]\ncommand = "{two}"\n')
    first, second = pit.start("run", "one"), pit.start("run", "two")
    assert (first.wait().exit, second.wait().exit) == (0, 0)
    assert set(run(pit, "one", "two").values()) == {"fresh"}  # neither forgot what the other learned


def test_an_installation_that_was_killed_half_way_is_not_remembered_by_a_run_beside_it(pit: Pit) -> None:
    install = f"mkdir -p node_modules; test ! -e {pit.home}/stop || {{ rm node_modules/*; echo half; sleep 600; }}; touch node_modules/a"
    beside = f"echo beside; while ! test -e {pit.home}/go; do sleep 0.02; done"
    settings = (
        f'[tasks.install]\ncommand = "{install}"\ninputs = ["x"]\noutputs = ["node_modules/**"]\ncache = "checkout"\n'
    )
    tasks(pit, settings + f'[tasks.beside]\ncommand = "{beside}"\n')
    assert run(pit, "install") == {"//:install": "run"}
    long = pit.start("run", "beside", "--logs", "full").wait_for("beside: beside")
    (pit.home / "stop").touch()
    pit.start("run", "install", "--force", "--logs", "full").wait_for("half").kill()
    (pit.home / "stop").unlink()
    (pit.home / "go").touch()
    assert long.wait().exit == 0
    assert run(pit, "install") == {"//:install": "run"}
    assert (pit.root / "node_modules/a").exists()


# Floods


_WITH_PEAK = """
import sys
from pathlib import Path
from pitstop.cli.main import main
code = main()
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("logs", ["errors-only", "full"])
def test_a_hundred_megabytes_of_output_take_bounded_memory(pit: Pit, logs: str) -> None:
    tasks(pit, "[tasks.flood]\ncommand = \"head -c 100000000 /dev/zero | tr '\\\\0' x | fold -w 1000; echo the end\"\n")
    # Not `ru_maxrss`: on Linux it counts what the parent had when it forked, here all of the tests before.
    done = subprocess.run(
        (sys.executable, "-P", "-c", _WITH_PEAK, "run", "flood", "--logs", logs),
        cwd=pit.root,
        env=pit.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=True,
    )
    assert int(done.stderr.split()[-2]) < 150_000, "KiB"
    (record,) = (pit.root / ".pitstop/runs").glob("*/output.bin")
    assert record.stat().st_size > 50_000_000
    stored = pit("run", "flood", "--logs", "full")
    assert stored.exit == 0
    assert stored.raw_out.rstrip().endswith(b"in 0 s") or b"the end" in stored.raw_out


def test_a_line_without_an_end_and_bytes_of_all_kinds_are_kept_as_they_are(pit: Pit) -> None:
    tasks(pit, '[tasks.odd]\ncommand = "cat odd.bin; head -c 3000000 /dev/zero; exit 1"\n')
    odd = bytes(range(256)) * 20
    pit.write("odd.bin", odd)
    assert pit("run", "odd").exit == 1
    (record,) = (pit.root / ".pitstop/runs").glob("*/output.bin")
    assert record.read_bytes() == odd + bytes(3_000_000)


def test_a_closed_pipe_behind_pitstop_does_not_stop_the_tasks(pit: Pit) -> None:
    tasks(
        pit,
        f'[tasks.a]\ncommand = "seq 200000"\n[tasks.b]\ncommand = "echo done > {pit.home}/mark"\ndepends_on = ["a"]\n',
    )
    shell = "set -o pipefail; " + " ".join(PROGRAM) + " run b --logs full | head -n 1; echo ${PIPESTATUS[0]}"
    done = subprocess.run(("bash", "-c", shell), cwd=pit.root, env=pit.env, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert (pit.home / "mark").read_text() == "done\n"


# People

APPROVAL = """\
[pipelines.ship]
[[pipelines.ship.stages]]
name = "pack"
run = "echo packed > packed"
[[pipelines.ship.stages]]
name = "publish"
run = "cp packed published"
approval_required = true
{more}
"""


def test_a_run_waits_for_an_approval_that_another_process_gives(pit: Pit) -> None:
    tasks(pit, APPROVAL.format(more=""))
    running = pit.start("run", "ship").wait_for("waits for approval")
    assert not (pit.root / "published").exists()
    said = pit("approve", "latest")
    assert said == snapshot("""\
exit: 0
approved publish of run [run]
""")
    assert running.wait().exit == 0
    assert pit.read("published") == "packed\n"


def test_a_rejected_run_fails_and_publishes_nothing(pit: Pit) -> None:
    tasks(pit, APPROVAL.format(more=""))
    running = pit.start("run", "ship").wait_for("waits for approval")
    assert pit("approve", "latest", "publish", "--reject").exit == 0
    result = running.wait()
    assert result.exit == 1
    assert "rejected" in result.out
    assert not (pit.root / "published").exists()


def test_an_approval_that_nobody_gives_times_out(pit: Pit) -> None:
    tasks(pit, APPROVAL.format(more='approval_timeout = "400ms"'))
    result = pit("run", "ship")
    assert result.exit == 1
    assert "nobody approved it in time" in result.out
    assert not (pit.root / "published").exists()


def test_ctrl_c_ends_the_waiting_for_an_approval(pit: Pit) -> None:
    tasks(pit, APPROVAL.format(more=""))
    running = pit.start("run", "ship").wait_for("waits for approval")
    assert running.interrupt().wait().exit == 130
    assert pit("runs", "--json").json[0]["result"] == "cancellation"


# Services


def test_on_github_output_stands_in_groups_and_failures_are_annotated(pit: Pit) -> None:
    settings = '[tasks.good]\ncommand = "echo all is well"\n[tasks.bad]\ncommand = "echo \'src/a.py:3:1: error: wrong\'; exit 1"\n'
    tasks(pit, settings)
    shown = pit("run", "good", "bad", "-j", "1", env={"GITHUB_ACTIONS": "true", "CI": "true"})
    assert shown == snapshot("""\
exit: 1
ok      //:good [time]
::group::output of //:bad  exit code 1 after [time]
src/a.py:3:1: error: wrong
::endgroup::
failed  //:bad  exit code 1 after [time]
  src/a.py:3:1: error: wrong
::error title=//%3Abad failed::src/a.py:3:1: error: wrong

failed  //:bad  exit code 1 after [time]
  1  src/a.py:3:1: error: wrong
  whose: code, types (likely): mypy says so
  again: pitstop run //:bad

2 tasks: 0 cached, 1 ran, 1 failed in [time]
""")
    assert "\x1b" not in shown.out


def test_in_ci_there_are_plain_lines_without_control_codes(pit: Pit) -> None:
    tasks(pit, "[tasks.good]\ncommand = \"printf '\\\\033[31mred\\\\033[0m\\\\n'; exit 1\"\n")
    shown = pit("run", "good", env={"CI": "true", "TERM": "xterm-256color"})
    assert b"\x1b" not in shown.raw_out
    assert "red" in shown.out


def test_json_output_is_a_stream_of_the_recorded_events(pit: Pit) -> None:
    workspace(pit, {"api": []})
    result = pit("run", "--output", "json")
    kinds = [event["event"] for event in result.events]
    assert (kinds[0], kinds[-1]) == ("RunStarted", "RunFinished")
    (log,) = (pit.root / ".pitstop/runs").glob("*/events.jsonl")
    recorded = [json.loads(line) for line in log.read_text().splitlines()]
    assert [event["event"] for event in recorded] == kinds
    assert re.fullmatch(r"\d{8}-\d{6}-\w+", result.events[0]["run"])


def test_no_task_reads_what_is_typed(pit: Pit) -> None:
    tasks(pit, '[tasks.ask]\ncommand = "read answer; echo got=$answer=; true"\n')
    assert "got==" in pit("run", "ask", "--logs", "full", stdin=b"yes\n").out


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_children_inherit_nothing_but_the_pool_of_cores(pit: Pit) -> None:
    tasks(pit, '[tasks.look]\ncommand = "echo $MAKEFLAGS; exec ls /proc/self/fd"\ncache = false\n')
    alone = pit("run", "look", "-j", "1", "--logs", "full").out
    assert re.findall(r"look: (\d+)$", alone, re.MULTILINE) == ["0", "1", "2", "3"]  # 3 is the folder that ls reads
    shared = pit("run", "look", "-j", "2", "--logs", "full").out
    pool = re.search(r"jobserver-auth=(\d+),(\d+)", shared)
    assert pool is not None
    assert sorted(re.findall(r"look: (\d+)$", shared, re.MULTILINE)) == sorted(["0", "1", "2", "3", *pool.groups()])
