"""How two runs differ, as text for people and as data for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.cli.records.opened import columns, printable, role_of
from pitstop.core.text import plural, shorten
from pitstop.explain.compare.differences.values import CACHE, DURATION, FILE, IMAGE, INPUT, LOCK, RESULT, TEST
from pitstop.explain.compare.hunks import fold_alike

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pitstop.cli.screen.style import Style
    from pitstop.explain.compare.beside import Beside, LogPair
    from pitstop.explain.compare.differences.values import Difference, Suspect
    from pitstop.explain.compare.hunks import Hunk
    from pitstop.explain.lines import Line

_WIDE = 160
_MOST_LINES = 60
"""New lines of one place that are shown."""
_MOST_GONE = 5
"""Gone lines of one place: a run that failed early lacks all that came later."""
_MOST_HUNKS = 30
_MOST_ROWS = 20
"""Differences of one kind, and commits, that are listed."""
_HEADS = {
    FILE: "file",
    LOCK: "lock entry",
    TEST: "test",
    RESULT: "task",
    CACHE: "cache",
    DURATION: "took",
    INPUT: "input",
    IMAGE: "runner",
}


def page(heads: tuple[str, str], beside: Beside, style: Style) -> Iterator[str]:
    """Yield the lines of the page; the first of the two `heads` names the good one."""
    yield f"{style.paint('name', heads[1])} against {heads[0]}"
    for suspect in beside.suspects:
        yield from _suspect(suspect, style)
    if beside.same_inputs:
        named = ", ".join(f"`{task}`" for task in beside.same_inputs)
        yield f"nothing that {named} depends on has changed: the result is flaky, or the surroundings differ"
    for pair in beside.logs:
        yield ""
        yield from _log(pair, style)
    told = list(_others(beside, style))
    if told:
        yield ""
        yield style.paint("name", "what else differs" if beside.logs else "what differs")
        yield from told
    elif not any(pair.view.hunks for pair in beside.logs):
        yield "no difference was found"
    for note in beside.notes:
        yield f"note: {note}"


def _suspect(suspect: Suspect, style: Style) -> Iterator[str]:
    commit = suspect.commit
    by = f", by {commit.revision[:9]} {printable(commit.subject)} ({printable(commit.author)})" if commit else ""
    what = _change(suspect.difference) if suspect.difference.kind != "commit" else ""
    text = " ".join(filter(None, (printable(suspect.difference.name), what)))
    yield f"{style.paint('warn', 'suspect:')} {text}: {printable(suspect.reason)}{by}"


def _log(pair: LogPair, style: Style) -> Iterator[str]:
    view = pair.view
    fresh = sum(len(hunk.new) for hunk in view.hunks)
    head = f"{pair.name}: " if pair.name else ""
    counts = [
        f"{plural(fresh, 'line is', 'lines are')} new" if fresh else "no line is new",
        f"{view.moved} moved" if view.moved else "",
        f"{plural(view.renumbered, 'differs', 'differ')} in numbers only" if view.renumbered else "",
    ]
    yield style.paint("name", head) + ", ".join(filter(None, counts)) + f" (against {pair.first})"
    telling = {line.number for line in pair.comparison.evidence}
    for hunk in view.hunks[:_MOST_HUNKS]:
        yield from _hunk(hunk, telling, style)
    if len(view.hunks) > _MOST_HUNKS:
        yield style.paint("dim", f"  … {len(view.hunks) - _MOST_HUNKS} more places")
    elif view.hunks and view.folded:
        yield style.paint("dim", f"  … {plural(view.folded, 'line')} as before")


def _hunk(hunk: Hunk, telling: set[int], style: Style) -> Iterator[str]:
    if hunk.folded:
        yield style.paint("dim", f"  … {plural(hunk.folded, 'line')} as before")
    for line in hunk.before:
        yield style.paint("dim", f"{line.number:7}   {_text(line)}")
    yield from _side("-", hunk.gone, set(), style)
    yield from _side("+", hunk.new, telling, style)
    for line in hunk.after:
        yield style.paint("dim", f"{line.number:7}   {_text(line)}")


def _side(sign: str, lines: Sequence[Line], telling: set[int], style: Style) -> Iterator[str]:
    folded = fold_alike(lines)
    most = _MOST_LINES if sign == "+" else _MOST_GONE
    for line, more in folded[:most]:
        number = f"{line.number:7}" if sign == "+" else " " * 7
        role = "bad" if line.number in telling else "good" if sign == "+" else "dim"
        yield style.paint(role, f"{number} {'!' if line.number in telling else sign} {_text(line)}".rstrip())
        if more:
            yield style.paint("dim", f"          … {more} more like it")
    if len(folded) > most:
        yield style.paint("dim", f"        {sign} … {plural(len(folded) - most, 'more line')}")


def _text(line: Line) -> str:
    return shorten(printable(line.text.expandtabs(4).rstrip()), _WIDE)


def _others(beside: Beside, style: Style) -> Iterator[str]:
    rows: list[tuple[tuple[str, str], ...]] = [(("", ""), ("", ""), ("", ""))]
    rows += [
        (("commit", "dim"), (commit.revision[:9], "name"), (f"{commit.subject} ({commit.author})", ""))
        for commit in beside.commits[:_MOST_ROWS]
    ]
    if (more := len(beside.commits) - _MOST_ROWS) > 0:
        rows.append((("", ""), (f"{more} more", "dim"), ("", "")))
    counts: dict[str, int] = {}
    for each in beside.differences:
        nth = counts[each.kind] = counts.get(each.kind, 0) + 1
        if nth <= _MOST_ROWS:
            role = role_of(each.after) if each.kind in {TEST, RESULT} else ""
            rows.append(((_HEADS.get(each.kind, each.kind), "dim"), (each.name, "name"), (_change(each), role)))
    for kind, count in counts.items():
        if count > _MOST_ROWS:
            rows.append(((_HEADS.get(kind, kind), "dim"), (f"{count - _MOST_ROWS} more", "dim"), ("", "")))
    if len(rows) > 1:
        yield from (f"  {line}" for line in columns(style, rows)[1:])


def _change(difference: Difference) -> str:
    """Return what became of it in a few words."""
    before, after = difference.before, difference.after
    if difference.kind == FILE:
        return "is new" if not before else "is gone" if not after else "changed"
    where = f" ({difference.detail})" if difference.detail else ""
    if before and after:
        return f"{before} -> {after}{where}"
    if not before and not after:
        return where.strip()
    return (f"{after}, is new" if after else f"{before}, is gone") + where


def as_data(heads: tuple[str, str], beside: Beside) -> dict[str, object]:
    """Return all of it for JSON; lines as `{number, text}`."""
    return {
        "first": heads[0],
        "second": heads[1],
        "suspects": [
            {
                **suspect.difference._asdict(),
                "confidence": suspect.confidence,
                "reason": suspect.reason,
                "commit": suspect.commit._asdict() if suspect.commit else None,
            }
            for suspect in beside.suspects
        ],
        "logs": [_log_data(pair) for pair in beside.logs],
        "differences": [each._asdict() for each in beside.differences],
        "commits": [commit._asdict() for commit in beside.commits],
        "same_inputs": list(beside.same_inputs),
        "notes": list(beside.notes),
    }


def _log_data(pair: LogPair) -> dict[str, object]:
    return {
        "task": pair.name,
        "first": pair.first,
        "second": pair.second,
        "evidence": [{"number": e.number, "text": e.text, "score": e.score} for e in pair.comparison.evidence],
        "new": list(pair.comparison.new),
        "moved": pair.view.moved,
        "renumbered": pair.view.renumbered,
        "hunks": [
            {"folded": hunk.folded}
            | {side: [{"number": line.number, "text": line.text} for line in lines] for side, lines in _sides(hunk)}
            for hunk in pair.view.hunks
        ],
    }


def _sides(hunk: Hunk) -> list[tuple[str, tuple[Line, ...]]]:
    return [("before", hunk.before), ("gone", hunk.gone), ("new", hunk.new), ("after", hunk.after)]
