"""BuildGrid on the loopback: scheduler, queues, cache (REAPI 2.0 to 2.2), its database, and workers to run actions.

BuildGrid brings no worker, so `buildgrid_worker.py` takes jobs and has each run by one casd that they share. It keeps its
queues in PostgreSQL, which refuses to run as root: then it runs as Debian's user `postgres`, in a folder of its own.
"""

from __future__ import annotations

import base64
import glob
import hmac
import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.parts.casd import casd
from tests.parts.certificates import write_certificates
from tests.parts.environment import environment
from tests.support.parts import INSTALL
from tests.support.servers import free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROPERTIES = {"OSFamily": "linux", "ISA": "x86-64"}
"""What workers offer unless they are told otherwise; `pool` counts too, and `container-image` is taken as it comes."""

_CACHE = """
  - name: '{instance}'
    services:
      - !action-cache
        cache: *ac
      - !cas
        storage: *cas
      - !bytestream
        storage: *cas
"""
_SERVER = """
server:
  - !channel
    address: "127.0.0.1:{port}"
    insecure-mode: {insecure}{credentials}
authorization:
  method: {authorization}
monitoring:
  enabled: false
storages:
  - !disk-storage &cas
    path: {folder}/cas
caches:
  - !lru-action-cache &ac
    storage: *cas
    max-cached-refs: 10000
    allow-updates: true
    cache-failed-actions: false
thread-pool-size: 50
"""
_SCHEDULER = """
connections:
  - !sql-connection &sql
    connection-string: {database}
schedulers:
  - !sql-scheduler &sched
    sql: *sql
    storage: *cas
    action-cache: *ac
    property-set: !dynamic-property-set
      match-property-keys: [OSFamily, ISA, pool]
      wildcard-property-keys: [container-image]
    assigners:
      - !priority-age-assigner
        count: 1
        interval: 0.1
        bot-assignment-strategy: !assign-by-capacity
    bot-session-keepalive-timeout: 6
    session-expiry-timer-interval: 1
"""
_EXECUTION = """
      - !execution
        scheduler: *sched
      - !introspection
        scheduler: *sched
"""


class Grid:
    """A BuildGrid that runs, and its workers by name."""

    def __init__(self, folder: Path, address: str, engine: str, stack: ExitStack) -> None:
        self.address = address
        """Host and port."""
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        """To be killed as a test likes."""
        self._folder = folder
        self._engine = engine
        self._stack = stack

    def add_worker(self, name: str, properties: Mapping[str, str] = PROPERTIES) -> None:
        """Start a worker that runs one action at a time, and wait until BuildGrid knows it."""
        venv = environment(*_BUILDGRID)
        log = self._folder / f"{name}.log"
        argv = [str(venv / "bin/python"), "-P", str(Path(__file__).with_name("buildgrid_worker.py"))]
        argv += [self.address, self._engine, name, *(f"{key}={value}" for key, value in properties.items())]
        self.workers[name] = self._stack.enter_context(running(argv, 0, log, ready=lambda _: _is_known(log)))


@contextmanager
def buildgrid(folder: Path, *, workers: int = 2, instance: str = "") -> Iterator[Grid]:
    """Run a BuildGrid with workers `w1`, `w2`, … that keeps all in `folder`."""
    venv = environment(*_BUILDGRID)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = stack.enter_context(_postgres(folder))
        subprocess.run([venv / "bin/bgd", "migrate", "apply", database], check=True, timeout=60, capture_output=True)
        port = free_port()
        plain = _SERVER.format(port=port, insecure="true", credentials="", authorization="none", folder=folder)
        services = _CACHE.format(instance=instance) + _EXECUTION.strip("\n")
        address = stack.enter_context(
            _served(folder, port, f"{plain}{_SCHEDULER.format(database=database)}instances:{services}\n")
        )
        engine = stack.enter_context(casd(folder / "engine", jobs=max(workers, 1) + 2, storage=address))
        grid = Grid(folder, address, engine, stack)
        for number in range(1, workers + 1):
            grid.add_worker(f"w{number}")
        yield grid


