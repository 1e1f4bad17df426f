"""Command, Action and ActionResult, byte for byte as the protobuf runtime writes them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cache import oracle as reapi

from pitstop.cache.actions import (
    ActionResult,
    OutputFile,
    OutputLink,
    decode_result,
    encode_action,
    encode_command,
    encode_result,
)
from pitstop.cache.wire import WireError
from pitstop.core.digest import Digest

TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
TEXTS = st.lists(TEXT, max_size=4).map(tuple)
VARIABLES = st.dictionaries(TEXT, TEXT, max_size=4)
HASH = st.binary(min_size=32, max_size=32).map(bytes.hex)
DIGEST = st.builds(Digest, HASH, st.one_of(st.just(0), st.integers(0, 2**63 - 1)))
DURATION = st.floats(0, 1e6, allow_nan=False)


def pairs(name: str, values: dict[str, str]) -> list[Any]:
    return [reapi.new(name, name=key, value=values[key]) for key in sorted(values)]


@given(TEXTS, VARIABLES, TEXTS, TEXT)
def test_a_command_equals_the_runtimes(
    argv: tuple[str, ...], environment: dict[str, str], outputs: tuple[str, ...], cwd: str
) -> None:
    assert encode_command(argv, environment, outputs, cwd) == reapi.encoded(
        reapi.new(
            "Command",
            arguments=argv,
            environment_variables=pairs("EnvironmentVariable", environment),
            working_directory=cwd,
            output_paths=sorted(outputs),
        )
    )


@given(DIGEST, DIGEST, st.none() | DURATION, VARIABLES, st.binary(max_size=40))
def test_an_action_equals_the_runtimes(
    command: Digest, root: Digest, timeout_s: float | None, platform: dict[str, str], salt: bytes
) -> None:
    expected = reapi.new(
        "Action", command_digest=reapi.digest(command), input_root_digest=reapi.digest(root), salt=salt
    )
    if timeout_s is not None:
        expected.timeout.SetInParent()
        expected.timeout.seconds = int(timeout_s)
        expected.timeout.nanos = int(timeout_s % 1 * 1e9)
    if platform:
        expected.platform.properties.extend(pairs("Property", platform))
    ours = encode_action(command, root, timeout_s=timeout_s, platform=platform, salt=salt)
    assert ours == reapi.encoded(expected)


@pytest.mark.slow
@given(st.data())
def test_what_differs_in_any_part_is_another_action(data: st.DataObject) -> None:
    case = st.fixed_dictionaries(
        {
            "command": DIGEST,
            "root": DIGEST,
            "timeout_s": st.sampled_from([None, 0.0, 1.0, 1.5]),
            "platform": VARIABLES,
            "salt": st.binary(max_size=2),
        }
    )
    one: dict[str, Any] = data.draw(case)
    other: dict[str, Any] = data.draw(case)
    name = data.draw(st.sampled_from(sorted(one)))
    changed = one | {name: other[name]}
    assert (encode_action(**one) == encode_action(**changed)) == (one == changed)


FILES = st.lists(st.builds(OutputFile, TEXT, DIGEST, st.booleans()), max_size=3, unique_by=lambda file: file.path)
LINKS = st.lists(st.builds(OutputLink, TEXT, TEXT), max_size=3, unique_by=lambda link: link.path)
RESULT = st.builds(
    ActionResult,
    FILES.map(tuple),
    LINKS.map(tuple),
    st.integers(-(2**31), 2**31 - 1),
    st.binary(max_size=300),
    st.none() | DIGEST,
    DURATION,
    TEXT,
    st.integers(0, 2**40).map(float),
)


def as_message(result: ActionResult) -> Any:
    message = reapi.new(
        "ActionResult",
        output_files=[
            reapi.new("OutputFile", path=file.path, digest=reapi.digest(file.digest), is_executable=file.executable)
            for file in sorted(result.files)
        ],
        output_symlinks=[
            reapi.new("OutputSymlink", path=link.path, target=link.target) for link in sorted(result.links)
        ],
        exit_code=result.exit_code,
        stdout_raw=result.log,
    )
    if result.log_digest is not None:
        message.stdout_digest.CopyFrom(reapi.digest(result.log_digest))
    metadata = message.execution_metadata
    metadata.worker = result.worker
    if result.made:
        metadata.worker_completed_timestamp.seconds = int(result.made)
    metadata.execution_start_timestamp.SetInParent()
    metadata.execution_completed_timestamp.seconds = int(result.duration_s)
    metadata.execution_completed_timestamp.nanos = int(result.duration_s % 1 * 1e9)
    metadata.execution_completed_timestamp.SetInParent()
    return message


@pytest.mark.slow
@given(RESULT)
def test_a_result_equals_the_runtimes_and_comes_back(result: ActionResult) -> None:
    data = encode_result(result)
    assert data == reapi.encoded(as_message(result))
    back = decode_result(data)
    assert back.duration_s == pytest.approx(result.duration_s, abs=2e-9)
    assert back._replace(duration_s=0.0) == result._replace(
        duration_s=0.0, files=tuple(sorted(result.files)), links=tuple(sorted(result.links))
    )


@pytest.mark.slow
@given(RESULT, st.binary(max_size=5), DIGEST, LINKS)
def test_a_result_that_another_client_wrote_is_read(
    result: ActionResult, contents: bytes, other: Digest, old_links: list[OutputLink]
) -> None:
    message = as_message(result)
    message.stderr_raw = contents
    message.stderr_digest.CopyFrom(reapi.digest(other))
    message.execution_metadata.queued_timestamp.seconds = 5
    message.execution_metadata.execution_start_timestamp.seconds = 100
    message.execution_metadata.execution_completed_timestamp.seconds += 100
    for file in message.output_files:
        file.contents = contents
    message.output_file_symlinks.extend(
        reapi.new("OutputSymlink", path=link.path, target=link.target) for link in old_links
    )
    back = decode_result(reapi.encoded(message))
    assert back.files == tuple(sorted(result.files))
    assert back.links == (*old_links, *sorted(result.links))
    assert (back.exit_code, back.log, back.log_digest) == (result.exit_code, result.log, result.log_digest)
    assert back.duration_s == pytest.approx(result.duration_s, abs=1e-6)


@given(st.binary(min_size=1, max_size=4), st.binary(min_size=1, max_size=4))
def test_names_that_are_no_utf8_survive(path: bytes, target: bytes) -> None:
    link = OutputLink(*(one.decode("utf-8", "surrogateescape") for one in (path, target)))
    assert decode_result(encode_result(ActionResult(links=(link,)))).links == (link,)


def decodes(data: bytes) -> bool:
    """Anything but a WireError is a failure of the test."""
    try:
        decode_result(data)
    except WireError:
        return False
    return True


@given(st.binary(max_size=60))
def test_any_bytes_are_a_result_or_a_wire_error(data: bytes) -> None:
    decodes(data)


@pytest.mark.slow
@given(RESULT, st.data())
def test_a_damaged_result_is_a_result_or_a_wire_error(result: ActionResult, data: st.DataObject) -> None:
    frame = bytearray(encode_result(result))
    for _ in range(data.draw(st.integers(1, 3))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    decodes(bytes(frame[: data.draw(st.integers(0, len(frame)))]))


@given(st.lists(st.sampled_from([2, 4, 5, 6, 9, 10, 11, 12]), max_size=3), st.lists(st.integers(0, 255), max_size=12))
def test_a_known_field_with_any_content_is_a_result_or_a_wire_error(fields: list[int], content: list[int]) -> None:
    data = bytes(content)
    decodes(b"".join(bytes((field << 3 | 2, len(data))) + data for field in fields))
    decodes(b"".join(bytes((field << 3, content[0] & 0x7F if content else 0)) for field in fields))


def test_a_digest_that_is_no_sha256_is_refused() -> None:
    for name in ("", "0" * 63, "G" * 64, "A" * 64, "../" + "0" * 61):
        message = reapi.new("ActionResult", stdout_digest=reapi.new("Digest", hash=name))
        assert not decodes(reapi.encoded(message))
