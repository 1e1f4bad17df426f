"""Pit: a temporary repository, and the installed program run in it as a user would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from tests.support.redact import redact

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = (sys.executable, "-P", "-m", "pitstop")
"""`-P`: a file of the repository under test must not shadow a module."""

DEADLINE_S = 120.0
"""Nothing that a test starts may take longer; it is there to end a hang, not to measure."""


class Result:
    """How one call ended: `exit`, redacted `out` and `err`, and the bytes as they were.

    Equal to its own text, so `pit("run") == snapshot(...)` shows a change of wording in the diff.
    """

    __hash__ = None  # type: ignore[assignment]  # equal to a text, so it may not be a key

    def __init__(self, code: int, raw_out: bytes, raw_err: bytes, places: dict[str, str]) -> None:
        self.exit = code
        self.raw_out = raw_out
        self.raw_err = raw_err
        self.out = redact(raw_out.decode("utf-8", "backslashreplace"), places)
        self.err = redact(raw_err.decode("utf-8", "backslashreplace"), places)

    def __str__(self) -> str:
        text = f"exit: {self.exit}\n{self.out}"
        if not self.err:
            return text
        return f"{text}{'' if text.endswith(chr(10)) else chr(10)}----- stderr\n{self.err}"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return str(self) == other

    @property
    def json(self) -> Any:
        """What standard output holds as one JSON value."""
        return json.loads(self.raw_out)

    @property
    def events(self) -> list[dict[str, Any]]:
        """What standard output holds as JSON lines."""
        return [json.loads(line) for line in self.raw_out.splitlines()]


class Running:
    """A call that goes on in the background."""

    def __init__(self, process: subprocess.Popen[bytes], places: dict[str, str]) -> None:
        self.process = process
        self._places = places
        self._out = bytearray()
        self._err = bytearray()
        self._changed = threading.Condition()
        self._readers = [
            threading.Thread(target=self._read, args=(process.stdout, self._out), daemon=True),
            threading.Thread(target=self._read, args=(process.stderr, self._err), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe: IO[bytes] | None, into: bytearray) -> None:
        assert pipe is not None
        with pipe:
            while data := os.read(pipe.fileno(), 1 << 16):
                with self._changed:
                    into += data
                    self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def wait_for(self, text: str) -> Self:
        """Wait until `text` was written to standard output or error."""
        wanted = text.encode()

        def seen() -> bool:
            return wanted in self._out or wanted in self._err or not any(r.is_alive() for r in self._readers)

        with self._changed:
            self._changed.wait_for(seen, DEADLINE_S)
            assert wanted in self._out or wanted in self._err, f"never wrote {text!r}, but {self._out + self._err!r}"
        return self

    def send(self, number: signal.Signals) -> Self:
        """Send a signal to the program alone."""
        self.process.send_signal(number)
        return self

    def interrupt(self) -> Self:
        """Press Ctrl-C: a terminal sends SIGINT to the foreground group, which is the program's own."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self

    def kill(self) -> Result:
        """Kill the program, and nothing else, without a word (`kill -9`)."""
        self.process.kill()
        return self.wait()

    def wait(self) -> Result:
        """Wait for the end. Children that outlive the program may keep its pipes open: they are not waited for."""
        code = self.process.wait(DEADLINE_S)
        for reader in self._readers:
            reader.join(1.0)
        return Result(code, bytes(self._out), bytes(self._err), self._places)


class Pit:
    """A repository in a temporary folder, with a home, a cache folder and an environment of its own."""

    def __init__(self, base: Path) -> None:
        self.root = base / "repo"
        self.home = base / "home"
        self.cache = self.home / ".cache"
        self.env = surroundings(self.home)
        self._running: list[Running] = []
        self.root.mkdir(parents=True)
        self.cache.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    @property
    def places(self) -> dict[str, str]:
        """The paths that a result shows by name."""
        found = {str(self.cache): "[cache]", str(self.home): "[home]", str(self.root): "[root]"}
        return {**found, **{os.path.realpath(path): name for path, name in found.items()}}

    def write(self, path: str, text: str | bytes = "", *, executable: bool = False) -> Self:
        """Write a file of the repository, with the folders above it."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        if executable:
            file.chmod(0o755)
        return self

    def read(self, path: str) -> str:
        """Return the text of a file of the repository."""
        return (self.root / path).read_text()

    def tool(self, name: str, script: str) -> Self:
        """Put a program in front of PATH: a text for `sh`."""
        folder = self.home / "bin"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
        if not self.env["PATH"].startswith(f"{folder}{os.pathsep}"):
            self.env["PATH"] = f"{folder}{os.pathsep}{self.env['PATH']}"
        return self

    def git(self, *argv: str) -> str:
        """Run git in the repository and return what it says."""
        return subprocess.run(
            ("git", *argv), cwd=self.root, env=self.env, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()

    def commit(self, message: str = "work") -> str:
        """Commit everything and return the commit's hash, the same for the same files."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def __call__(
        self, *argv: str, cwd: str = "", env: dict[str, str] | None = None, stdin: bytes = b"", program: bool = True
    ) -> Result:
        """Run `pitstop ARGV` in `cwd` (relative to the repository); with `program=False` run `ARGV` itself."""
        done = subprocess.run(
            (*PROGRAM, *argv) if program else argv,
            cwd=self.root / cwd,
            env={**self.env, **(env or {})},
            input=stdin,
            capture_output=True,
            check=False,
            timeout=DEADLINE_S,
        )
        return Result(done.returncode, done.stdout, done.stderr, self.places)

    def start(self, *argv: str, cwd: str = "", env: dict[str, str] | None = None) -> Running:
        """Start `pitstop ARGV` in the background, in a process group of its own."""
        process = subprocess.Popen(
            (*PROGRAM, *argv),
            cwd=self.root / cwd,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._running.append(Running(process, self.places))
        return self._running[-1]

    def close(self) -> None:
        """End what was started and still runs."""
        for running in self._running:
            if running.process.poll() is None:
                running.kill()


def surroundings(home: Path) -> dict[str, str]:
    """Return the environment of a new user on this machine: nothing of the caller's but where programs lie."""
    real = Path.home()
    given = os.environ
    env = {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{given['PATH']}",
        "NO_COLOR": "1",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    for who in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{who}_NAME": "Pit", f"GIT_{who}_EMAIL": "pit@example.org"}
        env[f"GIT_{who}_DATE"] = "2026-01-02T03:04:05+0000"
    # Tool chains that live in the real home are found by these; what they download and compile is shared. All three are
    # always there, so that what a task is given does not depend on the machine.
    for name, folder in (("RUSTUP_HOME", ".rustup"), ("CARGO_HOME", ".cargo"), ("GOCACHE", ".cache/go-build")):
        place = Path(given.get(name) or real / folder)
        env[name] = str(place if place.is_dir() else home / folder)
    return env


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until `holds()`; for what no pipe tells, such as a file that another process writes."""
    pause = threading.Event()
    end = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < end, f"never happened: {what}"
        pause.wait(0.005)
