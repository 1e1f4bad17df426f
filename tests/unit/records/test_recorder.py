"""The recorder: what happened is on disk when the process dies, and costs little."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.events import (
    CANCELLATION,
    FRESH,
    SUCCESS,
    Broadcast,
    Event,
    Notice,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskOutput,
    TaskStarted,
)
from pitstop.records.folders import is_run_id, new_run_id, run_ids, started_at
from pitstop.records.log import close_dead, closing, follow, is_live, output_of, read
from pitstop.records.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN = "20261122-011530-7f3a"
NOW = 1795310130.0
SMALL: list[Event] = [
    RunStarted(NOW, RUN, "/repo", argv=("pitstop", "run")),
    TaskStarted(NOW + 1, "a:test"),
    TaskOutput(NOW + 1.5, "a:test", b"one\n"),
    TaskOutput(NOW + 1.51, "a:test", b"two\n"),
    TaskFinished(NOW + 2, "a:test", SUCCESS),
    TaskFinished(NOW + 2, "b:test", SUCCESS, FRESH),
    RunFinished(NOW + 3, SUCCESS, 3.0),
]


@pytest.fixture
def runs(tmp_path: Path) -> str:
    return str(tmp_path / ".pitstop" / "runs")


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def keep(runs: str, events: list[Event]) -> Recorder:
    recorder = Recorder(runs)
    for event in events:
        recorder(event)
    return recorder


def test_a_run_reads_back_as_it_was_told(runs: str) -> None:
    keep(runs, SMALL)
    folder = f"{runs}/{RUN}"
    events = list(read(folder))
    assert [event for event in events if not isinstance(event, TaskOutput)] == [
        event for event in SMALL if not isinstance(event, TaskOutput)
    ]
    assert b"".join(output_of(folder, "a:test")) == b"one\ntwo\n"
    assert names(runs) == [RUN]


def test_a_run_with_nothing_to_do_leaves_one_file(runs: str) -> None:
    keep(runs, [SMALL[0], SMALL[5], SMALL[6]])
    assert names(f"{runs}/{RUN}") == ["events.jsonl"]


def test_all_but_masses_is_on_disk_at_once(runs: str) -> None:
    recorder = keep(runs, SMALL[:5])
    assert list(read(f"{runs}/{RUN}"))[-1] == SMALL[4]
    recorder(SMALL[5])
    assert list(read(f"{runs}/{RUN}"))[-1] == SMALL[4]
    recorder.flush()
    assert list(read(f"{runs}/{RUN}"))[-1] == SMALL[5]
    recorder.close()


def test_output_after_a_silence_is_on_disk_at_once(runs: str) -> None:
    recorder = keep(runs, SMALL[:2])
    recorder(TaskOutput(NOW + 5, "a:test", b"x"))
    assert b"".join(output_of(f"{runs}/{RUN}")) == b"x"
    recorder(TaskOutput(NOW + 5.01, "a:test", b"y"))
    recorder(TaskOutput(NOW + 5.02, "a:test", b"z"))
    assert b"".join(output_of(f"{runs}/{RUN}")) == b"x"
    recorder.flush()
    assert b"".join(output_of(f"{runs}/{RUN}")) == b"xyz"
    recorder.close()


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=5), st.floats(0, 0.2)), max_size=60))
def test_each_task_gets_its_own_output_in_order(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[str, bytes, float]]
) -> None:
    runs = str(tmp_path_factory.mktemp("runs"))
    time = NOW
    recorder = keep(runs, SMALL[:1])
    for task, data, pause in pieces:
        time += pause
        recorder(TaskOutput(time, task, data))
    recorder(RunFinished(time, SUCCESS))
    for task in "abc":
        assert b"".join(output_of(f"{runs}/{RUN}", task)) == b"".join(data for name, data, _ in pieces if name == task)
    assert b"".join(output_of(f"{runs}/{RUN}")) == b"".join(data for _, data, _ in pieces)


def test_what_a_batch_wrote_is_output_of_each_of_its_tasks(runs: str) -> None:
    keep(
        runs,
        [
            SMALL[0],
            TaskStarted(NOW, "a:test", batch="cargo-test"),
            TaskOutput(NOW, "cargo-test", b"both"),
            TaskOutput(NOW, "b:test", b"other"),
        ],
    ).flush()
    assert b"".join(output_of(f"{runs}/{RUN}", "a:test")) == b"both"
    assert b"".join(output_of(f"{runs}/{RUN}", "b:test")) == b"other"


def test_short_writes_lose_nothing(runs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.writev
    monkeypatch.setattr(os, "writev", lambda fd, pieces: real(fd, [b"".join(pieces)[:5]]))
    recorder = keep(runs, SMALL[:2])
    recorder(TaskOutput(NOW + 5, "a", b"0"))
    for piece in (b"123", b"4567", b"", b"89ab", b"cdefghijkl"):
        recorder(TaskOutput(NOW + 5, "a", piece))
    recorder.flush()
    assert b"".join(output_of(f"{runs}/{RUN}")) == b"0123456789abcdefghijkl"
    recorder.close()


def test_a_full_disk_ends_the_record_and_not_the_run(runs: str) -> None:
    """The file size limit stands for a full disk: the write that crosses it is cut short, the next one fails."""
    recorder = Recorder(runs)
    tell = Broadcast([recorder])
    tell(SMALL[0])
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, old[1]))
    try:
        for number in range(30):
            tell(Notice(NOW + number, "x" * 100))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert [type(error) for _, error in tell.lost] == [OSError]
    assert tell.lost[0][1].args[0] == errno.EFBIG
    events = list(read(f"{runs}/{RUN}"))
    assert events[0] == SMALL[0]
    assert 2 < len(events) < 11
    recorder.close()


def test_a_run_is_live_until_it_ends(runs: str) -> None:
    recorder = keep(runs, SMALL[:5])
    assert is_live(f"{runs}/{RUN}")
    assert close_dead(runs, NOW) == []
    recorder(SMALL[6])
    assert not is_live(f"{runs}/{RUN}")


def test_two_runs_of_one_name_do_not_share_a_folder(runs: str) -> None:
    first = keep(runs, SMALL[:1])
    with pytest.raises(FileExistsError):
        keep(runs, SMALL[:1])
    first(SMALL[6])
    assert list(read(f"{runs}/{RUN}")) == [SMALL[0], SMALL[6]]


def test_events_outside_a_run_are_not_kept(runs: str) -> None:
    recorder = keep(runs, [SMALL[1], SMALL[2], *SMALL, SMALL[1]])
    recorder.flush()
    assert list(read(f"{runs}/{RUN}"))[-1] == SMALL[6]


def test_a_run_whose_name_is_taken_gets_another(runs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    digits = iter([b"\x7f\x3a", b"\x7f\x3a", b"\x00\x01"])
    monkeypatch.setattr(os, "urandom", lambda _count: next(digits))
    assert new_run_id(NOW, runs) == RUN
    assert new_run_id(NOW, runs) == "20261122-011530-0001"
    assert names(runs) == ["20261122-011530-0001", RUN]


def test_a_record_is_nothing_that_git_would_see_but_what_people_add_is(runs: str) -> None:
    new_run_id(NOW, runs)
    assert Path(f"{runs}/../.gitignore").read_text("ascii") == "/*\n!/knowledge/\n"


def test_only_names_of_runs_are_runs() -> None:
    other = ["x", RUN + ".live", ".gone-" + RUN, RUN.upper(), RUN[:-1], RUN + "0", "2026112a-011530-7f3a"]
    assert run_ids([RUN, "20251122-011530-7f3a", *other]) == ["20251122-011530-7f3a", RUN]
    assert is_run_id(new_run_id(0.0))
    assert started_at(RUN) == NOW
    assert started_at("20269922-011530-7f3a") == 0.0


def records_cut_everywhere(runs: str) -> Iterator[tuple[list[Event], int, bytes]]:
    keep(runs, SMALL)
    log = Path(f"{runs}/{RUN}/events.jsonl").read_bytes()
    whole = list(read(f"{runs}/{RUN}"))
    for cut in range(len(log) + 1):
        yield whole, log[:cut].count(b"\n"), log[:cut]


@pytest.mark.slow
def test_a_log_cut_at_any_byte_reads_up_to_the_torn_line(runs: str) -> None:
    for whole, lines, log in records_cut_everywhere(runs):
        Path(f"{runs}/{RUN}/events.jsonl").write_bytes(log)
        assert list(read(f"{runs}/{RUN}")) == whole[:lines]


@pytest.mark.slow
def test_a_log_cut_at_any_byte_is_closed_with_what_was_running_cancelled(runs: str) -> None:
    for whole, lines, log in records_cut_everywhere(runs):
        Path(f"{runs}/{RUN}/events.jsonl").write_bytes(log)
        Path(f"{runs}/{RUN}.live").touch()
        kept = whole[:lines]
        end = closing(kept, NOW + 99)
        assert close_dead(runs, NOW + 99) == ([RUN] if end else [])
        assert list(read(f"{runs}/{RUN}")) == kept + end
        assert [type(event) for event in end] == {
            0: [],
            1: [RunFinished],
            2: [TaskFinished, RunFinished],
            3: [TaskFinished, RunFinished],
            4: [TaskFinished, RunFinished],
            5: [RunFinished],
            6: [RunFinished],
            7: [],
        }[lines]
        assert all(event.outcome == CANCELLATION for event in end if isinstance(event, (TaskFinished, RunFinished)))
        if lines:
            assert close_dead(runs, NOW + 99) == []
            assert names(runs) == [RUN]


def test_follow_yields_what_comes_and_ends_with_the_run(runs: str) -> None:
    recorder = keep(runs, SMALL[:1])
    coming = iter(SMALL[1:])
    seen = list(follow(f"{runs}/{RUN}", lambda _: recorder(next(coming))))
    assert seen == list(read(f"{runs}/{RUN}"))
    assert seen[-1] == SMALL[-1]


def test_follow_joins_a_line_that_comes_in_pieces(runs: str) -> None:
    recorder = keep(runs, SMALL[:1])
    line = b'{"event": "Notice", "time": 1.0, "message": "x"}\n{"event": "Not'
    parts = [line[i : i + 9] for i in range(0, len(line), 9)]

    def wait(_: float) -> None:
        if parts:
            log.write(parts.pop(0))
        else:
            recorder.close()

    with Path(f"{runs}/{RUN}/events.jsonl").open("ab", buffering=0) as log:
        assert list(follow(f"{runs}/{RUN}", wait)) == [SMALL[0], Notice(1.0, "x")]


def test_follow_ends_when_there_is_nothing_to_follow(runs: str) -> None:
    assert list(follow(f"{runs}/{RUN}", lambda _: pytest.fail("waits for nobody"))) == []


def test_a_run_that_is_just_being_started_is_not_closed(runs: str) -> None:
    new_run_id(NOW, runs)
    (name,) = names(runs)
    Path(f"{runs}/{name}.live").touch()
    assert close_dead(runs, NOW + 10) == []
    assert len(names(runs)) == 2
    assert close_dead(runs, NOW + 4000) == []
    assert names(runs) == []


NOOP = """
import sys
before = set(sys.modules)
from pitstop.core.events import FRESH, SUCCESS, RunFinished, RunStarted, TaskFinished
from pitstop.records.folders import new_run_id
from pitstop.records.log import close_dead
from pitstop.records.recorder import Recorder
from pitstop.records.retention import delete_old_runs
runs = sys.argv[1]
for place in range(30):
    close_dead(runs, 1e9)
    recorder = Recorder(runs)
    recorder(RunStarted(1e9, new_run_id(1e9, runs), "/"))
    recorder(TaskFinished(1e9, "a", SUCCESS, FRESH))
    recorder(RunFinished(1e9, SUCCESS))
    delete_old_runs(runs, 1e9)
