"""The generated modules are those of the .proto files, and these agree with what others made of the specification."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from google.protobuf import descriptor_pb2
from tests.parts.environment import environment

import pitstop
from pitstop.cache.reapi.errors import detail
from pitstop.cache.reapi.proto import bytestream_pb2, operations_pb2, remote_execution_pb2, semver_pb2, status_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.descriptor import Descriptor, FileDescriptor

SOURCES = Path(pitstop.__file__).parent.parent
MODULES = {
    module.DESCRIPTOR.name: module.DESCRIPTOR
    for module in (bytestream_pb2, operations_pb2, remote_execution_pb2, semver_pb2, status_pb2)
}
# How a message of theirs is called here.
OURS = {"google.rpc.": "pitstop.rpc.", "google.longrunning.": "pitstop.longrunning."}
# Written into BuildGrid's interpreter: the fields of each of its messages, and the values of each of its enums.
DESCRIBE = """
import json
from google.protobuf import descriptor
from buildgrid._protos.build.bazel.remote.execution.v2 import remote_execution_pb2
from buildgrid._protos.build.bazel.semver import semver_pb2
from buildgrid._protos.google.bytestream import bytestream_pb2
from buildgrid._protos.google.longrunning import operations_pb2
from buildgrid._protos.google.rpc import status_pb2
found = {}
def message(each):
    found[each.full_name] = {f.name: [f.number, f.type, f.is_repeated if hasattr(f, "is_repeated") else f.label == 3,
        (f.message_type or f.enum_type).full_name if f.message_type or f.enum_type else ""] for f in each.fields}
    for inner in each.nested_types: message(inner)
    for inner in each.enum_types: found[inner.full_name] = {v.name: v.number for v in inner.values}
for module in (remote_execution_pb2, semver_pb2, bytestream_pb2, operations_pb2, status_pb2):
    for each in module.DESCRIPTOR.message_types_by_name.values(): message(each)
print(json.dumps(found))
"""


def test_the_modules_were_generated_from_the_proto_files(tmp_path: Path) -> None:
    protoc = pytest.importorskip("grpc_tools.protoc")
    out = tmp_path / "all"
    folder = SOURCES / "pitstop/cache/reapi/proto"
    files = [str(path.relative_to(SOURCES)) for path in sorted(folder.glob("*.proto"))]
    well_known = Path(protoc.__file__).parent / "_proto"
    assert protoc.main(["", f"-I{SOURCES}", f"-I{well_known}", f"--descriptor_set_out={out}", *files]) == 0
    compiled = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    assert {each.name for each in compiled.file} == set(MODULES)
    for each in compiled.file:
        _forget_json_names(each.message_type)  # protoc adds them, modules have none
        assert each.SerializeToString(deterministic=True) == _proto(MODULES[each.name]), f"generate {each.name} anew"


@pytest.mark.slow
def test_names_numbers_and_types_are_those_that_buildgrid_has() -> None:
    python = environment("buildgrid-0.4.4", "buildgrid[database]==0.4.4") / "bin/python"
    said = subprocess.run([python, "-c", DESCRIBE], check=True, capture_output=True, timeout=60).stdout
    theirs = {_ours(name): fields for name, fields in json.loads(said).items()}
    compared = 0
    for file in MODULES.values():
        for message in file.message_types_by_name.values():
            compared += _compare(message, theirs)
    assert compared > 90


def _compare(message: Descriptor, theirs: dict[str, dict[str, list[object]]]) -> int:
    compared = 0
    if message.full_name in theirs:
        known = {name: (*field[:3], _ours(str(field[3]))) for name, field in theirs[message.full_name].items()}
        for field in message.fields:
            kind = field.message_type or field.enum_type
            ours = (field.number, field.type, field.is_repeated, kind.full_name if kind else "")
            assert known.get(field.name, ours) == ours, field.full_name
            assert all(each[0] != field.number for name, each in known.items() if name != field.name), field.full_name
            compared += field.name in known
    for enum in message.enum_types:
        values = theirs.get(enum.full_name, {})
        ours_by_name = {value.name: value.number for value in enum.values}
        assert {name: values[name] for name in ours_by_name if name in values}.items() <= ours_by_name.items()
    return compared + sum(_compare(inner, theirs) for inner in message.nested_types)


def test_googles_own_package_of_status_may_be_in_the_same_process() -> None:
    theirs = pytest.importorskip("google.rpc.status_pb2")
    details = pytest.importorskip("google.rpc.error_details_pb2")
    status = theirs.Status(code=9, message="missing")
    violation = details.PreconditionFailure.Violation(type="MISSING", subject="blobs/ab/1")
    status.details.add().Pack(details.PreconditionFailure(violations=[violation]))
    ours = status_pb2.Status.FromString(status.SerializeToString())
    found = detail(ours, status_pb2.PreconditionFailure)
    assert found is not None
    assert [(each.type, each.subject) for each in found.violations] == [("MISSING", "blobs/ab/1")]
    assert detail(ours, status_pb2.RetryInfo) is None


def _proto(file: FileDescriptor) -> bytes:
    found = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(found)
    return found.SerializeToString(deterministic=True)


def _forget_json_names(messages: Iterable[descriptor_pb2.DescriptorProto]) -> None:
    for message in messages:
        for field in message.field:
            field.ClearField("json_name")
        _forget_json_names(message.nested_type)


def _ours(name: str) -> str:
    for theirs, ours in OURS.items():
        name = name.replace(theirs, ours)
    return name
