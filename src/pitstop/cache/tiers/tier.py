"""What a store on another machine is to pitstop: results by action and blobs by digest, asked for in batches.

A tier keeps bytes and judges nothing: what comes from it is verified by whoever asked for it (`intake`), and what it
cannot do it says by a `TierError`, which costs a task its hit and never its life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from pitstop.core.errors import PitstopError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import BinaryIO

    from pitstop.core.digest import Digest

    Sink = Callable[[Digest, Iterable[bytes]], bool]
    """Takes the pieces of a blob, verifies them and keeps them; False when they were not what the digest names.

    May be called from several threads at once.
    """
    Source = Callable[[Digest], BinaryIO]
    """Opens a blob that is to be sent, for reading. Raises OSError when it is gone."""


DAMAGED = b"\0"
"""What a tier gives as a result whose bytes are not those that were kept under this action. No message begins so."""


class TierError(PitstopError):
    """A tier did not do what it was asked: what, where, and how to mend it."""

    def __init__(self, message: str, *, hint: str = "", permanent: bool = False, retry_after_s: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.permanent = permanent
        """Asking again in this run is of no use (a refused token, a bucket that is not there)."""
        self.retry_after_s = retry_after_s
        """What the server said about when to come again; 0: nothing."""


class Address(NamedTuple):
    """Where a tier is and how it may be used: an entry of `[cache] tiers`."""

    kind: str
    """`local`, `redis`, `s3`, `reapi`, `http` or `github`."""
    url: str = ""
    """As it is written, which may hold a password: never printed (see `Tier.place`)."""
    read: bool = True
    write: bool = True
    timeout_s: float = 5.0
    """How long one request, or one piece of a long one, may take."""
    options: Mapping[str, str] = {}
    """The other keys of the entry: `instance`, `region`, `token_env` and the like; each kind names its own."""
    room: int = 0
    """Bytes that it can hold before it lets go of something; 0: nobody knows."""


class Tier(Protocol):
    """A store on another machine. One thread at a time uses it; inside it may use as many as it likes.

    Every method raises TierError. Sequences have no bound: a tier cuts them into what its server takes at once.
    """

    @property
    def kind(self) -> str:
        """The word in front of its address: `redis`, `s3`, `reapi`, `http`, `github`."""

    @property
    def place(self) -> str:
        """Where it is, as it may be printed: no password, no token."""

    @property
    def inlines(self) -> int:
        """Bytes of an output up to which results should carry it: one object to ask for instead of many. 0: of none."""

    def get_results(self, actions: Sequence[str]) -> dict[str, bytes]:
        """Return the `ActionResult` messages that are there, by action hash, as `put_results` was given them.

        One that the tier can tell was changed since is `DAMAGED`.
        """

    def put_results(self, results: Mapping[str, bytes]) -> None:
        """Keep `ActionResult` messages by action hash, over what is there."""

    def missing(self, digests: Sequence[Digest]) -> set[Digest]:
        """Return those of `digests` whose blobs would have to be sent."""

    def get_blobs(self, digests: Sequence[Digest], sink: Sink) -> None:
        """Hand the pieces of each blob that is there to `sink`; those that are not there are passed over."""

    def put_blobs(self, digests: Sequence[Digest], source: Source) -> None:
        """Keep blobs."""

    def remove(self, actions: Sequence[str]) -> None:
        """Take results away; a store that cannot is asked to keep something else over them later."""

    def close(self) -> None:
        """Let go of connections; never raises."""
