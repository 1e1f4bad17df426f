"""How outputs lie on disk, so that a later look is one `lstat` each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.core.globs import is_literal, literal_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = tuple[str, str, int, int, int, int]
"""One output as it lies on disk: path, SHA-256 (for a link `-> target`), mode, mtime and ctime in nanoseconds, inode."""


def row_of(path: str, name: str, status: os.stat_result) -> Row:
    """Return the row of an output of which `lstat` said `status`."""
    return path, name, status.st_mode, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def present(root: str, rows: Sequence[Row]) -> bool:
    """Return whether every output still lies on disk as it was left."""
    for row in rows:
        try:
            status = os.lstat(f"{root}/{row[0]}")
        except OSError:
            return False
        if (status.st_mode, status.st_mtime_ns, status.st_ctime_ns, status.st_ino) != row[2:]:
            return False
    return True


def installed(root: str, globs: Sequence[str]) -> bool:
    """Return whether each of these outputs is there in some form, without looking inside."""
    return all(
        os.path.lexists(f"{root}/{glob if is_literal(glob) else literal_prefix(glob)}")
        for glob in globs
        if not glob.startswith("!")
    )
