"""Inputs of actions: which blobs the cluster has, and sending those that it lacks, each once however many need it."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache.reapi import blobs
from pitstop.core.digest import EMPTY, Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import BinaryIO

    from pitstop.cache.disk import DiskStore
    from pitstop.cache.reapi.client import Client


class _Directory(NamedTuple):
    name: Digest
    data: bytes
    below: list[str]
    files: list[str]


class Inputs:
    """What the run told of its trees, and what the cluster is known to have of them. Several threads may use it."""

    def __init__(self, client: Client, root: str, store: DiskStore) -> None:
        self._client = client
        self._root = root
        self._store = store
        self._lock = threading.Lock()
        self._directories: dict[str, _Directory] = {}
        self._files: dict[str, tuple[Digest, str]] = {}
        self._whole: set[str] = set()
        """Directories of which the cluster has all that is in them."""
        self._there: set[str] = set()
        """Blobs that the cluster has."""
        self._coming: dict[str, Future[None]] = {}
        """Blobs that a thread is asking about or sending."""

    def learn(
        self, directories: Iterable[tuple[str, int, bytes, list[str], list[str]]], files: Iterable[tuple[str, int, str]]
    ) -> None:
        """Take in what the run tells: see `errand.untold`."""
        for name, size, data, below, leaves in directories:
            self._directories[name] = _Directory(Digest(name, size), data, below, leaves)
        for name, size, path in files:
            self._files[name] = Digest(name, size), path

    def provide(self, root: str, more: Mapping[Digest, bytes]) -> None:
        """Have the cluster know the tree below the directory `root` (its hash), and the blobs `more`.

        Raises OSError when a file is no longer what it was, and ReapiError.
        """
        wanted, seen = dict.fromkeys(more), set[str]()
        stack = [root]
        while stack:
            name = stack.pop()
            if name in seen or name in self._whole:
                continue
            seen.add(name)
            directory = self._directories[name]
            wanted[directory.name] = None
            stack += directory.below
            wanted.update((self._files[file][0], None) for file in directory.files)
        self._send([name for name in wanted if name != EMPTY], more)
        self._whole |= seen

    def forget(self) -> None:
        """Count on nothing that the cluster had: it lost something."""
        with self._lock:
            self._whole.clear()
            self._there.clear()

    def _send(self, wanted: Sequence[Digest], more: Mapping[Digest, bytes]) -> None:
        done: Future[None] = Future()
        with self._lock:
            theirs = {self._coming[name.hash] for name in wanted if name.hash in self._coming}
            mine = [name for name in wanted if name.hash not in self._there and name.hash not in self._coming]
            self._coming.update((name.hash, done) for name in mine)
        try:
            if mine:
                missing = blobs.missing(self._client, mine)
                if missing:
                    wanted = [name for name in mine if name in missing]
                    blobs.write(self._client, wanted, lambda name: self._open(name, more))
        except BaseException as error:
            done.set_exception(error)
            raise
        finally:
            with self._lock:
                for name in mine:
                    del self._coming[name.hash]
                if not done.done():
                    self._there.update(name.hash for name in mine)
                    done.set_result(None)
        for future in theirs:
            future.result()

    def _open(self, name: Digest, more: Mapping[Digest, bytes]) -> BinaryIO:
        """Return the bytes of a blob: of the action itself, of a directory, of a file in the checkout or the store."""
        if (data := more.get(name)) is not None:
            return BytesIO(data)
        if (directory := self._directories.get(name.hash)) is not None:
            return BytesIO(directory.data)
        path = f"{self._root}/{self._files[name.hash][1]}"
        kept = self._store.blob_path(name)
        for place in (kept, path):
            try:
                if os.stat(place).st_size == name.size:
                    return open(place, "rb")
            except OSError:
                continue
        raise FileNotFoundError(2, "it is no longer what it was when the run began", self._files[name.hash][1])
