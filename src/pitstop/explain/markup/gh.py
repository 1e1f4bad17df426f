"""What `gh run view --log` prints: job, step and the stamped line, with tabs between."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.explain.markup.columns import Columns

_LINE = r"([^\t]{1,300})\t([^\t]{1,300})\t\ufeff?(?=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)"
_UNKNOWN = "UNKNOWN STEP"
_SAMPLE = 40
"""Lines that are looked at before it is believed."""


def read(columns: Columns) -> None:
    """Take the columns off, if most lines have them; they say the step of each line."""
    import re

    texts = columns.texts
    match = re.compile(_LINE, re.ASCII).match
    sample = texts[:: len(texts) // _SAMPLE + 1]
    if sum(1 for text in sample if match(text)) * 2 < len(sample):
        return
    found = [match(text) for text in texts]
    several = len({line[1] for line in found if line}) > 1
    last = ""
    for at, line in enumerate(found):
        if not line:
            continue
        texts[at] = texts[at][line.end() :]
        job, step = line.groups()
        name = job if step == _UNKNOWN else f"{job}, {step}" if several else step
        if name != last:
            columns.turn(at, name)
            last = name
