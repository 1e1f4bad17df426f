"""Digests over what the entries of a lock file reach, all of them in time linear in the file."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pitstop.pipeline.graph import strong_components

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Entry(NamedTuple):
    """One locked dependency."""

    text: str
    """Everything that says which bytes it is: name, version, source, checksum."""
    needs: tuple[str, ...] = ()
    """Keys of the entries it depends on; unknown keys are left out."""


def digests(entries: Mapping[str, Entry]) -> dict[str, bytes]:
    """Return for each key a SHA-256 that changes exactly when a text it reaches, or the way there, changes."""
    found: dict[str, bytes] = {}
    needs = {key: [need for need in entry.needs if need in entries] for key, entry in entries.items()}
    circles: dict[int, list[str]] = {}
    for key, number in strong_components(needs).items():
        circles.setdefault(number, []).append(key)
    for _, circle in sorted(circles.items()):
        inside = set(circle)
        below = {found[need] for key in circle for need in needs[key] if need not in inside}
        digest = sha256()
        for key in sorted(circle):
            digest.update(entries[key].text.encode("utf-8", "surrogatepass") + b"\0")
        digest.update(b"\0".join(sorted(below)))
        for key in circle:
            found[key] = digest.digest()
    return found


def combined(parts: Iterable[bytes]) -> str:
    """Return one hex SHA-256 for a set of digests."""
    return sha256(b"".join(sorted(set(parts)))).hexdigest()
