"""docker buildx, plain progress: `#12 3.456 output`, where 12 is the step and 3.456 its seconds.

Source: BuildKit's `--progress=plain`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.explain.markup.columns import Columns


def read(columns: Columns) -> None:
    """Leave of each such line what the command wrote."""
    import re

    match = re.compile(r"#\d{1,5} \d{1,6}\.\d{1,3}(?: |$)", re.ASCII).match
    for at, text in enumerate(columns.texts):
        if text[:1] == "#" and (found := match(text)):
            columns.texts[at] = text[found.end() :]
