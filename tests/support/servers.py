"""Starting real servers for tests: a free port, a process that answers at it, a folder for what had to be installed."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PATIENCE_S = 30.0


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on, below those that the system gives to connections."""
    begin = 10_000 + (os.getpid() * 97 + time.monotonic_ns() // 1000) % 20_000
    for port in range(begin, begin + 2_000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


def installed(name: str) -> Path:
    """Return the folder in the user's cache for a server that tests install, which later runs find there."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pitstop-tests" / name


def answers(port: int) -> bool:
    """Return whether something accepts connections at `port`."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def running(
    argv: Sequence[str],
    port: int,
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    ready: Callable[[int], bool] = answers,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block is left, which is entered when `ready` says so of `port`; its output is in `log`."""
    with log.open("ab") as output:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not ready(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{argv[0]} did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.02)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
