"""What an action left: from the `ActionResult` of a cluster to files, links and a log, the bytes in the local store."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache.intake import receive
from pitstop.cache.reapi import blobs
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.core.digest import Digest
from pitstop.core.text import size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pitstop.cache.disk import DiskStore
    from pitstop.cache.reapi.client import Client

    File = tuple[str, str, int, bool]
    """Path, hash, size, whether it may be executed."""

_LONGEST_LOG = 64 << 20
"""Bytes of an output stream that are fetched."""


class Lost(Exception):
    """The cluster does not have what it said that an action left."""


class Left(NamedTuple):
    """What an action left; paths are below the input root."""

    files: list[File]
    links: list[tuple[str, str]]


def digest_of(message: reapi.Digest) -> Digest:
    """Return the value of a `Digest` message."""
    return Digest(message.hash, message.size_bytes)


def fetch(result: reapi.ActionResult, client: Client, store: DiskStore) -> Left:
    """Bring what an action left into the store. Raises Lost, and ReapiError."""
    files: dict[str, File] = {}
    links: dict[str, str] = {}
    for file in result.output_files:
        name = digest_of(file.digest)
        files[file.path] = file.path, name.hash, name.size, file.is_executable
        if file.contents and not store.has(name):
            receive(store, name, [file.contents])
    for link in (*result.output_symlinks, *result.output_file_symlinks, *result.output_directory_symlinks):
        links[link.path] = link.target
    for folder in result.output_directories:
        for path, directory in _directories(folder, client, store):
            for node in directory.files:
                full = f"{path}/{node.name}" if path else node.name
                files[full] = full, node.digest.hash, node.digest.size_bytes, node.is_executable
            for target in directory.symlinks:
                links[f"{path}/{target.name}" if path else target.name] = target.target
    for path in (*files, *links):
        if path.startswith("/") or not {"", ".", ".."}.isdisjoint(path.split("/")):
            raise Lost(f"the cluster says that the task left `{path}`, which is no path below the repository")
    bring({Digest(name, size) for _, name, size, _ in files.values()}, client, store)
    return Left(sorted(files.values()), sorted(links.items()))


def log_of(result: reapi.ActionResult, client: Client, store: DiskStore, *, skip: int = 0) -> bytes:
    """Return what an action wrote, standard output first, less the first `skip` bytes of that."""
    out = _stream(result.stdout_raw, result.stdout_digest, client, store)[skip:]
    return out + _stream(result.stderr_raw, result.stderr_digest, client, store)


def bring(names: Iterable[Digest], client: Client, store: DiskStore) -> None:
    """Bring blobs into the store, verified. Raises Lost when one does not come, and ReapiError."""
    wanted = [name for name in names if not store.has(name)]
    if wanted:
        blobs.read(client, wanted, lambda name, pieces: receive(store, name, pieces))
        for name in wanted:
            if not store.has(name):
                raise Lost(store.trouble or f"the cluster does not have {name}, which it says the task left")


def _stream(raw: bytes, named: reapi.Digest, client: Client, store: DiskStore) -> bytes:
    if raw or not named.hash:
        return raw
    if named.size_bytes > _LONGEST_LOG:
        return f"[this task wrote {size(named.size_bytes)}, which is more than is fetched]\n".encode()
    name = digest_of(named)
    try:
        bring([name], client, store)
    except Lost:
        return b"[the output of this task is no longer in the cluster]\n"
    return store.get(name) or b""


def _directories(
    folder: reapi.OutputDirectory, client: Client, store: DiskStore
) -> Iterable[tuple[str, reapi.Directory]]:
    """Yield each directory of an output folder with its path. Raises Lost."""
    if folder.tree_digest.hash:
        tree = reapi.Tree.FromString(_message(digest_of(folder.tree_digest), client, store))
        known = _by_digest(tree)
        root = tree.root
    else:
        known = {}
        root = reapi.Directory.FromString(_message(digest_of(folder.root_directory_digest), client, store))
    stack = [(folder.path, root)]
    while stack:
        path, directory = stack.pop()
        yield path, directory
        for node in directory.directories:
            below = known.get(node.digest.hash)
            if below is None:
                below = reapi.Directory.FromString(_message(digest_of(node.digest), client, store))
            stack.append((f"{path}/{node.name}" if path else node.name, below))


def _by_digest(tree: reapi.Tree) -> Mapping[str, reapi.Directory]:
    from hashlib import sha256

    return {sha256(child.SerializeToString(deterministic=True)).hexdigest(): child for child in tree.children}


def _message(name: Digest, client: Client, store: DiskStore) -> bytes:
    bring([name], client, store)
    data = store.get(name)
    if data is None:
        raise Lost(f"the cluster does not have {name}, which describes a folder that the task left")
    return data
