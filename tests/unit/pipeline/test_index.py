"""The stat index against an oracle that reads every file every time, with clocks that stand still."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitstop.core import clock
from pitstop.links.walk import walk
from pitstop.pipeline import index

if TYPE_CHECKING:
    from array import array
    from pathlib import Path

    from pitstop.pipeline.index import Snapshot

NAMES = ("a", "b.txt", "dir/c", "dir/d e", "dir.x", "ü")


def take(root: Path) -> Snapshot:
    return index.take(str(root), walk(str(root)), index_of(root))


def index_of(root: Path) -> str:
    return f"{root}.index"


def seen(snapshot: Snapshot) -> dict[str, tuple[str, int, bool, bool]]:
    """Return hash, size, executable and link by path, as the snapshot has them."""
    return {
        path: (*snapshot.digest(row), snapshot.executable(row), snapshot.is_link(row))
        for row, path in enumerate(snapshot.paths)
    }


def oracle(root: Path) -> dict[str, tuple[str, int, bool, bool]]:
    """The slow, obvious way: read all of it."""
    found = {}
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if path.is_symlink() or path.is_file():
            content = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
            executable = bool(path.lstat().st_mode & 0o100)
            found[name] = (sha256(content).hexdigest(), len(content), executable, path.is_symlink())
    return found


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, str, bytes, int]:
    what = draw(st.sampled_from(("write", "write", "write in place", "replace", "remove", "mode", "link", "touch")))
    return (
        what,
        draw(st.sampled_from(NAMES)),
        draw(st.sampled_from((b"", b"x", b"y", b"xx", b"yy"))),
        draw(st.integers(0, 3)),
    )


def change(root: Path, what: str, name: str, content: bytes, when: int) -> None:
    """Change a file; its modification time is one of four, so that sizes and times often are what they were."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    there = path.exists() or path.is_symlink()
    if what in {"remove", "link", "write"} and there:
        path.unlink()
    if what == "link":
        path.symlink_to(os.fsdecode(content or b"nowhere"))
        return
    if what == "remove" or (what in {"mode", "touch"} and (not there or path.is_symlink())):
        return
    if what == "replace" or (what == "write in place" and path.is_symlink()):
        other = root / "other"
        other.write_bytes(content)
        other.replace(path)
    elif what in {"write", "write in place"}:
        with path.open("r+b" if there and what == "write in place" else "wb") as file:
            file.truncate(0)
            file.write(content)
    elif what == "mode":
        path.chmod(0o755 if content else 0o644)
    moment = 1_700_000_000_000_000_000 + when
    os.utime(path, ns=(moment, moment))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rounds=st.lists(st.lists(changes(), max_size=5), min_size=2, max_size=5))
def test_the_index_says_what_reading_everything_says(
    tmp_path: Path, rounds: list[list[tuple[str, str, bytes, int]]]
) -> None:
    root = tmp_path / os.urandom(6).hex()
    root.mkdir()
    for listed in rounds:
        for one in listed:
            change(root, *one)
        snapshot = take(root)
        assert seen(snapshot) == oracle(root)
        assert seen(take(root)) == oracle(root)


def aged(root: Path) -> None:
    """Make what the index remembers old enough to be trusted."""
    until = clock.now_ns() + 4 * index._GRANULARITY_NS
    while clock.now_ns() < until:
        pass
    take(root)


def test_a_file_that_has_not_changed_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    aged(tmp_path)
    (tmp_path / "b").write_text("B")
    read: list[str] = []
    real = index._hash

    def noting(path: str, stats: array[int], row: int) -> bytes:
        read.append(path)
        return real(path, stats, row)

    monkeypatch.setattr(index, "_hash", noting)
    assert seen(take(tmp_path)) == oracle(tmp_path)
    assert read == [f"{tmp_path}/b"]


