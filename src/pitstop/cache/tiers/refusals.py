"""What the refusal of an HTTP server means: whether to ask again, when, and what to mend."""

from __future__ import annotations

from itertools import count
from random import random
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache.tiers.breaker import pause_before, retry_after
from pitstop.cache.tiers.tier import TierError

if TYPE_CHECKING:
    from collections.abc import Callable

    from urllib3.response import BaseHTTPResponse

_BACK_OFF_S = 5.0
"""When to come again where a server that is too busy does not say."""
_LONGEST_S = 3600.0
_WORDS = 200
"""Characters of a server's own words that are passed on."""


class _Kind(NamedTuple):
    hint: str
    permanent: bool = False
    busy: bool = False


_REDIRECT = _Kind("give the tier the address that it ends at", permanent=True)
_ACCESS = _Kind("look at the token or the user and password; who may only read wants `write = false`", permanent=True)
_ADDRESS = _Kind("no cache is at this address, or one that cannot be written", permanent=True)
_LARGE = _Kind("the server takes smaller files only: bazel-remote's `max_blob_size`, nginx's `client_max_body_size`")
_BUSY = _Kind("the server is busy or broken: its log says why", busy=True)
_FULL = _Kind("the server has no more room", busy=True)
_OTHER = _Kind("the log of the server says why")
_KINDS = {
    **dict.fromkeys((401, 403, 407), _ACCESS),
    **dict.fromkeys((404, 405, 410, 501), _ADDRESS),
    **dict.fromkeys((408, 429, 500, 502, 503, 504), _BUSY),
    **dict.fromkeys(range(300, 400), _REDIRECT),
    413: _LARGE,
    507: _FULL,
}


def refusal(place: str, method: str, status: int, words: str, retry_after_s: float | None = None) -> TierError:
    """Return what it means that `place` answers a request with `status`, `words` and a wish when to be asked again."""
    kind = _KINDS.get(status, _OTHER)
    words = " ".join(words.split())[:_WORDS]
    said = f"`{place}` answers {method} with {status}{f' ({words})' if words else ''}"
    wait = _BACK_OFF_S if retry_after_s is None else min(retry_after_s, _LONGEST_S)
    return TierError(said, hint=kind.hint, permanent=kind.permanent, retry_after_s=wait if kind.busy else 0.0)


def wish_of(response: BaseHTTPResponse) -> float | None:
    """Return after how many seconds a server wants to be asked again; None: it does not say."""
    return retry_after(response.headers.get("Retry-After"), response.headers.get("Date"))


def asked_again(ask: Callable[[], BaseHTTPResponse]) -> BaseHTTPResponse:
    """Return what `ask` answers, asked up to two times more, after pauses below a second, while a server is busy."""
    for attempt in count(1):
        response = ask()
        pause = pause_before(attempt, response.status, retry_after_s=wish_of(response) or 0.0, chance=random())  # noqa: S311  no secret
        if pause is None:
            return response
        response.drain_conn()
        response.release_conn()
        Event().wait(pause)
    raise AssertionError("a bounded number of attempts")
