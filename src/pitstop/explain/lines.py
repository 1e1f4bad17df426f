"""The lines of a log, whatever wrote it: numbered, cleaned for matching, with the step, the mark and the time they carry."""

from __future__ import annotations

from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.text import strip_ansi

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 16_384
"""Characters of a line that are kept for matching; what was written is kept whole."""

_NULS = 0.2  # share of NUL bytes in the beginning from which on it is UTF-16 without a mark


class Line(NamedTuple):
    """One line of a log."""

    number: int
    """From 1, in the log as it was given: lines end with LF."""
    text: str
    """For matching: without time stamp, control codes, the markup of the CI system and what a lone CR painted over."""
    raw: str
    """For showing: as it was written, invalid UTF-8 replaced, without the line end."""
    mark: str = ""
    """What the CI system's markup says of it: `error`, `warning`, `notice`, `debug`, `command`, `group`, `endgroup`."""
    step: str = ""
    """Name of the group, fold, section or step that it stands in."""
    time: float = 0.0
    """Seconds since 1970 UTC; 0: the log does not say."""


def read_lines(data: bytes, numbers: Iterable[int] | None = None) -> list[Line]:
    """Return the lines of a whole log, which may be any bytes; `numbers` are theirs where `data` is only a part of it.

    UTF-16 is read as such when it has its mark or looks like it. The place that an annotation names
    (`::error file=a.c,line=3::bad`) becomes a part of the text: `a.c:3: error: bad`.
    """
    data = as_utf8(data)
    raws = data.decode("utf-8", "replace").split("\n")
    if not raws[-1]:
        raws.pop()
    if b"\r\n" in data or data[-1:] == b"\r":
        raws = [raw[:-1] if raw[-1:] == "\r" else raw for raw in raws]
    clean = strip_ansi(_without_notes(data))
    texts = raws[:] if clean == data else clean.decode("utf-8", "replace").split("\n")[: len(raws)]
    if b"\xef\xbb\xbf" in data:  # the byte order mark of each part of a log that was put together
        texts = [text.lstrip("\ufeff") if text[:1] == "\ufeff" else text for text in texts]
    if max(map(len, texts), default=0) > LONGEST:
        texts = [text[:LONGEST] for text in texts]
    from pitstop.explain.markup import read_markup

    marks, steps, times = read_markup(data, raws, texts)
    rest = (marks or repeat(""), steps or repeat(""), times or repeat(0.0))  # endless where nothing is known
    return list(
        map(partial(tuple.__new__, Line), zip(numbers or range(1, len(raws) + 1), texts, raws, *rest, strict=False))
    )


def as_utf8(data: bytes) -> bytes:
    """Return a log that is UTF-16, by its mark or by the look of it, as UTF-8; any other as it is."""
    form = encoding(data[:4096])
    return data.decode(form, "replace").encode("utf-8", "replace") if form else data


def encoding(head: bytes) -> str:
    """Return `utf-16`, `utf-16-le` or `utf-16-be` when a log that begins with `head` is that, else an empty text."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) < 4 or max(even, odd) < len(head) * _NULS or min(even, odd) * 8 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _without_notes(data: bytes) -> bytes:
    """Take out what a CI system hides in control sequences that a terminal would not know the end of."""
    import re

    if b"\x1b_bk;" in data:  # Buildkite's times end with BEL
        data = re.sub(rb"\x1b_bk;[^\x07\x1b\n]*\x07?", b"", data)
    if b"\x1b[8mha:" in data:  # Jenkins' notes: base64 that is written in hidden letters
        data = re.sub(rb"\x1b\[8mha:[A-Za-z0-9+/=]*(?:\x1b\[0m)?", b"", data)
    return data
