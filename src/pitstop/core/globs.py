"""Glob patterns over POSIX paths, as git, turbo and VS Code read them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


_SIGNS = frozenset("*?[{")


def is_literal(pattern: str) -> bool:
    """Return whether `pattern` names one path and no others."""
    return _SIGNS.isdisjoint(pattern)


@lru_cache(maxsize=65536)  # a large repository has some ten thousand, and asks for each many times
def literal_prefix(pattern: str) -> str:
    """Return the folder or file that everything a glob matches lies in: `dist` for `dist/**`."""
    kept: list[str] = []
    for part in pattern.split("/"):
        if not is_literal(part) or "\\" in part:
            break
        kept.append(part)
    return "/".join(kept)


def translate(pattern: str) -> str:
    """Return the regular expression, to be matched in full, of one glob.

    `*` and `?` stay inside a folder, `**` crosses folders, `[a-z]` and `[!a]` are sets, `{a,b}` are alternatives, a
    backslash takes the next character as it is. A pattern also matches all that lies below what it names, so `dist`
    and `dist/**` mean the same for the files of a folder.
    """
    import re

    pattern = pattern.removeprefix("./").rstrip("/")
    if pattern in {"", "."}:
        return ".*"
    out: list[str] = []
    depth = index = 0
    length = len(pattern)
    while index < length:
        character = pattern[index]
        index += 1
        if character == "*":
            if pattern[index : index + 1] == "*":
                start = index - 1
                while pattern[index : index + 1] == "*":
                    index += 1
                whole_part = start == 0 or pattern[start - 1] in "/{,"
                if whole_part and pattern[index : index + 1] == "/":
                    index += 1
                    out.append("(?:.*/)?")
                else:
                    out.append(".*")
            else:
                out.append("[^/]*")
        elif character == "?":
            out.append("[^/]")
        elif character == "[":
            end = pattern.find("]", index + 2 if pattern[index : index + 1] in {"!", "^"} else index + 1)
            if end < 0:
                out.append(r"\[")
                continue
            out.append(_set(pattern[index:end]))
            index = end + 1
        elif character == "{" and "}" in pattern[index:]:
            depth += 1
            out.append("(?:")
        elif character == "}" and depth:
            depth -= 1
            out.append(")")
        elif character == "," and depth:
            out.append("|")
        elif character == "\\" and index < length:
            out.append(re.escape(pattern[index]))
            index += 1
        else:
            out.append(re.escape(character))
    return "".join(out) + ")" * depth + "(?:/.*)?"


def _set(body: str) -> str:
    """Return the expression of a set such as `[a-z]`; one whose range is empty, `[user-id]`, is taken as a name."""
    import re

    out: list[str] = []
    index = 1 if body[0] in "!^" else 0
    negated = "^" if index else ""
    while index < len(body):
        if body[index + 1 : index + 2] == "-" and index + 2 < len(body):
            if body[index] > body[index + 2]:
                return re.escape(f"[{body}]")
            out.append(f"{re.escape(body[index])}-{re.escape(body[index + 2])}")
            index += 3
        else:
            out.append(re.escape(body[index]))
            index += 1
    return f"(?!/)[{negated}{''.join(out)}]"


@lru_cache(maxsize=4096)
def _compiled(patterns: tuple[str, ...]) -> Callable[[str], object]:
    import re

    return re.compile("|".join(f"(?:{translate(_below(one))})" for one in patterns), re.DOTALL).fullmatch


def _below(pattern: str) -> str:
    """Return `dist` for `dist/**`: a path that is no folder, such as a link, is meant by both."""
    kept = pattern.rstrip("/")
    while kept.endswith("/**"):
        kept = kept[:-3].rstrip("/")
    return pattern if not kept or kept.endswith("\\") else kept


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return a test of paths: matched by a pattern, and by none of those that start with `!`.

    Only negative patterns: everything but those.
    """
    listed = tuple(patterns)
    positive = tuple(pattern for pattern in listed if not pattern.startswith("!"))
    negative = tuple(pattern[1:] for pattern in listed if pattern.startswith("!"))
    if not negative and (folders := _folders(positive)) is not None:
        below = tuple(f"{folder}/" for folder in folders)
        return lambda path: path in folders or path.startswith(below)
    wanted = _compiled(positive) if positive else None
    unwanted = _compiled(negative) if negative else None

    def matches(path: str) -> bool:
        if wanted is not None and wanted(path) is None:
            return False
        return unwanted is None or unwanted(path) is None

    return matches


def _folders(patterns: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the folders of patterns that only say `folder` or `folder/**`, or None: those need no expression."""
    found: list[str] = []
    for pattern in patterns:
        folder = pattern.rstrip("/").removesuffix("/**").rstrip("/")
        if folder in {"", "."} or not is_literal(folder) or "\\" in folder or folder.startswith("./"):
            return None
        found.append(folder)
    return tuple(found) or None
