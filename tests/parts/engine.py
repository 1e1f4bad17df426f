"""A stand-in for a cluster, on top of the stand-in for a cache: each action ends as the test has written down before.

It is for what no engine here does: output streamed while it is written, inputs lost in between, servers of an old API,
Buildbarn's view of its queues (`BuildQueueState`, in its published messages).
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import grpc
from tests.parts.reapi_server import Cache, capabilities, serving

from pitstop.cache.reapi.proto import operations_pb2 as operations
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.cache.reapi.proto import semver_pb2 as semver
from pitstop.cache.reapi.proto import status_pb2 as rpc
from pitstop.pipeline.execute.remote.proto import buildqueuestate_pb2 as buildbarn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Act = Callable[["Asked"], Iterator[operations.Operation]]

STAGE = reapi.ExecutionStage
_STATE = "buildbarn.buildqueuestate.BuildQueueState"


@dataclass
class Asked:
    """One call of Execute."""

    request: reapi.ExecuteRequest
    action: reapi.Action
    command: reapi.Command


@dataclass
class Engine:
    """What the stand-in does, and what it was asked."""

    cache: Cache = field(default_factory=Cache)
    acts: deque[Act] = field(default_factory=deque)
    """What the next calls of Execute, or of WaitExecution, do; one of the latter whose turn is empty is NOT_FOUND."""
    asked: list[Asked] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    queues: buildbarn.ListPlatformQueuesResponse | None = None
    """None: it is no Buildbarn."""
    workers: list[buildbarn.WorkerState] = field(default_factory=list)
    operations: list[buildbarn.OperationState] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address."""
        return f"grpc://{self.cache.address}"


def executes(*, version: tuple[int, int] = (2, 12)) -> reapi.ServerCapabilities:
    """Return what a server says that executes, of that version of the API."""
    said = capabilities()
    said.execution_capabilities.exec_enabled = True
    said.execution_capabilities.digest_function = reapi.DigestFunction.SHA256
    said.high_api_version.CopyFrom(semver.SemVer(major=version[0], minor=version[1]))
    return said


def at(stage: Any, *, stdout: str = "") -> operations.Operation:
    """Return an operation under way; `stdout` names the resource with its output."""
    about = reapi.ExecuteOperationMetadata(stage=stage, stdout_stream_name=stdout)
    operation = operations.Operation(name="operations/1")
    operation.metadata.Pack(about)
    return operation


def over(
    result: reapi.ActionResult | None = None, *, cached: bool = False, status: rpc.Status | None = None
) -> operations.Operation:
    """Return an operation that has ended."""
    operation = at(STAGE.COMPLETED)
    operation.done = True
    response = reapi.ExecuteResponse(result=result, cached_result=cached, status=status)
    operation.response.Pack(response)
    return operation


def does(*steps: operations.Operation) -> Act:
    """Return the act that tells these operations and no more."""
    return lambda _asked: iter(steps)


@contextmanager
def engine(*, credentials: grpc.ServerCredentials | None = None) -> Iterator[Engine]:
    """Run a stand-in until the block is left."""
    made = Engine(Cache(said=executes()))
    with serving(made.cache, credentials=credentials, more=list(_services(made))):
        yield made
        made.stopped.set()


def _services(made: Engine) -> Iterator[grpc.GenericRpcHandler]:
    package = "build.bazel.remote.execution.v2"
    streams: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
        "Execute": grpc.unary_stream_rpc_method_handler(
            lambda request, context: _execute(made, request, context), reapi.ExecuteRequest.FromString, _bytes
        ),
        "WaitExecution": grpc.unary_stream_rpc_method_handler(
            lambda request, context: _wait(made, request, context), reapi.WaitExecutionRequest.FromString, _bytes
        ),
    }
    yield grpc.method_handlers_generic_handler(f"{package}.Execution", streams)
    yield _unary(
        "google.longrunning.Operations",
        {"CancelOperation": (lambda request: _cancel(made, request), operations.CancelOperationRequest)},
    )

    def queues(_: Any) -> buildbarn.ListPlatformQueuesResponse | None:
        return made.queues

    def workers(request: buildbarn.ListWorkersRequest) -> buildbarn.ListWorkersResponse | None:
        wanted = request.filter.all.platform_queue_name.platform
        if made.queues is None:
            return None
        first = made.queues.platform_queues[0].name.platform
        return buildbarn.ListWorkersResponse(workers=made.workers if wanted == first else [])

    def listed(_: Any) -> buildbarn.ListOperationsResponse | None:
        return None if made.queues is None else buildbarn.ListOperationsResponse(operations=made.operations)

    from google.protobuf import empty_pb2

    yield _unary(
        _STATE,
        {
            "ListPlatformQueues": (queues, empty_pb2.Empty),
            "ListWorkers": (workers, buildbarn.ListWorkersRequest),
            "ListOperations": (listed, buildbarn.ListOperationsRequest),
        },
    )


def _unary(service: str, methods: dict[str, tuple[Callable[[Any], Any], Any]]) -> grpc.GenericRpcHandler:
    def handler(does_it: Callable[[Any], Any]) -> Callable[[Any, grpc.ServicerContext], Any]:
        def call(request: Any, context: grpc.ServicerContext) -> Any:
            answer = does_it(request)
            if answer is None:
                context.abort(grpc.StatusCode.UNIMPLEMENTED, "not here")
            return answer

        return call

    return grpc.method_handlers_generic_handler(
        service,
        {
            name: grpc.unary_unary_rpc_method_handler(handler(does_it), message.FromString, _bytes)
            for name, (does_it, message) in methods.items()
        },
    )


def _execute(
    made: Engine, request: reapi.ExecuteRequest, context: grpc.ServicerContext
) -> Iterator[operations.Operation]:
    cache = made.cache
    headers = dict(context.invocation_metadata())
    if cache.token and headers.get("authorization") != f"Bearer {cache.token}":
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "no token that is known here")
    if request.instance_name != cache.instance:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Invalid instance name")
    action = reapi.Action.FromString(cache.blobs[request.action_digest.hash])
    command = reapi.Command.FromString(cache.blobs[action.command_digest.hash])
    made.asked.append(Asked(request, action, command))
    yield from _acted(made, made.asked[-1], context)


def _wait(
    made: Engine, _request: reapi.WaitExecutionRequest, context: grpc.ServicerContext
) -> Iterator[operations.Operation]:
    yield from _acted(made, made.asked[-1], context)


def _acted(made: Engine, asked: Asked, context: grpc.ServicerContext) -> Iterator[operations.Operation]:
    steps = 0
    for step in made.acts.popleft()(asked):
        steps += 1
        yield step
    if not steps:
        context.abort(grpc.StatusCode.NOT_FOUND, "no such operation")


def _cancel(made: Engine, request: operations.CancelOperationRequest) -> Any:
    from google.protobuf import empty_pb2

    made.cancelled.append(request.name)
    return empty_pb2.Empty()


def _bytes(message: Any) -> bytes:
    data: bytes = message.SerializeToString()
    return data
