"""`pitstop cache serve` as a team runs it: a process of its own, asked by the real clients."""

from __future__ import annotations

import json
import re
import subprocess
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.support.pit import PROGRAM, surroundings, until
from tests.support.servers import PATIENCE_S, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

TOKEN = "a-token-of-team-web-0123456789"
READER = "a-token-that-may-only-read-0123"
OTHER = "a-token-of-team-app-0123456789"


class Reply(NamedTuple):
    """What the server answered; names of headers in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Server(NamedTuple):
    """A server that runs."""

    base: str
    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.base.rpartition(":")[2])

    def told(self, **wanted: object) -> list[dict[str, Any]]:
        """Return the lines of the access log so far in which all of `wanted` holds."""
        mark = f"mark-{time.monotonic_ns()}"
        self.ask("GET", f"/{mark}")
        until(lambda: mark in (self.folder / "access.jsonl").read_text(), "a line of the access log")
        lines = [json.loads(line) for line in (self.folder / "access.jsonl").read_text().splitlines()]
        return [line for line in lines if all(line[name] == value for name, value in wanted.items())]

    def said(self) -> str:
        """Return what it wrote for people."""
        return (self.folder / "said").read_text()

    def ask(
        self, method: str, path: str, body: bytes = b"", *, token: str = TOKEN, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send one request over a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        given = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            connection.request(method, path, body or None, given | dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()})
        finally:
            connection.close()

    def results(self, protocol: str) -> dict[str, int]:
        """Return how many requests of a protocol ended in each way, by `/metrics`."""
        page = self.ask("GET", "/metrics").body.decode()
        found: dict[str, int] = {}
        pattern = rf'^pitstop_cache_results_total{{protocol="{protocol}",team="[^"]*",result="([^"]+)"}} (\d+)$'
        for result, count in re.findall(pattern, page, re.MULTILINE):
            found[result] = found.get(result, 0) + int(count)
        return found

    def stop(self) -> int:
        """Stop it as a service manager does; return its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE_S)


@contextmanager
def cache_server(
    folder: Path,
    *options: str,
    tokens: bool = True,
    env: Mapping[str, str] | None = None,
    program: Sequence[str] = PROGRAM,
) -> Iterator[Server]:
    """Run a server with its objects in `folder/kept` until the block is left; it has three tokens unless told not to."""
    folder.mkdir(parents=True, exist_ok=True)
    argv = [
        *program,
        "cache",
        "serve",
        "--port",
        str(free_port()),
        "--access-log",
        str(folder / "access.jsonl"),
        *options,
    ]
    if not any(option.startswith("--dir") for option in options):
        argv += ["--dir", str(folder / "kept")]
    if tokens:
        argv += ["--token-env", "web=WEB", "--read-token-env", "web=READER", "--token-env", "app=APP"]
    given = surroundings(folder / "home") | {"WEB": TOKEN, "READER": READER, "APP": OTHER} | dict(env or {})
    (folder / "access.jsonl").touch()
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=given, cwd=folder)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not (found := re.search(r"^listening on (\S+)\n.*\n", (folder / "said").read_text(), re.MULTILINE)):
            assert process.poll() is None, (folder / "said").read_text()
            assert time.monotonic() < deadline, (folder / "said").read_text()
            time.sleep(0.02)
        yield Server(found[1], process, folder)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def tool_environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a client with a home of its own."""
    (folder / "home").mkdir(parents=True, exist_ok=True)
    return {**surroundings(folder / "home"), "CI": "true", **more}


def call(argv: list[str], cwd: Path, env: Mapping[str, str]) -> str:
    """Run a client, which must succeed; return what it wrote."""
    done = subprocess.run(
        argv, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{argv} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout + done.stderr


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
