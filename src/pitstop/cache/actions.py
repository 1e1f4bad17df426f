"""Action, Command and ActionResult of REAPI v2 as values, and their exact encoding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache import wire
from pitstop.core.digest import EMPTY, Digest

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIGEST_FIELD = re.compile(rb"\x12([\x42-\x4d])\x0a\x40([0-9a-f]{64})(?:\x10([\x80-\xff]{0,8}[\x00-\x7f]))?")
"""`OutputFile.digest` as it is usually written: its length, the hash, the size."""


class OutputFile(NamedTuple):
    """One file that an action left; `path` is POSIX, relative to the input root."""

    path: str
    digest: Digest
    executable: bool = False


class OutputLink(NamedTuple):
    """One symbolic link that an action left."""

    path: str
    target: str


class ActionResult(NamedTuple):
    """What is kept of a task that passed (message ActionResult)."""

    files: tuple[OutputFile, ...] = ()
    links: tuple[OutputLink, ...] = ()
    exit_code: int = 0
    log: bytes = b""
    """Standard output and error in order of arrival, when short enough to be kept inside (`stdout_raw`)."""
    log_digest: Digest | None = None
    """Else its digest (`stdout_digest`)."""
    duration_s: float = 0.0
    """From `execution_metadata`: what running it took."""
    worker: str = ""
    """The machine that it ran on."""
    made: float = 0.0
    """When it was done, in seconds since 1970 UTC (`worker_completed_timestamp`); 0: not told."""


def encode_command(
    argv: tuple[str, ...],
    environment: Mapping[str, str],
    outputs: tuple[str, ...],
    cwd: str,
) -> bytes:
    """Return a `Command` message: arguments, variables sorted by name, output paths sorted, working directory."""
    out = [wire.message(1, argument.encode("utf-8", "surrogateescape")) for argument in argv]
    out += [wire.message(2, wire.text(1, name) + wire.text(2, environment[name])) for name in sorted(environment)]
    out.append(wire.text(6, cwd))
    out += [wire.message(7, path.encode("utf-8", "surrogateescape")) for path in sorted(outputs)]
    return b"".join(out)


def encode_action(
    command: Digest, root: Digest, *, timeout_s: float | None, platform: Mapping[str, str], salt: bytes
) -> bytes:
    """Return an `Action` message; `salt` holds what decides the outcome and is no file, variable or argument."""
    out = [wire.digest(1, command), wire.digest(2, root)]
    if timeout_s is not None:
        whole = int(timeout_s)
        out.append(wire.message(6, wire.number(1, whole) + wire.number(2, int((timeout_s - whole) * 1e9))))
    out.append(wire.blob(9, salt))
    if platform:
        properties = (wire.message(1, wire.text(1, name) + wire.text(2, platform[name])) for name in sorted(platform))
        out.append(wire.message(10, b"".join(properties)))
    return b"".join(out)


def encode_result(result: ActionResult) -> bytes:
    """Return an `ActionResult` message, output files and links sorted by path."""
    out: list[bytes] = []
    for path, digest, executable in sorted(result.files):
        node = wire.text(1, path) + wire.digest(2, digest)
        out.append(wire.message(2, node + b"\x20\x01" if executable else node))
    out.append(wire.number(4, result.exit_code))
    out.append(wire.blob(5, result.log))
    if result.log_digest is not None:
        out.append(wire.digest(6, result.log_digest))
    # ExecutedActionMetadata: worker = 1, worker_completed_timestamp = 4, execution_start_timestamp = 7,
    # execution_completed_timestamp = 8. The length of the execution is kept as a span from second 0.
    metadata = wire.text(1, result.worker)
    if result.made:
        metadata += wire.message(4, _timestamp(result.made))
    metadata += wire.message(7, b"") + wire.message(8, _timestamp(result.duration_s))
    out.append(wire.message(9, metadata))
    out += [wire.message(12, wire.text(1, path) + wire.text(2, target)) for path, target in sorted(result.links)]
    return b"".join(out)


def _timestamp(seconds: float) -> bytes:
    whole = int(seconds)
    return wire.number(1, whole) + wire.number(2, int((seconds - whole) * 1e9))


def decode_result(data: bytes) -> ActionResult:
    """Return the value of an `ActionResult` message; fields that pitstop has no use for are passed over.

    Raises WireError.
    """
    files: list[OutputFile] = []
    links: list[OutputLink] = []
    exit_code, log, log_digest, duration, worker, made = 0, b"", None, 0.0, "", 0.0
    for field, value in wire.fields(data):
        if isinstance(value, int):
            if field == 4:
                exit_code = value if value < 1 << 63 else value - (1 << 64)
        elif field == 2:
            files.append(read_output_file(value)[0])
        elif field == 5:
            log = value
        elif field == 6:
            log_digest = _digest(value)
        elif field == 9:
            worker, duration, made = _metadata(value)
        elif field in {10, 11, 12}:  # output_file_symlinks, output_directory_symlinks (old), output_symlinks
            strings = dict(wire.fields(value))
            links.append(OutputLink(_text(strings.get(1, b"")), _text(strings.get(2, b""))))
    return ActionResult(tuple(files), tuple(links), exit_code, log, log_digest, duration, worker, made)


def _text(value: int | bytes) -> str:
    if isinstance(value, int):
        raise wire.WireError("a number stands where a text belongs")
    return value.decode("utf-8", "surrogateescape")


def _digest(data: bytes) -> Digest:
    hex_digest, size = "", 0
    for field, value in wire.fields(data):
        if field == 1:
            hex_digest = _text(value)
        elif field == 2 and isinstance(value, int):
            size = value
    if len(hex_digest) != 64 or not set(hex_digest) <= set("0123456789abcdef"):
        raise wire.WireError("a digest is no SHA-256")
    return Digest(hex_digest, size)


def read_output_file(data: bytes) -> tuple[OutputFile, bytes, int]:
    """Return the value of an `OutputFile` message, the bytes that it carries (`contents`), and where this field begins.

    That is -1 where it carries none, or where something follows.
    The form in which it is usually written is read at one glance: results with thousands of files are no rarity.
    Raises WireError.
    """
    length = data[1] if len(data) > 1 and data[0] == 0x0A else 0x80
    found = _DIGEST_FIELD.match(data, length + 2) if length < 0x80 else None
    if found is None or found.end() != length + 4 + found[1][0]:
        return _any_output_file(data)
    size = shift = 0
    for byte in found[3] or b"":
        size |= (byte & 0x7F) << shift
        shift += 7
    at = found.end()
    executable = data[at : at + 2] == b"\x20\x01"
    if executable:
        at += 2
    contents = b""
    if at < len(data):
        contents, begin = wire.last_blob(5, data, at)
        if not begin:
            return _any_output_file(data)
    path = data[2 : length + 2].decode("utf-8", "surrogateescape")
    return OutputFile(path, Digest(found[2].decode(), size), executable), contents, at if contents else -1


def _any_output_file(data: bytes) -> tuple[OutputFile, bytes, int]:
    path, digest, executable, contents = "", EMPTY, False, b""
    for field, value in wire.fields(data):
        if field == 1:
            path = _text(value)
        elif field == 2 and isinstance(value, bytes):
            digest = _digest(value)
        elif field == 4:
            executable = bool(value)
        elif field == 5 and isinstance(value, bytes):
            contents = value
    return OutputFile(path, digest, executable), contents, -1


def _metadata(data: bytes) -> tuple[str, float, float]:
    worker, times = "", {4: 0.0, 7: 0.0, 8: 0.0}
    for field, value in wire.fields(data):
        if isinstance(value, int):
            continue
        if field == 1:
            worker = _text(value)
        elif field in times:
            parts = dict(wire.fields(value))
            seconds, nanoseconds = parts.get(1, 0), parts.get(2, 0)
            if isinstance(seconds, int) and isinstance(nanoseconds, int):
                times[field] = seconds + nanoseconds / 1e9
    return worker, max(0.0, times[8] - times[7]), times[4]
