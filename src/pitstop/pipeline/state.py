"""Small files that remember what need not be found out again; losing one costs time, never correctness."""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from typing import Any

from pitstop import __version__

_FORMAT = 2
"""Of all that is kept in these files; raised when one of them changes its shape."""
_TAG = f"pitstop {__version__} {_FORMAT} {sys.version_info[0]}.{sys.version_info[1]} {marshal.version}\n".encode()


def load(path: str) -> Any:
    """Return what `save` wrote to `path`, or None: missing, torn, or written by another version."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return None
    body = memoryview(data)[len(_TAG) + 4 :]
    if not data.startswith(_TAG) or zlib.crc32(body) != int.from_bytes(data[len(_TAG) : len(_TAG) + 4], "big"):
        return None
    try:
        return marshal.loads(body)  # noqa: S302  written by this user, for this version, and checked
    except (ValueError, EOFError, TypeError):
        return None


def save(path: str, value: Any) -> bool:
    """Write `value` (numbers, texts, bytes, tuples, lists, dicts) beside `path` and rename; return whether it worked."""
    body = marshal.dumps(value)
    return write(path, _TAG + zlib.crc32(body).to_bytes(4, "big") + body)


def write(path: str, data: bytes) -> bool:
    """Write `data` beside `path` and rename; return whether it worked. A read-only folder is no error."""
    temporary = f"{path}.{os.getpid()}"
    try:
        try:
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        except FileNotFoundError:
            from pitstop.links.ignore import ignore

            folder = os.path.dirname(path)
            os.makedirs(folder, exist_ok=True)
            if folder.endswith("/.pitstop/state"):
                ignore(os.path.dirname(folder))
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        with os.fdopen(fd, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        from contextlib import suppress

        with suppress(OSError):
            os.unlink(temporary)
        return False
    return True
