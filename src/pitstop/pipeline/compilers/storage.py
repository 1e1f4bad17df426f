"""An entry of `[cache] tiers` as sccache and ccache want it.

Source: `docs/` of sccache 0.16 (S3, Redis, Webdav, GHA, MultiLevel) and "Remote storage backends" of ccache's manual 4.7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pitstop.cache.tiers.tier import Address

_AWS = ("AWS_*",)
_GITHUB = ("ACTIONS_CACHE_SERVICE_V2", "ACTIONS_RESULTS_URL", "ACTIONS_CACHE_URL", "ACTIONS_RUNTIME_TOKEN")
_READ_ONLY = "READ_ONLY"
_BEYOND = frozenset({"certificate", "key", "headers", "headers_env"})
"""Options of an entry that neither sccache nor ccache can follow."""


class Storage(NamedTuple):
    """Where compilations are kept beside this machine's disk."""

    kind: str = "local"
    place: str = ""
    """As it may be printed; empty: on this machine alone."""
    sccache: Mapping[str, str] = {}
    """Variables for its server, which may hold secrets."""
    level: str = ""
    """The storage's name in sccache's chain of levels."""
    ccache: str = ""
    """What `remote_storage` is in ccache's configuration, which may hold secrets; empty: it cannot use this storage."""
    server: tuple[str, int] | None = None
    """The host and port that must accept connections; None: that cannot be told."""
    speaks: str = "http"
    """What it answers to, for `guard`: `redis`, `http` or `tls`."""
    timeout_s: float = 5.0
    """How long its server may take to answer."""


def storage_of(addresses: Iterable[Address], environ: Mapping[str, str]) -> Storage:
    """Return the first storage that can keep compilations; the one of this machine where none can.

    Raises TierError for an entry that is wrong in itself.
    """
    for address in addresses:
        make = _KINDS.get(address.kind)
        if make is not None and address.read:
            found = make(address, environ)
            if found is not None:
                return found._replace(timeout_s=address.timeout_s)
    return Storage()


def local_variables(folder: str) -> dict[str, str]:
    """Return the variables with which sccache's server keeps compilations in `folder`."""
    return {"SCCACHE_DIR": folder, "SCCACHE_CACHE_SIZE": "10G"}


def ccache_configuration(folder: str, root: str, storage: Storage) -> str:
    """Return the text of a configuration file of ccache that keeps compilations in `folder` and in `storage`.

    Paths below `root` are made relative, so that two checkouts find each other's.
    """
    lines = [f"cache_dir = {folder}", "max_size = 10G", f"base_dir = {root}", "hash_dir = false"]
    if storage.ccache:
        lines.append(f"remote_storage = {storage.ccache}")
    return "".join(f"{line}\n" for line in lines)


def _redis(address: Address, environ: Mapping[str, str]) -> Storage | None:
    if _BEYOND & address.options.keys():
        return None
    from urllib.parse import quote

    from pitstop.cache.tiers import options

    url = options.parsed(address, ("redis", "rediss"))
    place = url.place
    user = url.user or address.options.get("user", "")
    password = url.password or options.secret(address, place, environ, "password_env")
    database = url.path[1:] or "0"
    host = f"[{url.host}]" if ":" in url.host else url.host
    server = f"{host}:{url.port or 6379}"
    ttl = int(options.seconds(address, place, "ttl"))
    variables = {
        "SCCACHE_REDIS_ENDPOINT": f"{url.scheme}://{server}",
        "SCCACHE_REDIS_USERNAME": user,
        "SCCACHE_REDIS_PASSWORD": password,
        "SCCACHE_REDIS_DB": database,
        "SCCACHE_REDIS_KEY_PREFIX": f"{address.options.get('prefix', 'pitstop')}/sccache",
        "SCCACHE_REDIS_EXPIRATION": str(ttl) if ttl else "",
        "SCCACHE_REDIS_RW_MODE": "" if address.write else _READ_ONLY,
        "SSL_CERT_FILE": address.options.get("ca", ""),
    }
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if password else ""
    ccache = f"redis://{login}{server}/{database}" if url.scheme == "redis" else ""
    found = _storage("redis", place, variables, "redis", ccache and _limited(ccache, address))
    return found._replace(server=(url.host, url.port or 6379), speaks="redis" if url.scheme == "redis" else "tls")


