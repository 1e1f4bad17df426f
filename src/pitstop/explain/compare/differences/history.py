"""What git says of two runs: the commits between them, the files they touch, the entries of lock files they change."""

from __future__ import annotations

import os
from typing import NamedTuple

from pitstop.explain.compare.differences.locked import differing_entries, is_lock
from pitstop.explain.compare.differences.values import FILE, Commit, Difference

_MOST = 500
"""Commits that are listed."""


class History(NamedTuple):
    """What lies between two commits."""

    commits: tuple[Commit, ...] = ()
    """Newest first; those that the second commit has and the first has not."""
    differences: tuple[Difference, ...] = ()
    """Lock file entries and files, by name."""
    note: str = ""
    """Why nothing can be said, in a sentence."""


def between(root: str, first: str, second: str) -> History:
    """Return what lies between the commits `first` and `second` of the repository at `root`.

    Never raises for a commit that is not here: the note says so.
    """
    from pitstop.core.errors import PitstopError
    from pitstop.links import git

    if not first or not second:
        return History(note="the commit of one of the runs was not recorded")
    if first == second:
        return History()
    try:
        for revision in (first, second):
            if not _is_hash(revision) or git.call(root, "cat-file", "-e", f"{revision}^{{commit}}")[0]:
                return History(note=f"commit `{revision[:12]}` is not in this repository")
        commits = _commits(git.call(root, *_LOG, f"{first}..{second}", "--")[1])
        code, out, _ = git.call(root, "diff", "--name-status", "--no-renames", "-z", first, second, "--")
        if code:
            return History(tuple(commits), note="git cannot tell which files differ")
        return History(tuple(commits), tuple(_files(root, first, second, out)))
    except PitstopError as error:
        return History(note=error.problem)


_LOG = ("log", "-z", f"--max-count={_MOST}", "--no-renames", "--name-only", "--format=%x01%H%x02%an%x02%s%x03")


def _is_hash(text: str) -> bool:
    return 4 <= len(text) <= 64 and all(char in "0123456789abcdef" for char in text)


def _commits(out: bytes) -> list[Commit]:
    found = []
    for part in out.split(b"\x01")[1:]:
        head, _, files = part.partition(b"\x03")
        revision, author, subject = (os.fsdecode(field) for field in head.split(b"\x02", 2))
        names = tuple(os.fsdecode(name).strip("\n") for name in files.split(b"\0") if name.strip())
        found.append(Commit(revision, author, subject, names))
    return found


def _files(root: str, first: str, second: str, out: bytes) -> list[Difference]:
    from pitstop.links import git

    fields = os.fsdecode(out).split("\0")[:-1]
    found = []
    for status, path in zip(fields[::2], fields[1::2], strict=False):
        found.append(Difference(FILE, path, "" if status == "A" else "was", "" if status == "D" else "is"))
        if is_lock(path):
            old, new = (git.call(root, "cat-file", "blob", f"{revision}:{path}") for revision in (first, second))
            found += differing_entries(path, None if old[0] else old[1], None if new[0] else new[1])
    return found
