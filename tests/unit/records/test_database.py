"""The projection: what a run came to as rows, rebuilt from logs whatever happened to its file."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pitstop.core.events import (
    CANCELLATION,
    FAILURE,
    FRESH,
    SCHEMA,
    SKIP,
    SUCCESS,
    CompilerCacheUsed,
    Event,
    Notice,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskStarted,
    TierUsed,
)
from pitstop.core.events import (
    TestFinished as CaseFinished,
)
from pitstop.records.database import VERSION, Database
from pitstop.records.folders import new_run_id
from pitstop.records.log import output_of, read
from pitstop.records.queries import recorded_runs
from pitstop.records.recorder import Recorder
from pitstop.records.summary import (
    ApprovalRow,
    ArtifactRow,
    CompilerRow,
    NoticeRow,
    RunRow,
    TaskRow,
    TierRow,
    final,
    summarize,
)
from pitstop.records.summary import TestRow as CaseRow

FROZEN = Path(__file__).parent / "frozen"
NOW = 1795310130.25
TABLES = {"approvals", "artifacts", "compilers", "notices", "runs", "tasks", "tests", "tiers"}
SINCE = {"tasks": ",'','',0);", "artifacts": ",'',0.0);"}
"""What version 3 added at the end of a row, for runs that know nothing of it."""


def record(folder: Path, *events: Event, start: float = NOW, branch: str = "main", end: str = SUCCESS) -> str:
    """Record a run of `events` between its start and its end; without an end it is left as a killed one leaves it."""
    runs = str(folder / "runs")
    run = new_run_id(start, runs)
    recorder = Recorder(runs)
    for event in (RunStarted(start, run, "/repo", branch=branch), *events):
        recorder(event)
    if end:
        recorder(RunFinished(start + 10, end, 10.0))
    recorder.flush()
    recorder.close()
    return run


def dump(database: Database) -> list[str]:
    return [line for line in database._connection.iterdump() if line.startswith("INSERT")]


def synced(folder: Path, now: float = NOW + 99) -> list[RunRow]:
    with Database(str(folder), now) as database:
        database.sync()
        assert database.notes == []
        return recorded_runs(database)


def test_a_record_of_schema_1_reads_as_it_did(tmp_path: Path) -> None:
    shutil.copytree(FROZEN / "schema-1" / "runs", tmp_path / "runs")
    with Database(str(tmp_path), NOW + 99) as database:
        database.sync()
        was = (FROZEN / "schema-1" / "records.sql").read_text().splitlines()
        counted = {
            "'',4,2,1,1,1,": "'',4,1,1,1,1,",
            "end',1,1,0,0,0,": "end',1,0,0,0,0,",
        }  # what failed or was cancelled counts there alone
        for before, since in counted.items():
            was = [line.replace(before, since) for line in was]
        for table, added in SINCE.items():
            head = f'INSERT INTO "{table}" '
            was = [line[:-2] + added if line.startswith(head) else line for line in was]
        assert dump(database) == [line for line in was if line.startswith("INSERT")]
        run = recorded_runs(database)[1]
    assert run.argv == ("pitstop", "run", "test")
    assert (run.ran, run.cached, run.failed, run.skipped, run.total) == (1, 1, 1, 1, 4)
    output = b"".join(output_of(str(tmp_path / "runs" / run.run_id), "api:test"))
    assert output == b"running 2 tests\n\xff\x00\x1b[31mred\x1b[0m\n"


def test_a_database_of_version_1_is_carried_on(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "records.db") as old:
        old.executescript((FROZEN / "schema-1" / "records.sql").read_text())
    old.close()
    shutil.copytree(FROZEN / "schema-1" / "runs", tmp_path / "runs")
    new = record(tmp_path, start=NOW + 100)
    assert [run.run_id for run in synced(tmp_path)] == [new, "20261122-011630-00ff", "20261122-011530-7f3a"]


def test_the_tables_have_a_column_for_each_field_in_the_order_of_the_values(tmp_path: Path) -> None:
    with Database(str(tmp_path), NOW) as database:
        columns = {
            table: [row[1] for row in database.rows(f"PRAGMA table_info({table})")]
            for (table,) in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    assert columns.keys() == TABLES
    assert columns["runs"] == ["id", *RunRow._fields]
    assert columns["tasks"] == ["run", *TaskRow._fields]
    assert columns["approvals"] == ["run", *ApprovalRow._fields]
    assert columns["tests"] == ["run", *CaseRow._fields]
    assert columns["artifacts"] == ["run", *ArtifactRow._fields]
    assert columns["notices"] == ["run", *NoticeRow._fields]
    assert columns["tiers"] == ["run", *TierRow._fields]
    assert columns["compilers"] == ["run", *CompilerRow._fields]
    assert len(CaseRow._fields) == len(CaseFinished._fields)


def test_a_run_that_goes_on_is_renewed_until_it_ends(tmp_path: Path) -> None:
    runs = str(tmp_path / "runs")
    recorder = Recorder(runs)
    run = new_run_id(NOW, runs)
    recorder(RunStarted(NOW, run, "/repo"))
    assert [(row.result, row.ran) for row in synced(tmp_path)] == [("", 0)]
    recorder(TaskStarted(NOW + 1, "a"))
    recorder(TaskStarted(NOW + 1, "b"))
    recorder(TaskFinished(NOW + 2, "a", SUCCESS))
    assert [(row.result, row.ran) for row in synced(tmp_path)] == [("", 1)]
    recorder(TaskFinished(NOW + 2, "b", FAILURE))
    recorder(RunFinished(NOW + 3, FAILURE))
    assert [(row.result, row.ran, row.failed) for row in synced(tmp_path)] == [(FAILURE, 1, 1)]


def test_a_dead_run_counts_as_cancelled_and_its_log_is_left_alone(tmp_path: Path) -> None:
    run = record(tmp_path, TaskStarted(NOW + 1, "a"), end="")
    log = tmp_path / "runs" / run / "events.jsonl"
    before = log.read_bytes()
    assert [(row.result, row.ran) for row in synced(tmp_path)] == [(CANCELLATION, 0)]
    assert log.read_bytes() == before


def test_a_run_whose_log_is_gone_is_forgotten_with_all_its_rows(tmp_path: Path) -> None:
    used = (TierUsed(NOW, "redis://cache", 4, 1), CompilerCacheUsed(NOW, "a", "sccache", 4, 1))
    rest = (Notice(NOW, "n"), CaseFinished(NOW, "a", "s", "t", SUCCESS), *used)
    run = record(tmp_path, TaskFinished(NOW, "a", SUCCESS), *rest)
    kept = record(tmp_path, TaskFinished(NOW, "a", SUCCESS), *rest)
    assert len(synced(tmp_path)) == 2
    shutil.rmtree(tmp_path / "runs" / run)
    assert [row.run_id for row in synced(tmp_path)] == [kept]
    with Database(str(tmp_path), NOW) as database:
        for table in TABLES - {"artifacts", "approvals"}:
            assert database.rows(f"SELECT count(*) FROM {table}") == [(1,)]


def test_runs_are_listed_newest_first_and_narrowed(tmp_path: Path) -> None:
    old = record(tmp_path, start=NOW - 5, end=FAILURE)
    new = record(tmp_path, start=NOW, branch="fix")
    with Database(str(tmp_path), NOW) as database:
        database.sync()
        assert [run.run_id for run in recorded_runs(database)] == [new, old]
        assert [run.run_id for run in recorded_runs(database, limit=1)] == [new]
        assert [run.run_id for run in recorded_runs(database, failed=True)] == [old]
        assert [run.run_id for run in recorded_runs(database, branch="fix")] == [new]


def test_what_sqlite_cannot_hold_is_taken_in_as_near_as_can_be(tmp_path: Path) -> None:
    record(
        tmp_path,
        TaskFinished(NOW, "good", SUCCESS),
        TaskFinished(NOW, "a\udcff", SUCCESS, memory=2**80, written_bytes=-(2**80)),
        TaskFinished(NOW, "nul\0", SUCCESS),
        Notice(NOW, "\udc80"),
    )
    synced(tmp_path)
    with Database(str(tmp_path), NOW) as database:
        rows = database.rows("SELECT task_name, memory, written_bytes FROM tasks ORDER BY 1")
        assert rows == [("a\\udcff", 2**63 - 1, -(2**63)), ("good", 0, 0), ("nul\0", 0, 0)]
        assert database.rows("SELECT message FROM notices") == [("\\udc80",)]


def test_a_number_that_is_none_is_zero(tmp_path: Path) -> None:
    run = record(tmp_path, end="")
    with (tmp_path / "runs" / run / "events.jsonl").open("ab") as log:
        log.write(b'{"event": "TaskFinished", "time": NaN, "task": "a", "outcome": "success", "cpu_s": NaN}\n')
    synced(tmp_path)
    with Database(str(tmp_path), NOW) as database:
        assert database.rows("SELECT ended_at, cpu_s FROM tasks") == [(0.0, 0.0)]


def test_a_run_of_a_newer_schema_is_left_out_with_a_note(tmp_path: Path) -> None:
    run = record(tmp_path)
    log = tmp_path / "runs" / run / "events.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"root"', b'"schema": %d, "root"' % (SCHEMA + 1)))
    with Database(str(tmp_path), NOW) as database:
        database.sync()
        assert recorded_runs(database) == []
        said = f"a run was recorded with schema {SCHEMA + 1}, this pitstop reads up to {SCHEMA}"
        assert database.notes == [f"run `{run}` is left out: {said}"]


def test_a_copied_run_has_the_name_of_its_folder(tmp_path: Path) -> None:
    run = record(tmp_path)
    shutil.copytree(tmp_path / "runs" / run, tmp_path / "runs" / "20260101-000000-0000")
    assert sorted(row.run_id for row in synced(tmp_path)) == ["20260101-000000-0000", run]


def damage_header(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def damage_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[200:] = b"\xaa" * (len(data) - 200)
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("damage", [damage_header, damage_middle, cut_short])
def test_a_damaged_database_is_moved_aside_and_rebuilt(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    run = record(tmp_path, TaskFinished(NOW, "a", SUCCESS))
    synced(tmp_path)
    damage(tmp_path / "records.db")
    with Database(str(tmp_path), NOW) as database:
        database.sync()
        assert [row.run_id for row in recorded_runs(database)] == [run]
        assert database.rows("SELECT task_name FROM tasks") == [("a",)]
        (note,) = database.notes
        assert "was damaged: rebuilt from the logs" in note
    assert (tmp_path / "records.db.damaged-20261122-011530").exists()
    assert [row.run_id for row in synced(tmp_path)] == [run]


def test_damage_that_shows_in_the_middle_of_a_question_is_mended_too(tmp_path: Path) -> None:
    for number in range(30):
        record(tmp_path, *(TaskFinished(NOW, f"{number}:{task}", SUCCESS) for task in range(30)))
    synced(tmp_path)
    path = tmp_path / "records.db"
    data = bytearray(path.read_bytes())
    with Database(str(tmp_path), NOW) as database:
        page = database.rows("PRAGMA page_size")[0][0]
        root = database.rows("SELECT rootpage FROM sqlite_master WHERE name = 'tasks'")[0][0]
    data[(root - 1) * page : root * page] = b"\xaa" * page
    path.write_bytes(data)
    with Database(str(tmp_path), NOW) as database:
        database.sync()
        assert database.notes == []
        assert len(database.rows("SELECT command FROM tasks")) == 900
        assert len(database.notes) == 1


def test_a_database_of_a_newer_version_is_not_written(tmp_path: Path) -> None:
    run = record(tmp_path)
    synced(tmp_path)
    with sqlite3.connect(tmp_path / "records.db") as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    before = (tmp_path / "records.db").read_bytes()
    with Database(str(tmp_path), NOW) as database:
        database.sync()
        assert [row.run_id for row in recorded_runs(database)] == [run]
        assert database.notes == [f"`{tmp_path}/records.db` is of a newer pitstop and left as it is"]
    assert (tmp_path / "records.db").read_bytes() == before


def test_a_database_of_an_older_version_is_rebuilt(tmp_path: Path) -> None:
    run = record(tmp_path)
    with sqlite3.connect(tmp_path / "records.db") as connection:
        connection.executescript("CREATE TABLE runs (x); CREATE TABLE other (y); PRAGMA user_version = 0")
    connection.close()
    assert [row.run_id for row in synced(tmp_path)] == [run]


@pytest.mark.parametrize("kind", ["unwritable", "absent"])
def test_where_no_file_can_be_written_the_projection_is_made_in_memory(tmp_path: Path, kind: str) -> None:
    run = record(tmp_path)
    if kind == "unwritable":
        (tmp_path / "records.db").mkdir()  # holds for root too
        assert [row.run_id for row in synced(tmp_path)] == [run]
    else:
        assert synced(tmp_path / "nowhere") == []
    assert not (tmp_path / "records.db").is_file()


SYNC = """
import sys
from pitstop.records.database import Database
sys.stdin.readline()
with Database(sys.argv[1], 0.0) as database:
    database.sync()
    sys.exit(database.notes or len(database.rows("SELECT * FROM runs")))
