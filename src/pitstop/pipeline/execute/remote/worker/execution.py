"""Execution: one action from its inputs to its outputs, whatever happens to the connection in between.

Source: remote_execution.proto, service Execution. The stream of operations that Execute answers with may break at any
time; WaitExecution goes on with it by the name of the operation, as long as the server knows that.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import grpc

from pitstop.cache.reapi.errors import CODES, ReapiError, error_of, error_with
from pitstop.cache.reapi.proto import operations_pb2
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.cache.reapi.proto import status_pb2 as rpc
from pitstop.core import clock
from pitstop.pipeline.execute.remote.worker.action import encode
from pitstop.pipeline.execute.remote.worker.cluster import Gone
from pitstop.pipeline.execute.remote.worker.follow import Output
from pitstop.pipeline.execute.remote.worker.results import Lost, fetch, log_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.pipeline.execute.remote.worker.action import Encoded
    from pitstop.pipeline.execute.remote.worker.cluster import Cluster

_STAGES = {
    reapi.ExecutionStage.CACHE_CHECK: "queued",
    reapi.ExecutionStage.QUEUED: "queued",
    reapi.ExecutionStage.EXECUTING: "executing",
    reapi.ExecutionStage.COMPLETED: "executing",
}
_AWAY = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNKNOWN}
"""What a call ends with when the connection breaks, or the server behind a proxy does."""
_LOST_INPUT = {grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INTERNAL, grpc.StatusCode.NOT_FOUND}
"""What missing inputs are told with; FAILED_PRECONDITION as specified, INTERNAL by buildbox-casd."""
_AGAIN = {
    *_LOST_INPUT,
    *_AWAY,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}
"""How an execution may end in the server's own trouble; it is asked for once more."""
_OVER_TIME_S = 30.0
"""How much longer than its time limit an action may execute before it is cancelled from here."""
_BUSY = grpc.StatusCode.RESOURCE_EXHAUSTED
_BUSY_TURNS = 30
"""A minute, about: how long a server may be too busy to take a call."""
_BACK_OFF_S = (0.1, 0.3, 1.0, 2.0)
_TURNS = 3
"""How often an action is sent in all when the server ends it without a result."""
_STEP = 1 << 18


class Cancelled(Exception):
    """Nobody waits for this any more."""


