"""Tables of text: columns as wide as their widest cell, nothing drawn around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.text import shorten, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.cli.screen.style import Style

_GAP = "  "
_LEAST = 8  # columns that a shortened column keeps


def table(
    rows: Sequence[Sequence[str]],
    headers: Sequence[str] = (),
    align: str = "",
    *,
    style: Style | None = None,
    roles: Sequence[str] = (),
    columns: int = 0,
) -> list[str]:
    """Return `rows` as lines. Cells are plain text; a line end in one becomes a space.

    `align` has a letter for each column, `<` or `>`; where it is too short, `<`. `roles` paints whole columns (see
    `Style.paint`; `""`: not at all). With `columns` the widest column is shortened until the lines fit.
    """
    cells = [
        [" ".join(cell.splitlines()) for cell in row]
        for row in ([list(headers)] if headers else []) + list(map(list, rows))
    ]
    count = max(map(len, cells), default=0)
    widths = [max(width(row[at]) if at < len(row) else 0 for row in cells) for at in range(count)]
    if columns:
        _narrow(widths, columns)
    lines = []
    for number, row in enumerate(cells):
        parts = []
        for at, cell in enumerate(row):
            text = shorten(cell, widths[at])
            blank = " " * (widths[at] - width(text))
            role = "dim" if headers and not number else roles[at] if at < len(roles) else ""
            painted = style.paint(role, text) if style and role else text
            last = at == len(row) - 1
            parts.append(blank + painted if align[at : at + 1] == ">" else painted + ("" if last else blank))
        lines.append(_GAP.join(parts).rstrip())
    return lines


def _narrow(widths: list[int], columns: int) -> None:
    over = sum(widths) + len(_GAP) * (len(widths) - 1) - columns
    while over > 0 and (widest := max(widths, default=0)) > _LEAST:
        at = widths.index(widest)
        second = max((other for other in widths if other < widest), default=_LEAST)
        less = min(over, max(widest - max(second, _LEAST), 1))
        widths[at] -= less
        over -= less
