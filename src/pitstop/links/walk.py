"""The files of a folder that is in no git repository."""

from __future__ import annotations

import os

_NEVER = frozenset(
    {
        b".git",
        b".hg",
        b".svn",
        b".jj",
        b".pitstop",
        b".turbo",
        b".nx",
        b".gradle",
        b".venv",
        b".tox",
        b".nox",
        b"node_modules",
        b"__pycache__",
    }
)
"""Folders that hold what tools made, by name."""

_MARKS = frozenset({b"CACHEDIR.TAG", b"pyvenv.cfg"})
"""Files that say so of the folder they lie in: caches (bford.info/cachedir) and virtual environments."""

_BUILDS = {b"target": (b"Cargo.toml", b"pom.xml")}
"""Folders that hold what was made when one of these files lies beside them."""


def walk(root: str) -> bytes:
    r"""Return the paths of the files below `root`, relative, POSIX, sorted, each ended by `\0`.

    Symbolic links are named and not followed, so there are no loops. Folders that may not be read, sockets, pipes and
    devices are left out.
    """
    found: list[bytes] = []
    waiting: list[tuple[bytes, bytes]] = [(os.fsencode(root), b"")]
    while waiting:
        folder, prefix = waiting.pop()
        files: list[bytes] = []
        folders: list[bytes] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    elif entry.is_file(follow_symlinks=False) or entry.is_symlink():
                        files.append(entry.name)
        except OSError:
            continue
        if prefix and not _MARKS.isdisjoint(files):
            continue
        found += [prefix + name for name in files if name != b".git"]
        waiting += [
            (folder + os.sep.encode() + name, prefix + name + b"/")
            for name in folders
            if name not in _NEVER and not any(sign in files for sign in _BUILDS.get(name, ()))
        ]
    found.sort()
    return b"".join(path + b"\0" for path in found)
