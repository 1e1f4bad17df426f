"""Asks GitHub's REST API: the token, redirects, limits, and what each refusal means.

Source: docs.github.com, "REST API endpoints" and "Rate limits for the REST API", version 2022-11-28.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.environ import environ
from pitstop.core.errors import SurroundingError, UsageError
from pitstop.links.github.address import GITHUB, server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPMessage, HTTPResponse
    from typing import IO
    from urllib.error import HTTPError
    from urllib.request import Request

_TIMEOUT_S = 30
_VERSION = "2022-11-28"
_ANSWER = 64 << 20
"""Bytes of one answer that are read."""

_SIGN_IN = "set GITHUB_TOKEN to a token that may read Actions: `export GITHUB_TOKEN=$(gh auth token)`"


class Api(NamedTuple):
    """Where to ask, and as whom."""

    base: str
    """Without `/` at its end."""
    token: str = ""
    """Empty: as nobody."""


def api_of(host: str) -> Api:
    """Return the API of the GitHub at `host`. Raises UsageError for a host that nobody said is one: it gets no token."""
    token = environ.get("GH_TOKEN") or environ.get("GITHUB_TOKEN") or ""
    named = environ.get("GITHUB_API_URL", "").rstrip("/")
    if host == server():
        return Api(named or ("https://api.github.com" if host == GITHUB else f"https://{host}/api/v3"), token)
    if host == GITHUB:
        return Api("https://api.github.com", token)
    raise UsageError(
        f"`{host}` is not known as a GitHub server",
        hint=f"if it is one: `export GITHUB_SERVER_URL=https://{host}`",
    )


def ask(api: Api, path: str, what: str, **query: str | int) -> Mapping[str, object]:
    """Return the answer to GET `path`; `what` is how an error calls the thing that is asked for."""
    from json import loads
    from urllib.parse import urlencode

    if query:
        path += "?" + urlencode(query)
    with open_answer(api, path, what) as answer:
        try:
            data = loads(answer.read(_ANSWER))
        except ValueError as error:
            raise SurroundingError(f"`{api.base}` does not answer as GitHub does", hint=_CHECK_URL) from error
    if not isinstance(data, dict):
        raise SurroundingError(f"`{api.base}` does not answer as GitHub does", hint=_CHECK_URL)
    return data


_CHECK_URL = "is GITHUB_API_URL right?"


def open_answer(api: Api, path: str, what: str) -> HTTPResponse:
    """Open the answer to GET `path`, wherever that redirects to. Raises SurroundingError when it is refused."""
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class Redirects(HTTPRedirectHandler):
        """Lets the token go no further than the API, and nobody turn https into http."""

        def redirect_request(
            self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
        ) -> Request | None:
            if req.full_url.startswith("https:") and not newurl.startswith("https:"):
                raise SurroundingError(f"`{api.base}` redirects to an address without https")
            following = super().redirect_request(req, fp, code, msg, headers, newurl)
            if following is not None and newurl.startswith(api.base + "/"):
                _sign(following, api)
            return following

    request = Request(api.base + path)  # noqa: S310  api_of gives the scheme
    request.add_header("Accept", "application/vnd.github+json")
    request.add_header("X-GitHub-Api-Version", _VERSION)
    request.add_header("User-Agent", "pitstop")
    _sign(request, api)
    try:
        opened: HTTPResponse = build_opener(Redirects).open(request, timeout=_TIMEOUT_S)
    except HTTPError as error:
        with error:
            raise _refusal(error, api, what) from error
    except (URLError, HTTPException, OSError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise SurroundingError(f"`{api.base}` cannot be reached: {reason}", hint="is the network there?") from error
    return opened


def _sign(request: Request, api: Api) -> None:
    if api.token:
        # Such a header is left out of what a redirect asks for.
        request.add_unredirected_header("Authorization", f"Bearer {api.token}")


def _refusal(error: HTTPError, api: Api, what: str) -> SurroundingError:
    """Return what the user can do about an answer that is not the wanted one."""
    said = _message(error)
    code = error.code
    limited = error.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in error.headers
    if code == 401:
        return SurroundingError("GitHub does not accept the token in GITHUB_TOKEN or GH_TOKEN", hint=_SIGN_IN)
    if code in {403, 429} and (limited or "rate limit" in said.lower()):
        return SurroundingError(
            f"GitHub's rate limit is used up{_until(error)}",
            hint="wait, or use the token of another account" if api.token else _SIGN_IN,
        )
    if code == 403:
        return SurroundingError(
            f"GitHub does not give {what}: {said}",
            hint="the token must be allowed to read Actions" if api.token else _SIGN_IN,
        )
    if code == 404:
        return SurroundingError(
            f"GitHub knows no {what}, or only for others",
            hint="is it spelled right, and may the token read it?" if api.token else _SIGN_IN,
        )
    if code == 410:
        return SurroundingError(
            f"GitHub has no {what} any more: {said}",
            hint="logs are kept for 90 days, if nothing else is set; start the run again to get new ones",
        )
    if code >= 500:
        return SurroundingError(f"GitHub answers {code} to the question for {what}", hint="try again in a minute")
    return SurroundingError(f"GitHub answers {code} to the question for {what}: {said}", hint=_CHECK_URL)


def _message(error: HTTPError) -> str:
    from json import loads

    try:
        data = loads(error.read(_ANSWER))
    except (ValueError, OSError):
        data = None
    message = data.get("message") if isinstance(data, dict) else ""
    return message if isinstance(message, str) and message else str(error.reason)


def _until(error: HTTPError) -> str:
    from pitstop.core.clock import timestamp

    reset = error.headers.get("x-ratelimit-reset") or ""
    if reset.isdecimal() and len(reset) <= 11:
        return f" until {timestamp(int(reset))}"
    wait = error.headers.get("retry-after") or ""
    return f" for {wait} s" if wait.isdecimal() else ""
