"""A folder as REAPI sees it: `Directory` messages that name each other by digest.

Specification: remote_execution.proto, message Directory: children sorted by name, a name once, no separators.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache import wire
from pitstop.core.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class File(NamedTuple):
    """A regular file by content."""

    digest: Digest
    executable: bool = False


class Folder:
    """A folder that shares what it has in common with others; nothing changes it once `encode` was called."""

    __slots__ = ("_encoded", "_node", "files", "folders", "links")

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.folders: dict[str, Folder] = {}
        self.links: dict[str, str] = {}
        self._encoded: tuple[bytes, Digest] | None = None
        self._node = "", b""

    def add(self, path: str, entry: File | str) -> None:
        """Put a file, or a symbolic link by its target, at the POSIX `path` below this folder."""
        folder = self
        parts = path.split("/")
        for part in parts[:-1]:
            below = folder.folders.get(part)
            if below is None:
                below = folder.folders[part] = Folder()
            folder = below
        if isinstance(entry, str):
            folder.links[parts[-1]] = entry
        else:
            folder.files[parts[-1]] = entry

    def encode(self) -> tuple[bytes, Digest]:
        """Return the `Directory` message and its digest."""
        if self._encoded is None:
            out: list[bytes] = []
            files = self.files
            for name in sorted(files, key=_bytes):
                digest, executable = files[name]
                node = wire.text(1, name) + wire.digest(2, digest)
                out.append(wire.message(1, node + b"\x20\x01" if executable else node))
            folders = self.folders
            out += [folders[name].node(name) for name in sorted(folders, key=_bytes)]
            out += [
                wire.message(3, wire.text(1, name) + wire.text(2, self.links[name]))
                for name in sorted(self.links, key=_bytes)
            ]
            data = b"".join(out)
            self._encoded = data, Digest(sha256(data).hexdigest(), len(data))
        return self._encoded

    def node(self, name: str) -> bytes:
        """Return the field of a `Directory` message that holds this folder under `name`."""
        if self._node[0] != name:
            self._node = name, wire.message(2, wire.text(1, name) + wire.digest(2, self.encode()[1]))
        return self._node[1]

    def messages(self) -> Iterable[tuple[Digest, bytes]]:
        """Yield each different `Directory` message of the tree, this folder's first."""
        seen: set[str] = set()
        stack = [self]
        while stack:
            folder = stack.pop()
            data, name = folder.encode()
            if name.hash not in seen:
                seen.add(name.hash)
                yield name, data
                stack.extend(folder.folders.values())


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def merge(parts: Sequence[Folder]) -> Folder:
    """Return the union of folders, sharing every sub-folder that only one of them has; later files win."""
    if len(parts) == 1:
        return parts[0]
    union = Folder()
    clashes: dict[str, list[Folder]] = {}
    folders = union.folders
    for part in parts:
        union.files.update(part.files)
        union.links.update(part.links)
        for name, below in part.folders.items():
            there = folders.setdefault(name, below)
            if there is not below:
                listed = clashes.setdefault(name, [there])
                if below not in listed[-4:]:
                    listed.append(below)
    for name, below_all in clashes.items():
        folders[name] = merge(below_all)
    return union


def placed(path: str, folder: Folder) -> Folder:
    """Return a root in which `folder` lies at the POSIX `path` (`""`: itself)."""
    for part in reversed(path.split("/") if path else ()):
        outer = Folder()
        outer.folders[part] = folder
        folder = outer
    return folder
