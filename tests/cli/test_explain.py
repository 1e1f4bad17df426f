"""`pitstop explain`, as a person and a script see it."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

from pitstop.core.clock import now
from pitstop.core.events import FAILURE, SUCCESS, RunFinished, RunStarted, TaskFinished, TaskOutput, TaskStarted
from pitstop.core.events import TestFinished as CaseFinished
from pitstop.records.folders import new_run_id
from pitstop.records.recorder import Recorder

if TYPE_CHECKING:
    from tests.support.pit import Pit

GO = b"""ok  \texample.org/shop/cart\t0.412s
--- FAIL: TestTotal (0.00s)
    total_test.go:27: Total() = 3, want 0
FAIL
FAIL\texample.org/shop/price\t0.009s
"""


def record(
    pit: Pit, ago: float, result: str, log: bytes, action: str = "", case: str = "", branch: str = "main"
) -> str:
    start = now() - ago
    runs = str(pit.root / ".pitstop" / "runs")
    run = new_run_id(start, runs)
    recorder = Recorder(runs)
    recorder(RunStarted(start, run, str(pit.root), ("run",), "test", "", branch))
    recorder(TaskStarted(start, "shop:test", command="go test ./..."))
    if log:
        recorder(TaskOutput(start, "shop:test", log))
    if case:
        recorder(CaseFinished(start, "shop:test", "example.org/shop/price", case, result))
    recorder(TaskFinished(start + 1, "shop:test", result, action=action, exit_code=0 if result == SUCCESS else 1))
    recorder(RunFinished(start + 2, result, 2.0))
    return run


@pytest.mark.slow
def test_a_log_file_is_explained_in_a_few_lines(pit: Pit) -> None:
    pit.write("ci.log", GO)
    assert pit("explain", "ci.log") == snapshot("""\
exit: 0
ci.log:2: test TestTotal failed: Total() = 3, want 0

> 2  --- FAIL: TestTotal ([time])
  3      total_test.go:27: Total() = 3, want 0

  whose: test (sure): go says so; an expectation was not met
  again: go test ./... -run '^TestTotal$'
""")
    shown = pit("explain", "ci.log", "--format", "lines")
    rows = [line.split("\t", 2) for line in shown.raw_out.decode().splitlines()]
    assert shown.exit == 0
    assert {int(number) for number, _, _ in rows} <= set(range(1, 6))
    assert [float(score) for _, score, _ in rows] == sorted((float(score) for _, score, _ in rows), reverse=True)
    assert pit("explain", "-", stdin=GO).exit == 0


@pytest.mark.slow
def test_every_form_says_the_same(pit: Pit) -> None:
    pit.write("ci.log", GO)
    data = pit("explain", "ci.log", "--json").json
    assert [(finding["category"], finding["kind"]) for finding in data["findings"]] == [("test", "test")]
    assert pit("explain", "ci.log", "--sarif").json["version"] == "2.1.0"
    assert "### ❌ test TestTotal failed" in pit("explain", "ci.log", "--markdown").raw_out.decode()
    assert "Total() = 3, want 0" in pit("explain", "ci.log", "--prompt").out


@pytest.mark.slow
def test_what_is_packed_is_unpacked_and_each_log_explained(pit: Pit) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("0_test.txt", GO)
        archive.writestr("1_build.txt", b"all fine\n")
    pit.write("logs.zip", packed.getvalue()).write("ci.log.gz", gzip.compress(GO))
    data = pit("explain", "logs.zip", "--json").json
    assert sorted(log["failed"] for log in data["logs"]) == [False, True]
    assert (
        pit("explain", "ci.log.gz", "--format", "lines").out == pit("explain", "-", "--format", "lines", stdin=GO).out
    )


@pytest.mark.slow
def test_nothing_failed_where_nothing_did(pit: Pit) -> None:
    pit.write("ci.log", b"ok  \texample.org/shop/cart\t0.412s\n").write("empty.log")
    assert pit("explain", "ci.log") == "exit: 0\nci.log: nothing failed here\n"
    assert pit("explain", "empty.log") == "exit: 0\nempty.log: nothing failed here\n"
    record(pit, 60, SUCCESS, b"fine\n")
    assert pit("explain") == "exit: 0\nnothing failed here: all of it passed\n"


@pytest.mark.slow
def test_the_latest_failed_run_is_explained_against_the_last_green_one(pit: Pit) -> None:
    record(pit, 7200, SUCCESS, b"error: this is always said\nok  \texample.org/shop/price\t0.1s\n")
    red = record(pit, 600, FAILURE, b"error: this is always said\n" + GO)
    record(pit, 60, SUCCESS, b"fine\n")
    data = pit("explain", "--json").json
    assert data["logs"][0]["run"] == red
    assert data["logs"][0]["against"]
    assert 1 not in [line["number"] for line in data["findings"][0]["evidence"]]
    assert data["findings"][0]["again"][-1] == "pitstop run shop:test"
    assert pit("explain", red, "shop:test").exit == 0
    assert pit("explain", red, "no:task").exit == 2


@pytest.mark.slow
def test_the_green_run_is_of_the_branch_else_of_the_base_branch_else_of_any(pit: Pit) -> None:
    pit.git("commit", "--quiet", "--allow-empty", "--message", "begin")
    record(pit, 60, FAILURE, GO, branch="topic")
    expected = []
    for ago, branch in ((3600, "other"), (4000, "main"), (5000, "topic"), (4500, "topic")):
        expected.append(record(pit, ago, SUCCESS, b"fine\n", branch=branch))
        assert expected[-1] in pit("explain", "--json").json["logs"][0]["against"]


@pytest.mark.slow
def test_a_test_that_passed_with_the_same_inputs_is_flaky(pit: Pit) -> None:
    action = "a" * 64 + "/1"
    record(pit, 7200, SUCCESS, b"ok\n", action, "TestTotal")
    record(pit, 60, FAILURE, GO, action, "TestTotal")
    (finding,) = pit("explain", "--json").json["findings"]
    assert finding["category"] == "flaky test"
    assert finding["retry"]
    assert "TestTotal passed with the same inputs in 1 recorded run" in finding["hints"][0]


@pytest.mark.slow
def test_a_task_that_wrote_nothing_is_told_by_its_end(pit: Pit) -> None:
    record(pit, 60, FAILURE, b"")
    assert pit("explain").out.splitlines()[0].endswith(": it ended with exit code 1")


@pytest.mark.slow
def test_what_means_nothing_is_refused(pit: Pit) -> None:
    assert pit("explain", "no-such.log") == snapshot("""\
