"""`pitstop-cc`: a compiler's launcher, which has single compilations done by the cluster of `[remote]`."""

from __future__ import annotations

import os
import sys

from pitstop.core.environ import environ

_USAGE = """\
usage: pitstop-cc COMPILER ARGUMENT ...
       pitstop-cc --stats | --stop

Puts single compilations of C, C++ and Rust on the cluster of `[remote] url`; what it does not understand, and all
linking, runs here. `CC="pitstop-cc gcc"`, `CMAKE_C_COMPILER_LAUNCHER=pitstop-cc`, `RUSTC_WRAPPER=pitstop-cc`."""


def main() -> int:
    """Run the command line of this process; return its exit code, unless it became the compiler."""
    argv = sys.argv[1:]
    from pitstop.pipeline.execute.remote.compile import client

    if argv and not argv[0].startswith("-"):
        return client.compile_(argv, environ)
    if argv not in (["--stats"], ["--stop"]):
        asked = argv in (["--help"], ["-h"])
        print(_USAGE, file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    from pitstop.cache import frames

    link = client.connected(os.getcwd(), environ, starts=False)
    if link is None:
        print("nothing was compiled here lately")
        return 0
    with link:
        link.sendall(frames.pack((argv[0].lstrip("-"),)))
        counts = next(frames.receive(link), None)
    for name, count in sorted((counts or {}).items()):
        print(f"{count:>6}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
