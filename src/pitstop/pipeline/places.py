"""Where pitstop keeps things for a user: the store, and the secret of keyed hashes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pitstop.core.environ import environ, is_ci, is_github
from pitstop.core.errors import SurroundingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.cache.tiers.far import Far
    from pitstop.cache.tiers.tier import Address
    from pitstop.pipeline.settings.model import Cache

TIERS = "PITSTOP_CACHE_TIERS"
"""The variable that is stronger than `[cache] tiers`."""


def user_folder() -> str:
    """Return the user's cache folder for pitstop: `$XDG_CACHE_HOME/pitstop`, by default `~/.cache/pitstop`."""
    base = environ.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):
        home = os.path.expanduser("~")
        base = f"{home}/Library/Caches" if sys.platform == "darwin" else f"{home}/.cache"
    return f"{base}/pitstop"


def store_folder(root: str, configured: str) -> str:
    """Return the folder of the local store; `configured` is `[cache] dir`, relative to the repository."""
    return os.path.join(root, os.path.expanduser(configured)) if configured else user_folder()


def tiers(configured: Cache) -> list[Address]:
    """Return the stores on other machines that hold here, nearest first; an entry that the variable repeats is kept.

    Raises UsageError for a variable that names none.
    """
    named = environ.get(TIERS)
    if not (configured.tiers if named is None else named.strip()):
        return []
    from pitstop.cache.tiers.open import LOCAL, address_of
    from pitstop.cache.tiers.tier import TierError
    from pitstop.core.errors import UsageError
    from pitstop.pipeline.settings.model import TierEntry

    entries = configured.tiers
    if named is not None:
        known = {entry.url: entry for entry in entries}
        urls = [url.strip() for url in named.split(",") if url.strip()]
        entries = tuple(known.get(url) or TierEntry(url) for url in urls)
    try:
        found = [
            address_of(
                entry.url,
                read=entry.read,
                write=entry.write,
                timeout_s=entry.timeout_s,
                options=entry.options,
                room=entry.room,
                ci=is_ci(),
            )
            for entry in entries
        ]
    except TierError as error:
        raise UsageError(f"the variable `{TIERS}`: {error.problem}", hint=error.hint) from error
    here = {LOCAL} if is_github() else {LOCAL, "github"}  # whose cache nobody has outside of its runners
    return [address for address in found if address.kind not in here]


def far(root: str, store: str, configured: Cache, notice: Callable[[str], None]) -> Far | None:
    """Return the stores on other machines, of which none is asked yet; None: there are none. `store`: the local one's root.

    Raises UsageError as `tiers`.
    """
    if not (found := tiers(configured)):
        return None
    from pitstop.cache.tiers.far import Far

    sign, verify = key_sources(root, configured)
    return Far(store, found, environ, notice, sign=sign, verify=verify)


def project(root: str) -> str:
    """Return what tells this repository from others on every machine: where it was cloned from, as `host/path`."""
    from pitstop.links.git import call

    _, out, _ = call(root, "config", "--get", "remote.origin.url")
    url = out.decode("utf-8", "surrogateescape").strip()
    _, _, place = url.rpartition("://")
    host, _, path = place.rpartition("@")[2].replace(":", "/", 1).partition("/")
    return f"{host}/{path.strip('/').removesuffix('.git')}".lower() if path else ""


def key_sources(root: str, configured: Cache) -> tuple[str, list[str]]:
    """Return where the keys are that sign, and those that verify, as `cache.tiers.sign.load_keys` takes it."""

    def absolute(source: str) -> str:
        named = not source or source.startswith("env:")
        return source if named else os.path.join(root, os.path.expanduser(source))

    return absolute(configured.sign), [absolute(source) for source in configured.verify]


def user_secret() -> bytes:
    """Return the 32 random bytes with which this user's secrets are hashed into keys; made at first use.

    Raises SurroundingError when they can be neither read nor kept.
    """
    path = f"{user_folder()}/secret.key"
    for _attempt in range(2):
        try:
            with open(path, "rb") as file:
                secret = file.read()
            if len(secret) == 32:
                return secret
        except OSError:
            pass
        try:
            os.makedirs(user_folder(), exist_ok=True)
            fd = os.open(f"{path}.{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(fd, "wb") as file:
                file.write(os.urandom(32))
            try:
                os.link(f"{path}.{os.getpid()}", path)  # two first runs at once must agree
            except FileExistsError:
                if os.path.getsize(path) != 32:
                    os.replace(f"{path}.{os.getpid()}", path)
            finally:
                if os.path.exists(f"{path}.{os.getpid()}"):
                    os.unlink(f"{path}.{os.getpid()}")
        except OSError as error:
            raise SurroundingError(
                f"cannot keep the key for hashing secrets in `{path}`: {error.strerror}",
                hint="set XDG_CACHE_HOME to a folder that can be written, or take `secrets` out of the task",
            ) from error
    raise SurroundingError(f"`{path}` is damaged", hint="remove it")
