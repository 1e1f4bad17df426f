"""The servers behind the tiers, on the loopback, as the tests start them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from tests.parts.cache_server import TOKEN, cache_server
from tests.parts.casd import casd
from tests.parts.redis_server import redis_server
from tests.parts.s3_server import BUCKET, s3_server

from pitstop.cache.tiers.tier import Address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Served(NamedTuple):
    """A server that runs, and how a tier finds it."""

    address: Address
    environ: dict[str, str]

    @property
    def settings(self) -> str:
        """The entry of `[cache] tiers`."""
        options = "".join(f"{name} = {value!r}\n" for name, value in self.address.options.items())
        return f"[[cache.tiers]]\nurl = {self.address.url!r}\n{options}"


@contextmanager
def redis(folder: Path) -> Iterator[Served]:
    """Redis, all in memory."""
    with redis_server(folder) as place:
        yield Served(Address("redis", f"redis://{place}/0"), {})


@contextmanager
def s3(folder: Path) -> Iterator[Served]:
    """versitygw, on the disk."""
    with s3_server(folder) as server:
        options = {"endpoint": server.endpoint, "region": "us-east-1"}
        yield Served(Address("s3", f"s3://{BUCKET}", options=options), server.environ)


@contextmanager
def reapi(folder: Path) -> Iterator[Served]:
    """buildbox-casd, on the disk."""
    with casd(folder) as place:
        yield Served(Address("reapi", f"grpc://{place}"), {})


@contextmanager
def http(folder: Path) -> Iterator[Served]:
    """`pitstop cache serve`, on the disk."""
    with cache_server(folder) as server:
        yield Served(Address("http", server.base, options={"token_env": "TOKEN"}), {"TOKEN": TOKEN})


SERVERS = {"redis": redis, "s3": s3, "reapi": reapi, "http": http}

os.environ["CI"] = "true"  # what is missing is installed, as for the tests
