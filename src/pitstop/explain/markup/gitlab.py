r"""GitLab CI: `section_start:TIME:NAME\r\e[0KTitle` and `section_end:TIME:NAME\r\e[0K`, several in one line.

Source: "Job logs" in GitLab's documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.text import strip_ansi

if TYPE_CHECKING:
    from pitstop.explain.markup.columns import Columns

_MARK = r"section_(start|end):(\d{1,12}):([^\s\[\x1b]{1,200})(?:\[[^\]\r\n]{0,200}\])?\r?(?:\x1b\[0K)?"


def read(columns: Columns) -> None:
    """Read the sections; a title is what stands behind the last mark of a line."""
    import re

    pattern = re.compile(_MARK, re.ASCII)
    open_ones: list[tuple[str, str]] = []  # name, and title
    for at, raw in enumerate(columns.raws):
        if "section_" not in raw:
            continue
        found = list(pattern.finditer(raw))
        if not found:
            continue
        title = strip_ansi(raw[found[-1].end() :]).strip()
        mark = "endgroup"
        for each in found:
            _, time, name = each.groups()
            columns.times[at] = float(time)
            if each[1] == "start":
                open_ones.append((name, title or name))
                mark = "group"
            else:
                names = [known for known, _ in open_ones]
                if name in names:
                    del open_ones[len(names) - 1 - names[::-1].index(name) :]
        columns.mark(at, mark, title)
        columns.turn(at if mark == "group" else at + 1, open_ones[-1][1] if open_ones else "")
