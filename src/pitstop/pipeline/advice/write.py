"""Lays keys into the `[cache]` table of a `pitstop.toml`, and leaves every other line as it is. Pure."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from pitstop.core.errors import UsageError
from pitstop.pipeline.settings.show import toml

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER = re.compile(r"\s*\[cache\]\s*(?:#.*)?")
_TABLE = re.compile(r"\s*\[")


def lines_of(table: Mapping[str, Any]) -> list[str]:
    """Return the lines of a `[cache]` table with these keys."""
    return ["[cache]", *(f"{key} = {toml(value)}" for key, value in table.items())]


def with_cache(text: str, table: Mapping[str, Any]) -> str:
    """Return `text` with the keys of `table` in `[cache]`, instead of those of the same names.

    Raises UsageError when `[cache]` is written in a way that lines cannot be laid into.
    """
    try:
        wanted = tomllib.loads(text)
        there = wanted.setdefault("cache", {})
        there.update(table)
    except (ValueError, AttributeError) as error:
        raise _by_hand(table) from error
    lines = text.splitlines()
    header = next((at for at, line in enumerate(lines) if _HEADER.fullmatch(line)), None)
    if header is None:
        made = [*lines, *([""] if lines and lines[-1].strip() else []), *lines_of(table)]
    else:
        end = next((at for at in range(header + 1, len(lines)) if _TABLE.match(lines[at])), len(lines))
        inside, added = lines[header + 1 : end], []
        for key, value in table.items():
            line = f"{key} = {toml(value)}"
            at = next((at for at, old in enumerate(inside) if re.match(rf"\s*{re.escape(key)}\s*=", old)), None)
            if at is None:
                added.append(line)
            else:
                inside[at] = line
        made = [*lines[: header + 1], *added, *inside, *lines[end:]]
    ending = "\r\n" if "\r\n" in text else "\n"
    result = ending.join([*made, ""])
    try:
        right = tomllib.loads(result) == wanted
    except ValueError:
        right = False
    if not right:
        raise _by_hand(table)
    return result


def _by_hand(table: Mapping[str, Any]) -> UsageError:
    written = "; ".join(lines_of(table)[1:])
    return UsageError(
        "`[cache]` of pitstop.toml is written in a way that cannot be edited here", hint=f"write in it: {written}"
    )
