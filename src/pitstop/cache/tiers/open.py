"""From an entry of `[cache] tiers` to its tier: which kind an address is of, and which module opens that kind."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, cast

from pitstop.cache.tiers.tier import Address, TierError
from pitstop.core.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from pitstop.cache.tiers.tier import Tier

    class _Module(Protocol):
        def open_tier(self, address: Address, environ: Mapping[str, str]) -> Tier: ...


LOCAL = "local"
"""The store on this machine: always asked first, wherever it stands in the list."""
SCHEMES = {
    "redis": "redis",
    "rediss": "redis",
    "s3": "s3",
    "http": "http",
    "https": "http",
    "grpc": "reapi",
    "grpcs": "reapi",
}
"""The kind of tier by the scheme of its address."""
MODULES = {
    "redis": "pitstop.cache.tiers.redis",
    "s3": "pitstop.cache.tiers.s3",
    "http": "pitstop.cache.tiers.http",
    "reapi": "pitstop.cache.tiers.reapi",
    "github": "pitstop.cache.tiers.github",
}
"""The module that opens tiers of a kind."""
_LIBRARIES = {"redis": "redis", "s3": "obstore", "http": "urllib3", "reapi": "grpc", "github": "urllib3"}
"""What a kind of tier imports when it is used first, which takes a tenth of a second."""
WRITE_IN_CI = "ci"
"""`write` of a tier that only runs of a CI service fill."""


def kind_of(url: str) -> tuple[str, str]:
    """Return the kind of tier that `url`, as it is written in the settings, is of, and the address without that word.

    Raises TierError for what is no address of any kind.
    """
    if url in {LOCAL, "github"}:
        return url, ""
    word, _, rest = url.partition(" ")
    if rest and word in MODULES:
        return word, rest.strip()
    scheme, found, _ = url.partition("://")
    if found and scheme in SCHEMES:
        return SCHEMES[scheme], url
    named = [LOCAL, "github", *(f"{scheme}://…" for scheme in SCHEMES)]
    raise TierError(
        f"`{scheme if found else word}` is no kind of tier",
        hint=did_you_mean(f"{scheme}://…" if found else word, named, f"there are {', '.join(f'`{n}`' for n in named)}"),
        permanent=True,
    )


def address_of(
    url: str, *, read: bool, write: str, timeout_s: float, options: Iterable[tuple[str, str]], room: int, ci: bool
) -> Address:
    """Return the address of an entry; `write` is `true`, `false` or `ci`, and `ci` says whether this is a CI service.

    Raises TierError as `kind_of`.
    """
    kind, rest = kind_of(url)
    return Address(kind, rest, read, write == "true" or (ci and write == WRITE_IN_CI), timeout_s, dict(options), room)


def printable(url: str) -> str:
    """Return an address as it is written, without the user or token and the password that may stand in it."""
    head, found, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{head}{found}{host.rpartition('@')[2]}{slash}{path.partition('?')[0]}"


def identity(address: Address) -> str:
    """Return a name for a tier that tells nothing of its secrets, the same for all runs that mean the same tier."""
    meant = (address.kind, address.url, sorted(address.options.items()))
    return sha256(repr(meant).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def warm_up(kind: str) -> None:
    """Import now what tiers of a kind need; what is missing is said when one is used."""
    from contextlib import suppress
    from importlib import import_module

    with suppress(ImportError):
        if kind in _LIBRARIES:
            import_module(_LIBRARIES[kind])


def open_tier(address: Address, environ: Mapping[str, str]) -> Tier:
    """Return the tier at `address`, which may not be connected yet. Raises TierError."""
    from importlib import import_module

    name = MODULES.get(address.kind)
    if name is None:
        raise TierError(f"`{address.kind}` is no kind of tier", permanent=True)
    try:
        module = cast("_Module", import_module(name))
    except ImportError as error:
        raise TierError(
            f"tiers of the kind `{address.kind}` cannot be used: {error}",
            hint=f"`pip install 'pitstop[{address.kind}]'`",
            permanent=True,
        ) from error
    return module.open_tier(address, environ)
