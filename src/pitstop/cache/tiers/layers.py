"""What is done with one tier: results looked up and judged, their blobs brought here, results sent with their blobs.

No thread, clock or connection is made here. A result counts only when every blob that it names is in the local store,
each verified by its digest; it is sent only after every blob that it names.
"""

from __future__ import annotations

import re
from contextlib import suppress
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache import wire
from pitstop.cache.intake import opened, receive
from pitstop.cache.tiers import inline
from pitstop.cache.tiers.tier import DAMAGED
from pitstop.core.digest import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from pitstop.cache.actions import ActionResult
    from pitstop.cache.disk import DiskStore
    from pitstop.cache.tiers.tier import Tier
    from pitstop.core.digest import Digest

    Judge = Callable[[str, bytes], str]
    """Says why a message for an action is not to be believed; empty: it is (`sign`)."""

_UNSAFE = re.compile(r"(?:^|/)(?:|\.|\.\.|\.git|\.pitstop)(?:/|\Z)|\0", re.IGNORECASE)
"""Paths that lead out of the repository, or into a folder whose files are believed by whoever reads them."""


class Got(NamedTuple):
    """A result that a tier has. Its blobs need not be here."""

    action: str
    message: bytes
    """As it came, without the bytes of outputs."""
    result: ActionResult
    carried: dict[Digest, bytes]
    """What it carries of the bytes of outputs; not verified."""

    @property
    def blobs(self) -> list[Digest]:
        """What it names."""
        return blobs_of(self.result)

    @property
    def size(self) -> int:
        """Bytes of all that it names, and its own."""
        return len(self.message) + sum(digest.size for digest in self.blobs)


class Parcel(NamedTuple):
    """A result that is to be sent."""

    action: str
    message: bytes
    """Without the bytes of outputs."""
    blobs: tuple[Digest, ...]
    """What must be there before it."""
    replace: bool = False
    """Send every blob even if the tier says it is there: what lies there may be wrong."""
    if_absent: bool = False
    """It may be there already: then it is not sent."""


class Sent(NamedTuple):
    """What was sent."""

    results: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    """Results that could not be sent because a blob of theirs is no longer here."""
    size: int = 0
    there: tuple[str, ...] = ()
    """Results that were to be sent only if they were not there, and were."""


def blobs_of(result: ActionResult) -> list[Digest]:
    """Return the digests that a result names, each once."""
    named = dict.fromkeys(file.digest for file in result.files)
    if result.log_digest is not None:
        named[result.log_digest] = None
    return list(named)


def look(tier: Tier, actions: Sequence[str], judge: Judge) -> tuple[list[Got], dict[str, str]]:
    """Return the results of `actions` that `tier` has, and why others that it has are not taken, by action.

    The reason is empty where it is nobody's fault: results of failures, or of clients that write other forms. Raises
    TierError.
    """
    got: list[Got] = []
    refused: dict[str, str] = {}
    for action, message in tier.get_results(actions).items():
        one = read(action, message, judge)
        if isinstance(one, str):
            refused[action] = one
        else:
            got.append(one)
    return got, refused


def read(action: str, message: bytes, judge: Judge) -> Got | str:
    """Return the result in a message, or why it is not taken (see `look`)."""
    if message == DAMAGED:
        return "its bytes are not those that were kept there"
    try:
        result, plain, carried, directories = inline.taken(message)
        if result.exit_code or directories:
            return ""
    except (wire.WireError, ValueError) as error:
        return f"it is no result: {error}"
    if wrong := unsafe(result):
        return f"it would write `{wrong}`"
    if problem := judge(action, message):
        return problem
    return Got(action, plain, result, carried)


def unsafe(result: ActionResult) -> str:
    """Return a path of `result` that must not be written: outside of the repository, or in git's own folder."""
    seen: set[str] = set()
    for path in (*(file.path for file in result.files), *(link.path for link in result.links)):
        if path in seen or _UNSAFE.search(path):
            return path
        seen.add(path)
    links = {link.path for link in result.links}
    for path in seen if links else ():
        parts = path.split("/")
        if any("/".join(parts[:depth]) in links for depth in range(1, len(parts))):
            return path
    return ""


