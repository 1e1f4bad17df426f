"""Cluster: the connection that all executions of a run share: what the server can do, who waits, whether it is there."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pitstop.cache.disk import DiskStore
from pitstop.cache.reapi.client import Client
from pitstop.cache.reapi.endpoint import endpoint_of
from pitstop.cache.reapi.errors import ReapiError
from pitstop.cache.reapi.proto import operations_pb2
from pitstop.core import clock
from pitstop.pipeline.execute.remote.worker.inputs import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    import grpc

_FIRST_S = 3.0
"""How long a cluster may be out of reach that was never there."""
_CALL_S = 20.0
"""How long one request, or one piece of a long one, may take."""
_CANCEL_S = 2.0
"""How long a server may take to hear that nobody waits any more."""


class Gone(Exception):
    """There is no cluster: none of its executions will end."""


class Cluster:
    """One server for the length of a run. Several threads use it."""

    def __init__(self, about: Mapping[str, Any], environ: Mapping[str, str], tell: Callable[..., None]) -> None:
        """Connect. Raises PitstopError when `about` makes no address, or a certificate cannot be read."""
        self.client = Client(
            endpoint_of(about["url"], about["options"], environ, timeout_s=_CALL_S, root=about["root"])
        )
        self.tell = tell
        self.priority: int = about["priority"]
        self.queue_timeout_s: float = about["queue_timeout_s"]
        self._reconnect_s: float = about["reconnect_s"]
        self.store = DiskStore(about["store"], lambda text: tell("notice", text))
        self.inputs = Inputs(self.client, about["root"], self.store)
        self.accepted: set[tuple[str, str]] = set()
        """Platform properties with which an action of this run was taken by a worker."""
        self.gone = threading.Event()
        """Set once there is no cluster any more."""
        self._lock = threading.Lock()
        self._away_since = 0.0
        self._was_there = False
        self._cancelling: set[grpc.Future[Any]] = set()

    @property
    def place(self) -> str:
        """Its address as it may be printed."""
        return self.client.endpoint.place

    @property
    def is_old(self) -> bool:
        """Whether the server knows no output paths (API 2.1). Raises ReapiError, also when it executes nothing."""
        offer = self.client.offer()
        if not offer.executes:
            raise ReapiError(f"`{self.place}` keeps results and executes nothing", permanent=True)
        return offer.version < (2, 1)

    def came(self) -> None:
        """Note that the server answered."""
        self._was_there = True
        self._away_since = 0.0

    def went(self, error: ReapiError) -> None:
        """Note that the server is out of reach. Raises Gone once it was for too long."""
        now = clock.monotonic()
        with self._lock:
            self._away_since = self._away_since or now
            patience_s = self._reconnect_s if self._was_there else _FIRST_S
        if now - self._away_since > patience_s:
            said = error.problem.partition(": ")[2]
            self.give_up(ReapiError(f"`{self.place}` is out of reach: {said}", hint=error.hint, code=error.code))
        if self.gone.is_set():
            raise Gone

    def give_up(self, error: ReapiError) -> None:
        """Say that there is no cluster any more. Raises Gone."""
        with self._lock:
            first = not self.gone.is_set()
            self.gone.set()
        if first:
            self.tell("gone", error.problem)
        raise Gone from error

    def cancel(self, operation: str) -> None:
        """Ask the server to end an operation; it need not. This does not wait, `close` does."""
        asked = operations_pb2.CancelOperationRequest(name=operation)
        call = self.client.calls.cancel_operation.future(asked, _CANCEL_S, self.client.headers())
        self._cancelling.add(call)
        call.add_done_callback(self._cancelling.discard)

    def close(self) -> None:
        """Wait a little for what was cancelled."""
        deadline = clock.monotonic() + _CANCEL_S
        while self._cancelling and clock.monotonic() < deadline:
            if self.gone.wait(0.01):
                return
