"""A packed folder put into one that may hold other things: file by file, each by a rename."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from pitstop.cache.trees.manifest import FOLDER
from pitstop.cache.trees.unpack import unpack

if TYPE_CHECKING:
    from pitstop.cache.disk import DiskStore
    from pitstop.cache.trees.manifest import Manifest


def put_into(store: DiskStore, manifest: Manifest, folder: str) -> None:
    """Put what `manifest` says below `folder`, over what is there; nothing is touched before all of it has come.

    Raises OSError when it cannot be written and MissingChunkError when bytes are missing.
    """
    os.makedirs(folder, exist_ok=True)
    temporary = os.path.join(folder, f".pitstop-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        unpack(store, manifest, temporary)
        for entry in manifest.entries:
            source, target = f"{temporary}/{entry.path}", os.path.join(folder, entry.path)
            if entry.kind == FOLDER:
                os.makedirs(target, exist_ok=True)
                continue
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.replace(source, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
