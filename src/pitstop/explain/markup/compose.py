"""Docker Compose: `web-1  | output`, where `web-1` is the container.

Source: `docker compose up` and `docker compose logs`; version 1 writes `web_1`. Containers that were given a name of
their own are only known where `Attaching to` lists them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.explain.markup.columns import Columns

_LEAST = 3  # lines of a container, from which on it is believed to be one
_LONGEST = 80  # characters of a name and the blanks behind it


def read(columns: Columns) -> None:
    """Leave of each line of a container what the program in it wrote."""
    import re

    numbered = re.compile(r"[\w.-]{1,60}[_-]\d{1,3}", re.ASCII).fullmatch
    attached: set[str] = set()
    found: list[tuple[int, str, int]] = []
    for at, text in enumerate(columns.texts):
        bar = text.find(" |", 1, _LONGEST)
        if bar > 0:
            name = text[:bar].rstrip()
            if name in attached or numbered(name):
                found.append((at, name, bar))
        elif text.startswith("Attaching to "):
            attached.update(text[13:].replace(",", " ").split())
    counts = Counter(name for _, name, _ in found)
    for at, name, bar in found:
        if counts[name] >= _LEAST:
            text = columns.texts[at]
            columns.texts[at] = text[bar + 2 + (text[bar + 2 : bar + 3] == " ") :]
