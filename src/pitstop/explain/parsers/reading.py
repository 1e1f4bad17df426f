"""What every parser needs to read lines: bounded texts, positions of several words, sentences in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.explain.lines import Line

LONGEST = 2000
"""Characters of a line that are looked at."""
_SENTENCE = 400  # characters of a message


def text_at(lines: Sequence[Line], at: int) -> str:
    """Return the text of the line at position `at`, cut to `LONGEST` characters; empty beyond the end of the log."""
    return lines[at].text[:LONGEST] if 0 <= at < len(lines) else ""


def positions(at: Mapping[str, list[int]], *words: str) -> list[int]:
    """Return the positions of all lines that hold at least one of `words`, in their order."""
    if len(words) == 1:
        return at.get(words[0], [])
    return sorted({position for word in words for position in at.get(word, ())})


def sentence(text: str) -> str:
    """Return `text` in one line, its white space single, cut to 400 characters."""
    return " ".join(text.split())[:_SENTENCE].rstrip()


def lacks_library(text: str) -> bool:
    """Return whether Python's words for an exception say that a library is missing, or has another version.

    Since 3.7 they name the file that lacks a name; one that is not installed is the project's own.
    """
    if not text.startswith(("ModuleNotFoundError", "ImportError")):
        return False
    own = text.startswith("ImportError: cannot import name ") and text.endswith(".py)")
    return not own or "-packages" in text or "/lib/python" in text
