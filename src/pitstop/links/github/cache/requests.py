"""Asks the cache service and the storage behind it: time-outs, and what each refusal means.

No error and no log of this module holds a token or a signed address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pitstop.core.errors import SurroundingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from io import BytesIO

_ANSWER = 1 << 20
"""Bytes of one answer of the service that are read."""
_CONNECTIONS = 16
_STUMBLED = frozenset({500, 502, 503, 504})
_PAUSE_S = 0.2
_BLOCK = 1 << 16
"""Bytes that are sent at once: each may take as long as the time-out says."""


class CacheError(SurroundingError):
    """The cache service did not do what it was asked."""

    def __init__(
        self, problem: str, *, hint: str = "", status: int = 0, permanent: bool = False, retry_after_s: float = 0.0
    ) -> None:
        super().__init__(problem, hint=hint)
        self.status = status
        """Of the HTTP answer; 0: there was none."""
        self.permanent = permanent
        self.retry_after_s = retry_after_s


class Entry(NamedTuple):
    """One entry of the cache."""

    key: str
    url: str
    """Where its bytes are, signed: never printed."""


class Service(Protocol):
    """The cache of the repository that this job belongs to. Threads may use it at once; all raise CacheError."""

    @property
    def place(self) -> str:
        """The host and the protocol, for people."""

    def find(self, begin: str) -> Entry | None:
        """Return the newest entry whose key begins with `begin`, of this branch before those of its bases."""

    def create(self, key: str, pieces: Iterable[bytes]) -> bool:
        """Keep the bytes under `key`; False, and nothing was sent, when this branch has or makes such an entry."""

    def read(self, entry: Entry) -> Iterator[bytes]:
        """Yield the bytes of an entry in pieces; none when it was evicted by now."""

    def close(self) -> None:
        """Let go of the connections; never raises."""


class Answer(NamedTuple):
    """What the service answered to a question in JSON."""

    status: int
    data: Mapping[str, Any]
    """Empty when the answer was no JSON object."""
    retry_after_s: float = 0.0

    @property
    def message(self) -> str:
        """What it says about itself: Twirp's `msg`, or the `message` of the older service."""
        said = self.data.get("msg") or self.data.get("message") or ""
        return said if isinstance(said, str) else ""


class Requests:
    """Keeps connections. Threads may use it at once."""

    def __init__(self, timeout_s: float) -> None:
        try:
            import urllib3
        except ImportError as error:
            raise CacheError(
                "the cache of GitHub needs `urllib3`", hint="`pip install 'pitstop[github]'`", permanent=True
            ) from error
        self._failures = urllib3.exceptions.HTTPError
        self._broken = urllib3.exceptions.ProtocolError
        self._pool = urllib3.PoolManager(
            num_pools=4,
            maxsize=_CONNECTIONS,
            block=False,
            retries=False,
            blocksize=_BLOCK,
            timeout=urllib3.Timeout(connect=timeout_s, read=timeout_s),
            headers={"User-Agent": "pitstop"},
        )

    def look(self, method: str, url: str, headers: Mapping[str, str], body: object = None) -> Answer:
        """Return the answer to a question that changes nothing: a second one when the service stumbled."""
        from time import sleep

        try:
            answer = self.ask(method, url, headers, body)
        except CacheError as error:
            if not isinstance(error.__cause__, self._broken):  # what ran into a time-out has cost its wait
                raise
            sleep(_PAUSE_S)
            return self.ask(method, url, headers, body)
        if answer.status not in _STUMBLED:
            return answer
        sleep(max(_PAUSE_S, min(answer.retry_after_s, 1.0)))
        return self.ask(method, url, headers, body)

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: object = None) -> Answer:
        """Return the answer to a question in JSON, whatever its status is. Raises CacheError when there is none."""
        from json import dumps, loads

        content = None if body is None else dumps(body, separators=(",", ":")).encode()
        sent = {**headers, "Accept": headers.get("Accept", "application/json")}
        if content is not None:
            sent["Content-Type"] = "application/json"
        response = self.open(method, url, sent, content)
        try:
            raw = response.read(_ANSWER)
        except self._failures as error:
            raise self.lost(error) from error
        finally:
            response.release_conn()
        try:
            data = loads(raw) if raw else {}
        except ValueError:
            data = {}
        return Answer(response.status, data if isinstance(data, dict) else {}, retry_after(response.headers))

    def open(self, method: str, url: str, headers: Mapping[str, str], body: bytes | BytesIO | None = None) -> Any:
        """Return an answer whose bytes are still to be read (a `urllib3.BaseHTTPResponse`)."""
        try:
            return self._pool.request(
                method, url, headers=headers, body=body, preload_content=False, redirect=False, decode_content=False
            )
        except self._failures as error:
            raise self.lost(error) from error

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send bytes, a second time when the connection or the server broke. Raises CacheError when it is refused."""
        from io import BytesIO

        sent = {"Content-Type": "application/octet-stream", **headers, "Content-Length": str(len(body))}
        for last in (False, True):
            try:
                response = self.open(method, url, sent, BytesIO(body) if body else b"")
            except CacheError:
                if last:
                    raise
                continue
            try:
                response.drain_conn()
            finally:
                response.release_conn()
            if response.status < 300:
                return
            if last or response.status < 500:
                raise refused(Answer(response.status, {}, retry_after(response.headers)), "take an entry")

    @property
    def failures(self) -> type[Exception]:
        """What reading an opened answer may raise."""
        return self._failures

    def lost(self, error: Exception) -> CacheError:
        """Return the error for a question that got no whole answer; `error` may name the address, so its kind alone is told."""
        kind = type(getattr(error, "reason", None) or error).__name__
        return CacheError(f"GitHub's cache does not answer ({kind})", hint="the run goes on without it")

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.clear()


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that `Retry-After` names, at most an hour; 0: none."""
    text = headers.get("retry-after", "") or ""
    return min(float(text), 3600.0) if text.isascii() and text.isdecimal() else 0.0


def refused(answer: Answer, what: str) -> CacheError:
    """Return what the user can do about an answer that is not the wanted one; `what` follows "does not"."""
    said = f": {answer.message[:200]}" if answer.message else f" ({answer.status})"
    if answer.status == 429:
        wait = answer.retry_after_s or 60.0
        return CacheError(
            f"GitHub's cache takes no more entries for {wait:.0f} s: its rate limit is 200 a minute for a repository",
            hint="fewer and larger tasks need fewer entries",
            status=429,
            retry_after_s=wait,
        )
    if answer.status == 401:
        return CacheError(
            "GitHub's cache does not accept ACTIONS_RUNTIME_TOKEN: it holds until its job ends",
            hint="export it in each job anew; `pitstop cache setup` shows the step",
            status=401,
            permanent=True,
        )
    if answer.status == 403 or "denied" in answer.message:
        return CacheError(
            f"GitHub's cache does not {what}{said}",
            hint="runs of some events, such as a pull request from a fork, may only read",
            status=answer.status,
            permanent=True,
        )
    if "insufficient usage" in answer.message:
        return CacheError(
            "GitHub's cache is full and its budget is used up",
            hint="see the repository's Actions settings, or `gh cache delete`",
            status=answer.status,
            permanent=True,
        )
    return CacheError(
        f"GitHub's cache does not {what}{said}",
        hint="see githubstatus.com" if answer.status >= 500 else "is this the right service address?",
        status=answer.status,
        permanent=answer.status in {400, 404},
        retry_after_s=answer.retry_after_s,
    )
