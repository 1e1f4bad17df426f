"""How a blob from another machine gets into the local store: verified while it is written, in place when it is right."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

from pitstop.cache import files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from pitstop.cache.disk import DiskStore
    from pitstop.core.digest import Digest


def receive(store: DiskStore, name: Digest, pieces: Iterable[bytes]) -> bool:
    """Keep a blob that arrives in pieces; False when its bytes are not what `name` says, or the disk is full.

    No more than `name.size` bytes are ever written. Threads may receive at the same time; what `pieces` raises is
    passed on, and nothing is left then.
    """
    if store.has(name):
        return True
    temporary = store.reserve()
    if not temporary:
        return False
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | files.CLOEXEC, 0o644)
    except OSError as error:
        store.give_up(temporary, error)
        return False
    hasher, left, kept = sha256(), name.size, False
    try:
        for piece in pieces:
            left -= len(piece)
            if left < 0:
                return False
            hasher.update(piece)
            try:
                files.write_all(fd, piece)
            except OSError as error:
                store.give_up(temporary, error)
                return False
        kept = left == 0 and hasher.hexdigest() == name.hash and store.adopt(temporary, name)
        return kept
    finally:
        os.close(fd)
        if not kept:
            files.remove(temporary)


def opened(store: DiskStore, name: Digest) -> BinaryIO:
    """Open a blob of the store for reading. Raises OSError when it is not there."""
    return open(store.blob_path(name), "rb")
