"""TestCase: how one test ended, whichever runner ran it."""

from __future__ import annotations

from typing import NamedTuple

MESSAGE_SIZE = 4096
"""Characters that a message may have; from `TestFinished` in `core/events.py`."""


class TestCase(NamedTuple):
    """One test as its runner told of it."""

    suite: str
    """What the runner groups tests by: a file, class, package or binary; `""` where it does not."""
    name: str
    outcome: str
    """`success`, `failure` (it found a fault), `error` (it could not run to its end) or `skip`."""
    duration_s: float = 0.0
    """0 where the runner does not tell."""
    message: str = ""
    """The failure's text without its log, or why it was skipped; at most `MESSAGE_SIZE` characters."""
    file: str = ""
    """As the runner writes it: absolute, or relative to where it ran."""
    line: int = 0
    """From 1; 0: unknown."""
    attempt: int = 1
    """Runners that try again tell of each attempt; the last one of a test counts."""


def shorten(text: str) -> str:
    """Return `text` without blank lines around it, at most `MESSAGE_SIZE` characters; the middle is what is left out."""
    text = text.strip("\r\n").rstrip()
    if len(text) <= MESSAGE_SIZE:
        return text
    half = MESSAGE_SIZE // 2 - 20
    return f"{text[:half]}\n… {len(text) - 2 * half} characters …\n{text[-half:]}"


def seconds(value: object) -> float:
    """Return a length of time out of JSON; what is none is 0."""
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e9 else 0.0


def to_text(data: bytes) -> str:
    r"""Return `data` as text for a message: what is no UTF-8 is shown as `\xNN`, control codes are gone."""
    if data.isascii() and (text := data.decode("ascii")).isprintable():
        return text  # what nearly every name is
    from pitstop.core.text import strip_ansi

    return strip_ansi(data).decode("utf-8", "backslashreplace")
