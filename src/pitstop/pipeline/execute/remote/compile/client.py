"""`pitstop-cc`: runs a compiler here or has the process behind it do so elsewhere. It starts once for each compilation.

So it imports little, and whatever it is not sure of it leaves to the compiler on this machine by becoming it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence

    from pitstop.pipeline.execute.remote.compile.wanted import Wanted

START_S = 5.0
"""How long the process behind may take to start."""
SERVER = "pitstop.pipeline.execute.remote.compile"
_NOT_FOUND = 127
_LONGEST = 60  # bytes: the path of a socket has 107 at most (unix(7)), and more is to come


def compile_(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Carry a call of a compiler out; return its exit code, unless this process became the compiler."""
    wanted = _wanted(tuple(argv), environ)
    if wanted is not None:
        cwd = os.getcwd()
        reads = _scanned(wanted, environ) if wanted.scan else ()
        answer = None if reads is None else _asked(wanted, cwd, reads, environ)
        if answer is not None:
            sys.stdout.flush()
            os.write(2, answer)
            return 0
    return _become(argv, environ)


def _wanted(argv: tuple[str, ...], environ: Mapping[str, str]) -> Wanted | None:
    from pitstop.pipeline.execute.remote.compile import c

    if c.is_compiler(argv[0]):
        return None if any(name in environ for name in c.READ) else c.understood(argv)
    from pitstop.pipeline.execute.remote.compile import rust

    if not rust.is_compiler(argv[0]) or "OUT_DIR" in environ:
        return None  # what a build script wrote is found by its absolute path
    return rust.understood(argv, environ.get("CARGO_MANIFEST_DIR", ""))


def _scanned(wanted: Wanted, environ: Mapping[str, str]) -> list[str] | None:
    """Return what a compilation reads, as the compiler here says; None when it will not."""
    from pitstop.pipeline.execute.remote.compile.depfile import parse

    reading, writing = os.pipe()
    actions = ((os.POSIX_SPAWN_DUP2, writing, 1), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0))
    try:
        pid = os.posix_spawnp(wanted.scan[0], wanted.scan, environ, file_actions=actions)
    except OSError:
        os.close(reading)
        return None
    finally:
        os.close(writing)
    with open(reading, "rb") as pipe:
        text = pipe.read()
    if os.waitpid(pid, 0)[1]:
        return None
    return parse(os.fsdecode(text))


def _asked(wanted: Wanted, cwd: str, reads: Sequence[str], environ: Mapping[str, str]) -> bytes | None:
    """Have it done elsewhere; return what the compiler said, None when it is to be done here."""
    from pitstop.cache import frames

    variables = {
        name: value
        for name, value in environ.items()
        if any(name == one or (one[-1] == "*" and name.startswith(one[:-1])) for one in wanted.variables)
    }
    link = connected(cwd, environ)
    if link is None:
        return None
    with link:
        try:
            program = _found(wanted.argv[0], cwd, environ)
            link.sendall(frames.pack(("compile", tuple(wanted), program, cwd, list(reads), variables)))
            answer: Any = next(frames.receive(link), None)
        except OSError:
            return None
    return answer if isinstance(answer, bytes) else None


def _found(program: str, cwd: str, environ: Mapping[str, str]) -> str:
    """Return the file that a program is started from: the process behind may have another PATH."""
    if "/" in program:
        return os.path.join(cwd, program)
    places = (f"{folder}/{program}" for folder in os.get_exec_path(environ))
    return next((place for place in places if os.access(place, os.X_OK)), program)


def connected(cwd: str, environ: Mapping[str, str], *, starts: bool = True) -> socket.socket | None:
    """Return a connection to the process behind for the repository around `cwd`, which is started if need be."""
    import socket
    from time import sleep

    from pitstop.core import clock

    root = _root(cwd)
    path = address(root, environ)
    if not path:
        return None
    deadline = 0.0
    while True:
        link = socket.socket(socket.AF_UNIX)
        try:
            link.connect(path)
        except OSError:
            link.close()
        else:
            return link
        now = clock.monotonic()
        if not starts or (deadline and now > deadline):
            return None
        if not deadline:
            deadline = now + START_S
            _start(root, path, environ)
        sleep(0.02)


def address(root: str, environ: Mapping[str, str]) -> str:
    """Return the path of the socket for a repository; empty when its folder is somebody else's."""
    from hashlib import sha256

    given = environ.get("XDG_RUNTIME_DIR", "")
    base = given if given and len(os.fsencode(given)) <= _LONGEST else "/tmp"  # noqa: S108  checked below
    folder = f"{base}/pitstop-cc-{os.getuid()}"
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    except OSError:
        return ""
    status = os.lstat(folder)
    if status.st_uid != os.getuid() or status.st_mode & 0o170077 != 0o040000:
        return ""
    return f"{folder}/{sha256(os.fsencode(root)).hexdigest()[:16]}"


def _root(cwd: str) -> str:
    """Return the repository around a folder, or the folder."""
    folder = cwd
    while folder != "/":
        if os.path.exists(f"{folder}/.git") or os.path.exists(f"{folder}/pitstop.toml"):
            return folder
        folder = os.path.dirname(folder)
    return cwd


def _start(root: str, path: str, environ: Mapping[str, str]) -> None:
    """Start the process behind, away from this one: it serves other compilations when this one has long ended."""
    argv = (sys.executable, "-P", "-m", SERVER, root, path)
    devnull = tuple((os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2))
    os.posix_spawn(sys.executable, argv, environ, file_actions=devnull, setpgroup=0)


def _become(argv: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    try:
        os.execvpe(argv[0], list(argv), dict(environ))  # noqa: S606  it is what was asked for
    except OSError as error:
        os.write(2, os.fsencode(f"pitstop-cc: {argv[0]}: {error.strerror}\n"))
        os._exit(_NOT_FOUND)
