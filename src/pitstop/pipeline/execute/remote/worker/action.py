"""From what the run says of a task to the `Command` and `Action` messages that its cluster understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from google.protobuf.duration_pb2 import Duration

from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.core.digest import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping


class Encoded(NamedTuple):
    """An action, ready to be sent."""

    name: Digest
    """Of the `Action` message."""
    blobs: Mapping[Digest, bytes]
    """The messages themselves."""


def encode(errand: Mapping[str, Any], *, old: bool) -> Encoded:
    """Return the action for an errand (`errand.errand`); `old`: for a server that knows no API of 2.1.

    Platform properties stand in both messages: the action's are read since 2.2, the command's before that.
    """
    platform = reapi.Platform(
        properties=[reapi.Platform.Property(name=name, value=value) for name, value in errand["platform"]]
    )
    command = reapi.Command(
        arguments=errand["argv"],
        environment_variables=[
            reapi.Command.EnvironmentVariable(name=name, value=value) for name, value in errand["env"]
        ],
        platform=platform,
    )
    if old:
        command.output_files.extend(path for path, folder in errand["outputs"] if not folder)
        command.output_directories.extend(path for path, folder in errand["outputs"] if folder)
    else:
        command.output_paths.extend(path for path, _ in errand["outputs"])
    about = command.SerializeToString(deterministic=True)
    name = digest_of(about)
    root, size = errand["root"]
    action = reapi.Action(
        command_digest=reapi.Digest(hash=name.hash, size_bytes=name.size),
        input_root_digest=reapi.Digest(hash=root, size_bytes=size),
        do_not_cache=not errand["keep"],
        salt=errand["salt"],
        platform=platform,
    )
    if errand["timeout_s"] is not None:
        whole = int(errand["timeout_s"])
        action.timeout.CopyFrom(Duration(seconds=whole, nanos=int((errand["timeout_s"] - whole) * 1e9)))
    data = action.SerializeToString(deterministic=True)
    return Encoded(digest_of(data), {name: about, digest_of(data): data})
