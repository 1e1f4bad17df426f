"""Globs over names of branches, tags and packages."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pitstop.core.globs import is_literal, translate

if TYPE_CHECKING:
    from collections.abc import Callable

_BELOW = "(?:/.*)?"
"""What lets a glob of paths match all that lies below; names have nothing below them."""


def matches_name(pattern: str, name: str) -> bool:
    """Return whether a glob means this name: `release/*` means `release/2`, not `release` or `release/2/x`."""
    return name == pattern or (not is_literal(pattern) and _compiled(pattern)(name) is not None)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Callable[[str], object]:
    import re

    try:
        return re.compile(translate(pattern).removesuffix(_BELOW), re.DOTALL).fullmatch
    except re.error:  # a set such as [z-a]: taken as it is written
        return re.compile(re.escape(pattern)).fullmatch
