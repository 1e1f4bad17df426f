"""What no snapshot knows because git ignores it, read when it is asked for."""

from __future__ import annotations

import os
from hashlib import sha256

NOWHERE = "missing"
"""In the place of a digest."""


def digest_on_disk(path: str) -> str:
    """Return the SHA-256 of a file, or over all files below a folder, that no snapshot knows."""
    if os.path.isdir(path) and not os.path.islink(path):
        whole = sha256()
        for folder, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                one = f"{folder}/{name}"
                content = f"-> {link_target(one)}" if os.path.islink(one) else digest_on_disk(one)
                whole.update(f"{one[len(path) :]}\0{content}\0".encode("utf-8", "surrogateescape"))
        return f"folder {whole.hexdigest()}"
    from hashlib import file_digest

    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:  # a pipe must not block
            return file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return NOWHERE


def link_target(path: str) -> str:
    """Return where a link leads, `""` when it is none."""
    try:
        return os.readlink(path)
    except OSError:
        return ""
