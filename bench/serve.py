"""Small objects through `pitstop cache serve`, beside a bare file server in Go: requests a second, and CPU for each.

`python -m bench.serve` starts both on the loopback, fills each with the same objects and asks for them with `wrk`
(Debian), which sends a token. `--seconds` is the length of one measurement, `--rounds` how many of which the best
counts. The Go server is what stands between a folder and a socket with nothing of a cache's own: no token, no log, no
digest, no quota. It is built from the few lines below by the `go` on PATH. Needs Linux, which tells the CPU time of a
process.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from bench import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    Loads: TypeAlias = dict[str, dict[str, dict[str, float]]]
    """By load, server and figure."""

TITLE = "## The cache server"
TOKEN = "a-token-of-the-bench-0123456789"
SIZES = {"1 KiB": 1 << 10, "10 KiB": 10 << 10, "100 KiB": 100 << 10, "1 MiB": 1 << 20}
OBJECTS = 1000
MOST = 200 << 20
"""Bytes of the objects of one size."""
CONNECTIONS = 16
GO = """\
package main

import (
\t"io"
\t"net/http"
\t"os"
\t"path/filepath"
)

func main() {
\troot := os.Args[1]
\tfiles := http.FileServer(http.Dir(root))
\thttp.ListenAndServe(os.Args[2], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
\t\tif r.Method != "PUT" {
\t\t\tfiles.ServeHTTP(w, r)
\t\t\treturn
\t\t}
\t\taside, err := os.CreateTemp(root, "new-")
\t\tif err == nil {
\t\t\t_, err = io.Copy(aside, r.Body)
\t\t\taside.Close()
\t\t}
\t\tif err == nil {
\t\t\terr = os.Rename(aside.Name(), filepath.Join(root, filepath.Clean("/"+r.URL.Path)))
\t\t}
\t\tif err != nil {
\t\t\thttp.Error(w, err.Error(), 500)
\t\t\treturn
\t\t}
\t\tw.WriteHeader(201)
\t}))
}
"""
LUA = """\
local keys, body = {}, nil
for line in io.lines(os.getenv("KEYS")) do keys[#keys + 1] = line end
if os.getenv("BODY") then local file = io.open(os.getenv("BODY"), "rb"); body = file:read("*a"); file:close() end
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
local number = 0
request = function()
  number = number + 1
  return wrk.format(body and "PUT" or "GET", keys[number % #keys + 1], nil, body)
end
"""


class Server(NamedTuple):
    """One of the two."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def cpu_s(self) -> float:
        """Return the CPU time that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Return the most memory that it ever had, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) << 10


class Measured(NamedTuple):
    """What one server does with one load."""

    per_second: float
    cpu_us: float
    """Of the server, for each request."""


def main(arguments: list[str]) -> int:
    """Measure and print a table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.serve", description=__doc__)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        loads, memory = measure(Path(name), options.seconds, options.rounds)
    print("| load | server | requests a second | CPU for each | of Go's CPU |")
    print("| --- | --- | --- | --- | --- |")
    for load, by_server in loads.items():
        for server, one in by_server.items():
            ratio = one["cpu_us"] / by_server["go"]["cpu_us"]
            print(f"| {load} | {server} | {one['per_second']:.0f} | {one['cpu_us']:.0f} µs | {ratio:.1f} |")
    print("\nmost memory: " + ", ".join(f"{server} {size >> 20} MiB" for server, size in memory.items()))
    report.keep("serve", TITLE, {"loads": loads, "memory": memory}, section)
    return 0


def section(results: dict[str, Any]) -> str:
    """Return the section of `docs/benchmarks.md`."""
    machine = results["machine"]
    memory = ", ".join(f"{server} {size >> 20} MiB" for server, size in results["memory"].items())
    text = f"""{TITLE}

`python -m bench.serve`: {CONNECTIONS} connections of `wrk` to `pitstop cache serve`, and to a bare file server in Go that
knows no token, digest, quota or log; {machine["cpu"]}, {machine["cores"]} cores, {results["date"]}. Most memory: {memory}.

| load | pitstop, requests a second | Go | pitstop, CPU for each | Go | times |
| --- | ---: | ---: | ---: | ---: | ---: |
"""
    for load, by_server in results["loads"].items():
        ours, bare = by_server["pitstop"], by_server["go"]
        text += f"| {load} | {ours['per_second']:.0f} | {bare['per_second']:.0f} | {ours['cpu_us']:.0f} µs "
        text += f"| {bare['cpu_us']:.0f} µs | {ours['cpu_us'] / bare['cpu_us']:.1f} |\n"
    return text


def measure(folder: Path, seconds: int, rounds: int) -> tuple[Loads, dict[str, int]]:
    """Return the figures by load and server, and the memory of each server."""
    (folder / "wrk.lua").write_text(LUA)
    loads: Loads = {}
    with pitstop(folder) as ours, go(folder) as bare:
        for title, size in SIZES.items():
            paths = filled((ours, bare), size)
            (folder / "keys").write_text("\n".join(paths))
            (folder / "body").write_bytes(random.Random(size).randbytes(size))
            for verb in ("GET", "PUT"):
                if verb == "PUT":  # what is not named by its digest, so that every body may stand under every key
                    (folder / "keys").write_text("\n".join(path.replace("/cas/", "/ac/") for path in paths))
                by_server = {server.name: best(folder, server, verb, seconds, rounds) for server in (ours, bare)}
                loads[f"{verb} {title}"] = {name: one._asdict() for name, one in by_server.items()}
                print(f"{verb} {title}", by_server, file=sys.stderr)
        return loads, {server.name: server.memory() for server in (ours, bare)}


def filled(servers: tuple[Server, ...], size: int) -> list[str]:
    """Put objects of `size` bytes into each server; return their paths."""
    paths = []
    numbers = random.Random(size)
    for _ in range(min(OBJECTS, MOST // size)):
        body = numbers.randbytes(size)
        paths.append(f"/cas/{sha256(body).hexdigest()}")
        for server in servers:
            asked = urllib.request.Request(f"http://127.0.0.1:{server.port}{paths[-1]}", body, method="PUT")
            asked.add_header("Authorization", f"Bearer {TOKEN}")
            urllib.request.urlopen(asked, timeout=30).close()
    return paths


def best(folder: Path, server: Server, verb: str, seconds: int, rounds: int) -> Measured:
    """Return the least CPU and the most requests of some rounds: the best is the program, the rest is the machine."""
    found = [once(folder, server, verb, seconds) for _ in range(rounds)]
    return Measured(max(one.per_second for one in found), min(one.cpu_us for one in found))


def once(folder: Path, server: Server, verb: str, seconds: int) -> Measured:
    """Ask for `seconds`."""
    env = {**os.environ, "KEYS": str(folder / "keys"), "TOKEN": TOKEN}
    if verb == "PUT":
        env["BODY"] = str(folder / "body")
    before = server.cpu_s()
    argv = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(folder / "wrk.lua")]
    said = subprocess.run(
        [*argv, f"http://127.0.0.1:{server.port}"], env=env, check=True, capture_output=True, text=True
    ).stdout
    used = server.cpu_s() - before
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{server.name} refused requests:\n{said}")
    count = int(re.findall(r"(\d+) requests in", said)[0])
    return Measured(float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0]), used / count * 1e6)


@contextmanager
def pitstop(folder: Path) -> Iterator[Server]:
    """Run `pitstop cache serve` as a team would: tokens, an access log, quotas."""
    port = free_port()
    argv = [sys.executable, "-m", "pitstop", "cache", "serve", "--dir", str(folder / "kept"), "--port", str(port)]
    argv += ["--access-log", str(folder / "access.jsonl"), "--token-env", "TOKEN"]
    with started("pitstop", argv, port, {**os.environ, "TOKEN": TOKEN}) as server:
        yield server


@contextmanager
def go(folder: Path) -> Iterator[Server]:
    """Run the bare server."""
    (folder / "go").mkdir()
    (folder / "go/main.go").write_text(GO)
    subprocess.run(["go", "build", "-o", "../bare", "main.go"], cwd=folder / "go", check=True)
    for name in ("ac", "cas"):
        (folder / "bare-files" / name).mkdir(parents=True)
    port = free_port()
    argv = [str(folder / "bare"), str(folder / "bare-files"), f"127.0.0.1:{port}"]
    with started("go", argv, port, dict(os.environ)) as server:
        yield server


@contextmanager
def started(name: str, argv: list[str], port: int, env: dict[str, str]) -> Iterator[Server]:
    """Run a server until the block is left."""
    process = subprocess.Popen(argv, env=env, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > end or process.poll() is not None:
                    raise SystemExit(f"{name} did not start") from None
                time.sleep(0.05)
        yield Server(name, port, process)
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
