"""The index over what all recorded runs wrote: which pieces of which logs may hold a text, and the lines that do.

`.pitstop/search.db` (SQLite, FTS5) holds no text, only which three characters occur in which piece: a piece is some
16 KiB of whole lines of one task, and the logs themselves are read to see whether it really matches. It has a table
for each month, so that forgetting old runs is dropping a table. It is filled when somebody searches, and may be deleted
at any time.
"""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pitstop.core.errors import SurroundingError
from pitstop.records.folders import OUTPUT, run_ids
from pitstop.records.log import is_live
from pitstop.records.pieces import clean, pieces_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType

NAME = "search.db"
VERSION = 1
"""Of the tables; another one found is dropped and filled anew."""

_RUNS_AT_ONCE = 50
_TERMS = 24  # of three characters that are asked for at once
_BUSY_S = 10.0
_TABLES = """
CREATE TABLE runs (id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE);
CREATE TABLE tasks (id INTEGER PRIMARY KEY, task_name TEXT NOT NULL UNIQUE);
CREATE TABLE pieces (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, task INTEGER NOT NULL, line INTEGER NOT NULL,
  spans TEXT NOT NULL
);
CREATE INDEX pieces_run ON pieces (run);
"""


class Piece(NamedTuple):
    """Some whole lines that one task wrote."""

    run: str
    task: str
    """The task or batch that wrote it."""
    line: int
    """Number of its first line in what the task wrote, from 1."""
    spans: tuple[tuple[int, int], ...]
    """Where it lies in the run's `output.bin`: offset and size in bytes."""


