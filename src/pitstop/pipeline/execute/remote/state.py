"""What a cluster says of itself: its queues, its workers and what they do, in one shape for all kinds of servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import grpc

from pitstop.cache.reapi.errors import ReapiError
from pitstop.pipeline.execute.remote.proto import buildqueuestate_pb2 as buildbarn
from pitstop.pipeline.execute.remote.proto import introspection_pb2 as buildgrid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.message import Message
    from google.protobuf.timestamp_pb2 import Timestamp

    from pitstop.cache.reapi.client import Client
    from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi

A = TypeVar("A", bound="Message")

_STATE = "/buildbarn.buildqueuestate.BuildQueueState"
_PAGE = 500
_MOST = 10_000
"""Workers and operations that are asked for in all."""


class Operation(NamedTuple):
    """Something that the cluster does, or will do."""

    name: str
    action: str = ""
    """Hash of the action."""
    target: str = ""
    """What the client called it: for pitstop the task."""
    queued: float = 0.0
    """Since when, seconds since 1970; 0: unknown."""
    worker: str = ""
    """Empty: nobody is at it."""


class Worker(NamedTuple):
    """One worker."""

    name: str
    seen: float = 0.0
    """When it was last heard of, seconds since 1970; 0: unknown."""
    drained: bool = False
    """Whether it takes nothing new."""
    operations: tuple[Operation, ...] = ()
    queue: int = -1
    """Its place in `State.queues`; -1: unknown."""


class Queue(NamedTuple):
    """Workers with the same properties, and what waits for them."""

    instance: str
    platform: tuple[tuple[str, str], ...]
    size_class: int = 0
    workers: int = 0
    executing: int = 0
    queued: int = 0
    drains: int = 0


class State(NamedTuple):
    """What a cluster says of itself."""

    kind: str
    """`buildbarn`, `buildgrid`, or `reapi` for one that tells its capabilities only."""
    queues: tuple[Queue, ...] = ()
    workers: tuple[Worker, ...] = ()
    waiting: tuple[Operation, ...] = ()


def look(client: Client) -> State:
    """Return what the cluster says. Raises ReapiError when it does not answer at all."""
    for ask in (_buildbarn, _buildgrid):
        try:
            return ask(client)
        except ReapiError as error:
            if error.code not in {
                grpc.StatusCode.UNIMPLEMENTED,
                grpc.StatusCode.PERMISSION_DENIED,
                grpc.StatusCode.NOT_FOUND,
                grpc.StatusCode.INVALID_ARGUMENT,
            }:
                raise
    client.offer()
    return State("reapi")


def _buildbarn(client: Client) -> State:
    from google.protobuf import empty_pb2

    listed = _ask(client, f"{_STATE}/ListPlatformQueues", empty_pb2.Empty(), buildbarn.ListPlatformQueuesResponse)
    queues: list[Queue] = []
    workers: list[Worker] = []
    for queue in listed.platform_queues:
        for part in queue.size_class_queues:
            root = part.root_invocation
            count = root.queued_operations_count
            queues.append(
                Queue(
                    queue.name.instance_name_prefix,
                    _properties(queue.name.platform),
                    part.size_class,
                    part.workers_count,
                    root.executing_workers_count,
                    count.direct + count.indirect,
                    part.drains_count,
                )
            )
            name = buildbarn.SizeClassQueueName(platform_queue_name=queue.name, size_class=part.size_class)
            workers += [_buildbarn_worker(worker, len(queues) - 1) for worker in _buildbarn_workers(client, name)]
    waiting = tuple(_operation(one) for one in _buildbarn_operations(client) if one.WhichOneof("stage") == "queued")
    return State("buildbarn", tuple(queues), tuple(workers), waiting)


def _buildbarn_workers(client: Client, queue: buildbarn.SizeClassQueueName) -> Iterator[buildbarn.WorkerState]:
    request = buildbarn.ListWorkersRequest(page_size=_PAGE, filter=buildbarn.ListWorkersRequest.Filter(all=queue))
    for _ in range(_MOST // _PAGE):
        answer = _ask(client, f"{_STATE}/ListWorkers", request, buildbarn.ListWorkersResponse)
        yield from answer.workers
        if len(answer.workers) < _PAGE:
            return
        request.start_after.worker_id.clear()
        request.start_after.worker_id.update(answer.workers[-1].id)


def _buildbarn_operations(client: Client) -> Iterator[buildbarn.OperationState]:
    request = buildbarn.ListOperationsRequest(page_size=_PAGE)
    for _ in range(_MOST // _PAGE):
        answer = _ask(client, f"{_STATE}/ListOperations", request, buildbarn.ListOperationsResponse)
        yield from answer.operations
        if len(answer.operations) < _PAGE:
            return
        request.start_after.operation_name = answer.operations[-1].name


def _buildbarn_worker(worker: buildbarn.WorkerState, queue: int) -> Worker:
    name = " ".join(f"{key}={worker.id[key]}" for key in sorted(worker.id))
    operations = (
        (_operation(worker.current_operation)._replace(worker=name),) if worker.HasField("current_operation") else ()
    )
    return Worker(name, 0.0, worker.drained, operations, queue)


def _operation(one: buildbarn.OperationState) -> Operation:
    return Operation(one.name, one.action_digest.hash, one.target_id, _seconds(one.queued_timestamp))


def _buildgrid(client: Client) -> State:
    workers: list[Worker] = []
    for page in range(1, _MOST // _PAGE + 1):
        request = buildgrid.ListWorkersRequest(instance_name=client.endpoint.instance, page_size=_PAGE, page=page)
        answer = _ask(client, "/build.buildgrid.Introspection/ListWorkers", request, buildgrid.ListWorkersResponse)
        for one in answer.workers:
            operations = tuple(
                Operation(each.operation_name, each.action_digest.hash, worker=one.worker_name)
                for each in one.operations
            )
            workers.append(Worker(one.worker_name, _seconds(one.last_updated), operations=operations))
        if len(workers) >= answer.total or not answer.workers:
            break
    return State("buildgrid", (), tuple(workers))


def unoffered(platform: Iterable[tuple[str, str]], state: State, accepted: set[tuple[str, str]]) -> list[str] | None:
    """Return the properties that no worker offers, `name=value`; empty: some worker offers all of them, and is busy.

    `accepted`: with which an action was taken before. None: the cluster does not tell. Buildbarn takes an action in the
    queue that has exactly its properties; others, a worker that has them among its own.
    """
    wanted = list(platform)
    if state.kind == "buildbarn":
        queues = [queue for queue in state.queues if queue.workers]
        if any(sorted(queue.platform) == sorted(wanted) for queue in queues):
            return []
        offered = {pair for queue in queues for pair in queue.platform}
        missing = [pair for pair in wanted if pair not in offered]
        return [f"{name}={value}" for name, value in missing or wanted]
    if state.kind == "buildgrid" and not state.workers:
        return [f"{name}={value}" for name, value in wanted]
    if state.kind == "buildgrid":
        if all(worker.operations for worker in state.workers):
            return []
        missing = [pair for pair in wanted if pair not in accepted]
        return [f"{name}={value}" for name, value in missing or wanted]
    return None


def _ask(client: Client, path: str, request: Message, kind: type[A]) -> A:
    call = client.channel.unary_unary(path, _bytes, kind.FromString)
    return client.ask(call, request, "say what its workers do")


def _bytes(message: Message) -> bytes:
    return message.SerializeToString()


def _properties(platform: reapi.Platform) -> tuple[tuple[str, str], ...]:
    return tuple((one.name, one.value) for one in platform.properties)


def _seconds(stamp: Timestamp) -> float:
    return stamp.seconds + stamp.nanos / 1e9
