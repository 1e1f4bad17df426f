"""Processes as they are started, heard, ended and accounted for; with real ones."""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from tests.support.pit import until

from pitstop.pipeline.execute import processes
from pitstop.pipeline.execute.processes import Ended, Process, arguments
from pitstop.pipeline.execute.watchdog import Watchdog

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are of POSIX")

ENV = {"PATH": "/usr/bin:/bin"}


def run(process: Process) -> tuple[bytes, Ended]:
    """Return what a process wrote, and how it ended."""
    data = b""
    while True:
        select.select([process.output], [], [])
        piece = process.read()
        if piece == b"":
            break
        data += piece or b""
    process.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    ended = process.reap()
    assert ended is not None
    return data, ended


def test_both_streams_come_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    data, ended = run(Process(("sh", "-c", "echo one; echo two >&2; echo three; exit 7"), str(tmp_path), ENV))
    assert data == b"one\ntwo\nthree\n"
    assert (ended.exit_code, ended.signal) == (7, 0)


def test_a_signal_is_told_as_a_shell_tells_it(tmp_path: Path) -> None:
    _, ended = run(Process(("sh", "-c", "kill -TERM $$"), str(tmp_path), ENV))
    assert (ended.exit_code, ended.signal) == (128 + signal.SIGTERM, signal.SIGTERM)


def test_it_gets_the_folder_the_variables_and_no_input(tmp_path: Path) -> None:
    script = (
        "pwd; env | sort | grep -v ^_= | grep -v ^PWD= | grep -v ^OLDPWD= | grep -v ^SHLVL=; read line || echo no input"
    )
    data, _ = run(Process(("sh", "-c", script), str(tmp_path), {**ENV, "A": "ü=1"}))
    assert data.decode() == f"{os.path.realpath(tmp_path)}\nA=ü=1\nPATH=/usr/bin:/bin\nno input\n"
    assert os.getcwd() != str(tmp_path)


def test_the_program_is_looked_for_along_its_own_path(tmp_path: Path) -> None:
    tool = tmp_path / "bin/tool"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho mine\n")
    tool.chmod(0o755)
    assert run(Process(("tool",), str(tmp_path), {"PATH": f"{tmp_path}/bin"}))[0] == b"mine\n"
    assert run(Process(("bin/tool",), str(tmp_path), {"PATH": ""}))[0] == b"mine\n"
    with pytest.raises(FileNotFoundError):
        Process(("tool",), str(tmp_path), ENV)


def test_what_cannot_be_started_leaves_no_descriptor_behind(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    gc.collect()  # what earlier tests have left open
    before = len(os.listdir("/dev/fd"))
    for argv, cwd in (
        (("gone",), tmp_path),
        (("./text",), tmp_path),
        (("true",), tmp_path / "gone"),
        (("a\0b",), tmp_path),
    ):
        with pytest.raises(OSError):
            Process(argv, str(cwd), ENV)
    with pytest.raises(OSError):
        Process(("true",), str(tmp_path), {**ENV, "A": "a\0b"})
    assert len(os.listdir("/dev/fd")) == before


def test_signals_that_python_ignores_are_not_ignored_by_programs(tmp_path: Path) -> None:
    status = "grep -i ^SigIgn /proc/self/status"
    if sys.platform != "linux":
        pytest.skip("reads /proc")
    data, _ = run(Process(("sh", "-c", status), str(tmp_path), ENV))
    assert int(data.split()[1], 16) & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGXFSZ - 1) == 0


