"""Artifacts: packed folders by name, remembered until they expire.

An artifact is an `ActionResult` whose files are the manifest and the chunks, so whatever moves results moves artifacts.
It is found under the hash of (repository, scope, name); scopes are a run, a commit, a branch, and the run of the CI
service, which a later job knows without having seen ours. A note for each lies in

    <store>/artifacts/<repository, hashed>/<run>/<name>

by which they are listed, and which protects its blobs from pruning until it expires.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.cache import files
from pitstop.cache.actions import ActionResult, OutputFile
from pitstop.cache.trees.unpack import MissingChunkError, load
from pitstop.core.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.cache.disk import DiskStore
    from pitstop.cache.trees.pack import Packed


class Note(NamedTuple):
    """What is remembered of an artifact."""

    name: str
    run: str
    task: str
    """Empty: somebody put it by hand."""
    commit: str
    branch: str
    ci: str
    """The run of the CI service; empty outside of one."""
    manifest: Digest
    files: int
    size: int
    """Bytes."""
    made: float
    """Seconds since 1970 UTC."""
    expires: float
    """Seconds since 1970 UTC; 0: never."""

    def scopes(self) -> tuple[str, ...]:
        """Return what it can be asked for by, the narrowest first."""
        found = (("run", self.run), ("ci", self.ci), ("commit", self.commit), ("branch", self.branch))
        return tuple(f"{kind} {value}" for kind, value in found if value)


def action_of(repository: str, scope: str, name: str) -> str:
    """Return the hash under which an artifact is found."""
    return sha256(f"pitstop artifact\0{repository}\0{scope}\0{name}".encode("utf-8", "surrogateescape")).hexdigest()


def keep(store: DiskStore, repository: str, note: Note, packed: Packed) -> tuple[str, ...]:
    """Remember an artifact; return the hashes under which it is found, empty when the store cannot be written."""
    parts = (OutputFile("manifest", packed.manifest), *(OutputFile(f"chunk/{one.hash}", one) for one in packed.chunks))
    result = ActionResult(parts, log=_encode(note))
    actions = tuple(action_of(repository, scope, note.name) for scope in note.scopes())
    if not all(store.put_result(action, result) for action in actions):
        return ()
    path = f"{_folder(store, repository)}/{note.run}/{note.name}"
    temporary = store.reserve()
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(_encode(note))
        os.replace(temporary, path)
    except OSError as error:
        store.give_up(temporary, error)
        return ()
    return actions


def found(store: DiskStore, repository: str, scope: str, name: str, now: float) -> Note | None:
    """Return the newest artifact that the local store has under a scope, with all its blobs; else None.

    `now`: seconds since 1970 UTC.
    """
    result = store.get_result(action_of(repository, scope, name))
    if result is not None and all(store.has(file.digest) for file in result.files):
        return _decode(result.log)
    notes = (note for note in listed(store, repository, now) if note.name == name and scope in note.scopes())
    return next((note for note in notes if store.has(note.manifest)), None)


def listed(store: DiskStore, repository: str, now: float) -> list[Note]:
    """Return the artifacts of a repository that this machine knows and that have not expired, the newest first."""
    notes = [note for _, note in _notes(_folder(store, repository)) if not note.expires or note.expires > now]
    notes.sort(key=lambda note: note.name)
    return sorted(notes, key=lambda note: note.run, reverse=True)


def sweep(store: DiskStore, now: float) -> frozenset[str]:
    """Forget what has expired; return the hashes of all blobs that the others are made of."""
    kept: set[str] = set()
    root = f"{store.root}/artifacts"
    for folder in _names(root):
        for path, note in _notes(f"{root}/{folder}"):
            if note.expires and note.expires <= now:
                files.remove(path)
                with suppress(OSError):
                    os.rmdir(os.path.dirname(path))
                continue
            kept.add(note.manifest.hash)
            with suppress(MissingChunkError):
                kept.update(chunk.hash for chunk in load(store, note.manifest).chunks)
    return frozenset(kept)


def _folder(store: DiskStore, repository: str) -> str:
    return f"{store.root}/artifacts/{sha256(repository.encode()).hexdigest()[:16]}"


def _notes(folder: str) -> Iterator[tuple[str, Note]]:
    for run in _names(folder):
        for name in _names(f"{folder}/{run}"):
            path = f"{folder}/{run}/{name}"
            try:
                with open(path, "rb") as file:
                    note = _decode(file.read())
            except OSError:
                continue
            if note is not None:
                yield path, note


def _names(folder: str) -> Iterable[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return ()


def _encode(note: Note) -> bytes:
    import json

    return json.dumps(note._asdict()).encode()


def _decode(data: bytes) -> Note | None:
    """Return the note that `_encode` wrote; None when it is none."""
    import json

    try:
        value: dict[str, Any] = json.loads(data)
        note = Note(**{**value, "manifest": Digest(*value["manifest"])})
        texts = (note.name, note.run, note.task, note.commit, note.branch, note.ci, note.manifest.hash)
        numbers = (note.manifest.size, note.files, note.size, note.made, note.expires)
    except (ValueError, TypeError, KeyError):
        return None
    right = all(isinstance(one, str) for one in texts) and all(isinstance(one, int | float) for one in numbers)
    return note if right else None
