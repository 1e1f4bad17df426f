"""docker buildx, plain progress: `#12 3.456 output`, where 12 is the step and 3.456 its seconds.

Source: BuildKit's `--progress=plain`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.explain.markup.columns import Columns

_LEAST = 3


def read(columns: Columns) -> None:
    """Leave of each such line what the command wrote; a few alone, without the head of a step, are not its."""
    import re

    match = re.compile(r"#\d{1,5} \d{1,6}\.\d{1,3}(?: |$)", re.ASCII).match
    found = {at: told.end() for at, text in enumerate(columns.texts) if text[:1] == "#" and (told := match(text))}
    if len(found) >= _LEAST or any("[" in text[2:8] for text in columns.texts if text[:1] == "#"):
        for at, end in found.items():
            columns.texts[at] = columns.texts[at][end:]
