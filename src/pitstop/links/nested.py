"""Repositories inside a repository: submodules, clones, and work trees of the repository itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def with_nested(
    root: str, data: bytes, own: str, git_dir: Callable[[str], str | None], files_of: Callable[[str], bytes]
) -> bytes:
    r"""Return a listing of git (paths ended by `\0`) with the files of the repositories inside `root`.

    git names an untracked one `name/`, a submodule only `name`. Left out is what is no work tree, what is a link, and
    what `git worktree add` made of `root` itself: another branch of the same files is no part of this one. `own` is the
    git folder of `root`, `git_dir` finds that of another folder, `files_of` lists its files in the same form.
    """
    paths = data.split(b"\0")[:-1]
    nested = {path[:-1] for path in paths if path.endswith(b"/")}
    for line in _read(os.path.join(root, ".gitmodules")).splitlines():
        key, _, value = line.partition(b"=")
        if key.strip() == b"path":
            nested.add(value.strip().strip(b'"').rstrip(b"/"))
    found = [path for path in paths if path.rstrip(b"/") not in nested]
    real = os.path.realpath(os.fsencode(root))
    own = _common(own)
    for name in sorted(nested):
        folder = os.path.join(os.fsencode(root), name)
        inner = git_dir(os.fsdecode(folder))
        if os.path.realpath(folder) != os.path.join(real, name) or inner is None or _common(inner) == own:
            continue
        inside = files_of(os.fsdecode(folder))
        found += [name + b"/" + path for path in inside.split(b"\0")[:-1]]
    return b"".join(path + b"\0" for path in found)


def _common(folder: str) -> str:
    """Return the git folder that the work tree with the git folder `folder` shares with others (gitrepository-layout(5))."""
    return os.path.realpath(os.path.join(folder, os.fsdecode(_read(os.path.join(folder, "commondir")).strip())))


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
