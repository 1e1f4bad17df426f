"""A worker for BuildGrid: takes jobs from its Bots service and has a casd, whose storage is BuildGrid's, run them.

Runs in BuildGrid's environment: buildgrid_worker.py BUILDGRID CASD NAME [KEY=VALUE ...], the first two as HOST:PORT.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import grpc
from buildgrid._protos.build.bazel.remote.execution.v2 import remote_execution_pb2 as reapi  # type: ignore[import-not-found]  # of another environment
from buildgrid._protos.build.bazel.remote.execution.v2 import remote_execution_pb2_grpc as services
from buildgrid._protos.google.devtools.remoteworkers.v1test2 import bots_pb2 as bots  # type: ignore[import-not-found]  # the same
from buildgrid._protos.google.devtools.remoteworkers.v1test2 import bots_pb2_grpc

HEARTBEAT_S = 1.0
"""How often BuildGrid is asked whether the job that runs is still wanted."""
PENDING, ACTIVE, COMPLETED = (bots.LeaseState.Value(name) for name in ("PENDING", "ACTIVE", "COMPLETED"))


class Job:
    """One action that a casd runs for us."""

    def __init__(self, lease: Any, engine: Any) -> None:
        self.lease = bots.Lease(id=lease.id, state=COMPLETED)
        self.ended = threading.Event()
        request = reapi.ExecuteRequest(action_digest=_put(_action(lease)), skip_cache_lookup=True)
        self.call = engine.Execute(request)
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        try:
            response = reapi.ExecuteResponse()
            for operation in self.call:
                if operation.done:
                    operation.response.Unpack(response)
            response.result.execution_metadata.worker = name
            self.lease.status.CopyFrom(response.status)
            self.lease.result.Pack(response.result)
        except grpc.RpcError as error:
            self.lease.status.code = error.code().value[0]
            self.lease.status.message = error.details() or ""
        self.ended.set()


def _action(lease: Any) -> Any:
    """Return the action of a lease as casd understands it, which knows no output paths of before REAPI 2.1."""
    action = reapi.Action()
    if not lease.payload.Unpack(action):
        digest = reapi.Digest()
        lease.payload.Unpack(digest)
        action.ParseFromString(_get(digest))
    command = reapi.Command.FromString(_get(action.command_digest))
    if not command.output_paths:
        command.output_paths.extend(sorted([*command.output_files, *command.output_directories]))
        action.command_digest.CopyFrom(_put(command))
    return action


def _get(digest: Any) -> Any:
    return storage.BatchReadBlobs(reapi.BatchReadBlobsRequest(digests=[digest])).responses[0].data


def _put(message: Any) -> Any:
    from hashlib import sha256

    data = message.SerializeToString(deterministic=True)
    digest = reapi.Digest(hash=sha256(data).hexdigest(), size_bytes=len(data))
    request = reapi.BatchUpdateBlobsRequest.Request(digest=digest, data=data)
    storage.BatchUpdateBlobs(reapi.BatchUpdateBlobsRequest(requests=[request]))
    return digest


def work() -> None:
    """Take one job after the other, for ever."""
    queue = bots_pb2_grpc.BotsStub(grpc.insecure_channel(server))
    engine = services.ExecutionStub(grpc.insecure_channel(casd))
    session = bots.BotSession(bot_id=name, status=bots.BotStatus.Value("OK"))
    device = session.worker.devices.add(handle=name)
    for each in properties:
        key, _, value = each.partition("=")
        device.properties.add(key=key, value=value)
    session.worker.configs.add(key="capacity", value="1")
    session = queue.CreateBotSession(bots.CreateBotSessionRequest(bot_session=session), timeout=30)
    print("session", session.name, flush=True)
    jobs: dict[str, Job] = {}
    while True:
        leases = []
        wanted = {lease.id for lease in session.leases if lease.state in {PENDING, ACTIVE}}
        for gone in set(jobs) - wanted:
            jobs.pop(gone).call.cancel()
        for lease in session.leases:
            if lease.id in wanted:
                job = jobs.get(lease.id) or jobs.setdefault(lease.id, Job(lease, engine))
                if job.ended.wait(HEARTBEAT_S):
                    leases.append(jobs.pop(lease.id).lease)
                else:
                    lease.state = ACTIVE
                    leases.append(lease)
        del session.leases[:]
        session.leases.extend(leases)
        try:
            request = bots.UpdateBotSessionRequest(name=session.name, bot_session=session)
            session = queue.UpdateBotSession(request, timeout=25)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:  # it had nothing for us to do
                sys.exit(f"{error.code()}: {error.details()}")


if __name__ == "__main__":
    server, casd, name, *properties = sys.argv[1:]
    storage = services.ContentAddressableStorageStub(grpc.insecure_channel(server))
    work()