class Index:
    """The open index below one `.pitstop` folder. Use it in a `with`."""

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, NAME)
        self._runs = os.path.join(folder, "runs")
        self._open = ("", -1)
        try:
            self._connection = _opened(self._path)
        except sqlite3.DatabaseError:  # damaged, of another version, or not ours to write
            self._connection = _renewed(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._close()
        self._connection.close()

    def sync(self, tell: Callable[[int, int], None] | None = None) -> None:
        """Take in the runs that ended since, and forget those that are gone.

        `tell` is called now and then with how many runs are taken in and how many there are to do.
        """
        try:
            names = run_ids(os.listdir(self._runs))
        except FileNotFoundError:
            names = []
        known = {name for (name,) in self._rows("SELECT run_id FROM runs")}
        self._forget(known - set(names))
        news = [name for name in names if name not in known and not is_live(os.path.join(self._runs, name))]
        for start in range(0, len(news), _RUNS_AT_ONCE):
            if tell:
                tell(start, len(news))
            some = [
                (name, list(pieces_of(os.path.join(self._runs, name)))) for name in news[start : start + _RUNS_AT_ONCE]
            ]
            self._insert(some)

    def candidates(self, terms: Iterable[str], since: str = "") -> Iterator[Piece]:
        """Yield the pieces that hold all `terms`, of runs whose name is not before `since`; the newest run first.

        A term of fewer than three characters says nothing. They may hold the terms anywhere and in any case. What is
        older is looked for only when it is asked for.
        """
        grams = trigrams(terms)
        match = " AND ".join('"' + gram.replace('"', '""') + '"' for gram in grams)
        for table in self._months():
            month = table.removeprefix("month_")
            if month < since[:6]:
                return
            holds = f"id IN (SELECT rowid FROM {table} WHERE {table} MATCH ?) AND" if grams else ""  # noqa: S608  names of our own
            rows = self._rows(
                f"SELECT run, task, line, spans FROM pieces WHERE {holds} run IN "  # noqa: S608  the same
                "(SELECT id FROM runs WHERE run_id >= ? AND run_id >= ? AND run_id < ?)",
                (*([match] if grams else []), since, month, month + "~"),
            )
            if not rows:
                continue
            runs = dict(
                self._rows("SELECT id, run_id FROM runs WHERE run_id >= ? AND run_id < ?", (month, month + "~"))
            )
            tasks = dict(self._rows("SELECT id, task_name FROM tasks"))
            found = [(runs[run], tasks[task], line, spans) for run, task, line, spans in rows]
            found.sort(key=lambda row: row[1:3])
            found.sort(key=lambda row: row[0], reverse=True)
            for run, task, line, spans in found:
                yield Piece(run, task, line, _spans(spans))

    def live_pieces(self, since: str = "") -> Iterator[Piece]:
        """Yield the pieces of the runs that go on, which the index does not hold, the newest first."""
        try:
            names = run_ids(os.listdir(self._runs))
        except FileNotFoundError:
            return
        for name in reversed(names):
            folder = os.path.join(self._runs, name)
            if name >= since and is_live(folder):
                for task, line, spans, _ in pieces_of(folder):
                    yield Piece(name, task, line, tuple(spans))

    def lines_of(self, piece: Piece, terms: Iterable[str] = ()) -> Iterator[tuple[int, str]]:
        """Yield the lines of a piece with their numbers, without control codes; none where its log is gone.

        Nothing is yielded either where the piece does not hold all `terms`, which is found out fast.
        """
        data = self._bytes_of(piece)
        if not data:
            return
        if b"\x1b" not in data and b"\r" not in data and data.isascii():
            small = data.lower()
            if not all(term.lower().encode() in small for term in terms):
                return
        yield from enumerate(clean(data).removesuffix("\n").split("\n"), piece.line)

    def _bytes_of(self, piece: Piece) -> bytes:
        """Return what a piece holds. The log of the last run stays open: the next piece is likely of the same."""
        name, fd = self._open
        try:
            if name != piece.run:
                self._close()
                path = os.path.join(self._runs, piece.run, OUTPUT)
                fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
                self._open = (piece.run, fd)
            parts = []
            for offset, size in piece.spans:
                os.lseek(fd, offset, os.SEEK_SET)
                parts.append(os.read(fd, size))
        except OSError:
            return b""
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _close(self) -> None:
        if self._open[1] >= 0:
            os.close(self._open[1])
        self._open = ("", -1)

    def _months(self) -> list[str]:
        rows = self._rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%fts5%' AND name LIKE 'month%'"
        )
        return sorted((name for (name,) in rows), reverse=True)

    def _forget(self, gone: set[str]) -> None:
        if not gone:
            return
        self._begin()
        for name in sorted(gone):
            self._connection.execute("DELETE FROM pieces WHERE run = (SELECT id FROM runs WHERE run_id = ?)", (name,))
            self._connection.execute("DELETE FROM runs WHERE run_id = ?", (name,))
        left = {f"month_{name[:6]}" for (name,) in self._rows("SELECT run_id FROM runs")}
        for table in self._months():
            if table not in left:
                self._connection.execute(f"DROP TABLE {table}")
        self._connection.execute("COMMIT")

    def _insert(self, runs: list[tuple[str, list[tuple[str, int, list[tuple[int, int]], str]]]]) -> None:
        self._begin()
        execute = self._connection.execute
        try:
            for name, pieces in runs:
                table = f"month_{name[:6]}"
                run = execute("INSERT INTO runs (run_id) VALUES (?)", (name,)).lastrowid
                if pieces:
                    execute(
                        f"CREATE VIRTUAL TABLE IF NOT EXISTS {table} USING fts5("
                        "text, content='', detail=none, columnsize=0, tokenize='trigram')"
                    )
                for task, line, spans, text in pieces:
                    execute("INSERT OR IGNORE INTO tasks (task_name) VALUES (?)", (_storable(task),))
                    (number,) = execute("SELECT id FROM tasks WHERE task_name = ?", (_storable(task),)).fetchone()
                    piece = execute(
                        "INSERT INTO pieces (run, task, line, spans) VALUES (?, ?, ?, ?)",
                        (run, number, line, ",".join(f"{offset}+{size}" for offset, size in spans)),
                    ).lastrowid
                    execute(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", (piece, text))  # noqa: S608
        except sqlite3.IntegrityError:  # somebody else took the same runs in
            execute("ROLLBACK")
        except BaseException:
            execute("ROLLBACK")
            raise
        else:
            execute("COMMIT")

    def _begin(self) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise SurroundingError(
                f"`{self._path}` cannot be written: {error}", hint="delete it, it is made again from the logs"
            ) from error

    def _rows(self, question: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(question, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise SurroundingError(
                f"`{self._path}` cannot be used: {error}", hint="delete it, it is made again from the logs"
            ) from error


def trigrams(terms: Iterable[str]) -> list[str]:
    """Return the different runs of three characters in `terms`, at most as many as one question may hold."""
    found = dict.fromkeys(term[at : at + 3].lower() for term in terms for at in range(len(term) - 2))
    grams = [gram for gram in found if len(gram) == 3]  # a capital may become two small letters
    if len(grams) <= _TERMS:
        return grams
    return [grams[at * len(grams) // _TERMS] for at in range(_TERMS)]


def _storable(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


def _spans(text: str) -> tuple[tuple[int, int], ...]:
    parts = (part.partition("+") for part in text.split(","))
    return tuple((int(offset), int(size)) for offset, _, size in parts)


def _opened(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = OFF")  # what a power cut spoils is made again
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in {0, VERSION}:
            raise sqlite3.DatabaseError("another version")  # noqa: TRY301  handled as any other file of no use
        if not version:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _renewed(path: str) -> sqlite3.Connection:
    """Return the index made anew, in memory where the file cannot be written."""
    try:
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(path + suffix):
                os.unlink(path + suffix)
        return _opened(path)
    except (OSError, sqlite3.DatabaseError):
        return _opened(":memory:")