def bring(
    tier: Tier,
    store: DiskStore,
    wanted: Iterable[Got],
    here: Callable[[Got], None],
    moved: Callable[[int], None] = lambda _size: None,
) -> set[Digest]:
    """Bring the blobs of results into `store`; tell `here` of each result as soon as all of its are there.

    Returns the blobs whose bytes were wrong. `moved` is told how many bytes have come; it and `here` may be called
    from several threads at once. Raises TierError.
    """
    waiting: dict[Digest, list[Got]] = {}
    left: dict[str, int] = {}
    wrong: set[Digest] = set()
    for got in wanted:
        missing = []
        for digest in got.blobs:
            carried = got.carried.get(digest)
            if store.has(digest) if carried is None else receive(store, digest, (carried,)):
                continue
            if carried is not None and not store.trouble:
                wrong.add(digest)
            missing.append(digest)
        for digest in missing:
            waiting.setdefault(digest, []).append(got)
        left[got.action] = len(missing)
        if not missing:
            here(got)
    if not waiting:
        return wrong
    lock = Lock()

    def sink(digest: Digest, pieces: Iterable[bytes]) -> bool:
        if not receive(store, digest, _counted(pieces, moved)):
            if not store.trouble:
                wrong.add(digest)
            return False
        complete: list[Got] = []
        with lock:
            for got in waiting.pop(digest, ()):
                left[got.action] -= 1
                if not left[got.action]:
                    complete.append(got)
        for got in complete:
            here(got)
        return True

    tier.get_blobs(list(waiting), sink)
    return wrong


def _counted(pieces: Iterable[bytes], moved: Callable[[int], None]) -> Iterator[bytes]:
    for piece in pieces:
        moved(len(piece))
        yield piece


def send(tier: Tier, store: DiskStore, parcels: Sequence[Parcel], suspect: frozenset[Digest] = frozenset()) -> Sent:
    """Send results, their blobs first. `suspect`: blobs of which the tier has wrong bytes. Raises TierError."""
    asking = [parcel.action for parcel in parcels if parcel.if_absent]
    known = tier.get_results(asking) if asking else {}
    if there := tuple(action for action, message in known.items() if message != DAMAGED):
        left = [parcel._replace(if_absent=False) for parcel in parcels if parcel.action not in there]
        return send(tier, store, left, suspect)._replace(there=there)
    ready = [parcel for parcel in parcels if all(store.has(digest) for digest in parcel.blobs)]
    messages: dict[str, bytes] = {}
    asked: dict[Digest, None] = {}
    again: dict[Digest, None] = {}
    for parcel in ready:
        message = parcel.message
        carried: set[Digest] = set()
        if tier.inlines:
            message, carried = inline.filled(message, store.get, tier.inlines)
        messages[parcel.action] = message
        for digest in parcel.blobs:
            if digest not in carried:
                (again if parcel.replace or digest in suspect else asked)[digest] = None
    missing = tier.missing([digest for digest in asked if digest not in again]) if asked else set()
    going = [digest for digest in (*again, *asked) if digest in again or digest in missing]
    going = list(dict.fromkeys(going))
    try:
        if going:
            tier.put_blobs(going, lambda digest: _source(store, digest))
    except OSError:  # the store made room meanwhile
        if len(ready) == 1:
            return Sent((), tuple(parcel.action for parcel in parcels))
        done = [send(tier, store, (parcel,), suspect) for parcel in ready]
        kept = {action for one in done for action in one.results}
        gone = tuple(parcel.action for parcel in parcels if parcel.action not in kept)
        return Sent(tuple(kept), gone, sum(one.size for one in done))
    if messages:
        tier.put_results(messages)
    size = sum(digest.size for digest in going) + sum(map(len, messages.values()))
    gone = tuple(parcel.action for parcel in parcels if parcel.action not in messages)
    return Sent(tuple(messages), gone, size)


def _source(store: DiskStore, digest: Digest) -> BinaryIO:
    return BytesIO() if digest == EMPTY else opened(store, digest)


def remove(tiers: Iterable[Tier], actions: Sequence[str]) -> None:
    """Take results away from tiers; one that fails keeps the others from nothing."""
    from pitstop.cache.tiers.tier import TierError

    for tier in tiers:
        with suppress(TierError):
            tier.remove(actions)
