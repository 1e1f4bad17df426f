"""The projection of the logs into SQLite: asked by commands, never the truth, rebuilt from the logs at any time."""

from __future__ import annotations

import os
import sqlite3
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pitstop.core.clock import stamp
from pitstop.core.errors import SurroundingError
from pitstop.records.codec import RecordTooNew
from pitstop.records.folders import run_ids
from pitstop.records.log import complete
from pitstop.records.summary import Summary, summarize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

T = TypeVar("T")

VERSION = 5
"""Of the tables. A lower one found is dropped and rebuilt, a greater one is left alone."""

NAME = "records.db"

_BUSY_S = 10.0
_RUNS_AT_ONCE = 20

_TABLES = """
CREATE TABLE runs (
  id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, pipeline_name TEXT NOT NULL, result TEXT NOT NULL,
  started_at REAL NOT NULL, ended_at REAL NOT NULL, duration_s REAL NOT NULL, ref_head_name TEXT NOT NULL,
  ref_head_revision TEXT NOT NULL, host_name TEXT NOT NULL, pid INTEGER NOT NULL, argv TEXT NOT NULL,
  root TEXT NOT NULL, version TEXT NOT NULL, source TEXT NOT NULL, message TEXT NOT NULL, total INTEGER NOT NULL,
  ran INTEGER NOT NULL, cached INTEGER NOT NULL, failed INTEGER NOT NULL, skipped INTEGER NOT NULL,
  saved_s REAL NOT NULL, expected_s REAL NOT NULL
);
CREATE INDEX runs_started ON runs (started_at);
CREATE TABLE tasks (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, task_name TEXT NOT NULL, result TEXT NOT NULL,
  origin TEXT NOT NULL, action TEXT NOT NULL, exit_code INTEGER, signal INTEGER NOT NULL, started_at REAL NOT NULL,
  ended_at REAL NOT NULL, duration_s REAL NOT NULL, attempts INTEGER NOT NULL, cpu_s REAL NOT NULL,
  memory INTEGER NOT NULL, read_bytes INTEGER NOT NULL, written_bytes INTEGER NOT NULL, outputs INTEGER NOT NULL,
  output_bytes INTEGER NOT NULL, command TEXT NOT NULL, reason TEXT NOT NULL, batch TEXT NOT NULL,
  expected_s REAL NOT NULL, message TEXT NOT NULL, worker TEXT NOT NULL, tier TEXT NOT NULL,
  fetched_bytes INTEGER NOT NULL, PRIMARY KEY (run, task_name)
) WITHOUT ROWID;
CREATE INDEX tasks_named ON tasks (task_name, run);
CREATE TABLE tests (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, ended_at REAL NOT NULL, task_name TEXT NOT NULL,
  suite_name TEXT NOT NULL, case_name TEXT NOT NULL, result TEXT NOT NULL, duration_s REAL NOT NULL,
  message TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL, attempt INTEGER NOT NULL
);
CREATE INDEX tests_run ON tests (run);
CREATE INDEX tests_named ON tests (case_name, suite_name, task_name);
CREATE TABLE artifacts (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, at REAL NOT NULL, task_name TEXT NOT NULL,
  path TEXT NOT NULL, hash TEXT NOT NULL, size INTEGER NOT NULL, name TEXT NOT NULL, expires REAL NOT NULL
);
CREATE INDEX artifacts_run ON artifacts (run);
CREATE TABLE tiers (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, at REAL NOT NULL, tier TEXT NOT NULL,
  asked INTEGER NOT NULL, hits INTEGER NOT NULL, fetched_bytes INTEGER NOT NULL, sent INTEGER NOT NULL,
  sent_bytes INTEGER NOT NULL, message TEXT NOT NULL, refused INTEGER NOT NULL
);
CREATE INDEX tiers_run ON tiers (run);
CREATE TABLE compilers (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, at REAL NOT NULL, task_name TEXT NOT NULL,
  tool TEXT NOT NULL, hits INTEGER NOT NULL, misses INTEGER NOT NULL, uncached INTEGER NOT NULL,
  errors INTEGER NOT NULL
);
CREATE INDEX compilers_run ON compilers (run);
CREATE TABLE notices (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, at REAL NOT NULL, message TEXT NOT NULL,
  task_name TEXT NOT NULL
);
CREATE INDEX notices_run ON notices (run);
CREATE TABLE approvals (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, task_name TEXT NOT NULL, stage TEXT NOT NULL,
  asked_at REAL NOT NULL, deadline REAL NOT NULL, answered_at REAL NOT NULL, approved INTEGER NOT NULL,
  answered_by TEXT NOT NULL, PRIMARY KEY (run, task_name)
) WITHOUT ROWID;
"""


