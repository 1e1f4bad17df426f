"""The live region's text: what runs, how long, and what the run has come to. Pure: a tally and a time give lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.text import duration, plural, shorten, width

if TYPE_CHECKING:
    from pitstop.cli.screen.style import Style
    from pitstop.cli.screen.tally import Tally

_WIDEST = 100  # columns; a bar across a wide screen says no more
_BAR = 20
_MOST_ROWS = 12  # running tasks that are named


class Row(NamedTuple):
    """One running process."""

    label: str
    elapsed_s: float
    expected_s: float


def board(tally: Tally, now: float, columns: int, rows: int, style: Style) -> list[tuple[str, int]]:
    """Return the lines of the region, each with the columns it takes: less than `columns`, fewer lines than `rows`."""
    room = min(columns - 1, _WIDEST)
    if room < 1 or rows < 2:
        return []
    running = running_rows(tally, now)
    most = min(_MOST_ROWS, rows - 2)
    named = running if len(running) <= most else running[: max(most - 1, 0)]
    label = min(max((width(row.label) for row in named), default=0), max(room // 2, 8))
    elapsed = max((len(clock(row.elapsed_s)) for row in named), default=0)
    expected = max((len(_expected(row)) for row in named), default=0)
    lines = [_line(_row(row, label, elapsed, expected, room, style), room, style) for row in named]
    if len(running) > len(named) and most:
        lines.append(_line([("dim", f"  and {len(running) - len(named)} more")], room, style))
    lines.append(_line(_status(tally, len(running), now, room), room, style))
    return lines


def running_rows(tally: Tally, now: float) -> list[Row]:
    """Return what runs, longest first; tasks that share a process as one."""
    rows: list[Row] = []
    batches: dict[str, list[str]] = {}
    for task, start in tally.running.items():
        if start.batch:
            batches.setdefault(start.batch, []).append(task)
        else:
            attempt = f" (attempt {start.attempt})" if start.attempt > 1 else ""
            rows.append(Row(task + attempt, now - start.time, start.expected_s))
    for tasks in batches.values():
        starts = [tally.running[task] for task in tasks]
        names = {task.rpartition(":")[2] for task in tasks}
        label = tasks[0] if len(tasks) == 1 else f"{'/'.join(sorted(names))} of {plural(len(tasks), 'package')}"
        rows.append(Row(label, now - min(start.time for start in starts), max(start.expected_s for start in starts)))
    return sorted(rows, key=lambda row: -row.elapsed_s)


def _expected(row: Row) -> str:
    return f" of ~{clock(max(row.expected_s, 1))}" if row.expected_s else ""


def _row(row: Row, label: int, elapsed: int, expected: int, room: int, style: Style) -> list[tuple[str, str]]:
    name = shorten(row.label, label)
    parts = [
        ("", "  "),
        ("name", name),
        ("", " " * (label - width(name) + 2)),
        ("", f"{clock(row.elapsed_s):>{elapsed}}"),
    ]
    if not row.expected_s:
        return parts
    late = row.elapsed_s > row.expected_s * 1.2 + 1
    text = _expected(row)
    parts.append(("warn" if late else "dim", text))
    if room >= 2 + label + 2 + elapsed + expected + 2 + _BAR:
        full, empty = ("━", "─") if style.unicode else ("#", "-")
        done = min(round(row.elapsed_s / row.expected_s * _BAR), _BAR)
        parts += [
            ("", " " * (expected - len(text) + 2)),
            ("warn" if late else "good", full * done),
            ("dim", empty * (_BAR - done)),
        ]
    return parts


def _status(tally: Tally, running: int, now: float, room: int) -> list[tuple[str, str]]:
    left = max(tally.total - tally.ended - len(tally.running), 0)
    failed = len(tally.failed)
    time = clock(now - tally.started) + (f" of ~{clock(tally.expected_s)}" if tally.expected_s else "")
    total = max(tally.total, tally.ended)
    if room < 60:
        parts = [("name", f"{tally.ended}/{total}"), ("bad", f"{failed} failed" if failed else ""), ("dim", time)]
    else:
        parts = [
            ("name", plural(total, "task")),
            ("cached", f"{tally.answered} cached"),
            ("good", f"{tally.ran} ran"),
            ("bad" if failed else "dim", f"{failed} failed"),
            ("warn", f"{tally.skipped} skipped" if tally.skipped else ""),
            ("", f"{running} running" if running else ""),
            ("", f"{left} left"),
            ("dim", time),
        ]
    joined: list[tuple[str, str]] = []
    for role, text in parts:
        if text:
            joined += [("", "  "), (role, text)] if joined else [(role, text)]
    return joined


def clock(seconds: float) -> str:
    """Return a length of time that is still growing, in whole seconds."""
    return duration(int(seconds)) if seconds >= 60 else f"{max(int(seconds), 0)} s"


def _line(parts: list[tuple[str, str]], room: int, style: Style) -> tuple[str, int]:
    """Return `parts`, painted and cut to `room` columns, and the columns they take."""
    line, used = "", 0
    for role, text in parts:
        if width(text) > room - used:
            text = shorten(text, room - used, mark="…" if style.unicode else "")
        line += style.paint(role, text) if role else text
        used += width(text)
    return line, used
