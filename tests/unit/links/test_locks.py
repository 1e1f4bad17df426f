"""Locks: one holder at a time, and free again however the holder ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from pitstop.links.locks import lock_range, try_lock, unlock_range, wait_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import os, sys
from pitstop.links.locks import lock_range, wait_lock
fd = os.open(sys.argv[1], os.O_RDWR)
{}
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "lock").touch()
    return str(tmp_path / "lock")


@pytest.fixture
def fds(path: str) -> Iterator[tuple[int, int]]:
    pair = os.open(path, os.O_RDWR), os.open(path, os.O_RDWR)
    yield pair
    for fd in pair:
        os.close(fd)


def holder(path: str, statement: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(statement), path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_whole_file_has_one_exclusive_holder_or_many_shared(fds: tuple[int, int]) -> None:
    one, other = fds
    assert try_lock(one, exclusive=False)
    assert try_lock(other, exclusive=False)
    assert not try_lock(one, exclusive=True)


def test_an_exclusive_holder_leaves_no_room_for_another(fds: tuple[int, int]) -> None:
    one, other = fds
    assert try_lock(one, exclusive=True)
    assert not try_lock(other, exclusive=True)
    assert not try_lock(other, exclusive=False)


def test_a_killed_holder_holds_nothing(path: str, fds: tuple[int, int]) -> None:
    with holder(path, "wait_lock(fd); lock_range(fd, 7, wait=True)") as process:
        assert not try_lock(fds[0], exclusive=True)
        assert not try_lock(fds[0], exclusive=False)
        assert not lock_range(fds[0], 7, wait=False)
        assert lock_range(fds[0], 8, wait=False)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert try_lock(fds[0], exclusive=True)
        assert lock_range(fds[0], 7, wait=False)


def test_who_waits_for_the_file_gets_it_when_the_holder_ends(path: str, fds: tuple[int, int]) -> None:
    with holder(path, "wait_lock(fd)") as process:
        assert not try_lock(fds[0], exclusive=True)
        process.kill()
        wait_lock(fds[0])
        assert not try_lock(fds[1], exclusive=True)


def test_a_byte_let_go_is_free_for_another_process(path: str, fds: tuple[int, int]) -> None:
    assert lock_range(fds[0], 2**40, wait=False)
    unlock_range(fds[0], 2**40)
    with holder(path, "lock_range(fd, 2**40, wait=True)") as process:
        assert not lock_range(fds[0], 2**40, wait=False)
        process.kill()
        assert lock_range(fds[0], 2**40, wait=True)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere range locks belong to the process")
def test_threads_with_their_own_descriptors_wait_for_each_other(fds: tuple[int, int]) -> None:
    one, other = fds
    assert lock_range(one, 3, wait=False)
    assert not lock_range(other, 3, wait=False)
    got = threading.Event()

    def wait() -> None:
        lock_range(other, 3, wait=True)
        got.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not got.is_set()
    unlock_range(one, 3)
    thread.join(60)
    assert got.is_set()
