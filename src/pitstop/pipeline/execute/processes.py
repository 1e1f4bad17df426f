"""Start, ask, kill and reap process groups: all that differs between systems. POSIX here; elsewhere nothing starts."""

from __future__ import annotations

import os
import signal
import sys
from errno import EINVAL, ENOENT, ENOEXEC
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import SurroundingError
from pitstop.links.tools import find

if TYPE_CHECKING:
    from collections.abc import Mapping

_PIECE = 1 << 20
_F_SETPIPE_SZ = 1031
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_BLOCK = 512
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 @%_-+=:,./")
_SHELL_WORDS = frozenset(
    {"cd", "exit", "export", "set", "unset", "exec", "eval", "source", ".", ":", "if", "for", "while", "case", "trap"}
    | {"umask", "ulimit", "alias", "wait", "read", "shift", "return", "times", "type", "command", "until", "{", "!"}
)


class Usage(NamedTuple):
    """What a process and its descendants used."""

    cpu_s: float = 0.0
    memory: int = 0
    """Peak resident set of the largest of them, bytes."""
    read_bytes: int = 0
    written_bytes: int = 0


class Ended(NamedTuple):
    """How a process ended."""

    exit_code: int
    """128 + signal when a signal ended it, as a shell says it."""
    signal: int
    usage: Usage


class Process:
    """A running process group; its standard output and error come through the pipe `output`, a descriptor."""

    __slots__ = ("output", "pid")

    def __init__(self, argv: tuple[str, ...], cwd: str, env: Mapping[str, str]) -> None:
        """Start `argv`, found along the PATH of `env`. Raises OSError as the system says it.

        By `posix_spawn`, in a third of the time that the module subprocess needs. It cannot change the folder, so this
        process goes there and back: it has one thread, and knows all its own paths from the root.
        """
        program = argv[0] if "/" in argv[0] else find(argv[0], env.get("PATH", "").split(":"))
        if not program:
            raise FileNotFoundError(ENOENT, os.strerror(ENOENT), argv[0])
        here = os.open(".", os.O_RDONLY)
        try:
            os.chdir(cwd)
            self.output, writing = os.pipe()
            try:
                self.pid = _spawn(program, argv, env, writing)
            except OSError as error:
                if error.errno != ENOEXEC:
                    os.close(self.output)
                    raise
                # A script that does not say what it is for is one for the shell, as execvp(3) has it.
                self.pid = _spawn("/bin/sh", ("sh", program, *argv[1:]), env, writing)
            except ValueError as error:  # as Python says that a text holds a NUL
                os.close(self.output)
                raise OSError(EINVAL, str(error)) from error
            finally:
                os.close(writing)
        finally:
            os.fchdir(here)
            os.close(here)
        os.set_blocking(self.output, False)

    def widen(self) -> None:
        """Let the pipe hold a megabyte, for a process that writes a lot."""
        try:
            import fcntl

            fcntl.fcntl(self.output, _F_SETPIPE_SZ, _PIECE)
        except (ImportError, OSError):
            return

    def read(self) -> bytes | None:
        """Return what has arrived: nothing yet is None, the end is empty."""
        try:
            return os.read(self.output, _PIECE)
        except BlockingIOError:
            return None

    def close(self) -> None:
        """Close the pipe."""
        os.close(self.output)

    def reap(self) -> Ended | None:
        """Return how the process ended, or None while it runs. To be asked until it ended, then no more."""
        try:
            pid, status, used = os.wait4(self.pid, os.WNOHANG)
        except ChildProcessError:
            return Ended(255, 0, Usage())
        if not pid:
            return None
        code = os.waitstatus_to_exitcode(status)
        usage = Usage(
            used.ru_utime + used.ru_stime,
            used.ru_maxrss * _RSS_UNIT,
            used.ru_inblock * _BLOCK,
            used.ru_oublock * _BLOCK,
        )
        return Ended(code, 0, usage) if code >= 0 else Ended(128 - code, -code, usage)

    def send(self, number: int) -> bool:
        """Send a signal to the whole group; return whether anybody was there."""
        return send(self.pid, number)


def _spawn(program: str, argv: tuple[str, ...], env: Mapping[str, str], output: int) -> int:
    return os.posix_spawn(
        program,
        argv,
        env,
        file_actions=(
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, output, 1),
            (os.POSIX_SPAWN_DUP2, output, 2),
        ),
        setpgroup=0,
        setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),  # Python ignores them, programs should not
    )


def send(group: int, number: int) -> bool:
    """Send signal `number` (0: just look) to a process group; return whether anybody was there."""
    try:
        os.killpg(group, number)
    except OSError:
        return False
    return True


def supported() -> bool:
    """Return whether this system has process groups."""
    return hasattr(os, "killpg") and hasattr(signal, "SIGCHLD")


@lru_cache(maxsize=4096)
def arguments(command: tuple[str, ...] | str, path: str) -> tuple[str, ...]:
    """Return the argument vector for a command: a text goes to `sh -c`, but for one that needs no shell.

    `path` is the PATH the command will have. Starting a program without a shell in between saves half a millisecond.
    """
    if not isinstance(command, str):
        return command
    if _PLAIN.issuperset(command):
        words = command.split()
        if words and "=" not in words[0] and words[0] not in _SHELL_WORDS and find(words[0], path.split(":")):
            return tuple(words)
    return ("sh", "-c", command)


def refusal(error: OSError, argv: tuple[str, ...], cwd: str) -> str:
    """Return why the system would not start `argv`, in a sentence."""
    if isinstance(error, FileNotFoundError) and not os.path.isdir(cwd):
        return f"its folder `{cwd}` does not exist"
    if isinstance(error, FileNotFoundError):
        return f"`{argv[0]}` was not found"
    return f"`{argv[0]}` could not be started: {error.strerror}"


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def memory() -> int:
    """Return the bytes of memory of this machine, or of the control group that bounds it; 0: unknown."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            with open(path, encoding="ascii") as file:
                total = min(total, int(file.read()))
        except (OSError, ValueError):
            continue
    return total


def require() -> None:
    """Raise SurroundingError on a system where tasks cannot be run."""
    if not supported():
        raise SurroundingError(
            "tasks run on Linux and macOS only: this system has no process groups",
            hint="`--dry-run`, `graph`, `runs`, `show` and `logs` work here; WSL runs everything",
        )
