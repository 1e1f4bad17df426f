"""Repositories inside a repository: submodules, clones, and work trees of the repository itself."""

from __future__ import annotations

import os

from pitstop.links import git


def with_nested(root: str, data: bytes) -> bytes:
    r"""Return a listing of git (paths ended by `\0`) with the files of the repositories inside `root`.

    git names an untracked one `name/`, a submodule only `name`. Left out is what is no work tree, what is a link, and
    what `git worktree add` made of `root` itself: another branch of the same files is no part of this one.
    """
    paths = data.split(b"\0")[:-1]
    nested = {path[:-1] for path in paths if path.endswith(b"/")}
    for line in _read(os.path.join(root, ".gitmodules")).splitlines():
        key, _, value = line.partition(b"=")
        if key.strip() == b"path":
            nested.add(value.strip().strip(b'"').rstrip(b"/"))
    found = [path for path in paths if path.rstrip(b"/") not in nested]
    real = os.path.realpath(os.fsencode(root))
    own = _common(git.up_to_git(root) or "")
    for name in sorted(nested):
        folder = os.path.join(os.fsencode(root), name)
        inner = git.find_git_dir(os.fsdecode(folder))
        if os.path.realpath(folder) != os.path.join(real, name) or inner is None or _common(inner) == own:
            continue
        inside = git.finish_listing(git.start_listing(os.fsdecode(folder)))
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