"""


@pytest.mark.slow
def test_processes_that_sync_at_once_and_beside_recorders_agree(tmp_path: Path) -> None:
    for number in range(45):
        record(tmp_path, *(TaskFinished(NOW, f"t{task}", SUCCESS, FRESH) for task in range(20)), start=NOW + number)
    live = [Recorder(str(tmp_path / "runs")) for _ in range(2)]
    names = [new_run_id(NOW + 99, str(tmp_path / "runs")) for _ in live]
    for recorder, name in zip(live, names, strict=True):
        recorder(RunStarted(NOW + 99, name, "/repo"))
    syncs = [subprocess.Popen([sys.executable, "-c", SYNC, tmp_path], stdin=subprocess.PIPE) for _ in range(3)]
    for sync in syncs:
        assert sync.stdin is not None
        sync.stdin.close()  # go
    for number in range(200):
        for recorder in live:
            recorder(TaskFinished(NOW + 100, f"t{number}", SUCCESS))
    assert [sync.wait() for sync in syncs] == [47, 47, 47]
    for recorder in live:
        recorder(RunFinished(NOW + 101, SUCCESS))
    rows = synced(tmp_path)
    assert [row.ran for row in rows[:2]] == [200, 200]
    with Database(str(tmp_path), NOW) as database:
        assert database.rows("SELECT count(*) FROM tasks") == [(45 * 20 + 400,)]
        assert database.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_summary_needs_the_start_of_a_run() -> None:
    assert summarize([]) is None
    assert summarize([RunFinished(NOW, SUCCESS)]) is None


def test_of_a_test_that_was_tried_again_the_last_attempt_is_final() -> None:
    first = CaseRow(NOW, "a", "s", "one", FAILURE, 0.0, "", "", 0, 1)
    other = first._replace(case_name="two", result=SUCCESS)
    again = first._replace(result=SUCCESS, attempt=2)
    assert final([first, other, again]) == [again, other]
    assert final([again, other, first]) == [again, other]


def test_tasks_are_counted_by_what_they_came_to() -> None:
    summary = summarize(
        [
            RunStarted(NOW, "r", "/"),
            TaskFinished(NOW, "hit", SUCCESS, FRESH, duration_s=7.0),
            TaskStarted(NOW, "ran"),
            TaskFinished(NOW, "ran", SUCCESS, duration_s=1.0),
            TaskStarted(NOW, "slow"),
            TaskFinished(NOW, "slow", "timeout"),
            TaskStarted(NOW, "stopped"),
            TaskFinished(NOW, "stopped", CANCELLATION),
            TaskFinished(NOW, "never", CANCELLATION),
            TaskFinished(NOW, "after", SKIP),
            TaskStarted(NOW, "still"),
        ]
    )
    assert summary is not None
    run = summary.run
    assert (run.total, run.ran, run.cached, run.failed, run.skipped, run.saved_s) == (7, 1, 1, 1, 1, 7.0)
    assert [task.result for task in summary.tasks] == [
        SUCCESS,
        SUCCESS,
        "timeout",
        CANCELLATION,
        CANCELLATION,
        SKIP,
        "",
    ]


def test_a_read_log_and_its_projection_say_the_same(tmp_path: Path) -> None:
    run = record(tmp_path, TaskStarted(NOW, "a"), TaskFinished(NOW, "a", SUCCESS))
    summary = summarize(read(os.fspath(tmp_path / "runs" / run)))
    assert summary is not None
    assert [summary.run] == synced(tmp_path)
