"""Errand: a task as it is described to another machine: command, variables, tree of inputs, outputs."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pitstop.cache import merkle
from pitstop.core.digest import Digest
from pitstop.core.globs import is_literal, literal_prefix
from pitstop.core.task import CACHE_NEVER
from pitstop.pipeline import environment, outputs
from pitstop.pipeline.execute.remote.choose import properties

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pitstop.pipeline.execute.job import Work
    from pitstop.pipeline.execute.options import Remote, World
    from pitstop.pipeline.keys import Key

    Told = tuple[list[tuple[str, int, bytes, list[str], list[str]]], list[tuple[str, int, str]]]
    """Directories (hash, size, message, hashes of the folders in it, hashes of the files in it), and where the files
    lie (hash, size, path below the repository)."""

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_TO_FOLDER = 'cd -- "$1" && shift && exec "$@" 2>&1'
_HERE = 'exec "$@" 2>&1'


def errand(work: Work, world: World, remote: Remote, told: set[str], *, forced: bool) -> dict[str, Any]:
    """Return what the worker process needs to have a task carried out, in values that `marshal` knows.

    `told`: the hashes of directories and files that it knows of already; grows. `forced`: no cached answer will do.
    Raises OSError when an input that git ignores cannot be read.
    """
    task, key = work.task, work.decision.key
    assert key is not None
    planner = world.planner
    tree = planner.keys.input_root(task, key, planner.upstream)
    if extra := _ignored(world.root, key):
        tree = merkle.merge([tree, *extra])
    cwd = key.parts["cwd"]
    if cwd and not _has_folder(tree, cwd):
        tree = merkle.merge([tree, merkle.placed(cwd, merkle.Folder())])
    package = planner.packages[task.package]
    directories, files = untold(tree, told)
    globs = (*planner.globs(task), *outputs.patterns(package.root, task.spec.reports))
    never = task.spec.cache == CACHE_NEVER
    root = tree.encode()[1]
    return {
        "task": task.id,
        "argv": _command(task.spec.command, cwd, package.path),
        "env": _variables(work, world, remote.env),
        "outputs": _paths(globs),
        "platform": sorted(properties(task, remote.platform).items()),
        "timeout_s": task.spec.timeout_s,
        "salt": key.action.encode(),
        "root": (root.hash, root.size),
        "directories": directories,
        "files": files,
        "again": forced or never or not planner.use_store,
        "keep": not never,
    }


def _command(command: tuple[str, ...] | str, cwd: str, path: tuple[str, ...]) -> list[str]:
    """Return the arguments: a shell goes to the folder and sends both outputs the same way, so that they stay in order."""
    argv = ("sh", "-c", command) if isinstance(command, str) else command
    front = ""
    if path:
        from shlex import quote

        own = ":".join(f'"$PWD"/{quote(one)}' for one in path)
        front = f'PATH={own}:"$PATH"; export PATH; '
    if cwd:
        return ["/bin/sh", "-c", front + _TO_FOLDER, "sh", cwd, *argv]
    return ["/bin/sh", "-c", front + _HERE, "sh", *argv]


def _variables(work: Work, world: World, more: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the variables that the command gets: those that are part of its key, and what no program can do without."""
    task = work.task
    package = world.planner.packages[task.package]
    found = {"PATH": PATH, "HOME": "/tmp", **more}  # noqa: S108  of a worker, where nothing else can be counted on
    if package.ecosystem == "node":
        found |= {name: value for name, value in package.env if world.root not in value}
    found |= environment.keyed(task, world.environ, environment.chosen(world.environ, environment.KEYED))
    found["PITSTOP_TASK"] = task.id
    return sorted(found.items())


def _paths(globs: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Return what to ask back for output globs: paths, and whether each is a folder for sure. No path is in another."""
    found: dict[str, bool] = {}
    for glob in globs:
        if not glob.startswith("!"):
            prefix = literal_prefix(glob)
            found[prefix] = found.get(prefix, False) or not (prefix == glob and is_literal(glob))
    return [
        (path, folder)
        for path, folder in sorted(found.items())
        if not any(path != other and (not other or path.startswith(f"{other}/")) for other in found)
    ]


def untold(tree: merkle.Folder, told: set[str]) -> Told:
    """Return the directories and files of a tree whose hashes are not in `told`, and put them there."""
    directories: list[tuple[str, int, bytes, list[str], list[str]]] = []
    files: list[tuple[str, int, str]] = []
    stack = [(tree, "")]
    while stack:
        folder, prefix = stack.pop()
        data, name = folder.encode()
        if name.hash in told:
            continue
        told.add(name.hash)
        below = [inner.encode()[1].hash for inner in folder.folders.values()]
        directories.append((name.hash, name.size, data, below, [file.digest.hash for file in folder.files.values()]))
        for leaf, file in folder.files.items():
            if file.digest.hash not in told:
                told.add(file.digest.hash)
                files.append((file.digest.hash, file.digest.size, prefix + leaf))
        stack += [(inner, f"{prefix}{leaf}/") for leaf, inner in folder.folders.items()]
    return directories, files


def _has_folder(tree: merkle.Folder, path: str) -> bool:
    for part in path.split("/"):
        below = tree.folders.get(part)
        if below is None:
            return False
        tree = below
    return True


def _ignored(root: str, key: Key) -> list[merkle.Folder]:
    """Return what `inputs` name although git ignores it, as trees below the repository."""
    found = []
    for name in key.parts:
        if name.startswith("file ") and os.path.lexists(f"{root}/{name[5:]}"):
            tree = merkle.Folder()
            for path in _below(root, name[5:]):
                full = f"{root}/{path}"
                if os.path.islink(full):
                    tree.add(path, os.readlink(full))
                else:
                    tree.add(path, merkle.File(_digest(full), os.access(full, os.X_OK)))
            found.append(tree)
    return found


def _below(root: str, path: str) -> Iterator[str]:
    """Yield a file or link, or those of a folder, however deep."""
    full = f"{root}/{path}"
    if os.path.islink(full) or not os.path.isdir(full):
        if os.path.islink(full) or os.path.isfile(full):
            yield path
        return
    for name in sorted(os.listdir(full)):
        yield from _below(root, f"{path}/{name}")


def _digest(path: str) -> Digest:
    hasher, size = sha256(), 0
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            hasher.update(piece)
            size += len(piece)
    return Digest(hasher.hexdigest(), size)
