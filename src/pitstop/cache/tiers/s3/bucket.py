"""The requests that are made to a bucket, by obstore: one answer each, with a time-out, its errors explained."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from pitstop.cache.tiers.s3.errors import Gone, meaning
from pitstop.cache.tiers.tier import TierError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from obstore import Bytes, GetOptions
    from obstore.store import ClientConfig, RetryConfig, S3Store

PAGE = 1000
"""Names in one answer of S3 to what there is."""
_PART = 1 << 23
"""Bytes of a part of an upload; S3 takes 10,000 of them."""
_PARTS = 4
"""Parts of one upload under way."""
_SENDING = 12
"""How many times longer than an answer the sending of a part may take."""


class Bucket:
    """A bucket, below a prefix. Any number of threads may ask it, once `open` has returned."""

    def __init__(self, place: str, config: Mapping[str, Any], prefix: str, ca: str, timeout_s: float) -> None:
        self.place = place
        self._config = config
        self._prefix = prefix
        self._ca = ca
        self._timeout_s = timeout_s
        self._reader: S3Store | None = None
        self._writer: S3Store | None = None

    def open(self) -> None:
        """Get ready; nothing is asked yet. Raises TierError without the library, or when it does not take the entry."""
        if self._reader is not None:
            return
        from datetime import timedelta

        try:
            from obstore.store import S3Store
        except ImportError as error:
            hint = "`pip install 'pitstop[s3]'`"
            raise TierError(f"the tier `{self.place}` needs `obstore`", hint=hint, permanent=True) from error
        wait, long = timedelta(seconds=self._timeout_s), timedelta(seconds=self._timeout_s * _SENDING)
        client: ClientConfig = {"allow_http": True, "connect_timeout": wait, "timeout": long}
        if self._ca:
            with open(self._ca, "rb") as file:
                client["root_certificate"] = file.read()
        # What takes long is asked for once: a retry begins only while one time-out has not passed.
        retry: RetryConfig = {"max_retries": 3, "retry_timeout": wait, "backoff": {"max_backoff": timedelta(seconds=1)}}
        with self._translated():
            # The library counts the time to send a body as time to wait for the answer, so only what reads has a
            # time-out for each piece.
            self._writer = S3Store(**self._config, client_options=client, retry_config=retry)
            reading: ClientConfig = {**client, "read_timeout": wait}
            self._reader = S3Store(**self._config, client_options=reading, retry_config=retry)

    def close(self) -> None:
        """Let go of connections."""
        self._reader = self._writer = None

    def get(self, name: str, limit: int) -> bytes | None:
        """Return an object; None when it is not there, and no bytes when it is larger than `limit`."""
        import obstore

        try:
            with self._translated():
                answer = obstore.get(_opened(self._reader), f"{self._prefix}/{name}")
                return _view(answer.bytes()) if answer.meta["size"] <= limit else b""
        except Gone:
            return None

    def get_range(self, name: str, begin: int, length: int, version: str) -> tuple[bytes, int, str]:
        """Return some bytes of an object, its size, and which version of it they are of.

        Raises Gone when it is not there, or not of `version`; empty: of any.
        """
        import obstore

        wanted: GetOptions = {"range": (begin, begin + length)}
        if version:
            wanted["if_match"] = version
        with self._translated():
            answer = obstore.get(_opened(self._reader), f"{self._prefix}/{name}", options=wanted)
            return _view(answer.bytes()), answer.meta["size"], answer.meta["e_tag"] or ""

    def has(self, name: str) -> bool:
        """Return whether an object is there."""
        import obstore

        try:
            with self._translated():
                obstore.head(_opened(self._reader), f"{self._prefix}/{name}")
        except Gone:
            return False
        return True

    def pages(self, folder: str) -> Iterator[list[str]]:
        """Yield the last parts of the names of all objects in a folder, in order, up to 1000 at once."""
        import obstore

        with self._translated():
            for page in obstore.list(_opened(self._reader), f"{self._prefix}/{folder}", chunk_size=PAGE):
                yield [each["path"].rpartition("/")[2] for each in page]

    def put(self, name: str, body: bytes | Iterator[bytes]) -> None:
        """Keep an object, over what is there; one that comes in pieces is sent in parts, and is there when all are."""
        import obstore

        with self._translated():
            obstore.put(
                _opened(self._writer),
                f"{self._prefix}/{name}",
                body,
                use_multipart=not isinstance(body, bytes),
                chunk_size=_PART,
                max_concurrency=_PARTS,
            )

    def delete(self, name: str) -> None:
        """Take an object away, if it is there."""
        import obstore

        try:
            with self._translated():
                obstore.delete(_opened(self._writer), f"{self._prefix}/{name}")
        except Gone:
            return

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, FileNotFoundError) as error:
            raise meaning(self.place, str(error), self._timeout_s) from error


def _view(data: Bytes) -> bytes:
    """Return bytes of the library without a copy (see `codec.unpacked_view`)."""
    return cast("bytes", memoryview(data))


def _opened(store: S3Store | None) -> S3Store:
    assert store is not None, "the bucket was not opened"
    return store