class Guarded(NamedTuple):
    """A cache that lets in who has a certificate and a token."""

    address: str
    """Host and port."""
    instance: str
    certificates: Path
    """The folder with `ca.pem`, `client.pem` and `client.key`."""
    secret: str

    def token(self, who: str, *, valid_s: int = 3600) -> str:
        """Return a token (JWT, RFC 7519) for `writer`, who may all, or `reader`, who may update nothing."""
        claims = {"sub": who, "exp": int(time.time()) + valid_s}
        parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
        signed = hmac.digest(self.secret.encode(), ".".join(parts).encode(), "sha256")
        return ".".join((*parts, _base64(signed)))


@contextmanager
def guarded_cache(folder: Path, *, instance: str) -> Iterator[Guarded]:
    """Run the cache alone, over TLS, for clients with a certificate and a token."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    certificates = write_certificates(folder / "certificates")
    reads = "[GetCapabilities, GetActionResult, FindMissingBlobs, BatchReadBlobs, Read]"
    (folder / "acl.yml").write_text(
        f"'{instance}':\n  allow:\n    - {{subject: writer}}\n    - {{subject: reader, requests: {reads}}}\n"
    )
    secret = "a secret of the test, long enough for HS256"
    (folder / "secret").write_text(secret)
    files = {"tls-server-key": "server.key", "tls-server-cert": "server.pem", "tls-client-certs": "ca.pem"}
    guarded = Guarded(f"127.0.0.1:{port}", instance, certificates, secret)
    settings = _SERVER.format(
        port=port,
        insecure="false",
        credentials="\n    credentials:"
        + "".join(f"\n      {key}: {certificates}/{file}" for key, file in files.items()),
        authorization=f"jwt\n  secret: {folder}/secret\n  algorithm: hs256\n  acl-config: {folder}/acl.yml",
        folder=folder,
    )
    with _served(folder, port, f"{settings}instances:{_CACHE.format(instance=instance)}"):
        yield guarded


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


_BUILDGRID = ("buildgrid-0.4.4", "buildgrid[database]==0.4.4")


@contextmanager
def _served(folder: Path, port: int, settings: str) -> Iterator[str]:
    venv = environment(*_BUILDGRID)
    (folder / "cas").mkdir(exist_ok=True)
    (folder / "bgd.yml").write_text(settings)
    with running([str(venv / "bin/bgd"), "server", "start", str(folder / "bgd.yml")], port, folder / "bgd.log"):
        yield f"127.0.0.1:{port}"


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    programs = max(glob.glob("/usr/lib/postgresql/*/bin"), default=os.path.dirname(shutil.which("initdb") or ""))
    if not programs:
        pytest.skip(f"`postgresql` is not installed: {INSTALL['postgresql']}")
    port = free_port()
    # Root's temporary folders are closed to others.
    with tempfile.TemporaryDirectory(prefix="pitstop-pg-", dir="/tmp") as home:
        command: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(home, "postgres", "postgres")
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        initdb = [*command, f"{programs}/initdb", "-D", f"{home}/data", "-A", "trust", "-U", "bgd", "--no-sync"]
        subprocess.run(initdb, check=True, timeout=60, capture_output=True, cwd="/")
        settings = ["listen_addresses=127.0.0.1", f"unix_socket_directories={home}", "fsync=off", "max_connections=100"]
        argv = [*command, f"{programs}/postgres", "-D", f"{home}/data", "-p", str(port)]
        argv += [word for setting in settings for word in ("-c", setting)]
        asked = [f"{programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        with running(
            argv, port, folder / "postgres.log", ready=lambda _: subprocess.run(asked, check=False).returncode == 0
        ):
            made = [f"{programs}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "bgd", "bgd"]
            subprocess.run(made, check=True, timeout=30, capture_output=True)
            yield f"postgresql+psycopg2://bgd@127.0.0.1:{port}/bgd"


def _is_known(log: Path) -> bool:
    return "session" in log.read_text()
