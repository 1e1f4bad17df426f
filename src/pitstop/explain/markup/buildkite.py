r"""Buildkite: headings of groups (`--- title`, `+++ title`, `~~~ title`), `^^^ +++`, and times as `\e_bk;t=MILLISECONDS\a`.

Source: "Managing log output" in Buildkite's documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.explain.markup.columns import Columns

_TIME = r"\x1b?_bk;t=(\d{10,16})\x07?"
_HEADS = ("~~~ ", "--- ", "+++ ")


def read(columns: Columns) -> None:
    """Read times and groups. Headings that a diff may have too count only where there is more of Buildkite."""
    import re

    pattern = re.compile(_TIME, re.ASCII)
    timed = False
    for at, raw in enumerate(columns.raws):
        if "_bk;t=" in raw and (found := pattern.search(raw)):
            timed = True
            columns.times[at] = int(found[1]) / 1000
            if raw[: found.start() + 1] != "\x1b" and "\x1b_bk;" not in raw:  # somebody took the ESC out
                columns.texts[at] = pattern.sub("", columns.texts[at])
    heads = _HEADS if timed or "^^^ +++" in columns.texts else _HEADS[:1]
    for at, text in enumerate(columns.texts):
        if text[:4] in heads:
            name = text[4:].strip()
            columns.mark(at, "group", name)
            columns.turn(at, name)
        elif text.rstrip() == "^^^ +++":
            columns.mark(at, "debug", "")
