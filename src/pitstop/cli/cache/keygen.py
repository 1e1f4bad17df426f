"""`pitstop cache keygen`: a new key to sign results with, in files, and what to do with them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.core.errors import EXIT_OK, SurroundingError, UsageError

if TYPE_CHECKING:
    import argparse


def add(below: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command."""
    made = below.add_parser(
        "keygen",
        help="make a key to sign results with",
        description="Make a key for `[cache] sign` and write it to FILE, which you alone can read, and the key for "
        "`[cache] verify` to FILE.pub, which is no secret and belongs into the repository. Nothing is overwritten.",
    )
    made.add_argument("file", metavar="FILE", help="such as `signing.key`; not a file of the repository")
    made.add_argument(
        "--secret",
        action="store_true",
        help="one shared secret that signs and verifies (HMAC-SHA256) in place of a pair of keys (Ed25519); needs no "
        "library, and whoever verifies can sign",
    )


def keygen(path: str, *, secret: bool) -> int:
    """Carry out `pitstop cache keygen`; return its exit code."""
    from pitstop.cache.tiers.sign import ED25519, HMAC, new_keys, read_keys

    signs, verifies = new_keys(HMAC if secret else ED25519, os.urandom(32))
    name = read_keys(signs, path)[0].id
    _write(path, signs, 0o600)
    if not secret:
        _write(f"{path}.pub", verifies, 0o644)
    print(f"key     {name}")
    print(
        f'sign    {path}: `sign = "env:PITSTOP_SIGNING_KEY"`, with what is in it as that variable where results are made'
    )
    shown = (
        "the same"
        if secret
        else f'{path}.pub: `verify = ["keys/{os.path.basename(path)}.pub"]`, kept in the repository'
    )
    print(f"verify  {shown}")
    return EXIT_OK


def _write(path: str, line: str, mode: int) -> None:
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise UsageError(f"`{path}` is there already", hint="name another file, or remove it yourself") from error
    except OSError as error:
        raise SurroundingError(f"`{path}` cannot be written: {error.strerror}") from error
    with os.fdopen(fd, "w", encoding="ascii") as file:
        file.write(f"{line}\n")
