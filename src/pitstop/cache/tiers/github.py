"""The cache of GitHub Actions as a tier: an entry for each result, with its small outputs inside, and for each blob.

Entries never change, belong to a branch, and cannot be deleted with the token of a job. So a key has three parts,

    <prefix>-ac-<hash>-<writing>        <prefix>-cas-<hash>-<writing>

and what counts is the newest entry whose key begins with the first two, which is what GitHub answers with. The first
writing is `0`, so that two jobs that made the same keep it once; each later one is its time in milliseconds. A result
that was taken away has an empty entry over it. Entries of a branch hide those of the default branch, and are seen from
no other.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from pitstop.cache.tiers import codec, framed
from pitstop.cache.tiers.ahead import ahead
from pitstop.cache.tiers.options import check
from pitstop.cache.tiers.tier import TierError
from pitstop.core import clock
from pitstop.links.github.cache.requests import CacheError
from pitstop.links.github.cache.service import offered, open_service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import ThreadPoolExecutor

    from pitstop.cache.tiers.tier import Address, Sink, Source
    from pitstop.core.digest import Digest
    from pitstop.links.github.cache.requests import Service
    from pitstop.links.github.cache.service import Offer

_T = TypeVar("_T")
_R = TypeVar("_R")

VERSION = "pitstop-2"
"""The format of the entries: what GitHub calls the version of a cache, which must match for an entry to be found."""

_CARRIED = 256 << 10
"""Bytes of an output up to which it is in the entry of its result: GitHub takes 200 entries a minute."""
_THREADS = 16
_UPLOADS = 4
"""Uploads at once: each holds a block of 32 MiB in memory."""
_COARSE_S = 1.1
"""What a new entry may take to be found instead of the one before."""


def open_tier(address: Address, environ: Mapping[str, str]) -> GitHubTier:
    """Return the tier; nothing is asked yet. Option: `prefix`, what keys begin with (`pitstop`).

    Raises TierError outside of GitHub Actions, and in steps that were not given the token of the job.
    """
    check(address, "github", ("prefix",))
    prefix = address.options.get("prefix", "pitstop")
    if not 0 < len(prefix) <= 400 or not prefix.isascii() or not prefix.isprintable() or set(", ") & set(prefix):
        raise TierError(
            "the option `prefix` of the tier `github` is no beginning of a key",
            hint="letters, digits and `-._/`",
            permanent=True,
        )
    with _border():
        offer = offered(environ)
        return GitHubTier(open_service(offer, VERSION, address.timeout_s), offer, prefix)


class GitHubTier:
    """The cache of the repository that this job belongs to."""

    kind = "github"
    inlines = _CARRIED

    def __init__(self, service: Service, offer: Offer, prefix: str) -> None:
        self._service = service
        self._offer = offer
        self._prefix = prefix
        self._wrong: set[str] = set()
        """Hashes of blobs whose newest entry has wrong bytes: to be written again."""
        self._lock = threading.Lock()
        self._last_ms = 0
        self._threads: ThreadPoolExecutor | None = None

    @property
    def place(self) -> str:
        """The host of the service and its protocol."""
        return f"github {self._service.place}"

    def get_results(self, actions: Sequence[str]) -> dict[str, bytes]:
        """Return the results that are there."""
        if not self._offer.readable:
            return {}
        found = self._each(actions, self._result)
        return {action: message for action, message in zip(actions, found, strict=True) if message}

    def put_results(self, results: Mapping[str, bytes]) -> None:
        """Keep results: as a first entry, or as a newer one over one that differs."""
        if self._offer.writable:
            self._each(list(results.items()), lambda one: self._put_result(*one), _UPLOADS)

    def missing(self, digests: Sequence[Digest]) -> set[Digest]:
        """Return the blobs that no entry is found for, and those whose entry proved to be wrong."""
        if not self._offer.readable:
            return set(digests)
        found = self._each(digests, lambda digest: self._service.find(self._begin("cas", digest.hash)))
        entries = zip(digests, found, strict=True)
        return {digest for digest, entry in entries if entry is None or digest.hash in self._wrong}

    def get_blobs(self, digests: Sequence[Digest], sink: Sink) -> None:
        """Hand each blob that is there to `sink`."""
        if self._offer.readable:
            self._each(digests, lambda digest: self._blob(digest, sink))

    def put_blobs(self, digests: Sequence[Digest], source: Source) -> None:
        """Keep blobs."""
        if self._offer.writable:
            self._each(digests, lambda digest: self._put_blob(digest, source), _UPLOADS)

    def remove(self, actions: Sequence[str]) -> None:
        """Lay empty entries over results: no token of a job can delete one, but GitHub answers with the newest."""
        if not self._offer.writable:
            raise TierError("GitHub's cache cannot be written by this job, so nothing in it can be taken away")
        self._each(actions, self._shadow, _UPLOADS)

    def close(self) -> None:
        """Let go of threads and connections."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        self._service.close()

    # One at a time

    def _result(self, action: str) -> bytes:
        """Return a result; empty: there is none, or it was taken away. It may be `DAMAGED`."""
        entry = self._service.find(self._begin("ac", action))
        packed = b"".join(self._service.read(entry)) if entry is not None else b""
        return framed.unframe(action, packed) if packed not in {b"", codec.STORED} else b""

    def _put_result(self, action: str, message: bytes) -> None:
        begin, packed = self._begin("ac", action), framed.frame(action, message)
        if not self._service.create(f"{begin}0", [packed]) and self._result(action) != message:
            self._replace(begin, [packed])

    def _shadow(self, action: str) -> None:
        if self._result(action):
            self._replace(self._begin("ac", action), [codec.STORED])

    def _replace(self, begin: str, packed: Sequence[bytes]) -> None:
        """Write an entry that is newer than all that begin so, and see that it is."""
        for pauses_s in ((0.0, _COARSE_S), (0.0,)):  # once more: some servers count the time of entries in seconds
            key = self._later(begin)
            if not self._service.create(key, packed):
                continue
            for pause_s in pauses_s:
                time.sleep(pause_s)
                entry = self._service.find(begin)
                if entry is not None and entry.key == key:
                    return
        raise TierError(
            "GitHub's cache keeps answering with an older entry, which no job can delete",
            hint=f"`gh cache list --key {begin}` and `gh cache delete` can",
        )

    def _blob(self, digest: Digest, sink: Sink) -> None:
        entry = self._service.find(self._begin("cas", digest.hash))
        if entry is None:
            return
        try:
            right = sink(digest, codec.unpacked(self._service.read(entry), digest.size))
        except codec.CodecError:
            right = False
        if not right:
            self._wrong.add(digest.hash)

    def _put_blob(self, digest: Digest, source: Source) -> None:
        begin = self._begin("cas", digest.hash)
        if self._sent(f"{begin}0", digest, source):
            return
        if digest.hash in self._wrong or not self._is_right(digest):
            self._sent(self._later(begin), digest, source)
            self._wrong.discard(digest.hash)

    def _is_right(self, digest: Digest) -> bool:
        """Return whether a blob is there whole: another job sent it just now, and neither gave up nor sent other bytes."""
        entry = self._service.find(self._begin("cas", digest.hash))
        if entry is None:
            return False
        hasher = sha256()
        try:
            for piece in codec.unpacked(self._service.read(entry), digest.size):
                hasher.update(piece)
        except codec.CodecError:
            return False
        return hasher.hexdigest() == digest.hash

    def _sent(self, key: str, digest: Digest, source: Source) -> bool:
        with source(digest) as file:
            return self._service.create(key, codec.packed(file))

    def _begin(self, room: str, name: str) -> str:
        return f"{self._prefix}-{room}-{name}-"

    def _later(self, begin: str) -> str:
        """Return a key that no entry has; clocks of machines that disagree do no harm, since GitHub's own decides."""
        with self._lock:
            self._last_ms = max(self._last_ms + 1, clock.now_ns() // 1_000_000)
            return f"{begin}{self._last_ms}"

    # Many at once

    def _each(self, items: Sequence[_T], do: Callable[[_T], _R], threads: int = _THREADS) -> list[_R]:
        """Do each, several at once; the first error is raised, and what had not begun by then never does."""
        with _border(self.place):
            if len(items) < 2:
                return [do(item) for item in items]
            if self._threads is None:
                from concurrent.futures import ThreadPoolExecutor

                self._threads = ThreadPoolExecutor(_THREADS, "github")
            return list(ahead(self._threads, (partial(do, item) for item in items), threads))


@contextmanager
def _border(place: str = "") -> Iterator[None]:
    """Make TierErrors of what the service says."""
    try:
        yield
    except CacheError as error:
        problem = f"{error.problem} (tier `{place}`)" if place else error.problem
        raise TierError(
            problem, hint=error.hint, permanent=error.permanent, retry_after_s=error.retry_after_s
        ) from error
