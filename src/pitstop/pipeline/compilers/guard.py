"""Watches the storage that sccache's server uses, and ends the server when that stops answering.

sccache waits a minute for each answer of its storage, and no setting shortens that: a server that hangs would hold a
build up for hours. This is a process of its own, `python -m pitstop.pipeline.compilers.guard SOCKET KIND HOST PORT
SECONDS`, which ends when its standard input does. Clients whose server is gone compile by themselves.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import struct
import sys

FIRED = 3
"""Its exit code when it ended the server."""

_PAUSE_S = 1.0
_TRIES = 2
_ASKED = {
    "redis": b"PING\r\n",
    "http": b"HEAD / HTTP/1.1\r\nHost: storage\r\nConnection: close\r\n\r\n",
    "tls": b"",
}
"""What each kind of server answers to with anything at all; `tls`: that it shakes hands is answer enough."""


def main(arguments: list[str]) -> int:
    """Watch until standard input ends (0), or until the storage does not answer (`FIRED`)."""
    path, kind, host, port, timeout_s = arguments
    pid = server_at(path)
    failed = 0
    while pid:
        ready, _, _ = select.select([0], [], [], _PAUSE_S)
        if ready and not os.read(0, 1):
            return 0
        failed = 0 if answers(kind, host, int(port), float(timeout_s)) else failed + 1
        if failed == _TRIES:
            try:
                os.kill(pid, signal.SIGKILL)
                os.unlink(path)
            except OSError:
                return 0
            return FIRED
    return 0


def answers(kind: str, host: str, port: int, timeout_s: float) -> bool:
    """Return whether a server of a kind says anything within `timeout_s` seconds."""
    try:
        with socket.create_connection((host, port), timeout=timeout_s) as connection:
            connection.settimeout(timeout_s)
            if kind == "tls":
                import ssl

                context = ssl.create_default_context()
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE  # nothing is sent; sccache itself looks at the certificate
                with context.wrap_socket(connection):
                    return True
            connection.sendall(_ASKED[kind])
            return bool(connection.recv(1))
    except OSError:
        return False


def server_at(path: str) -> int:
    """Return the process that listens on a socket; 0: nobody does, or this system does not say."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return 0
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1.0)
            connection.connect(path)
            pid: int = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, option, 12))[0]
    except OSError:
        return 0
    return pid


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
