"""The inputs of a compilation as a tree of files, and as much of it as other machines have anyway as a hash."""

from __future__ import annotations

import os
import subprocess
import threading
from hashlib import sha256
from posixpath import dirname, isabs, join, normpath
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache import merkle
from pitstop.core.digest import Digest
from pitstop.pipeline.execute.remote.compile.wanted import below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.pipeline.execute.remote.compile.wanted import Wanted

_SYSTEM = ("/usr/", "/lib/", "/lib64/", "/bin/")
"""Where what belongs to the system lies: a worker is taken to have the same, and the key covers what is here."""
_SKIPPED = frozenset(("target", ".git", "node_modules", ".pitstop", ".venv"))
_CRATES = (".rlib", ".rmeta", ".so", ".dylib")


class Prepared(NamedTuple):
    """Where a compilation is placed, and what it reads."""

    base: str
    """The folder here that is the root of the inputs there; empty: `/`."""
    tree: merkle.Folder
    salt: bytes


class Trees:
    """Makes trees; what it has read it knows by the file's numbers. Several threads may use it."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._digests: dict[str, tuple[tuple[int, int, int, int], Digest]] = {}
        self._versions: dict[str, tuple[tuple[int, int, int, int], bytes]] = {}
        self._reached: dict[str, frozenset[str]] = {}
        """For crates that were compiled: the crates that whoever uses them needs."""
        self._lock = threading.Lock()

    def is_system(self, path: str) -> bool:
        """Return whether a path is one of the system's, whatever the repository is below."""
        return path.startswith(_SYSTEM) and not f"{path}/".startswith(f"{self._root}/")

    def prepare(self, wanted: Wanted, program: str, cwd: str, reads: Iterable[str]) -> Prepared:
        """Return the inputs of a compilation by the compiler `program`. Raises OSError when one cannot be read."""
        named = {normpath(path if isabs(path) else join(cwd, path)) for path in (*reads, *self._named(wanted, cwd))}
        own = sorted(path for path in named if not self.is_system(path))
        folders = [normpath(one if isabs(one) else join(cwd, one)) for one in (cwd, *wanted.folders)]
        folders = [one for one in folders if not self.is_system(f"{one}/")]
        made = [dirname(normpath(path if isabs(path) else join(cwd, path))) for path in wanted.outputs]
        inside = all(below(self._root, "/", path) for path in own) and all(
            one == self._root or below(self._root, "/", one) for one in (*folders, *made)
        )
        base = self._root if inside else ""
        tree = merkle.Folder()
        for path in own:
            digest = self._digest(path)
            tree.add(below(base, "/", path), merkle.File(digest, os.access(path, os.X_OK)))
        for folder in {*folders, *made, *_through(wanted, cwd)}:
            if place := below(base, "/", folder):
                _add_folder(tree, place)
        system = [(path, self._digest(path).hash) for path in sorted(named) if self.is_system(path)]
        return Prepared(base, tree, repr((self._version(program), system)).encode())

    def learn(self, wanted: Wanted, cwd: str) -> None:
        """Note what a crate that was just compiled is made of."""
        externs = [path for path in self._externs(wanted, cwd) if path.endswith(_CRATES)]
        reached = frozenset(externs).union(*(self._reached.get(path, frozenset()) for path in externs))
        for path in wanted.outputs:
            self._reached[normpath(path if isabs(path) else join(cwd, path))] = reached

    def _named(self, wanted: Wanted, cwd: str) -> Iterator[str]:
        """Yield the files that `inputs` stands for."""
        if not wanted.inputs:
            return
        externs = self._externs(wanted, cwd)
        known = all(path in self._reached or path.endswith((".so", ".dylib")) for path in externs)
        for path in wanted.inputs:
            full = path if isabs(path) else join(cwd, path)
            if not os.path.isdir(full):
                yield full
            elif path != wanted.inputs[0]:
                if not known:
                    yield from (entry.path for entry in os.scandir(full) if entry.name.endswith(_CRATES))
            else:
                yield from _package(full)
        if known:
            for path in externs:
                yield from self._reached.get(path, ())

    def _externs(self, wanted: Wanted, cwd: str) -> list[str]:
        crates = (path if isabs(path) else join(cwd, path) for path in wanted.inputs if path.endswith(_CRATES))
        return [normpath(path) for path in crates]

    def _digest(self, path: str) -> Digest:
        numbers = _numbers(path)
        known = self._digests.get(path)
        if known is None or known[0] != numbers:
            with open(path, "rb") as file:
                data = file.read()
            known = self._digests[path] = numbers, Digest(sha256(data).hexdigest(), len(data))
        return known[1]

    def _version(self, path: str) -> bytes:
        """Return what a compiler says of itself. Raises OSError when it cannot be started."""
        numbers = _numbers(path)
        with self._lock:
            known = self._versions.get(path)
            if known is None or known[0] != numbers:
                said = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=20).stdout
                known = self._versions[path] = numbers, said
        return known[1]


def _package(folder: str) -> Iterator[str]:
    """Yield the files of a package."""
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        for name in names:
            full = f"{path}/{name}"
            if os.path.isfile(full):
                yield full


def _through(wanted: Wanted, cwd: str) -> Iterator[str]:
    """Yield the folders that paths with `..` go through, which must be there although nothing lies in them."""
    for place, front in zip(wanted.paths, wanted.fronts, strict=True):
        path = wanted.argv[place][front:]
        parts = (path if isabs(path) else join(cwd, path)).split("/")
        for end, part in enumerate(parts):
            if part == ".." and end:
                yield normpath("/".join(parts[:end]))


def _add_folder(tree: merkle.Folder, path: str) -> None:
    for part in path.split("/"):
        if part in tree.files:
            return
        tree = tree.folders.setdefault(part, merkle.Folder())


def _numbers(path: str) -> tuple[int, int, int, int]:
    status = os.stat(path)
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
