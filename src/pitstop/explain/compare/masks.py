"""A line without what varies from run to run: counts, times, hashes, versions, temporary names and addresses."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

LONGEST = 2000
"""Characters of a line that are looked at."""

_DIGITS = b"0123456789"
_VARIES = (
    r"(?P<url>\b[a-z][a-z+.-]{1,9}://[^\s\"'<>|()\[\]]+)"
    r"|(?P<temporary>(?:/private)?(?:/var)?/(?:tmp|folders)/[^\s\"':,;)]+)"
    r"|(?P<hash>(?<![A-Za-z0-9])(?=[0-9a-f-]{0,40}[0-9])[0-9a-f]{4,}(?:-[0-9a-f]{4,})*(?![A-Za-z0-9]))"
    r"|(?P<day>\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b)"
    r"|(?P<none>(?<![\w.,:-])0(?![\w.,:-]*[0-9]))"
    r"|(?P<number>[0-9]+(?:[.,:_][0-9]+)*)"
)


def roughen(texts: Iterable[str]) -> list[bytes]:
    """Return each text without its digits and the blanks at its end, by a few passes over all of them at once.

    Equal results differ at most in numbers: a first, cheap look that leaves few lines for `template`.
    """
    joined = "\n".join([text if len(text) <= LONGEST else text[:LONGEST] for text in texts])
    return [line.rstrip() for line in joined.encode("utf-8", "replace").translate(None, _DIGITS).split(b"\n")]


@cache
def _varies() -> re.Pattern[str]:
    import re

    return re.compile(_VARIES)


def template(text: str) -> str:
    """Return `text` with what varies replaced: `5 tests in 0.3 s` and `7 tests in 1.2 s` become `# tests in # s`.

    A lone 0 stays: `0 failures` and `1 failures` are not the same.
    """
    return " ".join(_varies().sub(_replaced, text[:LONGEST]).split())


def _replaced(found: re.Match[str]) -> str:
    return _SIGNS[found.lastgroup or "number"]


_SIGNS = {"url": "<url>", "temporary": "<tmp>", "hash": "#", "day": "#", "none": "0", "number": "#"}
