"""Who may do what: tokens, of which only the SHA-256 is known here.

A token file has one line for each token, `TEAM rw sha256:HEX` or `TEAM ro sha256:HEX`; `#` starts a comment. A hash
without salt or stretching is enough for tokens that were drawn at random (256 bits), which `new_token` does; tokens of
people's invention are refused below 16 characters.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode
from binascii import Error as Base64Error
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import ConfigError, SurroundingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SHORTEST = 16
"""Characters of a token."""
TEAM = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
_LINE = re.compile(r"(?P<team>\S+)\s+(?P<rights>rw|ro)\s+sha256:(?P<digest>[0-9a-f]{64})")
_EVERY_S = 1.0


class Grant(NamedTuple):
    """What the holder of a token may do."""

    team: str
    write: bool
    digest: str
    """SHA-256 of the token, in hexadecimal."""

    @property
    def line(self) -> str:
        """This grant as a line of a token file."""
        return f"{self.team} {'rw' if self.write else 'ro'} sha256:{self.digest}"


def new_token() -> str:
    """Return a token that nobody can guess, and that no shell, URL or command line takes for something else."""
    return token_hex(32)


def grant_of(team: str, token: str, *, write: bool) -> Grant:
    """Return the grant for a token. Raises UsageError when the team has no proper name or the token is short."""
    if not TEAM.fullmatch(team) or ".." in team:
        raise UsageError(f"`{team}` is no name of a team", hint="lower-case letters, digits, `-`, `_` and `.`")
    if len(token) < SHORTEST:
        raise UsageError(
            f"the token of team `{team}` is shorter than {SHORTEST} characters",
            hint="`pitstop cache serve --tokens FILE --add-token TEAM` draws one",
        )
    return Grant(team, write, sha256(token.encode("utf-8", "surrogateescape")).hexdigest())


def parse_tokens(text: str, file: str) -> tuple[Grant, ...]:
    """Return the grants of a token file. Raises ConfigError, which names `file` and the line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        match = _LINE.fullmatch(line)
        if match is None or not TEAM.fullmatch(match["team"]) or ".." in match["team"]:
            hint = "a line is `TEAM rw sha256:HEX` or `TEAM ro sha256:HEX`; `--add-token TEAM` writes one"
            raise ConfigError("this is no line of a token file", file=file, line=number, column=1, hint=hint)
        found.append(Grant(match["team"], match["rights"] == "rw", match["digest"]))
    return tuple(found)


def presented(authorization: bytes) -> str:
    """Return the token of an `Authorization` header: `Bearer TOKEN`, or `Basic` with it as password or as user."""
    scheme, _, value = authorization.partition(b" ")
    value = value.strip()
    if scheme.lower() == b"bearer":
        return value.decode("utf-8", "surrogateescape")
    if scheme.lower() != b"basic":
        return ""
    try:
        user, _, password = b64decode(value, validate=True).decode("utf-8", "surrogateescape").partition(":")
    except Base64Error:
        return ""
    return password or user


def find_grant(grants: Iterable[Grant], token: str) -> Grant | None:
    """Return the grant of a token. Every one is compared, and each in the same time, however alike they are."""
    digest = sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
    found = None
    for grant in grants:
        if compare_digest(grant.digest, digest):
            found = grant
    return found


class TokenFile:
    """The grants of a file that may change while the server runs; what cannot be read leaves them as they were."""

    def __init__(self, path: str, warn: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._path = path
        self._warn = warn
        self._clock = clock
        self._seen = (0, 0, 0)
        self._next = 0.0
        self._grants: tuple[Grant, ...] = ()
        self._read()

    def grants(self) -> Sequence[Grant]:
        """Return the grants as they are now; the file is looked at once a second."""
        now = self._clock()
        if now >= self._next:
            self._next = now + _EVERY_S
            try:
                self._read()
            except (ConfigError, SurroundingError) as error:
                self._warn(f"{error.problem}; the tokens stay as they were")
        return self._grants

    def _read(self) -> None:
        try:
            status = os.stat(self._path)
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen == self._seen:
                return
            self._seen = seen
            with open(self._path, encoding="utf-8", errors="surrogateescape") as file:
                text = file.read()
        except OSError as error:
            raise SurroundingError(f"cannot read the tokens in `{self._path}`: {error.strerror}") from error
        self._grants = parse_tokens(text, self._path)


def add_token(path: str, grant: Grant) -> None:
    """Append a grant to a token file, which is made if need be, for its owner alone. Raises SurroundingError."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(fd, "r+b") as file:
            begun = file.seek(0, os.SEEK_END) and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
            file.write(f"{chr(10) if begun else ''}{grant.line}\n".encode())
    except OSError as error:
        raise SurroundingError(f"cannot write the token file `{path}`: {error.strerror}") from error
