"""What is said of a packed folder: its entries, in the order in which their bytes follow each other, and the chunks.

The encoding is JSON, in UTF-8 with surrogates passed through, one object:

    {"version": 1, "root": "/srv/app" or "", "chunks": [["<64 hex>", bytes], ...],
     "entries": [["d", path], ["l", path, target], ["f", path, bytes, permissions, mtime in ns], ...]}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = 1
FOLDER, LINK, FILE = "d", "l", "f"


class BadManifestError(ValueError):
    """A manifest that cannot be read, or that would lead out of its folder."""


class Entry(NamedTuple):
    """A file, a link or a folder, by its POSIX path below the packed folder."""

    kind: str
    path: str
    target: str = ""
    """Of a link."""
    size: int = 0
    """Of a file, in bytes."""
    mode: int = 0o644
    """Permission bits of a file."""
    mtime_ns: int = 0
    """Of a file: compilers compare them."""


class Manifest(NamedTuple):
    """A packed folder."""

    entries: tuple[Entry, ...]
    """Sorted by path, so a folder stands before what is in it."""
    chunks: tuple[Digest, ...]
    """Together the bytes of all files, one after the other."""
    root: str = ""
    """The absolute path that its bytes or links speak of, to which the folder is bound; empty: to none."""


def encode(manifest: Manifest) -> bytes:
    """Return a manifest as bytes."""
    import json

    value = {
        "version": VERSION,
        "root": manifest.root,
        "chunks": manifest.chunks,
        "entries": [_plain(entry) for entry in manifest.entries],
    }
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogateescape")


def _plain(entry: Entry) -> list[object]:
    if entry.kind == FILE:
        return [FILE, entry.path, entry.size, entry.mode, entry.mtime_ns]
    return [entry.kind, entry.path, *([entry.target] if entry.kind == LINK else [])]


def decode(data: bytes) -> Manifest:
    """Return the manifest that `encode` wrote. Raises BadManifestError."""
    import json

    try:
        value = json.loads(data.decode("utf-8", "surrogateescape"))
        if value["version"] != VERSION:
            raise BadManifestError(f"it has version {value['version']}, this pitstop reads {VERSION}")
        entries = tuple(_typed(item) for item in value["entries"])
        chunks = tuple(_digest(*item) for item in value["chunks"])
        root = value["root"]
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise BadManifestError(f"no manifest of a folder: {error}") from error
    if not isinstance(root, str) or sum(chunk.size for chunk in chunks) != sum(entry.size for entry in entries):
        raise BadManifestError("its chunks are not as long as its files")
    check_paths(entries)
    return Manifest(entries, chunks, root)


def _typed(item: list[Any]) -> Entry:
    kind, path = item[0], item[1]
    if not isinstance(path, str):
        raise TypeError("a path is no text")
    if kind == FILE:
        size, mode, mtime = item[2:]
        if not all(isinstance(number, int) for number in (size, mode, mtime)) or size < 0:
            raise TypeError(f"`{path}` has no numbers")
        return Entry(FILE, path, "", size, mode & 0o777, mtime)
    if kind == LINK:
        if not isinstance(item[2], str) or not item[2] or "\0" in item[2]:
            raise TypeError(f"`{path}` leads nowhere")
        return Entry(LINK, path, item[2])
    if kind != FOLDER:
        raise TypeError(f"`{path}` is of no kind that is known")
    return Entry(FOLDER, path)


def _digest(name: object, size: object) -> Digest:
    if not isinstance(name, str) or not isinstance(size, int) or size < 0:
        raise TypeError("a chunk is no digest")
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise TypeError("a chunk is no SHA-256")
    return Digest(name, size)


def check_paths(entries: Iterable[Entry]) -> None:
    """Raise BadManifestError when an entry would be written outside of the folder, through a link, or twice."""
    kinds: dict[str, str] = {}
    for entry in entries:
        path = entry.path
        parts = path.split("/")
        if "\0" in path or any(part in {"", ".", ".."} for part in parts):
            raise BadManifestError(f"`{path!r}` is no path in a folder")
        if path in kinds:
            raise BadManifestError(f"`{path}` is there twice")
        for end in range(1, len(parts)):
            if kinds.get("/".join(parts[:end]), FOLDER) != FOLDER:
                raise BadManifestError(f"`{path}` lies below what is no folder")
        kinds[path] = entry.kind
    for path in kinds:  # an entry may also come before what lies above it
        parts = path.split("/")
        if any(kinds.get("/".join(parts[:end]), FOLDER) != FOLDER for end in range(1, len(parts))):
            raise BadManifestError(f"`{path}` lies below what is no folder")
