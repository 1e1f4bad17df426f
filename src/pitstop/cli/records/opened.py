"""The record of the repository that a command stands in, and how its answers are printed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from pitstop.cli.screen.style import Style, wants_colour, wants_unicode
from pitstop.core import clock
from pitstop.core.environ import environ
from pitstop.core.text import width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pitstop.records.database import Database


def open_record() -> tuple[str, Database]:
    """Return the folder of the runs here, and the projection with all of them in it. Dead runs are closed first."""
    from pitstop.links.git import find_root
    from pitstop.records.database import Database
    from pitstop.records.log import close_dead

    folder = os.path.join(find_root(os.getcwd()), ".pitstop")
    runs = os.path.join(folder, "runs")
    now = clock.now()
    close_dead(runs, now)
    database = Database(folder, now)
    database.sync()
    for note in database.notes:
        print(f"note: {note}", file=sys.stderr)
    return runs, database


def style() -> Style:
    """Return how standard output can be written to, and make it take names that are not UTF-8."""
    unicode = wants_unicode(environ)
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        utf = (sys.stdout.encoding or "").lower().startswith("utf")
        reconfigure(errors="surrogateescape" if utf else "backslashreplace")
    return Style(wants_colour(environ, tty=sys.stdout.isatty()), unicode)


def columns(style: Style, rows: Sequence[Sequence[tuple[str, str]]], right: Iterable[int] = ()) -> list[str]:
    """Return `rows` of (text, role) as lines with aligned columns; the first row is the head. `right`: numbers.

    A column that is empty but for its head is left out.
    """
    shown = [place for place in range(len(rows[0])) if any(row[place][0] for row in rows[1:])]
    wide = {place: max(width(printable(row[place][0])) for row in rows) for place in shown}
    numbers = frozenset(right)
    lines = []
    for row in rows:
        cells = []
        for place in shown:
            text, role = row[place]
            text = printable(text)
            blank = " " * (wide[place] - width(text))
            painted = style.paint(role, text) if role else text
            cells.append(blank + painted if place in numbers else painted + blank)
        lines.append("  ".join(cells).rstrip())
    return lines


def printable(text: str) -> str:
    """Return `text` on one line and without control codes, which are written as escapes."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or "\udc80" <= char <= "\udcff" else char.encode("unicode_escape").decode()
        for char in text
    )


def role_of(result: str) -> str:
    """Return the role in which an outcome is painted."""
    from pitstop.core.events import ERROR, FAILURE, SUCCESS, TIMEOUT

    return {SUCCESS: "good", FAILURE: "bad", ERROR: "bad", TIMEOUT: "bad", "": "name"}.get(result, "warn")


def ago(seconds: float) -> str:
    """Return how long ago something was, in the largest whole unit: `12 s ago`, `5 min ago`, `3 h ago`, `4 days ago`."""
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length or (unit != "days" and seconds >= length):
            return f"{int(seconds // length)} {unit} ago"
    return f"{max(0, int(seconds))} s ago"


def moment(seconds: float) -> str | None:
    """Return a time as `2026-11-22T01:15:30.250Z`; None for 0, which says that it has not come."""
    if not seconds:
        return None
    whole, thousandths = divmod(int(seconds * 1000), 1000)
    return f"{clock.timestamp(whole)[:-1]}.{thousandths:03}Z"


def values_of(row: Any) -> dict[str, object]:
    """Return a row of the record for JSON: its fields by name, times in UTC as text."""
    return {
        name: moment(value) if name.endswith("_at") or name in {"at", "deadline"} else value
        for name, value in row._asdict().items()
    }
