"""The current protocol: `github.actions.results.api.v1.CacheService` over Twirp with JSON bodies, bytes at signed addresses.

Source: the messages that `@actions/cache` sends and reads, and Twirp's specification (version 7) for its errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pitstop.links.github.cache import blobs
from pitstop.links.github.cache.requests import Answer, CacheError, Entry, refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.links.github.cache.requests import Requests

_SERVICE = "twirp/github.actions.results.api.v1.CacheService"


class CurrentService:
    """The service at `url` (`ACTIONS_RESULTS_URL`); `version` keeps entries of other formats apart."""

    def __init__(self, url: str, token: str, version: str, requests: Requests) -> None:
        parts = urlsplit(url)
        self._base = f"{parts.scheme}://{parts.netloc}/{_SERVICE}"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._version = version
        self._requests = requests
        self._host = parts.hostname or ""

    @property
    def place(self) -> str:
        """The host and the protocol."""
        return f"{self._host} (v2)"

    def find(self, begin: str) -> Entry | None:
        """Return the newest entry whose key begins with `begin`."""
        asked = {"key": begin, "restore_keys": [begin], "version": self._version}
        answer = self._requests.look("POST", f"{self._base}/GetCacheEntryDownloadURL", self._headers, asked)
        if answer.status == 404 and answer.data.get("code") == "not_found":
            return None
        if answer.status != 200:
            raise refused(answer, "look for entries")
        key = _text(answer, "matched_key", "matchedKey")
        url = _text(answer, "signed_download_url", "signedDownloadUrl")
        if not answer.data.get("ok") or not url or not key.startswith(begin):
            return None
        return Entry(key, url)

    def create(self, key: str, pieces: Iterable[bytes]) -> bool:
        """Reserve `key`, send the bytes, say that they are all there."""
        named = {"key": key, "version": self._version}
        answer = self._call("CreateCacheEntry", named)
        if answer.status == 409:
            return False
        if answer.status != 200 or "denied" in answer.message:
            raise refused(answer, "take an entry")
        url = _text(answer, "signed_upload_url", "signedUploadUrl")
        if not answer.data.get("ok") or not url:  # another job is about to make it
            return False
        size = blobs.put(self._requests, url, pieces)
        answer = self._call("FinalizeCacheEntryUpload", {**named, "size_bytes": str(size)})
        if answer.status != 200:
            raise refused(answer, "keep an entry")
        if not answer.data.get("ok"):
            raise CacheError(f"GitHub's cache does not keep an entry: {answer.message or 'it gives no reason'}")
        return True

    def read(self, entry: Entry) -> Iterator[bytes]:
        """Yield the bytes of an entry."""
        return blobs.get(self._requests, entry.url)

    def close(self) -> None:
        """Let go of the connections."""
        self._requests.close()

    def _call(self, method: str, message: object) -> Answer:
        return self._requests.ask("POST", f"{self._base}/{method}", self._headers, message)


def _text(answer: Answer, *names: str) -> str:
    """Return a text of the answer, whose names Twirp servers spell in either of protobuf's two ways."""
    found = next((answer.data[name] for name in names if name in answer.data), "")
    return found if isinstance(found, str) else ""