class Database:
    """An open projection of the runs below one `.pitstop` folder. Close it, or use it in a `with`.

    Where the file cannot be written, or was made by a later version, the projection is made in memory. A file that is
    damaged is moved aside and made anew, in the middle of a question too. `notes` says what was found.
    """

    def __init__(self, folder: str, now: float) -> None:
        self.notes: list[str] = []
        self._path = os.path.join(folder, NAME)
        self._runs = os.path.join(folder, "runs")
        self._now = now
        self._connection = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def sync(self) -> None:
        """Take in the runs that ended since, renew those that go on, and forget those whose logs are gone."""
        self._mended(self._sync)

    def rows(self, question: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows that the SQL `question` yields."""
        return self._mended(lambda: self._connection.execute(question, parameters).fetchall())

    def _sync(self) -> None:
        try:
            names = run_ids(os.listdir(self._runs))
        except FileNotFoundError:
            names = []
        known = dict(self._connection.execute("SELECT run_id, ended_at FROM runs"))
        gone = known.keys() - set(names)
        if gone:
            self._change(partial(self._delete, sorted(gone)))
        news = [name for name in names if not known.get(name)]
        for start in range(0, len(news), _RUNS_AT_ONCE):
            # The logs are read before the lock is taken: who reads slowly keeps nobody waiting.
            runs = [run for name in news[start : start + _RUNS_AT_ONCE] if (run := self._read(name)) is not None]
            if runs:
                self._change(partial(self._insert, runs))

    def _read(self, name: str) -> Summary | None:
        folder = os.path.join(self._runs, name)
        try:
            summary = summarize(complete(folder, self._now))
        except RecordTooNew as error:
            self.notes.append(f"run `{name}` is left out: {error.problem}")
            return None
        except OSError as error:
            self.notes.append(f"run `{name}` is left out: {error.strerror}")
            return None
        # The folder names the run, also where somebody copied it.
        return summary and summary._replace(run=summary.run._replace(run_id=name))

    def _delete(self, names: list[str]) -> None:
        self._connection.executemany("DELETE FROM runs WHERE run_id = ?", [(name,) for name in names])

    def _insert(self, summaries: list[Summary]) -> None:
        from json import dumps

        self._delete([summary.run.run_id for summary in summaries])
        for run, tasks, tests, artifacts, notices, approvals, tiers, compilers in summaries:
            values = [dumps(value) if isinstance(value, tuple) else value for value in run]
            (row,) = self._connection.execute("SELECT coalesce(max(id), 0) + 1 FROM runs").fetchone()
            self._write("runs", [(row, *values)])
            for table, rows in (
                ("tasks", tasks),
                ("tests", tests),
                ("artifacts", artifacts),
                ("notices", notices),
                ("approvals", approvals),
                ("tiers", tiers),
                ("compilers", compilers),
            ):
                self._write(table, [(row, *values) for values in rows])

    def _write(self, table: str, rows: list[tuple[object, ...]]) -> None:
        if not rows:
            return
        insert = f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(rows[0]))})"  # noqa: S608  names of our own
        self._connection.execute("SAVEPOINT rows")
        try:
            self._connection.executemany(insert, rows)
        except (UnicodeEncodeError, OverflowError, sqlite3.IntegrityError):  # rare: nobody else pays for it
            self._connection.execute("ROLLBACK TO rows")
            self._connection.executemany(insert, [tuple(map(_storable, row)) for row in rows])

    def _change(self, change: Callable[[], None]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            change()
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _mended(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except sqlite3.DatabaseError as error:
            if not _is_damaged(error):
                raise SurroundingError(
                    f"`{self._path}` cannot be used: {error}", hint="delete it, it is rebuilt from the logs of the runs"
                ) from error
        self._connection.close()
        self._connection = self._renew()
        self._sync()
        return action()

    def _open(self) -> sqlite3.Connection:
        connection = None
        try:
            connection = _connect(self._path)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                self.notes.append(f"`{self._path}` is of a newer pitstop and left as it is")
            else:
                _prepare(connection)
                return connection
        except sqlite3.DatabaseError as error:
            if _is_damaged(error):
                if connection is not None:
                    connection.close()
                return self._renew()
        if connection is not None:
            connection.close()
        return _prepare(_connect(":memory:"))

    def _renew(self) -> sqlite3.Connection:
        """Move the damaged file aside and return a connection to an empty one."""
        aside = f"{self._path}.damaged-{stamp(self._now)}"
        try:
            for suffix in ("", "-wal", "-shm"):
                if os.path.exists(self._path + suffix):
                    os.replace(self._path + suffix, aside + suffix)
            connection = _prepare(_connect(self._path))
        except (OSError, sqlite3.DatabaseError):
            self.notes.append(f"`{self._path}` is damaged and cannot be replaced")
            return _prepare(_connect(":memory:"))
        self.notes.append(f"`{self._path}` was damaged: rebuilt from the logs, the old one is `{aside}`")
        return connection


def _connect(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)


def _prepare(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Make sure that `connection` can be written and has the tables of this version."""
    connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes is rebuilt
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < VERSION:
        old = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for (name,) in old.fetchall():
            connection.execute(f'DROP TABLE "{name}"')
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
    return connection


def _is_damaged(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _storable(value: object) -> object:
    """Return what SQLite can hold of a value that a log may hold: no lone surrogates, 64 bits, no NaN."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, int):
        return max(-(2**63), min(value, 2**63 - 1))
    if isinstance(value, float) and isnan(value):
        return 0.0
    return value