def _s3(address: Address, environ: Mapping[str, str]) -> Storage:
    from urllib.parse import urlsplit

    from pitstop.cache.tiers import options
    from pitstop.cache.tiers.s3 import aws
    from pitstop.pipeline.environment import chosen

    url = options.parsed(address, ("s3",))
    given = address.options
    own = aws.found(environ, given.get("profile", ""))
    endpoint = (given.get("endpoint") or own.endpoint).rstrip("/")
    at = urlsplit(endpoint)
    folder = (given.get("prefix") or url.path).strip("/") or "pitstop"
    keys = {"AWS_ACCESS_KEY_ID": own.key, "AWS_SECRET_ACCESS_KEY": own.secret, "AWS_SESSION_TOKEN": own.token}
    anonymous = given.get("anonymous") == "true"
    variables = {
        **chosen(environ, _AWS),
        **(keys if own.key else {}),
        "SCCACHE_BUCKET": url.host,
        "SCCACHE_S3_KEY_PREFIX": f"{folder}/sccache",
        "SCCACHE_REGION": given.get("region") or own.region or "us-east-1",
        "SCCACHE_ENDPOINT": endpoint,
        "SCCACHE_S3_USE_SSL": ("false" if at.scheme == "http" else "true") if endpoint else "",
        "SCCACHE_S3_ENABLE_VIRTUAL_HOST_STYLE": "true" if given.get("addressing") == "virtual" else "",
        "SCCACHE_S3_NO_CREDENTIALS": "true" if anonymous else "",
        "SCCACHE_S3_RW_MODE": "" if address.write and not anonymous else _READ_ONLY,
        "SSL_CERT_FILE": given.get("ca", ""),
    }
    server = (at.hostname, at.port or (80 if at.scheme == "http" else 443)) if at.hostname else None
    found = _storage("s3", url.place, variables, "s3")
    return found._replace(server=server, speaks="http" if at.scheme == "http" else "tls")


def _http(address: Address, environ: Mapping[str, str]) -> Storage | None:
    """Return the WebDAV side of `pitstop cache serve`; of another server sccache says itself that it has none."""
    if _BEYOND & address.options.keys():
        return None
    from urllib.parse import quote

    from pitstop.cache.tiers import options

    url = options.parsed(address, ("http", "https"))
    place = url.place
    token = options.secret(address, place, environ, "token_env")
    user = url.user or address.options.get("user", "")
    password = url.password or options.secret(address, place, environ, "password_env")
    host = f"[{url.host}]" if ":" in url.host else url.host
    server = f"{host}:{url.port}" if url.port else host
    variables = {
        "SCCACHE_WEBDAV_ENDPOINT": f"{url.scheme}://{server}",
        "SCCACHE_WEBDAV_KEY_PREFIX": f"{url.path}/sccache/pitstop",
        "SCCACHE_WEBDAV_TOKEN": token,
        "SCCACHE_WEBDAV_USERNAME": "" if token else user,
        "SCCACHE_WEBDAV_PASSWORD": "" if token else password,
        "SCCACHE_WEBDAV_RW_MODE": "" if address.write else _READ_ONLY,
        "SSL_CERT_FILE": address.options.get("ca", ""),
    }
    ccache = ""
    if url.scheme == "http":  # ccache speaks no TLS
        login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if password and not token else ""
        ccache = _limited(f"http://{login}{server}{url.path}/ccache/pitstop", address)
        ccache += f"|bearer-token={token}" if token else ""
    port = url.port or (80 if url.scheme == "http" else 443)
    return _storage("http", place, variables, "webdav", ccache)._replace(
        server=(url.host, port), speaks="http" if url.scheme == "http" else "tls"
    )


def _github(address: Address, environ: Mapping[str, str]) -> Storage | None:
    """Return the cache of GitHub; None where this step was not given its token."""
    if not environ.get("ACTIONS_RUNTIME_TOKEN"):
        return None
    variables = {name: environ.get(name, "") for name in _GITHUB}
    variables["SCCACHE_GHA_ENABLED"] = "on"
    variables["SCCACHE_GHA_VERSION"] = address.options.get("prefix", "pitstop")
    variables["SCCACHE_GHA_RW_MODE"] = "" if address.write else _READ_ONLY
    return _storage("github", "github", variables, "gha")


_KINDS = {"redis": _redis, "s3": _s3, "http": _http, "github": _github}


def _storage(kind: str, place: str, variables: Mapping[str, str], level: str, ccache: str = "") -> Storage:
    return Storage(kind, place, {name: value for name, value in variables.items() if value}, level, ccache)


def _limited(url: str, address: Address) -> str:
    """Return a storage of ccache with its rights and time-outs: each compilation waits for it anew."""
    bounds = f"|connect-timeout=500|operation-timeout={int(min(2.0, address.timeout_s) * 1000)}"
    return url + bounds + ("" if address.write else "|read-only")
