r"""TeamCity: `[10:12:01]W:<TAB> [Step 2/3] text`, where W, E, F and i say warning (or stderr), error, failure and internal.

Source: the build logs that TeamCity gives to download.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.explain.markup.columns import Columns

_LINE = r"(?:\[\d\d:\d\d:\d\d\])?([WEFi ]?):\t {1,2}((?: {4})*)(?:\[([^\]]{1,80})\] ?)?"
_HEAD = r"Step \d+/\d+: .+"
_MARKS = {"E": "error", "F": "error", "i": "debug"}
_STARTS = "Starting: "


def read(columns: Columns) -> None:
    """Leave of each line what the program wrote; the block in brackets is the step of what stands in it.

    The stamps of the lines that carry no letter are gone before.
    """
    import re

    line, head = re.compile(_LINE, re.ASCII), re.compile(_HEAD)
    step = ""
    for at, text in enumerate(columns.texts):
        if not (found := line.match(text)):
            continue
        letter, _, block = found.groups()
        rest = text[found.end() :]
        columns.texts[at] = rest
        if head.fullmatch(rest):
            columns.marks[at] = "group"
        elif rest.startswith(_STARTS):
            columns.mark(at, "command", rest[len(_STARTS) :])
        elif letter in _MARKS:
            columns.marks[at] = _MARKS[letter]
        if (block or "") != step:
            step = block or ""
            columns.turn(at, step)
