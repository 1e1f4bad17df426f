"""Which cache service this job has, by the variables that the runner gives to actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pitstop.links.github.cache.requests import CacheError, Requests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.links.github.cache.requests import Service

CURRENT, OLDER = "v2", "v1"

VARIABLES = ("ACTIONS_CACHE_SERVICE_V2", "ACTIONS_RESULTS_URL", "ACTIONS_CACHE_URL", "ACTIONS_RUNTIME_TOKEN")
"""What a step has to be given of what the runner gives to actions alone."""

EXPORT_STEP = """\
- uses: actions/github-script@v7
  with:
    script: |
      for (const name of Object.keys(process.env))
        if (/^ACTIONS_(CACHE_|RESULTS_URL|RUNTIME_TOKEN)/.test(name))
          core.exportVariable(name, process.env[name])
"""
"""The step of a workflow that hands them to the steps behind it."""

_HINT = "GitHub gives it to actions, not to `run:` steps: put the step that `pitstop cache setup` shows in front"


class Offer(NamedTuple):
    """The service that a job may use."""

    protocol: str
    """`v2` or `v1`."""
    url: str
    token: str
    """Never printed."""
    readable: bool = True
    writable: bool = True
    """What ACTIONS_CACHE_MODE allows; it is not set in most jobs, which may do both."""


def offered(environ: Mapping[str, str]) -> Offer:
    """Return the service that `environ` names, as `@actions/cache` chooses it. Raises CacheError when there is none."""
    token = environ.get("ACTIONS_RUNTIME_TOKEN", "")
    results, older = environ.get("ACTIONS_RESULTS_URL", ""), environ.get("ACTIONS_CACHE_URL", "")
    current = bool(environ.get("ACTIONS_CACHE_SERVICE_V2")) or not older
    if _is_enterprise_server(environ.get("GITHUB_SERVER_URL", "")) and older:
        current = False
    url = results if current else older
    if not url:
        raise CacheError("the cache of GitHub needs the variable `ACTIONS_RESULTS_URL`", hint=_HINT, permanent=True)
    if not token:
        raise CacheError("the cache of GitHub needs the variable `ACTIONS_RUNTIME_TOKEN`", hint=_HINT, permanent=True)
    if urlsplit(url).scheme not in {"http", "https"}:
        raise CacheError("the address of GitHub's cache service is no URL", hint=_HINT, permanent=True)
    mode = environ.get("ACTIONS_CACHE_MODE", "").strip().lower()
    return Offer(
        CURRENT if current else OLDER,
        url,
        token,
        readable=mode not in {"none", "write-only"},
        writable=mode not in {"none", "read"},
    )


def open_service(offer: Offer, version: str, timeout_s: float) -> Service:
    """Return the service; nothing is asked yet. Raises CacheError when `urllib3` is not installed."""
    requests = Requests(timeout_s)
    if offer.protocol == CURRENT:
        from pitstop.links.github.cache.current import CurrentService

        return CurrentService(offer.url, offer.token, version, requests)
    from pitstop.links.github.cache.older import OlderService

    return OlderService(offer.url, offer.token, version, requests)


def _is_enterprise_server(url: str) -> bool:
    host = (urlsplit(url).hostname or "github.com").lower()
    return host != "github.com" and not host.endswith((".ghe.com", ".localhost"))