class Execution:
    """One action; `run` is for a thread of its own, the rest may be called from others."""

    def __init__(self, number: int, errand: Mapping[str, Any], cluster: Cluster) -> None:
        self.number = number
        self.errand = errand
        self._cluster = cluster
        self._stream: Any = None
        self._operation = ""
        self._stopped = threading.Event()
        self._why = ""
        self._late = False
        self._is_over = False
        self.stage = ""
        self.since = clock.monotonic()
        """When it came to this stage, in monotonic seconds."""
        self.looks = 0
        """How often it was found waiting although workers were idle."""
        self._output = Output(cluster, number)

    # For other threads

    def stop(self, why: str = "", *, late: bool = False) -> None:
        """End it: cancelled, given up because of what nobody offers (`why`), or `late`: it took longer than it may."""
        if self._is_over:
            return
        self._why, self._late = why, late
        self._stopped.set()
        if self._operation:
            self._cluster.cancel(self._operation)
        if self._stream is not None:
            self._stream.cancel()

    @property
    def is_overdue(self) -> bool:
        """Whether the server should have ended it for its time limit long ago."""
        limit = self.errand["timeout_s"]
        return limit is not None and self.stage == "executing" and clock.monotonic() - self.since > limit + _OVER_TIME_S

    # Its own thread

    def run(self) -> None:
        """Carry it out, and tell how it ended."""
        tell = self._cluster.tell
        try:
            answer = self._carried_out()
            self._is_over = True
            tell("done", self.number, answer)
        except Cancelled:
            if self._why:
                tell("unoffered", self.number, self._why)
            else:
                tell("done", self.number, {**_CANCELLED, "status": "timeout"} if self._late else _CANCELLED)
        except Gone:
            return
        except (ReapiError, Lost) as error:
            tell("refused", self.number, str(error))
        except OSError as error:
            tell("refused", self.number, f"`{error.filename or 'an input'}`: {error.strerror or error}")

    def _carried_out(self) -> dict[str, Any]:
        cluster = self._cluster
        again = bool(self.errand["again"])
        for turn in range(_TURNS):
            action = self._provided()
            response = self._response(action, again=again)
            code = CODES.get(response.status.code, grpc.StatusCode.UNKNOWN)
            if code is grpc.StatusCode.OK:
                try:
                    return self._answer(response)
                except Lost:
                    if turn + 1 == _TURNS or not response.cached_result:
                        raise
                    again = True  # a cached result of which the files are gone
                    continue
            if code is grpc.StatusCode.DEADLINE_EXCEEDED:
                return {**self._answer(response, whole=False), "status": "timeout"}
            error = error_with(code, response.status.message, cluster.client.endpoint, "carry it out", response.status)
            if turn + 1 == _TURNS or code not in _AGAIN or (turn and code in _LOST_INPUT):
                raise error
            cluster.inputs.forget()
            self._pause(turn)
        raise AssertionError

    def _provided(self) -> Encoded:
        """Have the cluster know the action and its inputs."""
        turn = 0
        while True:
            try:
                action = encode(self.errand, old=self._cluster.is_old)
                self._cluster.inputs.provide(self.errand["root"][0], action.blobs)
            except ReapiError as error:
                if error.permanent:
                    self._cluster.give_up(error)
                if error.code is _BUSY and turn < _BUSY_TURNS:
                    self._pause(turn)
                elif error.code not in _AWAY:
                    raise
                else:
                    self._went(error, turn)
            else:
                self._cluster.came()
                return action
            turn += 1

    def _response(self, action: Encoded, *, again: bool) -> reapi.ExecuteResponse:
        """Have the action executed; return what the server says in the end."""
        self._operation = ""
        turn = 0
        while True:
            if self._stopped.is_set():
                raise Cancelled
            try:
                done = self._followed(self._asked(action, again=again))
            except grpc.RpcError as caught:
                if self._stopped.is_set():
                    raise Cancelled from caught
                error = error_of(caught, self._cluster.client.endpoint, "carry it out")
                if error.code in {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT} and self._operation:
                    self._operation = ""  # it does not know the operation any more
                elif error.code is _BUSY and turn < _BUSY_TURNS:
                    self._pause(turn)
                elif error.code in _AWAY or error.code is grpc.StatusCode.CANCELLED:
                    self._went(error, turn)
                elif error.code in _LOST_INPUT:
                    return reapi.ExecuteResponse(status=_status(error))
                else:
                    raise error from caught
            else:
                if done is not None:
                    return done
            turn += 1

    def _asked(self, action: Encoded, *, again: bool) -> Any:
        cluster = self._cluster
        client = cluster.client
        metadata = client.headers(action.name.hash, target=self.errand["task"])
        if self._operation:
            asked = reapi.WaitExecutionRequest(name=self._operation)
            return client.calls.wait_execution(asked, None, metadata)
        request = reapi.ExecuteRequest(
            instance_name=client.endpoint.instance,
            skip_cache_lookup=again,
            action_digest=reapi.Digest(hash=action.name.hash, size_bytes=action.name.size),
            inline_stdout=True,
            inline_stderr=True,
        )
        if cluster.priority:
            request.execution_policy.priority = cluster.priority
        return client.calls.execute(request, None, metadata)

    def _followed(self, stream: Any) -> reapi.ExecuteResponse | None:
        """Follow a stream of operations to its end; None when that came before the operation's."""
        self._stream = stream
        operation: operations_pb2.Operation
        for operation in stream:
            self._cluster.came()
            self._operation = operation.name or self._operation
            if self._stopped.is_set():
                self.stop(self._why, late=self._late)
                raise Cancelled
            about = reapi.ExecuteOperationMetadata()
            operation.metadata.Unpack(about)
            self._at(about)
            if operation.done:
                if operation.HasField("error"):
                    return reapi.ExecuteResponse(status=operation.error)
                response = reapi.ExecuteResponse()
                operation.response.Unpack(response)
                return response
        return None

    def _at(self, about: reapi.ExecuteOperationMetadata) -> None:
        stage = _STAGES.get(about.stage, "executing")  # buildbox-casd tells none, and executes at once
        if stage != self.stage:
            self.stage, self.since = stage, clock.monotonic()
            self._cluster.tell("stage", self.number, stage)
            if stage == "executing":
                self._cluster.accepted.update(map(tuple, self.errand["platform"]))
        if about.stdout_stream_name:
            self._output.follow(about.stdout_stream_name)

    def _answer(self, response: reapi.ExecuteResponse, *, whole: bool = True) -> dict[str, Any]:
        """Return how it ended, its files in the store. Raises Lost unless it need not be whole."""
        cluster, result = self._cluster, response.result
        try:
            left = fetch(result, cluster.client, cluster.store)
        except Lost:
            if whole:
                raise
            left = None
        log = log_of(result, cluster.client, cluster.store, skip=self._output.ended())
        for start in range(0, len(log), _STEP):
            cluster.tell("output", self.number, log[start : start + _STEP])
        about = result.execution_metadata
        start_s, end_s = about.execution_start_timestamp, about.execution_completed_timestamp
        took = (end_s.seconds - start_s.seconds) + (end_s.nanos - start_s.nanos) / 1e9
        return {
            "status": "",
            "exit_code": result.exit_code,
            "files": left.files if left is not None else [],
            "links": left.links if left is not None else [],
            "worker": "".join(filter(str.isprintable, about.worker)) or cluster.client.endpoint.target,
            "duration_s": max(took, 0.0),
            "cached": response.cached_result,
            "message": response.message if result.exit_code or response.status.code else "",
        }

    def _went(self, error: ReapiError, turn: int) -> None:
        """Note that the server is out of reach, and wait a little."""
        self._cluster.went(error)
        self._pause(turn)

    def _pause(self, turn: int) -> None:
        if self._stopped.wait(_BACK_OFF_S[min(turn, len(_BACK_OFF_S) - 1)]):
            raise Cancelled


def _status(error: ReapiError) -> rpc.Status:
    """Return the status that a call ended with, as a response would hold it."""
    status = error.status or rpc.Status()
    status.code = error.code.value[0]
    status.message = status.message or str(error)
    return status


_CANCELLED = {
    "status": "cancelled",
    "exit_code": 0,
    "files": [],
    "links": [],
    "worker": "",
    "duration_s": 0.0,
    "cached": False,
    "message": "",
}
