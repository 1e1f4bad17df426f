"""Signed results: many may write to a tier, but only who has a key can write what others believe.

A signature lies inside the `ActionResult` that it covers, as a `google.protobuf.Any` among the `auxiliary_metadata` of
its `execution_metadata`, so that every server which keeps results of REAPI keeps it:

    type_url  "type.googleapis.com/pitstop.Signature"
    value     message Signature { string key_id = 1; string algorithm = 2; bytes signature = 3; }

`algorithm` is `hmac-sha256` (one secret signs and verifies) or `ed25519` (RFC 8032; a private key signs, its public one
verifies). What is signed: `pitstop.Signature v1`, the hash of the action, and the message in a form that outlives what
servers do to it, each on a line of its own. In that form fields stand in ascending order and empty ones are gone, and so
are `auxiliary_metadata` and the bytes of small outputs (`OutputFile.contents`); `stdout_raw` and `stderr_raw` are
replaced by their digests. Since all digests are signed, so are the bytes of all outputs.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache import wire
from pitstop.cache.tiers.tier import TierError
from pitstop.core.digest import digest_of
from pitstop.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import ModuleType

TYPE_URL = "type.googleapis.com/pitstop.Signature"
HMAC, ED25519 = "hmac-sha256", "ed25519"

_WORDS = {"pitstop-hmac-sha256": HMAC, "pitstop-ed25519-private": ED25519, "pitstop-ed25519-public": ED25519}
_SHORTEST_SECRET = 16  # bytes

# Field numbers of remote_execution.proto.
_OUTPUT_FILE, _STDOUT, _STDOUT_DIGEST, _STDERR, _STDERR_DIGEST, _METADATA = 2, 5, 6, 7, 8, 9  # ActionResult
_CONTENTS = 5  # OutputFile
_AUXILIARY = 11  # ExecutedActionMetadata


class Key(NamedTuple):
    """What signs or verifies. Its text shows no secret."""

    algorithm: str
    secret: bytes = b""
    """The shared secret, or the 32 bytes of a private key; empty: it only verifies."""
    public: bytes = b""
    """The 32 bytes of a public key, of Ed25519 alone."""

    @property
    def id(self) -> str:
        """16 hex digits that name the key, and tell nothing of it that a signature would not."""
        return sha256(b"pitstop key\n" + (self.public or self.secret)).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"<{self.algorithm} key {self.id}>"


class Signature(NamedTuple):
    """What the message `Signature` holds."""

    key_id: str
    algorithm: str
    value: bytes


class Verdict(NamedTuple):
    """Whether a result may be believed."""

    key_id: str
    """Of the key that signed it; empty: nobody whom we know."""
    problem: str
    """Why it may not be believed, as the end of a sentence about the result; empty: it may."""


def sign(action: str, message: bytes, key: Key) -> bytes:
    """Return an `ActionResult` message with the signature of `key` in it, beside those of others.

    `action` is the hash of the action that it belongs to. Raises WireError when `message` is none, and TierError when
    `key` cannot sign or `cryptography` is missing.
    """
    if not key.secret:
        raise TierError(f"the key {key.id} is a public one, which cannot sign", permanent=True)
    signed = _signed(action, message)
    if key.algorithm == HMAC:
        value = hmac.digest(key.secret, signed, "sha256")
    else:
        value = bytes(_ed25519().Ed25519PrivateKey.from_private_bytes(key.secret).sign(signed))
    rest = [(field, value) for field, value in wire.fields(message) if field != _METADATA]
    metadata = [item for item in _metadata(message) if _signature_of(item) is None or _key_id(item) != key.id]
    one = wire.text(1, key.id) + wire.text(2, key.algorithm) + wire.blob(3, value)
    metadata.append((_AUXILIARY, wire.text(1, TYPE_URL) + wire.blob(2, one)))
    return _encoded([*rest, (_METADATA, _encoded(metadata))])


def verify(action: str, message: bytes, keys: Sequence[Key]) -> Verdict:
    """Say whether one of `keys` has signed `message` for the action with the hash `action`.

    Raises TierError when a signature needs `cryptography` and that is missing; nothing else: bytes that are no message
    may not be believed.
    """
    try:
        signed, found = _signed(action, message), signatures(message)
    except wire.WireError as error:
        return Verdict("", f"it is no result: {error}")
    if not found:
        return Verdict("", "it is not signed")
    known = {key.id: key for key in keys}
    for signature in found:
        key = known.get(signature.key_id)
        if key is not None and key.algorithm == signature.algorithm and _fits(key, signed, signature.value):
            return Verdict(key.id, "")
    if names := [signature.key_id for signature in found if signature.key_id in known]:
        return Verdict("", f"it has a signature of the key {names[0]} that does not fit it")
    return Verdict("", f"it is signed by the key {found[0].key_id}, which is not among those that are trusted")


def signatures(message: bytes) -> tuple[Signature, ...]:
    """Return the signatures in an `ActionResult` message, unverified. Raises WireError."""
    return tuple(found for item in _metadata(message) if (found := _signature_of(item)) is not None)


# Keys


def read_keys(text: str, place: str) -> tuple[Key, ...]:
    """Return the keys of a text, one on each line or between commas; `#` begins a remark.

    A key is `pitstop-hmac-sha256`, `pitstop-ed25519-private` or `pitstop-ed25519-public`, and after a space its bytes in
    base64. `place` says in errors where the text is from. Raises UsageError.
    """
    found = []
    for line in text.replace(",", "\n").splitlines():
        words = line.partition("#")[0].split()
        if words:
            found.append(_key(words, place))
    return tuple(found)


def load_keys(source: str, environ: Mapping[str, str]) -> tuple[Key, ...]:
    """Return the keys in the variable that `env:NAME` names, none if it is not set, or in the file at a path.

    Raises UsageError.
    """
    if source.startswith("env:"):
        return read_keys(environ.get(source[4:], ""), f"the variable `{source[4:]}`")
    try:
        with open(source, encoding="utf-8") as file:
            return read_keys(file.read(), f"`{source}`")
    except OSError as error:
        raise UsageError(f"the keys in `{source}` cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the keys in `{source}` cannot be read: they are no text") from error


def signing_key(keys: Iterable[Key]) -> Key | None:
    """Return the first key that can sign."""
    return next((key for key in keys if key.secret), None)


def new_keys(algorithm: str, random: bytes) -> tuple[str, str]:
    """Return the lines of a new key: the one that signs, and the one to verify with, from 32 random bytes.

    Raises TierError when `algorithm` is Ed25519 and `cryptography` is missing.
    """
    assert len(random) == 32
    if algorithm == HMAC:
        line = f"pitstop-hmac-sha256 {_base64(random)}"
        return line, line
    return f"pitstop-ed25519-private {_base64(random)}", f"pitstop-ed25519-public {_base64(_public_of(random))}"


def _key(words: list[str], place: str) -> Key:
    import base64
    import binascii

    hint = "a key is what `pitstop cache keygen` prints, one on a line"
    algorithm = _WORDS.get(words[0])
    if algorithm is None or len(words) != 2:
        raise UsageError(f"{place} holds something that is no key", hint=hint)
    try:
        data = base64.b64decode(words[1], validate=True)
    except binascii.Error as error:
        raise UsageError(f"{place} holds a key that is not whole: {error}", hint=hint) from error
    if algorithm == HMAC:
        if len(data) < _SHORTEST_SECRET:
            raise UsageError(f"{place} holds a secret that can be guessed: below {_SHORTEST_SECRET} bytes", hint=hint)
        return Key(algorithm, secret=data)
    if len(data) != 32:
        raise UsageError(f"{place} holds a key of {len(data)} bytes where Ed25519 has 32", hint=hint)
    if words[0].endswith("private"):
        return Key(algorithm, secret=data, public=_public_of(data))
    return Key(algorithm, public=data)


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()


def _public_of(private: bytes) -> bytes:
    return bytes(_ed25519().Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


def _fits(key: Key, signed: bytes, value: bytes) -> bool:
    if key.algorithm == HMAC:
        return hmac.compare_digest(hmac.digest(key.secret, signed, "sha256"), value)
    ed25519 = _ed25519()
    from cryptography.exceptions import InvalidSignature

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(value, signed)
    except InvalidSignature:
        return False
    return True


def _ed25519() -> ModuleType:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise TierError(
            "a key of Ed25519 needs `cryptography`", hint="`pip install 'pitstop[signing]'`", permanent=True
        ) from error
    return ed25519


# Messages. Fixed-size fields do not occur in these, at any version: what is not a number is length-delimited.


def _signed(action: str, message: bytes) -> bytes:
    """Return the bytes that are signed. Raises WireError."""
    kept: list[tuple[int, int | bytes]] = []
    whole = list(wire.fields(message))
    digests = {field: value for field, value in whole if field in {_STDOUT_DIGEST, _STDERR_DIGEST}}
    for field, value in whole:
        if isinstance(value, int):
            kept.append((field, value))
        elif field == _OUTPUT_FILE:
            kept.append((field, _encoded(item for item in wire.fields(value) if item[0] != _CONTENTS and item[1])))
        elif field in {_STDOUT, _STDERR}:
            name = wire.digest(1, digest_of(value))[2:]
            if value and digests.setdefault(field + 1, name) != name:
                raise wire.WireError("its log and the digest of its log differ")
        elif field not in {_STDOUT_DIGEST, _STDERR_DIGEST, _METADATA}:
            kept.append((field, value))
    kept += digests.items()
    kept.append((_METADATA, _encoded(item for item in _metadata(message) if item[0] != _AUXILIARY and item[1])))
    return b"pitstop.Signature v1\n" + action.encode() + b"\n" + _encoded(item for item in kept if item[1])


def _metadata(message: bytes) -> list[tuple[int, int | bytes]]:
    """Return the fields of `execution_metadata`; a message that comes in several parts is merged, as protobuf does."""
    parts = (value for field, value in wire.fields(message) if field == _METADATA)
    return [item for part in parts if isinstance(part, bytes) for item in wire.fields(part)]


def _signature_of(item: tuple[int, int | bytes]) -> Signature | None:
    """Return the signature in a field of `execution_metadata`; None when it holds something else."""
    field, value = item
    if field != _AUXILIARY or isinstance(value, int):
        return None
    try:
        some = dict(wire.fields(value))
        inner = some.get(2, b"")
        if some.get(1) != TYPE_URL.encode() or isinstance(inner, int):
            return None
        parts = dict(wire.fields(inner))
    except wire.WireError:  # somebody else's, or torn
        return None
    name, algorithm, signature = (parts.get(number, b"") for number in (1, 2, 3))
    if isinstance(name, int) or isinstance(algorithm, int) or isinstance(signature, int):
        return None
    if len(name) != 16 or not set(name) <= set(b"0123456789abcdef"):
        return None
    return Signature(name.decode(), algorithm.decode("ascii", "replace"), signature)


def _key_id(item: tuple[int, int | bytes]) -> str:
    found = _signature_of(item)
    return "" if found is None else found.key_id


def _encoded(fields: Iterable[tuple[int, int | bytes]]) -> bytes:
    """Return fields as a message, in ascending order; those of one number stay as they are among themselves."""
    return b"".join(_field(number, value) for number, value in sorted(fields, key=lambda field: field[0]))


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return wire.varint(number << 3) + wire.varint(value)
    return wire.varint(number << 3 | 2) + wire.varint(len(value)) + value
