"""A packed folder put into one that may hold other things: file by file, each by a rename."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from typing import TYPE_CHECKING

from pitstop.cache.trees.manifest import FOLDER
from pitstop.cache.trees.unpack import unpack

if TYPE_CHECKING:
    from pitstop.cache.disk import DiskStore
    from pitstop.cache.trees.manifest import Manifest


def put_into(store: DiskStore, manifest: Manifest, folder: str) -> None:
    """Put what `manifest` says below `folder`, over what is there; nothing is touched before all of it has come.

    Raises OSError when it cannot be written, or would be written into `.git` or through a link, and MissingChunkError when
    bytes are missing.
    """
    os.makedirs(folder, exist_ok=True)
    _check(manifest, folder)
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


def _check(manifest: Manifest, folder: str) -> None:
    """Raise OSError for what may not, or cannot, be put where it is to be: it is from another machine, perhaps."""
    looked: set[str] = set()
    for entry in manifest.entries:
        parts = entry.path.split("/")
        if ".git" in {part.lower() for part in parts}:
            raise PermissionError(errno.EPERM, "nothing is put into `.git`", entry.path)
        above = ["/".join(parts[:end]) for end in range(1, len(parts) + (entry.kind == FOLDER))]
        for path in above:
            if path not in looked:
                looked.add(path)
                _check_folder(os.path.join(folder, path))
        target = os.path.join(folder, entry.path)
        if entry.kind != FOLDER and os.path.isdir(target) and not os.path.islink(target):
            raise IsADirectoryError(errno.EISDIR, "a folder is there", target)


def _check_folder(path: str) -> None:
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, "nothing is put through a link", path)
    if not stat.S_ISDIR(mode):
        raise NotADirectoryError(errno.ENOTDIR, "a file is there", path)
