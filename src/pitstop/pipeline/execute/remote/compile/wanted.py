"""What a compilation is to `pitstop-cc`: a command, what it reads, what it leaves. Pure."""

from __future__ import annotations

from posixpath import isabs, join, normpath
from typing import NamedTuple


class Wanted(NamedTuple):
    """One compilation that another machine can do. Paths are as on the command line, relative to the folder it is in."""

    argv: tuple[str, ...]
    """The compiler and its arguments, less those that are done here."""
    paths: tuple[int, ...]
    """Which of the arguments are paths: their places, and the lengths of what stands before each (`-I`) in `fronts`."""
    fronts: tuple[int, ...]
    outputs: tuple[str, ...]
    """Files that it writes."""
    folders: tuple[str, ...] = ()
    """Folders that it looks into; they need not exist."""
    scan: tuple[str, ...] = ()
    """The command that prints what it reads, as a rule for make; empty: `inputs` says it."""
    inputs: tuple[str, ...] = ()
    """Files that it reads, and folders of which it may read every file."""
    depfile: str = ""
    """Where what it reads is to be written down, as a rule for make; empty: nowhere."""
    target: str = ""
    """What is made, in that rule."""
    phony: bool = False
    """Whether each header gets a rule of its own there."""
    system: bool = True
    """Whether headers of the system stand there too."""
    variables: tuple[str, ...] = ()
    """Names of variables that it reads; `*` at the end matches a prefix."""


def below(base: str, cwd: str, path: str) -> str:
    """Return `path`, as it is meant in the folder `cwd`, relative to `base` (`""`: `/`); empty when it is not below it."""
    whole = normpath(path if isabs(path) else join(cwd, path))
    front = f"{base}/"
    return whole[len(front) :] if whole.startswith(front) else ""


def moved(wanted: Wanted, base: str, cwd: str) -> tuple[str, ...]:
    """Return the arguments for a machine on which `base` is somewhere else: no absolute path below it is left."""
    from posixpath import relpath

    argv = list(wanted.argv)
    for place, front in zip(wanted.paths, wanted.fronts, strict=True):
        word = argv[place]
        path = word[front:]
        if isabs(path) and below(base, cwd, path):
            argv[place] = word[:front] + relpath(path, cwd)
    return tuple(argv)
