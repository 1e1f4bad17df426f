"""The local store: what is put comes back, what is damaged never does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitstop.cache.actions import ActionResult, OutputFile, OutputLink
from pitstop.cache.disk import DiskStore, clear_scratch
from pitstop.core.digest import EMPTY, Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = b"small"
LARGE = bytes(range(256)) * 1100  # a little more than what goes through memory
SIZES = pytest.mark.parametrize("data", [b"", SMALL, LARGE[: 1 << 18], LARGE], ids=["empty", "small", "edge", "large"])
ACTION = digest_of(b"an action").hash
OTHER = digest_of(b"another action").hash
RESULT = ActionResult(
    (OutputFile("dist/a", digest_of(SMALL), executable=True),), (OutputLink("dist/l", "a"),), log=b"hello", worker="w"
)


class Kept:
    """A store with what it said."""

    def __init__(self, root: Path) -> None:
        self.said: list[str] = []
        self.root = root
        self.store = DiskStore(str(root), self.said.append)

    def files(self) -> list[Path]:
        """Every file of the store."""
        return sorted(path for path in self.root.rglob("*") if path.is_file())

    def temporary(self) -> list[Path]:
        return [path for path in self.files() if path.parent.name == "new"]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "store")


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def put_file(kept: Kept, tmp_path: Path, data: bytes) -> Digest:
    source = tmp_path / "source"
    source.write_bytes(data)
    done = kept.store.put_file(str(source))
    assert done is not None
    assert done[1].st_size == len(data)
    source.unlink()
    return done[0]


@SIZES
def test_what_is_put_comes_back(kept: Kept, tmp_path: Path, data: bytes) -> None:
    assert kept.store.put(data) == digest_of(data) == put_file(kept, tmp_path, data)
    assert kept.store.has(digest_of(data))
    assert kept.store.get(digest_of(data)) == data
    assert kept.store.stored_bytes == len(data), "the same bytes are kept once"
    assert not kept.said
    assert not kept.temporary()


@SIZES
@pytest.mark.parametrize("executable", [False, True])
@pytest.mark.parametrize("there", ["nothing", "file", "link", "dangling"])
@pytest.mark.usefixtures("umask")
def test_a_restore_gives_the_bytes_and_the_mode(
    kept: Kept, tmp_path: Path, data: bytes, there: str, *, executable: bool
) -> None:
    name, target, beyond = put_file(kept, tmp_path, data), tmp_path / "out" / "x", tmp_path / "beyond"
    target.parent.mkdir()
    beyond.write_bytes(b"not ours")
    if there == "file":
        target.write_bytes(b"an old file that is longer than the new one")
        target.chmod(0o400)
    elif there == "link":
        target.symlink_to(beyond)
    elif there == "dangling":
        target.symlink_to(tmp_path / "nowhere")
    status = kept.store.restore(name, str(target), executable=executable)
    assert status is not None
    assert not target.is_symlink()
    assert target.read_bytes() == data
    assert target.stat().st_mode & 0o777 == (0o755 if executable else 0o644)
    assert (status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode) == (
        target.stat().st_mtime_ns,
        target.stat().st_ctime_ns,
        target.stat().st_ino,
        target.stat().st_mode,
    )
    assert beyond.read_bytes() == b"not ours"
    assert not (tmp_path / "nowhere").exists()
    assert os.listdir(target.parent) == ["x"]


@SIZES
@pytest.mark.parametrize("scratch", [False, True])
def test_a_folder_in_the_way_is_left_as_it_is(kept: Kept, tmp_path: Path, data: bytes, *, scratch: bool) -> None:
    name, target, beside = put_file(kept, tmp_path, data), tmp_path / "out" / "x", tmp_path / "scratch"
    target.mkdir(parents=True)
    (target / "theirs").touch()
    beside.mkdir()
    with pytest.raises(OSError):
        kept.store.restore(name, str(target), executable=False, scratch=str(beside) if scratch else "")
    assert os.listdir(target) == ["theirs"]
    assert os.listdir(target.parent) == ["x"]
    assert os.listdir(beside) == []


@SIZES
def test_what_a_restored_file_becomes_does_not_reach_the_store(kept: Kept, tmp_path: Path, data: bytes) -> None:
    name, target = put_file(kept, tmp_path, data), tmp_path / "x"
    assert kept.store.restore(name, str(target), executable=False) is not None
    with target.open("r+b") as file:
        file.write(b"changed")
    assert kept.store.get(name) == data


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("there", [False, True])
def test_a_restore_of_what_is_missing_leaves_nothing(kept: Kept, tmp_path: Path, data: bytes, *, there: bool) -> None:
    out = tmp_path / "out"
    out.mkdir()
    if there:
        (out / "x").write_bytes(b"old")
    assert kept.store.restore(digest_of(data), str(out / "x"), executable=False) is None
    assert kept.store.get(digest_of(data)) is None
    assert [path.read_bytes() for path in out.iterdir()] == ([b"old"] if there else [])
    assert kept.said == []


@st.composite
def damage(draw: st.DrawFn, data: bytes) -> bytes:
    """Other bytes: one flipped, some missing at the end, or some too many."""
    kind = draw(st.sampled_from(["flip", "flip", "cut", "more"]))
    if kind == "cut":
        return data[: draw(st.integers(0, len(data) - 1))]
    if kind == "more":
        return data + draw(st.binary(min_size=1, max_size=3))
    at = draw(st.integers(0, len(data) - 1))
    return data[:at] + bytes((data[at] ^ draw(st.integers(1, 255)),)) + data[at + 1 :]


EXAMPLES = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@EXAMPLES
@given(st.data())
@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("how", ["get", "restore", "over", "check"])
def test_a_damaged_blob_is_a_miss_with_one_warning_and_goes(
    kept: Kept, tmp_path: Path, content: bytes, how: str, data: st.DataObject
) -> None:
    name = kept.store.put(content)
    assert name is not None
    path = kept.store.blob_path(name)
    with open(path, "wb") as file:
        file.write(data.draw(damage(content)))
    kept.said.clear()
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    if how == "get":
        assert kept.store.get(name) is None
    elif how == "check":
        kept.store.check(name)
    else:
        if how == "over":
            (out / "x").write_bytes(b"old")
        assert kept.store.restore(name, str(out / "x"), executable=True) is None
    assert [one.read_bytes() for one in out.iterdir()] == ([b"old"] if how == "over" else [])
    assert kept.said == [f"`{path}` had wrong bytes: removed, and counted as a miss"]
    assert not os.path.exists(path)
    assert kept.store.get(name) is None
    assert len(kept.said) == 1
    assert kept.store.put(content) == name
    assert kept.store.get(name) == content, "and it can be kept anew"


@EXAMPLES
@given(st.data())
def test_a_damaged_result_is_a_miss_with_one_warning_and_goes(kept: Kept, data: st.DataObject) -> None:
    assert kept.store.put_result(ACTION, RESULT)
    path = kept.store.action_path(ACTION)
    with open(path, "rb") as file:
        frame = file.read()
    with open(path, "wb") as file:
        file.write(data.draw(damage(frame)))
    kept.said.clear()
    assert kept.store.get_result(ACTION) is None
    assert kept.said == [f"`{path}` had wrong bytes: removed, and counted as a miss"]
    assert not os.path.exists(path)
    assert kept.store.get_result(ACTION) is None
    assert len(kept.said) == 1


def test_every_single_byte_of_a_result_counts(kept: Kept) -> None:
    assert kept.store.put_result(ACTION, RESULT)
    path = kept.store.action_path(ACTION)
    with open(path, "rb") as file:
        frame = file.read()
    for at in range(len(frame)):
        with open(path, "wb") as file:
            file.write(frame[:at] + bytes((frame[at] ^ 1,)) + frame[at + 1 :])
        assert kept.store.get_result(ACTION) is None, at
    assert len(kept.said) == len(frame)


def test_a_result_comes_back_and_can_be_forgotten(kept: Kept) -> None:
    assert kept.store.get_result(ACTION) is None
    assert kept.store.put_result(ACTION, RESULT)
    assert kept.store.get_result(ACTION) == RESULT
    assert kept.store.get_log(ACTION) == b"hello"
    kept.store.forget(ACTION)
    kept.store.forget(ACTION)
    assert kept.store.get_result(ACTION) is None
    assert kept.store.get_log(ACTION) == b""
    assert not kept.said
    assert not kept.temporary()


def test_a_long_log_is_found_by_its_digest_and_empty_when_that_is_gone(kept: Kept) -> None:
    name = kept.store.put(LARGE)
    kept.store.put_result(ACTION, RESULT._replace(log=b"", log_digest=name))
    assert kept.store.get_log(ACTION) == LARGE
    os.unlink(kept.store.blob_path(digest_of(LARGE)))
    assert kept.store.get_log(ACTION) == b""


def test_a_result_cannot_be_read_under_another_actions_name(kept: Kept) -> None:
    assert kept.store.put_result(ACTION, RESULT)
    os.makedirs(os.path.dirname(kept.store.action_path(OTHER)), exist_ok=True)
    os.rename(kept.store.action_path(ACTION), kept.store.action_path(OTHER))
    assert kept.store.get_result(OTHER) is None
    assert len(kept.said) == 1
    assert kept.files() == []


def test_a_blob_cannot_be_read_under_another_blobs_name(kept: Kept) -> None:
    one, other = kept.store.put(b"one"), digest_of(b"two")
    assert one is not None
    os.makedirs(os.path.dirname(kept.store.blob_path(other)), exist_ok=True)
    os.rename(kept.store.blob_path(one), kept.store.blob_path(other))
    assert kept.store.has(other), "a look at the size cannot tell"
    assert kept.store.get(other) is None
    assert len(kept.said) == 1


def test_a_store_that_is_removed_meanwhile_costs_one_blob_not_the_run(kept: Kept) -> None:
    assert kept.store.put(b"one") is not None
    shutil.rmtree(kept.root)
    kept.store.put(b"two")
    assert kept.store.put(b"three") is not None
    assert kept.store.get(digest_of(b"three")) == b"three"
    assert not kept.said


def test_nothing_is_always_there(kept: Kept, tmp_path: Path) -> None:
    assert kept.store.has(EMPTY)
    assert kept.store.get(EMPTY) == b""
    assert kept.store.restore(EMPTY, str(tmp_path / "x"), executable=False) is not None
    assert (tmp_path / "x").read_bytes() == b""
    assert kept.files() == []


def test_a_link_or_a_missing_file_cannot_be_put(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "l").symlink_to(tmp_path / "store")
    for name in ("l", "nothing"):
        with pytest.raises(OSError):
            kept.store.put_file(str(tmp_path / name))
    assert not kept.store.trouble


@pytest.mark.slow
@pytest.mark.parametrize("first", ["file", "bytes", "result"])
def test_a_disk_that_takes_no_more_keeps_nothing_more_and_says_so_once(tmp_path: Path, first: str) -> None:
    """A limit on the size of files makes a write stop half-way, as a full disk does."""
    (tmp_path / "source").write_bytes(LARGE * 2)
    program = f"""