print(*(set(sys.modules) - before))
"""


def test_what_a_run_with_nothing_to_do_needs_of_the_record_is_light(runs: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", NOOP, runs], check=True, capture_output=True, text=True
    ).stdout.split()
    heavy = {"json", "sqlite3", "subprocess", "dataclasses", "pathlib", "shutil", "datetime", "_strptime", "tempfile"}
    assert not heavy & set(loaded)
    assert "pitstop.records.summary" not in loaded
    assert len(names(runs)) == 30


KILLED = """
import os, signal, sys
from pitstop.core.events import SUCCESS, RunStarted, TaskFinished, TaskOutput, TaskStarted
from pitstop.records.recorder import Recorder
recorder = Recorder(sys.argv[1])
recorder(RunStarted(1e9, "20010909-014640-0000", "/"))
for number in range(int(sys.argv[2])):
    recorder(TaskStarted(1e9 + number, f"t{number}"))
    recorder(TaskOutput(1e9 + number, f"t{number}", b"%d\\n" % number))
    if number % 3:
        recorder(TaskFinished(1e9 + number, f"t{number}", SUCCESS))
recorder.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_loses_nothing_that_was_told_and_is_closed_by_the_next(runs: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, runs, "10"], check=False)
    assert done.returncode == -signal.SIGKILL
    folder = f"{runs}/20010909-014640-0000"
    assert not is_live(folder)
    assert close_dead(runs, 2e9) == ["20010909-014640-0000"]
    ended = {event.task: event.outcome for event in read(folder) if isinstance(event, TaskFinished)}
    assert ended == {f"t{number}": SUCCESS if number % 3 else CANCELLATION for number in range(10)}
    assert b"".join(output_of(folder)) == b"".join(b"%d\n" % number for number in range(10))
    assert isinstance(list(read(folder))[-1], RunFinished)
    assert close_dead(runs, 2e9) == []


@pytest.mark.slow
def test_many_who_close_one_dead_run_close_it_once(runs: str) -> None:
    recorder = keep(runs, SMALL[:2])
    Path(f"{runs}/{RUN}.live").rename(f"{runs}/kept")
    recorder.close()
    Path(f"{runs}/kept").rename(f"{runs}/{RUN}.live")
    script = "import sys; from pitstop.records.log import close_dead; sys.stdin.read(); close_dead(sys.argv[1], 2e9)"
    closers = [subprocess.Popen([sys.executable, "-c", script, runs], stdin=subprocess.PIPE) for _ in range(4)]
    for closer in closers:
        assert closer.stdin is not None
        closer.stdin.close()
    assert [closer.wait() for closer in closers] == [0, 0, 0, 0]
    assert [type(event) for event in read(f"{runs}/{RUN}")] == [RunStarted, TaskStarted, TaskFinished, RunFinished]
