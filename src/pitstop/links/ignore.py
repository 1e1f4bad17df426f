"""Tell git to leave out what pitstop makes in a repository."""

from __future__ import annotations

import os
from contextlib import suppress

_RULES = "/*\n!/knowledge/\n"
"""What people put there themselves is theirs to commit."""


def ignore(folder: str) -> None:
    """Leave what is made in `folder`, a `.pitstop`, out of git. A folder that cannot be written is not an error here."""
    with suppress(OSError), open(os.path.join(folder, ".gitignore"), "x", encoding="ascii") as file:
        file.write(_RULES)
