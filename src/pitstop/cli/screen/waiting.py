"""Says on a terminal what is being waited for, once that takes a second; the line is gone when it is over."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def waiting(what: str, fd: int = 2, every_s: float = 1.0) -> Iterator[None]:
    """Show `what` and the seconds so far on the terminal at `fd`, from the first of them on, while the block runs.

    Nothing is shown where it is no terminal. By the timer of the process (SIGALRM), which no child inherits: a thread
    would cost more than most of what is waited for. What the block prints itself is written elsewhere or whole lines.
    """
    if os.name == "nt" or not os.isatty(fd):
        yield
        return
    import signal  # a run with nothing to do and no terminal does without

    passed = 0

    def show(_number: int, _frame: object) -> None:
        nonlocal passed
        passed += 1
        _write(fd, f"\r{what}, {passed * every_s:.0f} s\x1b[K")

    before = signal.signal(signal.SIGALRM, show)
    signal.setitimer(signal.ITIMER_REAL, every_s, every_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if passed:
            _write(fd, "\r\x1b[K")


def _write(fd: int, text: str) -> None:
    with suppress(OSError):  # the terminal is gone, which whoever prints next will say
        os.write(fd, text.encode())
