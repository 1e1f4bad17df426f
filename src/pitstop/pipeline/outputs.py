"""What a task leaves behind: found, kept in the store, put back, looked at again."""

from __future__ import annotations

import os
from contextlib import suppress
from errno import EXDEV
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache.actions import ActionResult, OutputFile, OutputLink
from pitstop.core.digest import Digest
from pitstop.core.errors import PlanError
from pitstop.core.globs import literal_prefix, matcher
from pitstop.pipeline.rows import Row, present, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pitstop.cache.disk import DiskStore

_FOLDER = 0o040000
_PRUNED = frozenset({".git", "node_modules", ".pitstop", ".venv"})


class Kept(NamedTuple):
    """The outputs of a task that has just passed."""

    files: tuple[OutputFile, ...] = ()
    links: tuple[OutputLink, ...] = ()
    rows: tuple[Row, ...] = ()
    complete: bool = True
    """Whether all of them are in the store."""


@lru_cache(maxsize=65536)
def patterns(root: str, outputs: tuple[str, ...], origin: str = "") -> tuple[str, ...]:
    """Return output globs relative to the repository, of globs relative to the folder `root` of a package.

    Raises PlanError for one that leads out of the repository.
    """
    found: list[str] = []
    for pattern in outputs:
        negated = "!" if pattern.startswith("!") else ""
        plain = pattern.removeprefix("!")
        joined = plain[2:] if plain.startswith("//") else f"{root}/{plain}" if root else plain
        parts: list[str] = []
        for part in joined.split("/"):
            if part == ".." and parts:
                parts.pop()
            elif part == ".." or (part == "" and not parts):
                place = f"{origin}: " if origin else ""
                raise PlanError(f"{place}the output `{pattern}` lies outside of the repository")
            elif part not in {"", "."}:
                parts.append(part)
        found.append(negated + "/".join(parts))
    return tuple(found)


def find(root: str, globs: Sequence[str]) -> list[str]:
    """Return the files and links below `root` that the globs (from `patterns`) match, sorted, relative to `root`."""
    positive = [glob for glob in globs if not glob.startswith("!")]
    fits = matcher(globs) if positive else None
    if fits is None:
        return []
    found: set[str] = set()
    for start in dict.fromkeys(literal_prefix(glob) for glob in positive):
        path = f"{root}/{start}" if start else root
        try:
            kind = os.lstat(path).st_mode & 0o170000
        except OSError:
            continue
        if kind == 0o040000:
            _walk(path, start, found, fits)
        elif kind in {0o100000, 0o120000} and fits(start):
            found.add(start)
    return sorted(found)


@lru_cache(maxsize=1024)
def fitting(globs: tuple[str, ...]) -> Callable[[str], bool]:
    """Return the test of paths that `find` makes: whether the globs (from `patterns`) match."""
    if all(glob.startswith("!") for glob in globs):
        return lambda _path: False
    return matcher(globs)


def behind_link(root: str, globs: Sequence[str]) -> str:
    """Return a symbolic link that lies between the repository and outputs, or `""`.

    What lies behind one is not the repository's: it may be anywhere, and putting it back would go around the link.
    """
    safe: set[str] = set()
    for glob in globs:
        if glob.startswith("!"):
            continue
        prefix = literal_prefix(glob)
        parts = prefix.split("/") if prefix else []
        step = ""
        for part in parts if prefix != glob else parts[:-1]:
            step = f"{step}/{part}" if step else part
            if step not in safe:
                if os.path.islink(f"{root}/{step}"):
                    return step
                safe.add(step)
    return ""


def _walk(path: str, name: str, found: set[str], fits: Callable[[str], bool]) -> None:
    stack = [(path, name)]
    while stack:
        folder, prefix = stack.pop()
        try:
            with os.scandir(folder) as listed:
                entries = list(listed)
        except OSError:
            continue
        for entry in entries:
            relative = f"{prefix}/{entry.name}" if prefix else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _PRUNED:
                    stack.append((entry.path, relative))
            elif fits(relative) and (entry.is_symlink() or entry.is_file(follow_symlinks=False)):
                found.add(relative)


