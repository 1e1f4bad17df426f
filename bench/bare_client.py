"""A client that has actions executed with gRPC and the messages alone: `bare_client.py HOST:PORT TASKS`.

What `bench/remote.py` measures pitstop against: five blobs for each, upload of what is missing, Execute, download.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import grpc

from pitstop.cache.reapi.calls import Calls
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi


def main(address: str, tasks: int) -> None:
    """Have `tasks` actions executed at `address` with nothing but gRPC and the messages: upload, Execute, download."""
    calls = Calls(grpc.insecure_channel(address))

    def blob(data: bytes) -> tuple[reapi.Digest, bytes]:
        return reapi.Digest(hash=sha256(data).hexdigest(), size_bytes=len(data)), data

    def one(task: int) -> None:
        file = blob(f"{task}\n".encode() * 100)
        source = blob(reapi.Directory(files=[reapi.FileNode(name=str(task), digest=file[0])]).SerializeToString())
        node = reapi.DirectoryNode(name="src", digest=source[0])
        root = blob(reapi.Directory(directories=[node]).SerializeToString())
        argv = ["/bin/sh", "-c", f"echo bare > out/{task}"]
        command = blob(reapi.Command(arguments=argv, output_paths=[f"out/{task}"]).SerializeToString())
        salt = os.urandom(8)
        action = blob(reapi.Action(command_digest=command[0], input_root_digest=root[0], salt=salt).SerializeToString())
        made = [file, source, root, command, action]
        missing = calls.find_missing_blobs(reapi.FindMissingBlobsRequest(blob_digests=[name for name, _ in made]))
        wanted = {name.hash for name in missing.missing_blob_digests}
        update = reapi.BatchUpdateBlobsRequest()
        for name, data in made:
            if name.hash in wanted:
                update.requests.add(digest=name, data=data)
        calls.batch_update_blobs(update)
        for operation in calls.execute(reapi.ExecuteRequest(action_digest=action[0])):
            if operation.done:
                response = reapi.ExecuteResponse()
                operation.response.Unpack(response)
        assert response.result.exit_code == 0, response
        digests = [output.digest for output in response.result.output_files]
        calls.batch_read_blobs(reapi.BatchReadBlobsRequest(digests=digests))

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(one, range(tasks)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