def test_what_it_used_is_known_when_it_has_ended(tmp_path: Path) -> None:
    script = "x = bytearray(60 << 20)\nfor i in range(300000): pass\nopen('out', 'wb').write(x)"
    _, ended = run(Process((sys.executable, "-c", script), str(tmp_path), ENV))
    assert ended.usage.cpu_s > 0
    assert ended.usage.memory > 60 << 20


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("a b", "c"), ("a b", "c")),
        ("cat x", ("cat", "x")),
        ("cat x | wc", ("sh", "-c", "cat x | wc")),
        ("A=1 cat", ("sh", "-c", "A=1 cat")),
        ("cd x", ("sh", "-c", "cd x")),
        ("echo $HOME", ("sh", "-c", "echo $HOME")),
        ("cat *.txt", ("sh", "-c", "cat *.txt")),
        ("cat 'a b'", ("sh", "-c", "cat 'a b'")),
        ("cat ~/x", ("sh", "-c", "cat ~/x")),
        ("cat x # no", ("sh", "-c", "cat x # no")),
        ("no-such-program x", ("sh", "-c", "no-such-program x")),
        ("exit 3", ("sh", "-c", "exit 3")),
        ("", ("sh", "-c", "")),
        ("cat x\ncat y", ("sh", "-c", "cat x\ncat y")),
        ("cat {a,b}", ("sh", "-c", "cat {a,b}")),
    ],
)
def test_a_text_goes_to_the_shell_when_it_needs_one(command: str | tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert arguments(command, ENV["PATH"]) == expected


def test_a_group_is_signalled_as_a_whole(tmp_path: Path) -> None:
    process = Process(("sh", "-c", "sleep 600 & sleep 600 & echo ready; wait"), str(tmp_path), ENV)
    select.select([process.output], [], [])
    assert process.read() == b"ready\n"
    assert process.send(signal.SIGKILL)
    data, ended = run(process)  # the pipe ends when the last of them is gone
    assert (data, ended.signal) == (b"", signal.SIGKILL)
    until(lambda: not processes.send(process.pid, 0), "the end of the group")


def start_watched(tmp_path: Path) -> tuple[int, int]:
    """Fork a process that watches a group and waits; return it and the group."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        watchdog = Watchdog()
        over = Process(("true",), str(tmp_path), ENV)
        watchdog.started(over.pid)
        watchdog.ended(over.pid)
        group = Process(("sh", "-c", "trap '' TERM; sleep 600 & sleep 600"), str(tmp_path), ENV)
        watchdog.started(group.pid)
        os.write(writing, b"%d" % group.pid)
        signal.pause()
    os.close(writing)
    told = int(os.read(reading, 20))
    os.close(reading)
    return pid, told


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_the_watchdog_ends_the_groups_of_a_process_that_was_killed(tmp_path: Path) -> None:
    pid, group = start_watched(tmp_path)
    assert processes.send(group, 0)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    until(lambda: not processes.send(group, 0), "the end of the group")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_the_watchdog_leaves_alone_what_has_the_number_of_a_group_that_ended_last(tmp_path: Path) -> None:
    other = Process(("sh", "-c", "sleep 600"), str(tmp_path), ENV)
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        watchdog = Watchdog()
        watchdog.started(other.pid)
        watchdog.ended(other.pid)
        os.write(writing, b"told")
        signal.pause()
    os.close(writing)
    assert os.read(reading, 4) == b"told"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert os.read(reading, 1) == b""  # the watchdog had this pipe too, and is gone now
    os.close(reading)
    other.send(signal.SIGTERM)
    assert run(other)[1].signal == signal.SIGTERM  # and not what the watchdog would have sent


def test_a_watchdog_that_is_sent_away_ends_nobody(tmp_path: Path) -> None:
    watchdog = Watchdog()
    process = Process(("sh", "-c", "sleep 0.2; echo alive"), str(tmp_path), ENV)
    watchdog.started(process.pid)
    watchdog.close()
    assert run(process)[0] == b"alive\n"


def test_a_watchdog_hears_of_more_groups_than_a_pipe_holds(tmp_path: Path) -> None:
    watchdog = Watchdog()
    for number in range(40_000):
        watchdog.started(4_000_000 + number)
        watchdog.ended(4_000_000 + number)
    process = Process(("sh", "-c", "echo alive"), str(tmp_path), ENV)
    watchdog.started(process.pid)
    assert run(process)[0] == b"alive\n"
    watchdog.close()
