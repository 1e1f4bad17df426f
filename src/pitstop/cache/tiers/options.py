"""What the entries of `[cache] tiers` have in common: addresses without their secrets, and the options of a kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cache.tiers.tier import TierError
from pitstop.core.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pitstop.cache.tiers.tier import Address

_HEADER = re.compile(r"[0-9A-Za-z_.-]+")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}


class Url(NamedTuple):
    """An address taken apart, its escapes undone."""

    scheme: str
    host: str
    """Without the brackets of an IPv6 address."""
    port: int
    """0: not given."""
    user: str
    password: str
    path: str
    """With its slash in front and none behind; empty: none."""

    @property
    def place(self) -> str:
        """The address as it may be printed: no user, no password, no parameters."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{f':{self.port}' if self.port else ''}{self.path}"


def parsed(address: Address, schemes: Collection[str]) -> Url:
    """Take the address of a tier apart. Raises TierError when it is none, never with the address in its text."""
    from urllib.parse import unquote, urlsplit

    hint = f"write it as `{next(iter(schemes))}://host/…`"
    try:
        parts = urlsplit(address.url)
        port = parts.port or 0
    except ValueError:
        raise TierError(f"the address of a {address.kind} tier is no URL", hint=hint, permanent=True) from None
    if parts.scheme not in schemes or not parts.hostname:
        raise TierError(f"the address of a {address.kind} tier has no host", hint=hint, permanent=True)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Url(parts.scheme, parts.hostname, port, user, password, unquote(parts.path.rstrip("/")))


def check(address: Address, place: str, known: Collection[str]) -> None:
    """Raise TierError when the entry has an option that its kind does not know."""
    for name in address.options:
        if name not in known:
            hint = did_you_mean(name, known, f"there are {', '.join(f'`{each}`' for each in sorted(known))}")
            raise TierError(f"the tier `{place}` has no option `{name}`", hint=hint, permanent=True)


def secret(address: Address, place: str, environ: Mapping[str, str], option: str) -> str:
    """Return the value of the variable that `option` names; empty: the option is not given.

    Raises TierError when the variable is not set.
    """
    name = address.options.get(option, "")
    if not name:
        return ""
    if not environ.get(name):
        raise TierError(
            f"the tier `{place}` needs the variable `{name}` (its `{option}`), which is not set",
            hint=f"set `{name}` where this runs, or give the tier `read = false, write = false` there",
            permanent=True,
        )
    return environ[name]


def seconds(address: Address, place: str, option: str) -> float:
    """Return a duration such as `90`, `30m`, `12h`, `7d` in seconds; 0: the option is not given.

    Raises TierError when it is none.
    """
    text = str(address.options.get(option, "")).strip()
    if not text:
        return 0.0
    number, unit = (text[:-1], _UNITS[text[-1]]) if text[-1] in _UNITS else (text, 1.0)
    try:
        value = float(number) * unit
    except ValueError:
        value = -1.0
    if not 1 <= value < 1e10:
        raise TierError(
            f"the option `{option}` of the tier `{place}` is no duration: `{text}`",
            hint="write it as `30m`, `12h` or `7d`",
            permanent=True,
        )
    return value


def pem(address: Address, place: str, option: str) -> str:
    """Return the path of the file that `option` names; empty: the option is not given.

    Raises TierError when nobody could read it.
    """
    import os

    path = os.path.expanduser(address.options.get(option, ""))
    if not path or (os.path.isabs(path) and os.access(path, os.R_OK)):
        return path
    raise TierError(
        f"`{path}`, the `{option}` of the tier `{place}`, cannot be read",
        hint="write the whole path of a file in PEM, beginning with `/` or `~`",
        permanent=True,
    )


def headers(text: str, place: str, option: str) -> list[tuple[str, str]]:
    """Return the headers in `name=value,name=value`, values percent-encoded (the form of OpenTelemetry's).

    Raises TierError, never with `text` in it.
    """
    from urllib.parse import unquote

    found: list[tuple[str, str]] = []
    for each in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = each.partition("=")
        name, value = name.strip(), unquote(value.strip())
        if not equals or not _HEADER.fullmatch(name) or not (value.isascii() and value.isprintable()):
            raise TierError(
                f"the `{option}` of the tier `{place}` are no headers",
                hint="write them as `name=value,name=value`",
                permanent=True,
            )
        found.append((name, value))
    return found
