"""Folders in chunks: what goes in comes out, little changes cost little, and no manifest writes elsewhere."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.cache.disk import DiskStore
from pitstop.cache.trees.manifest import FILE, FOLDER, LINK, BadManifestError, Entry, Manifest, decode, encode
from pitstop.cache.trees.pack import AVERAGE, Packed, pack, walk
from pitstop.cache.trees.unpack import MissingChunkError, load, unpack
from pitstop.core.digest import digest_of

pytest.importorskip("pyfastcdc", reason="pip install 'pitstop[artifacts]'")


def packed(folder: Path, store: DiskStore, bound_to: str = "") -> Packed:
    """Pack all that is in `folder`."""
    done = pack(str(folder), walk(str(folder), [""]), store, bound_to=bound_to)
    assert done is not None
    return done


def seen(folder: Path) -> dict[str, object]:
    """Return everything that is below `folder`, with what makes it what it is."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = path.readlink()
        elif path.is_dir():
            found[name] = "folder"
        else:
            found[name] = path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns
    return found


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(str(tmp_path / "store"))


def test_a_folder_comes_back_as_it_was(tmp_path: Path, store: DiskStore) -> None:
    folder = tmp_path / "in"
    (folder / "empty").mkdir(parents=True)
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "sub" / "nothing").write_bytes(b"")
    (folder / "sub" / "tool").write_bytes(b"#!/bin/sh\n")
    (folder / "sub" / "tool").chmod(0o750)
    (folder / "sub" / "deep" / "big").write_bytes(random.Random(1).randbytes(9 * AVERAGE))
    (folder / "link").symlink_to("sub/tool")
    os.utime(folder / "sub" / "tool", ns=(5, 1_600_000_000_123_456_789))
    done = packed(folder, store)
    unpack(store, load(store, done.manifest), str(tmp_path / "out"))
    assert seen(tmp_path / "out") == seen(folder)
    assert (done.files, done.size) == (3, 9 * AVERAGE + 10)


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.text("abé/", min_size=1, max_size=6).filter(lambda path: all(path.split("/"))), st.binary(max_size=300)
    )
)
def test_any_files_come_back(content: dict[str, bytes]) -> None:
    content = {path: data for path, data in content.items() if not any(f"{path}/" in f"{o}" for o in content)}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "in").mkdir()
        for path, data in content.items():
            (place / "in" / path).parent.mkdir(parents=True, exist_ok=True)
            (place / "in" / path).write_bytes(data)
        store = DiskStore(f"{name}/store")
        unpack(store, load(store, packed(place / "in", store).manifest), f"{name}/out")
        assert seen(place / "out") == seen(place / "in")


def test_a_change_of_a_hundredth_sends_little(tmp_path: Path, store: DiskStore) -> None:
    chance = random.Random(2)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(200):
        (folder / f"small-{number:03}").write_bytes(chance.randbytes(20_000))
    large = bytearray(chance.randbytes(8 << 20))
    (folder / "large").write_bytes(large)
    first = packed(folder, store)
    assert first.sent == first.size
    for number in (17, 118):
        (folder / f"small-{number:03}").write_bytes(chance.randbytes(20_500))
    large[4 << 20 : 4 << 20] = b"moved by this"
    (folder / "large").write_bytes(large)
    assert packed(folder, store).sent < first.size // 20


def test_what_speaks_of_the_path_where_it_was_made_is_bound_to_it(tmp_path: Path, store: DiskStore) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "free").write_bytes(b"/elsewhere")
    assert load(store, packed(folder, store, "/srv/app").manifest).root == ""
    (folder / "script").write_bytes(b"#!/srv/app/.venv/bin/python\n")
    assert load(store, packed(folder, store, "/srv/app").manifest).root == "/srv/app"
    (folder / "script").unlink()
    (folder / "link").symlink_to("/srv/app/lib")
    assert load(store, packed(folder, store, "/srv/app").manifest).root == "/srv/app"


def test_a_missing_chunk_is_told(tmp_path: Path, store: DiskStore) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "file").write_bytes(b"x" * 100)
    done = packed(folder, store)
    os.unlink(store.blob_path(done.chunks[0]))
    with pytest.raises(MissingChunkError, match="is missing"):
        unpack(store, load(store, done.manifest), str(tmp_path / "out"))
    os.unlink(store.blob_path(done.manifest))
    with pytest.raises(MissingChunkError, match="manifest"):
        load(store, done.manifest)


@pytest.mark.parametrize(
    "entries",
    [
        (Entry(FILE, "../out"),),
        (Entry(FILE, "/etc/passwd"),),
        (Entry(FILE, "a//b"),),
        (Entry(FILE, ""),),
        (Entry(FILE, "a\0b"),),
        (Entry(LINK, "a", "/etc"), Entry(FILE, "a/passwd")),
        (Entry(FILE, "a/passwd"), Entry(LINK, "a", "/etc")),
        (Entry(FILE, "a"), Entry(FILE, "a")),
        (Entry(FILE, "a"), Entry(FOLDER, "a/b")),
    ],
)
def test_no_manifest_writes_outside_of_its_folder(entries: tuple[Entry, ...]) -> None:
    with pytest.raises(BadManifestError):
        decode(encode(Manifest(entries, ())))


def test_chunks_that_do_not_make_the_files_are_refused() -> None:
    with pytest.raises(BadManifestError, match="not as long"):
        decode(encode(Manifest((Entry(FILE, "a", "", 5),), (digest_of(b"four"),))))


@given(st.binary())
def test_any_bytes_are_a_manifest_or_refused(data: bytes) -> None:
    try:
        decode(data)
    except BadManifestError:
        return


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=4), max_leaves=9))
def test_any_json_in_its_place_is_refused(value: object) -> None:
    import json

    text = json.dumps({"version": 1, "root": "", "chunks": value, "entries": [value]})
    with pytest.raises(BadManifestError):
        decode(text.encode())
