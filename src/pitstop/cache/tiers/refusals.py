"""What the refusal of an HTTP server means: whether to ask again, when, and what to mend."""

from __future__ import annotations

from typing import NamedTuple

from pitstop.cache.tiers.tier import TierError
from pitstop.core import clock

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


def refusal(place: str, method: str, status: int, words: str, retry_after: str = "") -> TierError:
    """Return what it means that `place` answers a request with `status`, `words` and a header `Retry-After`."""
    kind = _KINDS.get(status, _OTHER)
    words = " ".join(words.split())[:_WORDS]
    said = f"`{place}` answers {method} with {status}{f' ({words})' if words else ''}"
    return TierError(
        said, hint=kind.hint, permanent=kind.permanent, retry_after_s=seconds_of(retry_after) if kind.busy else 0.0
    )


def seconds_of(retry_after: str) -> float:
    """Return the wait in a `Retry-After` (RFC 9110, 10.2.3): seconds, or a date; 5 s where there is none."""
    from email.utils import parsedate_to_datetime

    try:
        seconds = (
            float(retry_after)
            if retry_after.isdecimal()
            else parsedate_to_datetime(retry_after).timestamp() - clock.now()
        )
    except (ValueError, OverflowError):
        return _BACK_OFF_S
    return min(max(seconds, 0.0), _LONGEST_S)
