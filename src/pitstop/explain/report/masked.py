"""Secrets that nobody declared, found by their form in a text that leaves the house."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pitstop.core.text import MASK, looks_secret, mask

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

_MASK = MASK.decode()

# The forms that the services publish for their tokens, so that scanners find them.
_TOKENS = (
    r"\bgh[pousr]_[A-Za-z0-9]{20,255}|\bgithub_pat_[A-Za-z0-9_]{20,255}"
    r"|\bgl(?:pat|rt|cbt|dt|ptt)-[A-Za-z0-9_-]{20,255}"
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10,255}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\b(?:npm_|pypi-|hf_|dop_v1_|sk-|sk_live_|rk_live_|dckr_pat_)[A-Za-z0-9_-]{20,255}"
    r"|\bAIza[A-Za-z0-9_-]{35}"
    r"|\beyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,1000}"
)
_AROUND = (
    (r"(://[^/\s:@]{1,200}:)[^/\s@]{1,200}(?=@)", r"\1" + _MASK),
    (r"(?i)\b((?:bearer|basic|token) +)[A-Za-z0-9._~+/=-]{16,4000}", r"\1" + _MASK),
    (r"(?i)(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----).*", r"\1" + _MASK),
)
_ASSIGNED = r"""([A-Za-z][A-Za-z0-9_-]{2,60})(["']? {0,2}[=:] {0,2}["']?)([^\s"',;]{4,4000})"""


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` without the `secrets`, and without what has the form of a token or is assigned to a secret's name."""
    text = mask(text.encode("utf-8", "surrogateescape"), secrets).decode("utf-8", "replace")
    tokens, around, assigned = _patterns()
    text = tokens.sub(_MASK, text)
    for pattern, instead in around:
        text = pattern.sub(instead, text)
    return assigned.sub(_assigned, text)


def _assigned(found: re.Match[str]) -> str:
    name, between, value = found.groups()
    return f"{name}{between}{_MASK if looks_secret(name) and value != _MASK else value}"


@cache
def _patterns() -> tuple[re.Pattern[str], list[tuple[re.Pattern[str], str]], re.Pattern[str]]:
    import re

    return re.compile(_TOKENS), [(re.compile(one), instead) for one, instead in _AROUND], re.compile(_ASSIGNED)
