"""The messages of remote_execution.proto that pitstop writes by hand, as the protobuf runtime makes them.

Field numbers and types: build/bazel/remote/execution/v2/remote_execution.proto of the Remote Execution API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

if TYPE_CHECKING:
    from google.protobuf.message import Message

PACKAGE = "pitstop.oracle"
# message: (field, number, type); `*` before a type: repeated; a type that starts with a capital: a message.
FIELDS: dict[str, tuple[tuple[str, int, str], ...]] = {
    "Digest": (("hash", 1, "string"), ("size_bytes", 2, "int64")),
    "Timestamp": (("seconds", 1, "int64"), ("nanos", 2, "int32")),
    "Duration": (("seconds", 1, "int64"), ("nanos", 2, "int32")),
    "Property": (("name", 1, "string"), ("value", 2, "string")),
    "Platform": (("properties", 1, "*Property"),),
    "EnvironmentVariable": (("name", 1, "string"), ("value", 2, "string")),
    "Command": (
        ("arguments", 1, "*string"),
        ("environment_variables", 2, "*EnvironmentVariable"),
        ("working_directory", 6, "string"),
        ("output_paths", 7, "*string"),
    ),
    "Action": (
        ("command_digest", 1, "Digest"),
        ("input_root_digest", 2, "Digest"),
        ("timeout", 6, "Duration"),
        ("do_not_cache", 7, "bool"),
        ("salt", 9, "bytes"),
        ("platform", 10, "Platform"),
    ),
    "FileNode": (("name", 1, "string"), ("digest", 2, "Digest"), ("is_executable", 4, "bool")),
    "DirectoryNode": (("name", 1, "string"), ("digest", 2, "Digest")),
    "SymlinkNode": (("name", 1, "string"), ("target", 2, "string")),
    "Directory": (("files", 1, "*FileNode"), ("directories", 2, "*DirectoryNode"), ("symlinks", 3, "*SymlinkNode")),
    "OutputFile": (
        ("path", 1, "string"),
        ("digest", 2, "Digest"),
        ("is_executable", 4, "bool"),
        ("contents", 5, "bytes"),
    ),
    "OutputSymlink": (("path", 1, "string"), ("target", 2, "string")),
    "ExecutedActionMetadata": (
        ("worker", 1, "string"),
        ("queued_timestamp", 2, "Timestamp"),
        ("worker_completed_timestamp", 4, "Timestamp"),
        ("execution_start_timestamp", 7, "Timestamp"),
        ("execution_completed_timestamp", 8, "Timestamp"),
    ),
    "ActionResult": (
        ("output_files", 2, "*OutputFile"),
        ("exit_code", 4, "int32"),
        ("stdout_raw", 5, "bytes"),
        ("stdout_digest", 6, "Digest"),
        ("stderr_raw", 7, "bytes"),
        ("stderr_digest", 8, "Digest"),
        ("execution_metadata", 9, "ExecutedActionMetadata"),
        ("output_file_symlinks", 10, "*OutputSymlink"),
        ("output_symlinks", 12, "*OutputSymlink"),
    ),
}
_FIELD = descriptor_pb2.FieldDescriptorProto


def _pool() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(name="oracle.proto", package=PACKAGE, syntax="proto3")
    for message, fields in FIELDS.items():
        described = file.message_type.add(name=message)
        for name, number, kind in fields:
            label = _FIELD.LABEL_REPEATED if kind.startswith("*") else _FIELD.LABEL_OPTIONAL
            kind = kind.lstrip("*")
            if kind[0].isupper():
                described.field.add(
                    name=name, number=number, label=label, type=_FIELD.TYPE_MESSAGE, type_name=f".{PACKAGE}.{kind}"
                )
            else:
                described.field.add(
                    name=name, number=number, label=label, type=_FIELD.Type.Value(f"TYPE_{kind.upper()}")
                )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


_POOL = _pool()


def new(name: str, /, **values: Any) -> Any:
    """Return a new message."""
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{PACKAGE}.{name}"))(**values)


def encoded(message: Message) -> bytes:
    """Return the canonical bytes."""
    return message.SerializeToString(deterministic=True)


def digest(value: tuple[str, int]) -> Any:
    """Return the `Digest` message of a digest."""
    return new("Digest", hash=value[0], size_bytes=value[1])