import os, resource, sys
from pitstop.cache.actions import ActionResult
from pitstop.cache.disk import DiskStore

said = []
store = DiskStore({str(tmp_path / "store")!r}, said.append)
name = store.put(b"fits")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
put = dict(
    file=lambda: store.put_file({str(tmp_path / "source")!r}),
    bytes=lambda: store.put(b"x" * 200_000),
    result=lambda: store.put_result("ab" * 32, ActionResult(log=b"x" * 200_000)) or None,
)
for kind in ({first!r}, "file", "bytes", "result"):
    assert put[kind]() is None, kind
assert store.put(b"would fit") is None
assert store.trouble.startswith("the cache at "), store.trouble
assert said == [store.trouble + "; results of this run are not kept"], said
assert store.get(name) == b"fits"
assert os.listdir(store.root + "/new") == []
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    kept = [path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert kept == [b"fits"]


@pytest.mark.slow
def test_a_restore_that_finds_no_room_leaves_nothing_half_written(tmp_path: Path) -> None:
    program = f"""
import os, resource
from pitstop.cache.disk import DiskStore

store = DiskStore({str(tmp_path / "store")!r})
names = [store.put(b"x" * 200_000), store.put(b"x" * 400_000)]
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
os.makedirs({str(tmp_path / "out")!r})
os.makedirs({str(tmp_path / "scratch")!r})
for name in names:
    for scratch in ("", {str(tmp_path / "scratch")!r}):
        for there in (False, True):
            path = {str(tmp_path / "out" / "x")!r}
            if there:
                open(path, "wb").write(b"old")
            try:
                store.restore(name, path, executable=False, scratch=scratch)
            except OSError:
                assert [open(path, "rb").read()] == [b"old"] if there else not os.path.exists(path)
            else:
                raise AssertionError((name, scratch, there))
            if there:
                os.unlink(path)
assert os.listdir({str(tmp_path / "out")!r}) == os.listdir({str(tmp_path / "scratch")!r}) == []
assert all(map(store.has, names))
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_store_in_a_place_that_is_a_file_says_so_once(tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"mine")
    said: list[str] = []
    store = DiskStore(str(tmp_path / "store"), said.append)
    assert store.put(b"a") is None
    assert not store.put_result(ACTION, RESULT)
    assert store.get(digest_of(b"a")) is None
    assert len(said) == 1
    assert (tmp_path / "store").read_bytes() == b"mine"


@pytest.mark.slow
def test_processes_that_put_the_same_blobs_do_not_harm_each_other(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(LARGE)
    program = f"""
import sys
from pitstop.cache.disk import DiskStore
store = DiskStore({str(tmp_path / "store")!r}, print)
print("ready", flush=True)
sys.stdin.readline()
for number in range(100):
    assert store.put(b"%d" % number * 50)
    assert store.put_file({str(source)!r})
"""
    makers = [
        subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for maker in makers:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "ready\n"
    assert [maker.communicate("go\n")[0] for maker in makers] == [""] * 3
    assert [maker.returncode for maker in makers] == [0] * 3
    kept = Kept(tmp_path / "store")
    blobs = [b"%d" % number * 50 for number in range(100)] + [LARGE]
    assert all(kept.store.get(digest_of(blob)) == blob for blob in blobs)
    assert len(kept.files()) == len(blobs)


def test_what_killed_processes_left_in_the_scratch_folder_goes_and_the_rest_stays(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    names = [f"restored-{gone.pid}-ab-1", f"restored-{os.getpid()}-ab-1", "restored-x", "theirs"]
    for name in names:
        (tmp_path / name).touch()
    clear_scratch(str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == sorted([names[1], "theirs"])
    clear_scratch(str(tmp_path / "nothing"))
