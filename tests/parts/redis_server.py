"""A Redis on the loopback, from Debian's `redis-server`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.support.parts import require
from tests.support.servers import free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def redis_server(folder: Path, *settings: str) -> Iterator[str]:
    """Run a Redis that keeps nothing on disk, with further `settings` as on its command line; yield its host and port."""
    require("redis-server")
    port = free_port()
    argv = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with running([*argv, "--dir", str(folder), *settings], port, folder / "redis.log"):
        yield f"127.0.0.1:{port}"
