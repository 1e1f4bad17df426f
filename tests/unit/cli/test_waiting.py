"""The line that says what is being waited for: on a terminal alone, after a while, and gone at the end."""

from __future__ import annotations

import os
import select
import signal
import tty
from typing import TYPE_CHECKING

import pytest

from pitstop.cli.screen.waiting import waiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """What shows, and what is written to."""
    shows, written = os.openpty()
    tty.setraw(written)
    yield shows, written
    os.close(shows)
    os.close(written)


def fails_when_said(fd: int, shows: int, said: list[bytes]) -> None:
    with waiting("reading the files", fd, 0.02):
        if select.select([shows], [], [], 30)[0]:
            said.append(os.read(shows, 100))
        raise OSError("disk")


def test_what_takes_long_is_said_and_the_line_is_gone_at_the_end(terminal: tuple[int, int]) -> None:
    shows, written = terminal
    said: list[bytes] = []
    with pytest.raises(OSError, match="disk"):
        fails_when_said(written, shows, said)
    os.set_blocking(shows, False)
    assert said[0].startswith(b"\rreading the files, 0 s\x1b[K")
    assert os.read(shows, 1000).endswith(b"\r\x1b[K")
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_is_over_soon_and_what_is_no_terminal_gets_nothing(terminal: tuple[int, int], tmp_path: Path) -> None:
    shows, written = terminal
    with waiting("planning", written, 60):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    os.set_blocking(shows, False)
    with pytest.raises(BlockingIOError):
        os.read(shows, 100)
    with (tmp_path / "file").open("w") as file, waiting("planning", file.fileno(), 0.001):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
