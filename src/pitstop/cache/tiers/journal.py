"""What is still to be sent, as small files in the store: a run that is killed loses nothing that it promised to send.

    <store>/uploads/<tier>/<action>     one result that one tier is to get; `tier` as `open.identity` names it
    <store>/uploads/<tier>/.lock        locked by the process that is sending to this tier

A file is written and renamed into place, and removed when the tier has the result, so any number of processes may add.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache import files

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT_S = 7 * 86_400.0
"""What could not be sent for so long is given up."""
_LOCK = ".lock"
_HEAD = "pitstop upload 1"
_IF_ABSENT = "2"
"""Where others have whether to replace: a pitstop that does not know it sends the result all the same."""


class Pending(NamedTuple):
    """One result that is to be sent."""

    action: str
    replace: bool = False
    """See `layers.Parcel.replace`."""
    task: str = ""
    """Where the tier tells of the keys of its task (`history.place_of`)."""
    parts: str = ""
    """The digest of the text about its key, as `hash/size`; empty: there is none."""
    if_absent: bool = False
    """See `layers.Parcel.if_absent`."""


def folder(root: str, tier: str) -> str:
    """Return where the files of a tier lie, in the store at `root`."""
    return f"{root}/uploads/{tier}"


def add(root: str, tier: str, pending: Pending) -> bool:
    """Note that `tier` is to get a result; return whether the disk took it."""
    place = folder(root, tier)
    how = _IF_ABSENT if pending.if_absent else str(int(pending.replace))
    text = f"{_HEAD}\n{how}\n{pending.task}\n{pending.parts}\n"
    temporary = f"{place}/.{pending.action}.{os.getpid()}"
    try:
        os.makedirs(place, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
        os.replace(temporary, f"{place}/{pending.action}")
    except OSError:
        files.remove(temporary)
        return False
    return True


def pending(root: str, tier: str, now: float) -> list[Pending]:
    """Return what `tier` is still to get, the oldest first; what is too old at `now` (UTC seconds) is given up."""
    found: list[tuple[float, Pending]] = []
    try:
        with os.scandir(folder(root, tier)) as listed:
            entries = [entry for entry in listed if not entry.name.startswith(".")]
    except OSError:
        return []
    for entry in entries:
        try:
            at = entry.stat().st_mtime
            with open(entry.path, encoding="utf-8", errors="surrogateescape") as file:
                lines = file.read().split("\n")
        except OSError:
            continue
        if len(lines) == 5 and lines[0] == _HEAD and now - at < KEPT_S:
            found.append((at, Pending(entry.name, lines[1] == "1", lines[2], lines[3], lines[1] == _IF_ABSENT)))
        else:
            files.remove(entry.path)
    return [one for _, one in sorted(found)]


def done(root: str, tier: str, actions: Iterable[str]) -> None:
    """Note that `tier` has results, or never will."""
    for action in actions:
        files.remove(f"{folder(root, tier)}/{action}")


def give_up_old(root: str, now: float) -> None:
    """Give up what is too old at `now` (UTC seconds), also for tiers that nobody names any more."""
    try:
        names = os.listdir(f"{root}/uploads")
    except OSError:
        return
    for name in names:
        pending(root, name, now)


def claim(root: str, tier: str) -> int:
    """Return a descriptor whose closing lets others send to `tier`; -1: another process is sending, or nobody can."""
    from pitstop.links.locks import try_lock

    try:
        os.makedirs(folder(root, tier), exist_ok=True)
        fd = os.open(f"{folder(root, tier)}/{_LOCK}", os.O_RDWR | os.O_CREAT | files.CLOEXEC, 0o644)
    except OSError:
        return -1
    if try_lock(fd):
        return fd
    os.close(fd)
    return -1
