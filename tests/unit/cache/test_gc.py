"""What leaves the store when it is too large: the longest unused, and no more than must."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.actions import ActionResult
from pitstop.cache.disk import DiskStore
from pitstop.cache.gc import Entry, Pruned, account, choose, entries, prune, verify
from pitstop.core.digest import digest_of

NOW = 1_000_000_000.0
ENTRIES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5).map(float)), max_size=12).map(
    lambda rows: [Entry(f"p{number}", size, used) for number, (size, used) in enumerate(rows)]
)


@given(ENTRIES, st.integers(0, 300))
def test_the_longest_unused_go_until_the_rest_fits(listed: list[Entry], max_size: int) -> None:
    going = choose(listed, max_size)
    left = [entry for entry in listed if entry not in going]
    assert len(going) + len(left) == len(listed)
    assert sum(entry.size for entry in left) <= max_size
    assert all(gone.used <= kept.used for gone in going for kept in left)
    # The oracle: one less would have been too few.
    if going:
        assert sum(entry.size for entry in (*left, going[-1])) > max_size
    assert choose(listed[::-1], max_size) == going, "the order of the listing decides nothing"


def filled(root: Path, count: int = 6) -> tuple[DiskStore, list[str]]:
    """A store of blobs of 100 bytes and their results, each used a second after the one before."""
    said: list[str] = []
    store = DiskStore(str(root), said.append)
    for number in range(count):
        name = store.put(b"%d" % number * 100)
        assert name is not None
        os.utime(store.blob_path(name), (NOW + number, NOW + number))
    return store, said


def blobs(store: DiskStore) -> list[int]:
    """The numbers of the blobs that are left."""
    return [number for number in range(10) if store.has(digest_of(b"%d" % number * 100))]


def test_pruning_removes_the_longest_unused_files_and_says_how_many(tmp_path: Path) -> None:
    store, _ = filled(tmp_path)
    store.put_result("ab" * 32, ActionResult())
    size = os.path.getsize(store.action_path("ab" * 32))
    os.utime(store.action_path("ab" * 32), (NOW, NOW + 1.5))
    assert prune(store.root, 350, NOW) == Pruned(4, 300 + size, 3, 300)
    assert blobs(store) == [3, 4, 5]
    assert store.get_result("ab" * 32) is None
    assert prune(store.root, 300, NOW) == Pruned(0, 0, 3, 300)


def test_a_use_keeps_a_file_longer(tmp_path: Path) -> None:
    store, _ = filled(tmp_path)
    store.touch(digest_of(b"0" * 100))
    prune(store.root, 200, NOW)
    assert blobs(store) == [0, 5]


def test_pruning_takes_away_what_dead_processes_left_and_leaves_what_is_being_written(tmp_path: Path) -> None:
    store, _ = filled(tmp_path)
    for name, age in (("old", 24 * 3600 + 1), ("young", 3600)):
        path = tmp_path / "new" / name
        path.write_bytes(b"half")
        os.utime(path, (NOW - age, NOW - age))
    prune(store.root, 1000, NOW)
    assert os.listdir(tmp_path / "new") == ["young"]
    assert blobs(store) == [0, 1, 2, 3, 4, 5]


def test_a_store_that_is_not_there_is_empty(tmp_path: Path) -> None:
    store = DiskStore(str(tmp_path / "nothing"))
    assert list(entries(store.root)) == []
    assert prune(store.root, 0, NOW) == Pruned(0, 0, 0, 0)
    assert verify(store) == (0, [])
    assert account(store, 100, NOW) is None
    assert not (tmp_path / "nothing").exists()


def test_verifying_reads_everything_and_removes_what_is_wrong(tmp_path: Path) -> None:
    store, said = filled(tmp_path)
    for action in ("ab" * 32, "cd" * 32):
        store.put_result(action, ActionResult(log=action.encode()))
    assert verify(store) == (8, [])
    bad = digest_of(b"2" * 100)
    Path(store.blob_path(bad)).write_bytes(b"9" * 100)
    Path(store.action_path("cd" * 32)).write_bytes(b"")
    (tmp_path / "cas" / "ab").mkdir()
    (tmp_path / "cas" / "ab" / "no digest").write_bytes(b"x")
    count, wrong = verify(store)
    assert count == 9
    assert sorted(wrong) == sorted([f"cas/{bad.hash}", "ac/" + "cd" * 32, "cas/no digest"])
    assert len(said) == 2, "what has no right name was never a blob of ours"
    assert blobs(store) == [0, 1, 3, 4, 5]
    assert verify(store) == (6, [])


def test_the_size_is_remembered_and_added_to(tmp_path: Path) -> None:
    store, _ = filled(tmp_path)
    assert account(store, 10_000, NOW) is None
    assert (tmp_path / "size").read_text() == "600"
    later = DiskStore(store.root)
    later.put(b"x" * 50)
    later.put(b"0" * 100)
    assert account(later, 10_000, NOW) is None
    assert (tmp_path / "size").read_text() == "650"


def test_a_store_that_has_grown_too_large_is_pruned_to_nine_tenths(tmp_path: Path) -> None:
    store, _ = filled(tmp_path)
    assert account(store, 599, NOW) == Pruned(1, 100, 5, 500)
    assert blobs(store) == [1, 2, 3, 4, 5]
    assert (tmp_path / "size").read_text() == "500"
    assert sorted(os.listdir(tmp_path)) == ["cas", "new", "size"]


def test_a_remembered_size_that_is_nonsense_is_counted_anew(tmp_path: Path) -> None:
    store, _ = filled(tmp_path)
    for nonsense in (b"", b"x", b"\xff\xfe"):
        (tmp_path / "size").write_bytes(nonsense)
        assert account(store, 10_000, NOW) is None
        assert (tmp_path / "size").read_text() == "600"
