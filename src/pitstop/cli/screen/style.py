"""Colour by role, and whether there is to be any; the words alone always say enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_CODES = {
    "good": "32",
    "bad": "1;31",
    "warn": "33",
    "name": "1",
    "cached": "36",
    "dim": "2",
}


class Style(NamedTuple):
    """What the place that is written to can show."""

    colour: bool = False
    unicode: bool = True

    def paint(self, role: str, text: str) -> str:
        """Return `text` in the colour of `role`: good, bad, warn, name, cached, dim."""
        return f"\x1b[{_CODES[role]}m{text}\x1b[0m" if self.colour and text else text


def wants_colour(variables: Mapping[str, str], *, tty: bool) -> bool:
    """Return whether to write colours, as https://no-color.org, https://force-color.org and CLICOLOR ask for."""
    if variables.get("NO_COLOR"):
        return False
    if variables.get("FORCE_COLOR", "0") not in {"0", "", "false"} or variables.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return tty and variables.get("TERM") != "dumb" and variables.get("CLICOLOR", "1") != "0"


def wants_unicode(variables: Mapping[str, str]) -> bool:
    """Return whether the locale's encoding can show more than ASCII."""
    locale = variables.get("LC_ALL") or variables.get("LC_CTYPE") or variables.get("LANG") or "UTF-8"
    return "utf" in locale.lower()
