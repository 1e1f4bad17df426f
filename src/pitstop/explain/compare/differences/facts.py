"""What a log says of its surroundings: the runner's image, versions of tools and actions, the commit, the environment."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pitstop.explain.compare.differences.values import COMMIT, ENVIRONMENT, IMAGE, TOOL, Difference

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from pitstop.explain.lines import Line

_NUMBER = r"v?(?P<{}>\d+(?:\.\d+)+[\w.+-]*)"
_TOOLS = (
    ("git", r"git version "),
    ("Python", r"(?:Successfully set up CPython \(|Python )"),
    ("node", r"(?:node(?:\.js)?[: @]+|.*/hostedtoolcache/node/)"),
    ("npm", r"npm(?:[: @]+)"),
    ("yarn", r"yarn (?:install |run )?"),
    ("pnpm", r"pnpm[: @]+"),
    ("rustc", r"rustc "),
    ("cargo", r"cargo "),
    ("go", r"(?:go version go|Successfully set up Go version )"),
    ("java", r"(?:(?:openjdk|java) (?:version )?\"?|Resolved Java |Java version: )"),
    ("maven", r"Apache Maven "),
    ("gradle", r"(?:Welcome to )?Gradle "),
    ("gcc", r"gcc(?:-\d+)? (?:version |\(.*?\) )"),
    ("clang", r"(?:Ubuntu |Apple |Debian )?clang version "),
    ("cmake", r"cmake version "),
    ("docker", r"Docker version "),
    ("ruby", r"ruby "),
    ("bundler", r"Bundler version "),
    ("php", r"PHP "),
    ("composer", r"Composer version "),
    ("dotnet", r"\.NET (?:Core )?SDK (?:version:? )?"),
    ("pip", r"pip "),
    ("pytest", r"platform \w+ -- Python [\w.]+, pytest-"),
    ("runner", r"Current runner version: '"),
)
_OTHERS = (
    (IMAGE, r"Image: (?P<image>[\w.-]+)$"),
    (IMAGE, r"Version: (?P<image_version>\d{8}[\d.]*)$"),
    (TOOL, r"Download action repository '(?P<action>[^']+)' \(SHA:(?P<action_sha>[0-9a-f]+)\)"),
    (COMMIT, r"(?:Checking out Revision |HEAD is now at )(?P<commit>[0-9a-f]{7,64})\b"),
    (COMMIT, r" > git checkout -f (?P<checkout>[0-9a-f]{7,64})\b"),
    (ENVIRONMENT, r"  (?P<variable>[A-Z][A-Z0-9_]{1,60}): (?P<value>\S.{0,200})$"),
)


@cache
def _pattern() -> re.Pattern[str]:
    import re

    tools = [f"{head}{_NUMBER.format('tool' + str(at))}" for at, (_, head) in enumerate(_TOOLS)]
    return re.compile("|".join([*tools, *(text for _, text in _OTHERS)]))


def facts_of(lines: Sequence[Line]) -> dict[tuple[str, str], str]:
    """Return what the log says of its surroundings, by kind and name; what it says first counts.

    Formats: the log of GitHub's runner (`Image:`, `Current runner version:`, `Download action repository`, the `env:`
    of a step), Jenkins' git plug-in, and what tools print of themselves when asked for their version.
    """
    from pitstop.core.text import looks_secret

    match = _pattern().match
    found: dict[tuple[str, str], str] = {}
    for line in lines:
        text = line.text
        if not text or text[0] not in _FIRST or (got := match(text, 0, 500)) is None:
            continue
        groups = {name: value for name, value in got.groupdict().items() if value is not None}
        if "image" in groups:
            found.setdefault((IMAGE, "image"), groups["image"])
        elif "image_version" in groups:
            if (IMAGE, "image") in found:
                found.setdefault((IMAGE, "image version"), groups["image_version"])
        elif "action" in groups:
            found.setdefault((TOOL, groups["action"]), groups["action_sha"][:12])
        elif "commit" in groups or "checkout" in groups:
            found.setdefault((COMMIT, "commit"), groups.get("commit") or groups["checkout"])
        elif "variable" in groups:
            name = groups["variable"]
            value = "***" if looks_secret(name) else groups["value"]
            found.setdefault((ENVIRONMENT, name), value)
        else:
            name, value = next(iter(groups.items()))
            found.setdefault((TOOL, _TOOLS[int(name[4:])][0]), value.rstrip(".,'\")"))
    return found


_FIRST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ. /")


def differing(before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str]) -> list[Difference]:
    """Return what two logs tell differently; what only one of them mentions is not told: it may have ended early."""
    return [
        Difference(kind, name, before[kind, name], value)
        for (kind, name), value in after.items()
        if (kind, name) in before and before[kind, name] != value
    ]