def keep(root: str, paths: Iterable[str], put_file: Callable[[str], tuple[Digest, os.stat_result] | None]) -> Kept:
    """Take up outputs with `put_file` (a store's, or `measure`).

    A file that cannot be read, or changes meanwhile, makes the result incomplete.
    """
    files: list[OutputFile] = []
    links: list[OutputLink] = []
    rows: list[Row] = []
    complete = True
    for path in paths:
        full = f"{root}/{path}"
        try:
            if os.path.islink(full):
                target = os.readlink(full)
                links.append(OutputLink(path, target))
                rows.append(row_of(path, f"-> {target}", os.lstat(full)))
                continue
            put = put_file(full)
        except OSError:
            complete = False
            continue
        if put is None:
            complete = False
            continue
        digest, status = put
        files.append(OutputFile(path, digest, bool(status.st_mode & 0o100)))
        rows.append(row_of(path, digest.hash, status))
    return Kept(tuple(files), tuple(links), tuple(rows), complete)


def measure(path: str) -> tuple[Digest, os.stat_result] | None:
    """Return the digest of a file and what `lstat` says of it, without keeping it. Raises OSError."""
    from hashlib import sha256

    with open(path, "rb", buffering=0) as file:
        hasher, size = sha256(), 0
        while piece := file.read(1 << 20):
            hasher.update(piece)
            size += len(piece)
        return Digest(hasher.hexdigest(), size), os.fstat(file.fileno())


def restore(root: str, result: ActionResult, before: Sequence[Row], store: DiskStore) -> tuple[Row, ...] | None:
    """Put the outputs of `result` in place, and take away those of `before` that it does not have.

    Returns how they lie on disk now, or None when the store does not have all of them; then some may be in place.
    Raises OSError when the disk cannot be written.
    """
    scratch = f"{root}/.pitstop/state"
    left = {row[0]: row for row in before}
    rows: list[Row] = []
    safe: set[str] = set()
    for path, digest, executable in result.files:
        known = left.pop(path, None)
        full = f"{root}/{path}"
        if known is not None and known[1] == digest.hash and present(root, (known,)):
            rows.append(known)
            store.touch(digest)
            continue
        _make_room(root, path, safe)
        try:
            status = store.restore(digest, full, executable=executable, scratch=scratch)
        except OSError as error:
            if error.errno != EXDEV or not scratch:
                raise
            scratch = ""  # two mounts of one disk: a container's, say
            status = store.restore(digest, full, executable=executable, scratch=scratch)
        if status is None:
            for file in result.files:  # where one is wrong others may be, and what is wrong is not stored again
                store.check(file.digest)
            return None
        rows.append(row_of(path, digest.hash, status))
    for path, target in result.links:
        left.pop(path, None)
        _make_room(root, path, safe)
        full = f"{root}/{path}"
        if os.path.lexists(full):
            os.unlink(full)
        os.symlink(target, full)
        rows.append(row_of(path, f"-> {target}", os.lstat(full)))
    for row in left.values():
        if present(root, (row,)):
            os.unlink(f"{root}/{row[0]}")
    return tuple(rows)


def rows_to_result(rows: Sequence[Row], sizes: Sequence[int]) -> tuple[tuple[OutputFile, ...], tuple[OutputLink, ...]]:
    """Return the files and links that remembered rows stand for."""
    files = tuple(
        OutputFile(row[0], Digest(row[1], size), bool(row[2] & 0o100))
        for row, size in zip(rows, sizes, strict=True)
        if not row[1].startswith("-> ")
    )
    return files, tuple(OutputLink(row[0], row[1][3:]) for row in rows if row[1].startswith("-> "))


def _make_room(root: str, path: str, safe: set[str]) -> None:
    """Make the folders above an output; a link on the way, or a folder in its place, is moved out of the way."""
    folder = path.rpartition("/")[0]
    if folder not in safe:
        step = ""
        for part in folder.split("/") if folder else ():
            step = f"{step}/{part}" if step else part
            if step not in safe:
                _make_folder(f"{root}/{step}")
                safe.add(step)
    full = f"{root}/{path}"
    if _kind(full) == _FOLDER:
        import shutil

        shutil.rmtree(full)


def _make_folder(path: str) -> None:
    kind = _kind(path)
    if kind == _FOLDER:
        return
    if kind:
        os.unlink(path)
    with suppress(FileExistsError):  # another run may be at it
        os.mkdir(path)


def _kind(path: str) -> int:
    """Return what kind of file is at `path` itself, 0: none."""
    try:
        return os.lstat(path).st_mode & 0o170000
    except OSError:
        return 0
