"""The output of an action while it runs, where the server offers it as a stream to be read by name."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import grpc

from pitstop.cache.reapi.proto import bytestream_pb2

if TYPE_CHECKING:
    from pitstop.pipeline.execute.remote.worker.cluster import Cluster

_LAST_S = 2.0
"""How long the rest of a stream is waited for when its action has ended; the result has it too."""


class Output:
    """The standard output of one execution, told as it arrives."""

    def __init__(self, cluster: Cluster, number: int) -> None:
        self._cluster = cluster
        self._number = number
        self._name = ""
        self._told = 0
        self._call: Any = None
        self._thread: threading.Thread | None = None
        self._over = False

    def follow(self, name: str) -> None:
        """Begin to read the stream of this name (a resource of ByteStream); once."""
        if name != self._name and self._thread is None:
            self._name = name
            self._thread = threading.Thread(target=self._read, daemon=True)
            self._thread.start()

    def ended(self) -> int:
        """Return how many bytes were told, once no more will be."""
        if self._thread is not None:
            self._thread.join(_LAST_S)
            self._over = True
            if self._call is not None:
                self._call.cancel()
            self._thread.join(_LAST_S)
            self._thread = None
        return self._told

    def _read(self) -> None:
        client = self._cluster.client
        request = bytestream_pb2.ReadRequest(resource_name=self._name)
        try:
            self._call = client.calls.read(request, None, client.headers())
            for piece in self._call:
                if self._over:
                    return
                self._told += len(piece.data)
                self._cluster.tell("output", self._number, piece.data)
        except grpc.RpcError:  # the result has what is missing
            return
