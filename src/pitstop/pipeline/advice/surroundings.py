"""Looks at where this process runs: what of a shared cache is in reach."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROBE_S = 0.5
_REDIS = "redis://127.0.0.1:6379"
_BAZEL = ("remote_cache", "remote_instance_name")
_ROLES = (
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "a role, by web identity"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "the role of this container"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "the role of this container"),
    ("AWS_ACCESS_KEY_ID", "keys in the environment"),
    ("AWS_PROFILE", "a profile"),
)


class Surroundings(NamedTuple):
    """What was found. Addresses may hold passwords."""

    ci: bool = False
    github: bool = False
    """This is a step of a workflow, with or without the token of its cache."""
    github_token: bool = False
    workflows: bool = False
    """The repository has workflows of GitHub Actions."""
    redis: str = ""
    """The address of a Redis that answers."""
    redis_silent: str = ""
    """The address of one that is named by a variable and does not answer."""
    redis_named: bool = False
    """A variable names it, so other machines may have it too."""
    aws_region: str = ""
    aws_credentials: str = ""
    """In words; empty: none."""
    sccache: str = ""
    """The address of a storage that sccache is configured for."""
    sccache_options: tuple[tuple[str, str], ...] = ()
    sccache_from: str = ""
    """Where that is written."""
    server: str = ""
    """The address of a cache server that something else here is configured for."""
    server_options: tuple[tuple[str, str], ...] = ()
    server_from: str = ""
    programs: tuple[str, ...] = ()
    """Those of `sccache` and `ccache` that are installed."""
    libraries: tuple[str, ...] = ()
    """Those of the extras' libraries that are installed: `redis`, `obstore`, `urllib3`, `grpc`."""
    answers: bool | None = None
    """Whether the server of the address that the user gave accepts connections; None: none was given, or nobody can tell."""


def look(root: str, environ: Mapping[str, str], address: str = "") -> Surroundings:
    """Return what is in reach of the repository at `root`; takes at most a few seconds, and raises nothing."""
    import shutil

    named = environ.get("REDIS_URL", "")
    named = named if named.startswith(("redis://", "rediss://")) else ""
    redis = named or _REDIS
    answers = _is_redis(redis)
    sccache, options, place = configured_sccache(environ)
    server, server_options, server_place = configured_server(root, environ)
    return Surroundings(
        ci=environ.get("CI", "").lower() in {"1", "true"},
        github=environ.get("GITHUB_ACTIONS") == "true",
        github_token=bool(environ.get("ACTIONS_RUNTIME_TOKEN")),
        workflows=_has_workflows(root),
        redis=redis if answers else "",
        redis_silent="" if answers else named,
        redis_named=bool(named),
        aws_region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "",
        aws_credentials=_credentials(environ),
        sccache=sccache,
        sccache_options=options,
        sccache_from=place,
        server=server,
        server_options=server_options,
        server_from=server_place,
        programs=tuple(name for name in ("sccache", "ccache") if shutil.which(name, path=environ.get("PATH", ""))),
        libraries=tuple(name for name in ("redis", "obstore", "urllib3", "grpc") if _is_installed(name)),
        answers=_accepts(address),
    )


