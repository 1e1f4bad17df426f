"""The older protocol: `_apis/artifactcache`, which GitHub Enterprise Server and `act` speak.

Source: what `@actions/cache` sends where ACTIONS_CACHE_SERVICE_V2 is not set, and the server that `act` carries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

from pitstop.links.github.cache import blobs
from pitstop.links.github.cache.requests import CacheError, Entry, refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.links.github.cache.requests import Requests


class OlderService:
    """The service at `url` (`ACTIONS_CACHE_URL`)."""

    def __init__(self, url: str, token: str, version: str, requests: Requests) -> None:
        self._base = urljoin(url if url.endswith("/") else url + "/", "_apis/artifactcache/")
        self._headers = {"Accept": "application/json;api-version=6.0-preview.1"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._version = version
        self._requests = requests
        self._host = urlsplit(url).hostname or ""

    @property
    def place(self) -> str:
        """The host and the protocol."""
        return f"{self._host} (v1)"

    def find(self, begin: str) -> Entry | None:
        """Return the newest entry whose key begins with `begin`."""
        query = urlencode({"keys": begin, "version": self._version})
        answer = self._requests.look("GET", f"{self._base}cache?{query}", self._headers)
        if answer.status == 204:
            return None
        if answer.status != 200:
            raise refused(answer, "look for entries")
        key, url = answer.data.get("cacheKey"), answer.data.get("archiveLocation")
        if not isinstance(key, str) or not isinstance(url, str) or not url or not key.startswith(begin):
            return None
        return Entry(key, url)

    def create(self, key: str, pieces: Iterable[bytes]) -> bool:
        """Reserve `key`, send the bytes in ranges, say how many they were.

        `act` would keep a second entry of the same key and go on answering with the first, so it is looked for before.
        """
        entry = self.find(key)
        if entry is not None and entry.key == key:
            return False
        named = {"key": key, "version": self._version}
        answer = self._requests.ask("POST", f"{self._base}caches", self._headers, named)
        if answer.status == 409:
            return False
        number = answer.data.get("cacheId")
        if answer.status not in {200, 201} or not isinstance(number, int) or isinstance(number, bool):
            raise refused(answer, "take an entry")
        url, size = f"{self._base}caches/{number}", 0
        for block in blobs.cut(pieces, blobs.BLOCK):
            span = {"Content-Range": f"bytes {size}-{size + len(block) - 1}/*"}
            self._requests.send("PATCH", url, {**self._headers, **span}, block)
            size += len(block)
        answer = self._requests.ask("POST", url, self._headers, {"size": size})
        if answer.status not in {200, 201, 204}:
            raise refused(answer, "keep an entry")
        return True

    def read(self, entry: Entry) -> Iterator[bytes]:
        """Yield the bytes of an entry, whose address needs no token."""
        if urlsplit(entry.url).scheme not in {"http", "https"}:
            raise CacheError("GitHub's cache names an address that is none", permanent=True)
        return blobs.get(self._requests, entry.url)

    def close(self) -> None:
        """Let go of the connections."""
        self._requests.close()
