"""The proxy that breaks connections does what it says."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.support.fault_proxy import Fault, fault_proxy
from tests.support.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER = bytes(range(256)) * 40


@contextmanager
def teller() -> Iterator[int]:
    """A server that answers each line with the same 10 KiB."""
    port = free_port()
    listener = socket.create_server(("127.0.0.1", port))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(1000):
                    connection.sendall(ANSWER * data.count(b"\n"))
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield port
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def ask(address: str, lines: int = 1) -> tuple[bytes, str]:
    """Return what came, and how it ended."""
    host, _, port = address.partition(":")
    found = b""
    try:
        with socket.create_connection((host, int(port)), timeout=0.4) as connection:
            connection.sendall(b"hello\n" * lines)
            while len(found) < lines * len(ANSWER):
                data = connection.recv(1000)
                if not data:
                    return found, "ended"
                found += data
    except TimeoutError:
        return found, "waits"
    except OSError as error:
        return found, type(error).__name__
    return found, "whole"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "size", "end"),
    [
        (Fault(), 10240, "whole"),
        (Fault("refuse"), 0, "ConnectionRefusedError"),
        (Fault("hang"), 0, "waits"),
        (Fault("stall", after=3000), 3000, "waits"),
        (Fault("cut", after=20_000), 10240, "whole"),
        (Fault("half-close", after=3000), 3000, "ended"),
        (Fault("slow", delay_s=0.05), 10240, "whole"),
        (Fault("corrupt", after=3000), 10240, "whole"),
        (Fault("reset", after=3), 0, "ConnectionResetError"),
    ],
)
def test_each_fault_is_what_a_client_sees(fault: Fault, size: int, end: str) -> None:
    with teller() as port, fault_proxy("127.0.0.1", port, fault) as proxy:
        found, ended = ask(proxy.address)
        assert (len(found), ended) == (size, end)
        wrong = [at for at, (here, there) in enumerate(zip(found, ANSWER, strict=False)) if here != there]
        assert wrong == ([3000] if fault.kind == "corrupt" else [])
        assert proxy.connections == (fault.kind != "refuse")
        assert proxy.tripped == (fault.kind not in {"none", "refuse"} and fault.after < 10_240)


@pytest.mark.slow
def test_a_cut_connection_ends_with_a_reset() -> None:
    with teller() as port, fault_proxy("127.0.0.1", port, Fault("cut", after=3000)) as proxy:
        found, ended = ask(proxy.address)
        assert len(found) <= 3000
        assert ended == "ConnectionResetError"


@pytest.mark.slow
def test_a_server_gets_well_again() -> None:
    with teller() as port, fault_proxy("127.0.0.1", port, Fault("hang")) as proxy:
        assert ask(proxy.address) == (b"", "waits")
        proxy.fault = Fault()
        assert ask(proxy.address) == (ANSWER, "whole")
