"""The local store: blobs by digest (CAS) and results by action (AC), as files.

    <root>/cas/ab/<64 hex>          the bytes of a blob, read-only by convention
    <root>/ac/ab/<64 hex>           a framed ActionResult: magic, SHA-256 over (action, message), message
    <root>/new/                     where files are written before they are renamed into place

Nothing is synced to the disk platter: whatever a crash tears fails its digest and is a miss. The time of last use is
the modification time of a file, since access times are switched off on many machines. Many processes may share one
store; a rename is the only way in and an unlink the only way out.
"""

from __future__ import annotations

import errno
import os
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

from pitstop.cache import files, wire
from pitstop.cache.actions import decode_result, encode_result
from pitstop.core import clock
from pitstop.core.digest import EMPTY, Digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.cache.actions import ActionResult

_MAGIC = b"PSAC\x01\n"
_HEADER = len(_MAGIC) + 32
_PIECE = 1 << 20
_SMALL = 1 << 18
_SCRATCH = "restored-"
_RECENT_S = 3600.0
"""What was used so shortly before is not marked as used again: that is a write for each file."""


class DiskStore:
    """A store below the folder `root`, which is made when it is first written to.

    A disk that is full or read-only turns the store into one that keeps nothing more: `trouble` then says why, and
    `warn` is told once. Reading never raises: what cannot be read or has wrong bytes is not there.
    """

    def __init__(self, root: str, warn: Callable[[str], None] = lambda _message: None) -> None:
        self.root = root
        self.trouble = ""
        self.stored_bytes = 0
        """Bytes of new files, by this object."""
        self.warn = warn
        """Is told what goes wrong, in a sentence."""
        self._made: set[str] = set()
        self.take_names()

    def take_names(self) -> None:
        """Have names for temporary files that no other process has: a copy of this one must, before it makes any."""
        self._counter = count(1)
        self._unique = f"{os.getpid()}-{os.urandom(4).hex()}"

    def on_warning(self, warn: Callable[[str], None]) -> None:
        """Tell `warn` what goes wrong from now on."""
        self.warn = warn

    # Blobs

    def blob_path(self, name: Digest) -> str:
        """Return where a blob lies if it is there."""
        return f"{self.root}/cas/{name[0][:2]}/{name[0]}"

    def has(self, name: Digest) -> bool:
        """Return whether a file of the right size is there; its bytes are checked when they are used."""
        if name == EMPTY:
            return True
        try:
            return os.stat(self.blob_path(name)).st_size == name[1]
        except OSError:
            return False

    def put(self, data: bytes) -> Digest | None:
        """Keep `data`; None when the store cannot be written."""
        name = Digest(sha256(data).hexdigest(), len(data))
        if self.has(name) or self._write(self.blob_path(name), data):
            return name
        return None

    def put_file(self, path: str) -> tuple[Digest, os.stat_result] | None:
        """Keep the bytes of the regular file at `path`; return its digest and what `lstat` said of it.

        Raises OSError when `path` cannot be read, and returns None when the store cannot be written or the file
        changed while it was read.
        """
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | files.CLOEXEC)
        try:
            before = os.fstat(fd)
            if before.st_size <= _SMALL:
                data = os.read(fd, before.st_size + 1)
                name = self.put(data)
            else:
                name = self._put_large(fd)
            after = os.fstat(fd)
        finally:
            os.close(fd)
        if name is None or name.size != after.st_size or before.st_mtime_ns != after.st_mtime_ns:
            return None
        return name, after

    def get(self, name: Digest) -> bytes | None:
        """Return the bytes of a blob, or None when it is missing or wrong (then it is removed)."""
        if name == EMPTY:
            return b""
        path = self.blob_path(name)
        data = _used(path)
        if data is None:
            return None
        if len(data) != name[1] or sha256(data).hexdigest() != name[0]:
            self._corrupt(path)
            return None
        return data

    def restore(self, name: Digest, path: str, *, executable: bool, scratch: str = "") -> os.stat_result | None:
        """Put a blob at `path`, over whatever file is there; None when the blob is missing or wrong.

        The bytes are verified before they are in place. What a kill leaves half written lies in the folder `scratch`
        (see `clear_scratch`) if that is on the same disk, else beside `path`. Raises OSError when `path` cannot be
        written.
        """
        mode = 0o777 if executable else 0o666
        if name[1] <= _SMALL:
            data = self.get(name)
            if data is None:
                return None
            try:  # where nothing is, nothing can be seen half written but by who looks right now
                return files.create(path, data, mode)
            except FileExistsError:
                temporary = self._aside(path, scratch)
                return files.replace(temporary, path, lambda: files.create(temporary, data, mode))
        temporary = self._aside(path, scratch)
        try:
            source = os.open(self.blob_path(name), os.O_RDONLY | files.CLOEXEC)
        except OSError:
            return None
        try:
            return files.replace(temporary, path, lambda: self._copied(source, temporary, name, mode))
        finally:
            os.close(source)

    def _aside(self, path: str, scratch: str) -> str:
        try:
            if scratch and os.stat(scratch).st_dev == os.stat(path[: path.rindex("/")]).st_dev:
                return f"{scratch}/{_SCRATCH}{self._unique}-{next(self._counter)}"
        except OSError:
            pass
        return f"{path}.{self._unique}.pitstop"

    def _copied(self, source: int, temporary: str, name: Digest, mode: int) -> os.stat_result | None:
        fd = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | files.CLOEXEC, mode)
        try:
            if files.copy(source, fd) == name:
                files.touch(self.blob_path(name))
                return os.fstat(fd)
        finally:
            os.close(fd)
        os.unlink(temporary)
        self._corrupt(self.blob_path(name))
        return None

    def check(self, name: Digest) -> None:
        """Take a blob away if its bytes are wrong, so that the next `put` of it is no longer spared."""
        path = self.blob_path(name)
        try:
            with open(path, "rb", buffering=0) as file:
                hasher = sha256()
                while piece := file.read(_PIECE):
                    hasher.update(piece)
        except OSError:
            return
        if hasher.hexdigest() != name[0]:
            self._corrupt(path)

    def touch(self, name: Digest) -> None:
        """Note that a blob was used now."""
        path = self.blob_path(name)
        try:
            _mark(path, os.stat(path))
        except OSError:
            return

    # Results

    def action_path(self, action: str) -> str:
        """Return where the result of the action with this hash lies if it is there."""
        return f"{self.root}/ac/{action[:2]}/{action}"

    def put_result(self, action: str, result: ActionResult) -> bool:
        """Keep the result of an action; return whether it was kept."""
        message = encode_result(result)
        frame = _MAGIC + sha256(action.encode() + message).digest() + message
        return self._write(self.action_path(action), frame)

    def get_result(self, action: str) -> ActionResult | None:
        """Return the result of an action, or None when there is none or its bytes are wrong (then it is removed)."""
        path = self.action_path(action)
        frame = _used(path)
        if frame is None:
            return None
        message = frame[_HEADER:]
        if frame[:_HEADER] == _MAGIC + sha256(action.encode() + message).digest():
            try:
                return decode_result(message)
            except wire.WireError:  # written by a pitstop whose encoding we do not read
                return None
        self._corrupt(path)
        return None

    def get_log(self, action: str) -> bytes:
        """Return what an action wrote when it ran; nothing when that is not kept."""
        result = self.get_result(action)
        if result is None:
            return b""
        return result.log if result.log_digest is None else self.get(result.log_digest) or b""

    def forget(self, action: str) -> None:
        """Take the result of an action away."""
        files.remove(self.action_path(action))

    # Files

    def _write(self, path: str, data: bytes) -> bool:
        if self.trouble:
            return False
        temporary = self._temporary()
        try:
            self._make(f"{self.root}/new")
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | files.CLOEXEC, 0o644)
            try:
                files.write_all(fd, data)
            finally:
                os.close(fd)
            self._make(path[: path.rindex("/")])
            os.replace(temporary, path)
        except OSError as error:
            self.give_up(temporary, error)
            return False
        self.stored_bytes += len(data)
        return True

    def _put_large(self, source: int) -> Digest | None:
        temporary = self.reserve()
        if not temporary:
            return None
        try:
            fd = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | files.CLOEXEC, 0o644)
            try:
                name = files.copy(source, fd)
            finally:
                os.close(fd)
        except OSError as error:
            self.give_up(temporary, error)
            return None
        if self.has(name):
            files.remove(temporary)
            return name
        return name if self.adopt(temporary, name) else None

    def reserve(self) -> str:
        """Return a path at which nothing is, to write a file at that `adopt` takes; empty: nothing can be kept."""
        if self.trouble:
            return ""
        temporary = self._temporary()
        try:
            self._make(f"{self.root}/new")
        except OSError as error:
            self.give_up(temporary, error)
            return ""
        return temporary

    def adopt(self, temporary: str, name: Digest) -> bool:
        """Keep a reserved file, whose bytes the caller has verified, as the blob `name`; return whether it is kept."""
        path = self.blob_path(name)
        try:
            self._make(path[: path.rindex("/")])
            os.replace(temporary, path)
        except OSError as error:
            self.give_up(temporary, error)
            return False
        self.stored_bytes += name.size
        return True

    def give_up(self, temporary: str, error: OSError) -> None:
        """Take a reserved file away that could not be written; `trouble` says why, unless it was a passing one."""
        files.remove(temporary)
        if error.errno == errno.ENOENT and self._made:  # somebody removed a folder under us: the next write makes it
            self._made.clear()
            return
        self.trouble = f"the cache at `{self.root}` cannot be written: {error.strerror or error}"
        self.warn(f"{self.trouble}; results of this run are not kept")

    def _corrupt(self, path: str) -> None:
        files.remove(path)
        self.warn(f"`{path}` had wrong bytes: removed, and counted as a miss")

    def _temporary(self) -> str:
        return f"{self.root}/new/{self._unique}-{next(self._counter)}"

    def _make(self, folder: str) -> None:
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)


def _used(path: str) -> bytes | None:
    """Return the bytes of a file, which counts as used now; None when it cannot be read."""
    try:
        fd = os.open(path, os.O_RDONLY | files.CLOEXEC)
    except OSError:
        return None
    try:
        status = os.fstat(fd)
        pieces = [os.read(fd, status.st_size + 1)]
        while len(pieces[-1]) and (len(pieces) > 1 or len(pieces[0]) != status.st_size):
            pieces.append(os.read(fd, _PIECE))
    except OSError:
        return None
    finally:
        os.close(fd)
    _mark(path, status)
    return b"".join(pieces)


def _mark(path: str, status: os.stat_result) -> None:
    if clock.now() - status.st_mtime > _RECENT_S:
        files.touch(path)


def clear_scratch(folder: str) -> None:
    """Remove what killed processes left in a folder that `restore` was given."""
    files.remove_abandoned(folder, _SCRATCH)
