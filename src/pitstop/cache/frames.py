"""Frames: how a run and a process that works for it tell each other values, over a socket pair.

A frame is the length of its body, eight bytes big-endian, and the body: a value as `marshal` writes it (None, numbers,
texts, bytes, tuples, lists, dicts). Both ends are of one installation and one Python, so nothing else has to be agreed.
"""

from __future__ import annotations

import marshal
import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEAD = 8
_PIECE = 1 << 18


def pack(value: Any) -> bytes:
    """Return the frame that holds `value`. Raises ValueError for what `marshal` does not know."""
    body = marshal.dumps(value)
    return len(body).to_bytes(_HEAD, "big") + body


class Inbox:
    """Cuts what arrives into frames."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """Take bytes up; yield each value that is whole now."""
        held = self._held
        held += data
        start = 0
        while len(held) - start >= _HEAD:
            end = start + _HEAD + int.from_bytes(held[start : start + _HEAD], "big")
            if len(held) < end:
                break
            value = marshal.loads(bytes(held[start + _HEAD : end]))  # noqa: S302  of a process that this one started
            start = end
            yield value
        del held[:start]


def receive(link: socket.socket) -> Iterator[Any]:
    """Yield each value that the other end sends, waiting for it, until that end is closed."""
    inbox = Inbox()
    while True:
        try:
            data = link.recv(_PIECE)
        except ConnectionError:
            return
        if not data:
            return
        yield from inbox.feed(data)


def start(module: str, environ: Mapping[str, str]) -> tuple[int, socket.socket]:
    """Start `python -m MODULE`, whose standard input is one end of a socket pair; return its process id and our end.

    It has a process group of its own, so that a Ctrl-C in the terminal is the run's to answer; what it prints to
    standard output goes nowhere. Raises OSError.
    """
    ours, theirs = socket.socketpair()
    try:
        argv = (sys.executable, "-P", "-m", module)
        actions = (
            (os.POSIX_SPAWN_DUP2, theirs.fileno(), 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        )
        pid = os.posix_spawn(sys.executable, argv, environ, file_actions=actions, setpgroup=0)
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    return pid, ours


def inherited() -> socket.socket:
    """Return the worker's end, in a process that `start` started; to be called first."""
    close_inherited()
    return socket.socket(fileno=os.dup(0))


def close_inherited() -> None:
    """Close all but the standard streams, in a process that has opened nothing yet and may outlive the one before it.

    Who reads from a pipe that the build had open waits until nobody can write into it any more.
    """
    try:  # not all up to the highest number that is allowed: that may be a billion
        names = os.listdir("/dev/fd")
    except OSError:  # there is no such folder without /proc
        return
    for name in names:
        with suppress(OSError):
            if int(name) > 2:
                os.close(int(name))
