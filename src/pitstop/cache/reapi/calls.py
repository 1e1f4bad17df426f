"""The methods of the REAPI services on one channel: paths and messages, so that no generated stubs are needed.

Paths: build/bazel/remote/execution/v2/remote_execution.proto, google/bytestream/bytestream.proto and
google/longrunning/operations.proto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf import empty_pb2

from pitstop.cache.reapi.proto import bytestream_pb2 as stream
from pitstop.cache.reapi.proto import operations_pb2 as operations
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi

if TYPE_CHECKING:
    import grpc
    from google.protobuf.message import Message

REAPI = "/build.bazel.remote.execution.v2"


def _bytes(message: Message) -> bytes:
    return message.SerializeToString()


class Calls:
    """What can be asked over `channel`; each attribute is a callable of grpc, with `.future` where it is unary."""

    def __init__(self, channel: grpc.Channel) -> None:
        one, many = channel.unary_unary, channel.unary_stream
        cas, cache, execution = f"{REAPI}.ContentAddressableStorage", f"{REAPI}.ActionCache", f"{REAPI}.Execution"
        self.get_capabilities = one(
            f"{REAPI}.Capabilities/GetCapabilities", _bytes, reapi.ServerCapabilities.FromString
        )
        self.get_action_result = one(f"{cache}/GetActionResult", _bytes, reapi.ActionResult.FromString)
        self.update_action_result = one(f"{cache}/UpdateActionResult", _bytes, reapi.ActionResult.FromString)
        self.find_missing_blobs = one(f"{cas}/FindMissingBlobs", _bytes, reapi.FindMissingBlobsResponse.FromString)
        self.batch_update_blobs = one(f"{cas}/BatchUpdateBlobs", _bytes, reapi.BatchUpdateBlobsResponse.FromString)
        self.batch_read_blobs = one(f"{cas}/BatchReadBlobs", _bytes, reapi.BatchReadBlobsResponse.FromString)
        self.get_tree = many(f"{cas}/GetTree", _bytes, reapi.GetTreeResponse.FromString)
        self.split_blob = one(f"{cas}/SplitBlob", _bytes, reapi.SplitBlobResponse.FromString)
        self.splice_blob = one(f"{cas}/SpliceBlob", _bytes, reapi.SpliceBlobResponse.FromString)
        self.execute = many(f"{execution}/Execute", _bytes, operations.Operation.FromString)
        self.wait_execution = many(f"{execution}/WaitExecution", _bytes, operations.Operation.FromString)

        bytestream, longrunning = "/google.bytestream.ByteStream", "/google.longrunning.Operations"
        self.read = many(f"{bytestream}/Read", _bytes, stream.ReadResponse.FromString)
        self.write = channel.stream_unary(f"{bytestream}/Write", _bytes, stream.WriteResponse.FromString)
        self.query_write_status = one(
            f"{bytestream}/QueryWriteStatus", _bytes, stream.QueryWriteStatusResponse.FromString
        )
        self.get_operation = one(f"{longrunning}/GetOperation", _bytes, operations.Operation.FromString)
        self.list_operations = one(
            f"{longrunning}/ListOperations", _bytes, operations.ListOperationsResponse.FromString
        )
        self.cancel_operation = one(f"{longrunning}/CancelOperation", _bytes, empty_pb2.Empty.FromString)
        self.wait_operation = one(f"{longrunning}/WaitOperation", _bytes, operations.Operation.FromString)