def configured_sccache(environ: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """Return the address of the storage that sccache uses, options beside it, and where that is written; else `""`."""
    if bucket := environ.get("SCCACHE_BUCKET"):
        options = {"region": environ.get("SCCACHE_REGION", ""), "endpoint": environ.get("SCCACHE_ENDPOINT", "")}
        secure = environ.get("SCCACHE_S3_USE_SSL", "") not in {"off", "false", "0"}
        place = f"s3://{bucket}/{environ.get('SCCACHE_S3_KEY_PREFIX', '').strip('/')}".rstrip("/")
        return place, _given(_with_scheme(options, secure=secure)), "SCCACHE_BUCKET"
    for name in ("SCCACHE_REDIS_ENDPOINT", "SCCACHE_REDIS"):
        if url := _redis_url(environ.get(name, ""), environ.get("SCCACHE_REDIS_DB", "")):
            password = "SCCACHE_REDIS_PASSWORD"  # noqa: S105  its name
            options = {"user": environ.get("SCCACHE_REDIS_USERNAME", "")}
            return url, _given({**options, "password_env": password if environ.get(password) else ""}), name
    if (url := environ.get("SCCACHE_WEBDAV_ENDPOINT", "")).startswith(("http://", "https://")):
        token = "SCCACHE_WEBDAV_TOKEN"  # noqa: S105  its name
        return url, (("token_env", token),) if environ.get(token) else (), "SCCACHE_WEBDAV_ENDPOINT"
    if environ.get("SCCACHE_GHA_ENABLED", "") in {"on", "true", "1"}:
        return "github", (), "SCCACHE_GHA_ENABLED"
    return _from_file(environ)


def configured_server(root: str, environ: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """Return the address of the team's cache server, options beside it, and where that is written; else `""`.

    Named by the variable that is stronger than `[cache] tiers`, or by `--remote_cache` in a `.bazelrc`.
    """
    for url in environ.get("PITSTOP_CACHE_TIERS", "").split(","):
        if url.strip() not in {"", "local"}:
            return url.strip(), (), "PITSTOP_CACHE_TIERS"
    try:
        with open(f"{root}/.bazelrc", encoding="utf-8", errors="replace") as file:
            lines = [line for line in file if not line.lstrip().startswith("#")]
    except OSError:
        return "", (), ""
    found = {name: re.search(rf"--{name}[= ]([^\s\"']+)", "".join(lines)) for name in _BAZEL}
    url, instance = (match[1] if match else "" for match in found.values())
    if not url.startswith(("http://", "https://", "grpc://", "grpcs://")):
        return "", (), ""
    return url, (("instance", instance),) if instance and url.startswith("grpc") else (), ".bazelrc"


def _from_file(environ: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...], str]:
    base = environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME', '')}/.config"
    path = environ.get("SCCACHE_CONF") or f"{base}/sccache/config"
    import tomllib

    try:
        with open(path, "rb") as file:
            tables: Any = tomllib.load(file).get("cache")
    except (OSError, ValueError):
        return "", (), ""
    tables = tables if isinstance(tables, dict) else {}
    if isinstance(s3 := tables.get("s3"), dict) and s3.get("bucket"):
        options = {name: str(s3[name]) for name in ("region", "endpoint") if s3.get(name)}
        secure = s3.get("use_ssl") is not False
        place = f"s3://{s3['bucket']}/{str(s3.get('key_prefix') or '').strip('/')}".rstrip("/")
        return place, _given(_with_scheme(options, secure=secure)), path
    redis = redis if isinstance(redis := tables.get("redis"), dict) else {}
    if url := _redis_url(str(redis.get("endpoint") or redis.get("url") or ""), str(redis.get("db") or "")):
        return url, _given({"user": str(redis.get("username") or "")}), path
    if isinstance(webdav := tables.get("webdav"), dict) and str(webdav.get("endpoint")).startswith("http"):
        return str(webdav["endpoint"]), (), path
    if isinstance(gha := tables.get("gha"), dict) and gha.get("enabled"):
        return "github", (), path
    return "", (), ""


def _redis_url(endpoint: str, database: str) -> str:
    """Return the address of a Redis as sccache takes it, in our words; empty: none that is reached by TCP."""
    scheme, found, place = endpoint.partition("://")
    if not found:
        scheme, place = "redis", endpoint
    scheme = "redis" if scheme == "tcp" else scheme
    if scheme not in {"redis", "rediss"} or not place:
        return ""
    place = place.rstrip("/")
    return f"{scheme}://{place}/{database}" if database and "/" not in place else f"{scheme}://{place}"


def _with_scheme(options: Mapping[str, str], *, secure: bool) -> dict[str, str]:
    """Return the options with an endpoint that is a URL, which sccache does without."""
    endpoint = options.get("endpoint", "")
    if endpoint and "://" not in endpoint:
        endpoint = f"{'https' if secure else 'http'}://{endpoint}"
    return {**options, "endpoint": endpoint}


def _given(options: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in options.items() if value)


def _is_redis(url: str) -> bool:
    """Return whether a Redis answers there, be it with a refusal."""
    import socket
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        at = (parts.hostname or "127.0.0.1", parts.port or 6379)
        with socket.create_connection(at, timeout=_PROBE_S) as connection:
            if parts.scheme == "rediss":
                return True
            connection.settimeout(_PROBE_S)
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith((b"+PONG", b"-NOAUTH", b"-ERR", b"-LOADING", b"-DENIED"))
    except (OSError, ValueError):
        return False


def _accepts(url: str) -> bool | None:
    import socket
    from urllib.parse import urlsplit

    ports = {"redis": 6379, "rediss": 6379, "http": 80, "https": 443, "grpc": 80, "grpcs": 443}
    try:
        parts = urlsplit(url.rpartition(" ")[2])
        if parts.scheme not in ports or not parts.hostname:
            return None
        socket.create_connection((parts.hostname, parts.port or ports[parts.scheme]), timeout=2 * _PROBE_S).close()
    except (OSError, ValueError):
        return False
    return True


def _has_workflows(root: str) -> bool:
    try:
        return any(name.endswith((".yml", ".yaml")) for name in os.listdir(f"{root}/.github/workflows"))
    except OSError:
        return False


def _credentials(environ: Mapping[str, str]) -> str:
    found = next((words for name, words in _ROLES if environ.get(name)), "")
    if not found and os.path.exists(
        environ.get("AWS_SHARED_CREDENTIALS_FILE") or f"{environ.get('HOME', '')}/.aws/credentials"
    ):
        found = "a credentials file"
    return found


def _is_installed(library: str) -> bool:
    from importlib.util import find_spec

    return find_spec(library) is not None