exit: 2
----- stderr
error: `no-such.log` is no file, no recorded run and no address
hint: a message goes in quotes; `pitstop runs` lists the recorded runs
""")
    assert pit("explain") == snapshot("""\
exit: 2
----- stderr
error: no run is recorded here
hint: name a log file: `pitstop explain build.log`
""")
    pit.write("ci.log", GO)
    assert pit("explain", "ci.log", "--against", "no-such.log").exit == 2
    assert pit("explain", "--show", "no/such") == snapshot("""\
exit: 2
----- stderr
error: no entry is called `no/such`
hint: `pitstop explain --list` lists them
""")


@pytest.mark.slow
def test_a_message_in_quotes_is_explained(pit: Pit) -> None:
    data = pit("explain", "cp: error writing 'a': No space left on device", "--json").json
    assert data["findings"][0]["category"] == "resource"
    assert json.dumps(data).count("No space left") >= 1


@pytest.mark.slow
def test_what_is_known_and_why_a_line_is_shown_can_be_asked(pit: Pit) -> None:
    listed = pit("explain", "--list")
    assert listed.exit == 0
    assert any(line.startswith("rust/e0308 ") for line in listed.out.splitlines())
    assert "rustc --explain E0308" in pit("explain", "--show", "e0308").out
    pit.write("ci.log", GO)
    assert pit("explain", "ci.log", "--why-this-line", "2").out.startswith("ci.log:2: shown, number ")
    assert pit("explain", "ci.log", "--why-this-line", "9").exit == 2


def test_scripts_get_the_telling_lines_also_of_a_log_that_does_not_say_it_failed(pit: Pit) -> None:
    log = b"2024-05-01T10:00:00.0000000Z tar: This does not look like a tar archive\n"
    assert "tar says so" in pit("explain", "-", stdin=log).out
    log += b"2024-05-01T10:00:00.0000000Z ##[group]Run true\n" + b"2024-05-01T10:00:00.5000000Z good\n" * 20
    end = b"2024-05-01T10:00:01.0000000Z Cleaning up orphan processes\n"
    assert "nothing failed here" in pit("explain", "-", stdin=log + end).out
    assert pit("explain", "-", "--format", "lines", stdin=log + end).out
    assert pit("explain", "-", "--format", "lines", stdin=log + b"Done. Your build exited with 0.\n").out == ""


@pytest.mark.slow
def test_a_line_that_every_run_writes_is_shown_after_one_that_is_new(pit: Pit) -> None:
    usual, new = b"ERROR: cannot reach the mirror of %d, next\n", b"row %d of the table has no price, stopping\n"
    log = b"compiling a part\n" * 5 + usual % 1 + b"compiling a part\n" * 5 + new % 2 + b"made 3\n"
    pit.write("ci.log", log.decode())

    def shown() -> list[str]:
        lines = pit("explain", "ci.log", "--format", "lines").out.splitlines()
        return [line.split("\t")[0] for line in lines if line[:1].isdigit()][:2]

    assert shown()[0] == "6"
    for ago in range(5, 0, -1):
        record(pit, ago * 100.0, SUCCESS, usual % ago + b"made 3\n")
    assert shown()[0] == "12"
    assert "in 5 recorded logs that passed and 0 that failed" in pit("explain", "ci.log", "--why-this-line", "6").out


@pytest.mark.slow
def test_a_file_that_breaks_off_is_read_and_that_is_said(pit: Pit) -> None:
    (pit.root / "ci.log.gz").write_bytes(gzip.compress(GO + bytes(range(256)) * 40)[:-20])
    told = pit("explain", "ci.log.gz")
    assert "test TestTotal failed" in told.out
    assert told.err == "note: `ci.log.gz` breaks off\n"
