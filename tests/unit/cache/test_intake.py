"""How blobs from elsewhere get into the store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pitstop.cache.disk import DiskStore
from pitstop.cache.intake import opened, receive
from pitstop.core.digest import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def leftovers(store: DiskStore) -> list[str]:
    """Return the files that lie where blobs are written."""
    return os.listdir(f"{store.root}/new") if os.path.isdir(f"{store.root}/new") else []


def test_a_blob_that_arrives_in_pieces_is_kept(tmp_path: Path) -> None:
    store = DiskStore(str(tmp_path))
    assert receive(store, digest_of(b"abcdef"), [b"abc", b"", b"def"])
    assert store.get(digest_of(b"abcdef")) == b"abcdef"
    with opened(store, digest_of(b"abcdef")) as file:
        assert file.read() == b"abcdef"
    assert not leftovers(store)


@pytest.mark.parametrize("pieces", [[b"abc"], [b"abcdeX"], [b"abcdef", b"g"], []])
def test_other_bytes_than_the_digest_names_are_not_kept(tmp_path: Path, pieces: list[bytes]) -> None:
    store = DiskStore(str(tmp_path))
    assert not receive(store, digest_of(b"abcdef"), pieces)
    assert not store.has(digest_of(b"abcdef"))
    assert not leftovers(store)
    assert not store.trouble


def test_what_the_sender_raises_is_passed_on_and_is_no_trouble_of_the_store(tmp_path: Path) -> None:
    def dies() -> Iterator[bytes]:
        yield b"abc"
        raise ConnectionResetError

    store = DiskStore(str(tmp_path))
    with pytest.raises(ConnectionResetError):
        receive(store, digest_of(b"abcdef"), dies())
    assert not leftovers(store)
    assert not store.trouble


def test_a_store_that_cannot_be_written_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = DiskStore(str(tmp_path / "file" / "store"))
    assert not receive(store, digest_of(b"abcdef"), [b"abcdef"])
    assert "cannot be written" in store.trouble