def test_what_differs_from_the_last_time_is_said(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        (tmp_path / name).write_text(name)
    first = take(tmp_path)
    assert (first.before, set(first.differs)) == (b"", {"a", "b", "c", "d"})
    same = take(tmp_path)  # the files are so young that they are read again
    assert (same.before, same.differs) == (first.print, ())
    (tmp_path / "a").write_text("other")
    (tmp_path / "b").chmod(0o755)
    (tmp_path / "c").unlink()
    (tmp_path / "e").write_text("e")
    (tmp_path / "d").write_text("d")  # again
    last = take(tmp_path)
    assert (last.before, set(last.differs)) == (first.print, {"a", "b", "c", "e"})
    assert last.print != first.print
    assert take(tmp_path).before == last.print


def test_a_write_in_the_same_tick_of_the_clock_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git's racy case: same size, same times, same inode; only the moment of the reading tells."""
    path = tmp_path / "a"
    path.write_text("old")
    before = path.stat()
    monkeypatch.setattr(clock, "now_ns", lambda: before.st_ctime_ns + 1)
    take(tmp_path)
    stat = os.lstat

    def standing(name: str) -> os.stat_result:
        """Let the file's times stand still, as a coarse clock would."""
        status = stat(name)
        if name != str(path):
            return status
        kept = {"st_mtime_ns": before.st_mtime_ns, "st_ctime_ns": before.st_ctime_ns}
        return os.stat_result(
            tuple(status), {**{key: getattr(status, key) for key in dir(status) if key.startswith("st_")}, **kept}
        )

    path.write_text("new")
    monkeypatch.setattr(os, "lstat", standing)
    assert take(tmp_path).digest(0).hash == sha256(b"new").hexdigest()


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_text("first")
    stat, looks = os.lstat, []

    def looking(name: str) -> os.stat_result:
        if name == str(path):
            looks.append(name)
            if len(looks) == 3:  # listed, looked at before reading; now somebody writes
                path.write_text("second and longer")
        return stat(name)

    monkeypatch.setattr(os, "lstat", looking)
    snapshot = take(tmp_path)
    assert seen(snapshot) == oracle(tmp_path)
    assert snapshot.unreadable() == frozenset()


def test_a_file_that_changes_each_time_it_is_read_counts_as_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    (tmp_path / "b").write_text("b")
    path.write_text("x")
    stat = os.lstat

    def growing(name: str) -> os.stat_result:
        if name == str(path):
            with path.open("a") as file:
                file.write("x")
        return stat(name)

    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", growing)
        snapshot = take(tmp_path)
    assert [snapshot.paths[row] for row in snapshot.unreadable()] == ["a"]
    assert seen(take(tmp_path)) == oracle(tmp_path)


def test_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "dir").mkdir()
    (tmp_path / "a").write_text("a")
    os.mkfifo(tmp_path / "pipe")
    listing = b"a\0dir\0dir/\0pipe\0gone\0gone/too\0\0"
    snapshot = index.take(str(tmp_path), listing, index_of(tmp_path))
    assert snapshot.paths == ["a"]
    assert snapshot.row("a") == 0
    assert snapshot.row("dir") == snapshot.row("") == snapshot.row("zz") == -1


@pytest.mark.parametrize("damage", [b"", b"x", b"pitstop"])
def test_a_damaged_index_is_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "a").write_text("a")
    take(tmp_path)
    (tmp_path.parent / f"{tmp_path.name}.index").write_bytes(damage)
    assert seen(take(tmp_path)) == oracle(tmp_path)


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_an_index_with_any_byte_changed_gives_no_wrong_digest(tmp_path: Path, data: st.DataObject) -> None:
    root = tmp_path / "repo"
    root.mkdir(exist_ok=True)
    for name in ("a", "b"):
        (root / name).write_text(name)
    take(root)
    file = tmp_path / "repo.index"
    raw = bytearray(file.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    file.write_bytes(raw[: data.draw(st.sampled_from((len(raw), len(raw) // 2)))])
    assert seen(take(root)) == oracle(root)


def test_moved_says_what_is_no_longer_what_it_was(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name)
    snapshot = take(tmp_path)
    root, rows = str(tmp_path), range(3)
    assert snapshot.moved(root, rows) == ""
    (tmp_path / "b").write_text("b")  # again what it was
    assert snapshot.moved(root, rows) == ""
    (tmp_path / "b").write_text("B")
    assert snapshot.moved(root, rows) == "b"
    assert snapshot.moved(root, (0, 2)) == ""
    (tmp_path / "b").unlink()
    assert snapshot.moved(root, rows) == "b"
    (tmp_path / "b").symlink_to("a")
    assert snapshot.moved(root, rows) == "b"
    (tmp_path / "a").chmod(0o755)
    assert snapshot.moved(root, (0,)) == "a"
