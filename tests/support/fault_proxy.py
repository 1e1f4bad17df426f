"""A TCP proxy that breaks connections on purpose, so that a real server seems to hang, die or lie.

    with fault_proxy("127.0.0.1", port, Fault("cut", after=1000)) as proxy:
        ... talk to proxy.address ...

It counts what comes and what it broke, so that a test can tell that its fault has happened.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

from tests.support.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["none", "refuse", "hang", "stall", "cut", "half-close", "slow", "corrupt", "reset"]

_PIECE = 1 << 16
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing sends a reset."""


class Fault(NamedTuple):
    """What goes wrong with each connection."""

    kind: Kind = "none"
    """`refuse`: nobody listens. `hang`: it is accepted and never answered. `stall`: answers stop. `cut`: the connection
    is reset in the middle of an answer, `reset`: in the middle of a request. `half-close`: the answer ends, and requests
    are still read. `slow`: each piece of an answer waits. `corrupt`: one bit of the answers is another, in each MiB."""
    after: int = 0
    """Bytes of one connection's answers (of its requests for `reset`) that go through before that."""
    delay_s: float = 0.0
    """For `slow`."""


class FaultProxy:
    """A proxy at `address`; `fault` may be changed at any time but from and to `refuse`."""

    def __init__(self, host: str, port: int, fault: Fault) -> None:
        self.fault = fault
        self.connections = 0
        self.tripped = 0
        """How many connections were broken."""
        self.port = free_port()
        self._there = (host, port)
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        if fault.kind != "refuse":
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
            self._start(self._accept, self._listener)

    @property
    def address(self) -> str:
        """Host and port to talk to."""
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        """End every connection."""
        self._closed.set()
        for thread in self._threads:
            thread.join()
        if self._listener is not None:
            self._listener.close()

    def _start(self, function: object, *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)  # type: ignore[arg-type]  # a method
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while not self._closed.is_set():
            if select.select([listener], [], [], 0.05)[0]:
                with suppress(OSError):
                    near, _ = listener.accept()
                    self.connections += 1
                    self._start(self._carry, near)

    def _carry(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._there, timeout=10)
        except OSError:
            near.close()
            return
        with near, far:
            connection = _Connection(self, near, far)
            with suppress(OSError):
                while not self._closed.is_set() and connection.step():
                    pass


class _Connection:
    def __init__(self, proxy: FaultProxy, near: socket.socket, far: socket.socket) -> None:
        self.proxy, self.near, self.far = proxy, near, far
        self.asked = self.answered = 0
        self.broken = False
        self.reading = [near, far]

    def step(self) -> bool:
        """Carry what there is; return whether more may come."""
        ready, _, _ = select.select(self.reading, [], [], 0.05)
        for one in ready:
            data = one.recv(_PIECE)
            if not data:
                other = self.far if one is self.near else self.near
                if not (self.broken and one is self.far):
                    with suppress(OSError):
                        other.shutdown(socket.SHUT_WR)
                self.reading.remove(one)
                continue
            if not (self._ask(data) if one is self.near else self._answer(data)):
                return False
        return bool(self.reading)

    def _trip(self) -> None:
        if not self.broken:
            self.broken = True
            self.proxy.tripped += 1

    def _ask(self, data: bytes) -> bool:
        fault = self.proxy.fault
        self.asked += len(data)
        if fault.kind == "hang":
            self._trip()
            return True
        if fault.kind == "reset" and self.asked > fault.after:
            self._trip()
            self.near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            return False
        self.far.sendall(data)
        return True

    def _answer(self, data: bytes) -> bool:
        fault = self.proxy.fault
        begin, self.answered = self.answered, self.answered + len(data)
        if fault.kind in {"none", "reset"} or self.answered <= fault.after:
            self.near.sendall(data)
            return True
        room = max(0, fault.after - begin)
        if fault.kind in {"hang", "stall"} or (fault.kind == "half-close" and self.broken):
            self._trip()
            self.near.sendall(data[:room])
            return True
        if fault.kind == "half-close":
            self._trip()
            self.near.sendall(data[:room])
            self.near.shutdown(socket.SHUT_WR)
            return True
        if fault.kind == "cut":
            self._trip()
            self.near.sendall(data[:room])
            self.near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            return False
        self._trip()
        if fault.kind == "slow":
            self.proxy._closed.wait(fault.delay_s)
            self.near.sendall(data)
            return True
        changed = bytearray(data)
        for place in range(fault.after, self.answered, 1 << 20):
            if place >= begin:
                changed[place - begin] ^= 0x10
        self.near.sendall(changed)
        return True


@contextmanager
def fault_proxy(host: str, port: int, fault: Fault = Fault()) -> Iterator[FaultProxy]:  # noqa: B008  it cannot change
    """Run a proxy before a server until the block is left."""
    proxy = FaultProxy(host, port, fault)
    try:
        yield proxy
    finally:
        proxy.close()
