"""A line without what varies from run to run: counts, times, hashes, versions, temporary names and addresses."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

LONGEST = 2000
"""Characters of a line that are looked at."""

_DIGITS = b"0123456789"
_HEX = b"0123456789abcdef"
_SHORTEST_HASH = 4
_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_WORDS = bytes(byte if byte in _KEPT or byte >= 0x80 else 0x20 for byte in bytes(range(256)).lower())
_VARYING = frozenset(
    b"mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec utc gmt am pm"
    b" s ms us ns min mins h hrs sec secs seconds minutes b kb mb gb kib mib gib bytes".split()
) | {b""}


def roughen(texts: Iterable[str]) -> list[bytes]:
    """Return each text without its digits and the blanks at its end, by a few passes over all of them at once.

    Equal results differ at most in numbers, and not in whether something failed: a first, cheap look that leaves few
    lines for `template`.
    """
    cut = [text if len(text) <= LONGEST else text[:LONGEST] for text in texts]
    rough = [line.rstrip() for line in "\n".join(cut).encode("utf-8", "replace").translate(None, _DIGITS).split(b"\n")]
    if not cut:
        return []
    for at, line in enumerate(rough):
        if (b"ail" in line or b"rror" in line or b"xit" in line) and _count().search(cut[at]):
            rough[at] = line + b"\x01"
    return rough


@cache
def _count() -> re.Pattern[str]:
    import re

    return re.compile(
        r"\b(?!0+\b)[0-9]+ (?:\w+ )?(?:fail|error)|\b(?:fail\w*|errors?|exit\w*|code|status)(?: code| status)?[:= ] ?(?!0+\b)[0-9]+",
        re.IGNORECASE,
    )


@cache
def _names() -> re.Pattern[bytes]:
    import re

    return re.compile(rb"\w+://[^\s\"'<>|()\[\]]+|/(?:tmp|var/folders)/[^\s\"':,;)]+")


@cache
def _none() -> re.Pattern[bytes]:
    import re

    return re.compile(rb"(?<![\w.,:+/-])0(?![.,:+/-]?\w| ?(?:[mun]?s|secs?|seconds|min|[kMG]i?B|B|bytes)\b| ?%)")


def template(text: str) -> bytes:
    """Return the words of a line in lower case and in order, without what varies; empty when it has none.

    `5 tests in 0.3 s` and `7 tests in 1.2 ms` are both `tests in`, `Failures: 1` is `failures`, but `Failures: 0`
    becomes `failures none`. Of an address or a temporary path nothing stays, of `utf8` `utf`, of a hash nothing.
    """
    data = text[:LONGEST].encode("utf-8", "replace")
    if b"://" in data or b"/tmp/" in data or b"/folders/" in data:
        data = _names().sub(b" ", data)
    if b"0" in data:
        data = _none().sub(b" none ", data)
    words = data.translate(_WORDS).split()
    if len(data.translate(None, _DIGITS)) != len(data):
        words = [word if word.isalpha() else _bare(word) for word in words]
    if not _VARYING.isdisjoint(words):
        words = [word for word in words if word not in _VARYING]
    return b" ".join(words)


def _bare(word: bytes) -> bytes:
    """Return a word without its digits, or nothing where it is a hash."""
    if len(word) >= _SHORTEST_HASH and not word.translate(None, _HEX):
        return b""
    return word.translate(None, _DIGITS)
