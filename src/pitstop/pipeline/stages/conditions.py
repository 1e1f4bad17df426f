"""Conditions in short: each becomes an expression of the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def text_is(name: str, *wanted: str) -> str:
    """Return the expression that `name` is one of `wanted`, which may be globs; none wanted: that it is not empty."""
    from pitstop.core.globs import is_literal

    if not wanted:
        return name
    if all(map(is_literal, wanted)):
        return f"{name} == {wanted[0]!r}" if len(wanted) == 1 else f"{name} in {list(wanted)!r}"
    parts = [f"{name} == {text!r}" if is_literal(text) else f"{name}.matches({text!r})" for text in wanted]
    return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"


def branch_is(*names: str) -> str:
    """Return the expression that the branch is one of these."""
    return text_is("branch", *names)


def tag_is(*names: str) -> str:
    """Return the expression that the tag is one of these."""
    return text_is("tag", *names)


def event_is(*names: str) -> str:
    """Return the expression that the event is one of these."""
    return text_is("event", *names)


def paths_changed(*globs: str) -> str:
    """Return the expression that a file matched by one of these changed."""
    return f"changed({', '.join(map(repr, globs))})"


SHORT: dict[str, Callable[..., str]] = {
    "branch": branch_is,
    "tag": tag_is,
    "event": event_is,
    "paths": paths_changed,
}
"""The keys of `when = {branch = "main"}`."""


def all_of(*parts: str) -> str:
    """Return the expression that all of `parts`, which have no `or` outside of brackets, hold."""
    return " and ".join(parts)
