"""`pitstop logs search`: the lines of all recorded logs that hold a text."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pitstop.cli.records.opened import ago, moment, open_record, printable, role_of, style
from pitstop.core import clock
from pitstop.core.errors import UsageError
from pitstop.core.text import plural, shorten
from pitstop.records.pattern import Pattern, pattern_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from pitstop.cli.screen.style import Style
    from pitstop.records.database import Database
    from pitstop.records.search import Index, Piece

_LIMIT = 100
_WIDTH = 300  # columns of a line
_LONGEST_S = 20.0  # of a search by expression
_SLOW = 200  # runs to take in; from there on it is said
_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}


class Hit(NamedTuple):
    """One line that matches."""

    run: str
    task: str
    number: int
    """Of the line in what the task wrote, from 1."""
    text: str
    span: tuple[int, int]
    """From and up to which character it matches."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(
        prog="pitstop logs search",
        description="Find a text in what the tasks of all recorded runs wrote, the newest run first. Capitals count when "
        "the text has one.",
    )
    add = made.add_argument
    add("pattern", metavar="PATTERN", help="the text to find")
    add("--since", default="", metavar="TIME", help="only runs since then: `30d`, `12h`, `2w`, or a date `2026-11-22`")
    add("--task", "--job", default="", metavar="TASK", help="only this task (`api:test`), or all of a package or name")
    add("--run", default="", metavar="RUN", help="only this run, as `pitstop show` takes it")
    add("--regex", action="store_true", help="the text is a regular expression, as Python's `re` has them")
    add(
        "-n",
        "--limit",
        type=int,
        default=_LIMIT,
        metavar="N",
        help=f"at most so many lines, 0: all; by default {_LIMIT}",
    )
    add("-f", "--follow", action="store_true", help="print the lines of the run in progress as they come")
    add("--json", action="store_true", help="print a JSON array: run, task, line, text, and when the run started")
    return made


def search(args: list[str]) -> int:
    """Carry out `pitstop logs search`. The exit code is 0 also when nothing is found."""
    given = parser().parse_args(args)
    if not given.pattern:
        raise UsageError("there is no text to search for")
    limit = max(0, given.limit)
    if given.follow:
        return _follow(open_record()[0], given.task, pattern_of(given.pattern, regex=given.regex))
    hits, known = _found(given.pattern, given.since, given.task, given.run, regex=given.regex, limit=limit)
    shown = hits[:limit] if limit else hits
    if given.json:
        from json import dumps

        print(dumps([_as_data(hit, known) for hit in shown], indent=2))
        return 0
    how = style()
    print("\n".join(_table(shown, known, how)) if shown else "no line of a recorded log matches")
    if len(hits) > len(shown):
        print(f"only the first {plural(len(shown), 'line')}; `--limit 0` shows all", file=sys.stderr)
    return 0


def found_lines(pattern: str, since: str, task: str, *, regex: bool, limit: int) -> list[dict[str, object]]:
    """Return the lines that match as values for JSON, at most `limit`."""
    hits, known = _found(pattern, since, task, "", regex=regex, limit=limit)
    return [_as_data(hit, known) for hit in hits[:limit]]


def _found(
    text: str, since: str, task: str, run: str, *, regex: bool, limit: int
) -> tuple[list[Hit], dict[str, tuple[float, str, str]]]:
    """Return the lines that match, one more than `limit` (0: all) to know that there are more, and their runs."""
    pattern = pattern_of(text, regex=regex)
    if regex and not _heeds_signals():
        pattern = _in_bounds(pattern, text)
    begin = _since(since, clock.now())
    runs, database = open_record()
    with database:
        wanted = _runs(database, run)
        from pitstop.records.search import Index

        with Index(os.path.dirname(runs)) as index:
            index.sync(_progress if sys.stderr.isatty() else None)
            found = find_hits(index, pattern, begin, _task_filter(task), wanted)
            with _bounded(text if regex else ""):
                hits = list(islice(found, limit + 1) if limit else found)
        return hits, _known(database, {hit.run for hit in hits})


@contextmanager
def _bounded(expression: str) -> Iterator[None]:
    """Raise `UsageError` where a search by an expression takes too long; a search for a text never does.

    Python's engine goes back and tries again, for `a*a*a*b` longer than anybody waits, but it heeds signals.
    """
    import signal

    def stop(*_: object) -> None:
        raise UsageError(
            f"the search for `{expression}` took more than {_LONGEST_S:g} s",
            hint="write what the line holds out in letters, bound it with `--since` or `--run`, or repeat less",
        )

    if not expression or not _heeds_signals():
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, _LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _heeds_signals() -> bool:
    import signal
    import threading

    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _in_bounds(pattern: Pattern, expression: str) -> Pattern:
    """Return the pattern so that it cannot take long, for where nothing can stop it. Raises `UsageError` where it may."""
    from pitstop.explain.knowledge.bounded import Refused, bounded, compiled

    try:
        return pattern._replace(
            expression=compiled(bounded(expression if pattern.sensitive else f"(?i){expression}").text)
        )
    except Refused as error:
        raise UsageError(f"`{expression}` is not searched for here: {error}") from error


def find_hits(
    index: Index,
    pattern: Pattern,
    since: str = "",
    is_wanted: Callable[[str], bool] = lambda _: True,
    runs: frozenset[str] = frozenset(),
) -> Iterator[Hit]:
    """Yield the lines that match, the newest run first; of `runs` only where some are given."""
    for source in (index.live_pieces(since), index.candidates(pattern.terms, since)):
        for piece in source:
            if (not runs or piece.run in runs) and is_wanted(piece.task):
                yield from _hits(index, piece, pattern)


def _hits(index: Index, piece: Piece, pattern: Pattern) -> Iterator[Hit]:
    for number, line in index.lines_of(piece, pattern.terms):
        if span := pattern.find(line):
            yield Hit(piece.run, piece.task, number, line, span)


def _task_filter(task: str) -> Callable[[str], bool]:
    def is_wanted(name: str) -> bool:
        return task in {"", name, name.rpartition(":")[0], name.rpartition(":")[2].partition("[")[0]}

    return is_wanted


def _runs(database: Database, selector: str) -> frozenset[str]:
    if not selector:
        return frozenset()
    from pitstop.records.queries import recorded_runs
    from pitstop.records.selectors import find_run

    return frozenset({find_run(selector, recorded_runs(database)).run_id})


def _known(database: Database, runs: Iterable[str]) -> dict[str, tuple[float, str, str]]:
    rows = database.rows("SELECT run_id, started_at, result, ref_head_name FROM runs")
    wanted = set(runs)
    return {run: (started, result, branch) for run, started, result, branch in rows if run in wanted}


def _table(hits: list[Hit], known: dict[str, tuple[float, str, str]], how: Style) -> Iterator[str]:
    above = ("", "")
    now = clock.now()
    for hit in hits:
        if (hit.run, hit.task) != above:
            if above[0]:
                yield ""
            above = (hit.run, hit.task)
            started, result, branch = known.get(hit.run, (0.0, "", ""))
            result = result or "running"
            when = f"  {ago(now - started)}" if started else ""
            place = f"  {printable(branch)}" if branch else ""
            yield f"{how.paint('name', f'{hit.run}  {printable(hit.task)}')}  {how.paint(role_of(result), result)}{when}{place}"
        yield f"  {how.paint('dim', str(hit.number))}  {_marked(hit, how)}"


def _marked(hit: Hit, how: Style) -> str:
    """Return the line with what matches painted, cut around it where it is long."""
    start, end = hit.span
    first = max(0, start - _WIDTH // 2) if end > _WIDTH else 0
    before, match, after = hit.text[first:start], hit.text[start:end], hit.text[end:]
    cut = "…" if first else ""
    return f"{cut}{printable(before)}{how.paint('bad', printable(match))}{shorten(printable(after), _WIDTH)}"


def _as_data(hit: Hit, known: dict[str, tuple[float, str, str]]) -> dict[str, object]:
    started, result, branch = known.get(hit.run, (0.0, "", ""))
    return {
        "run_id": hit.run,
        "task_name": hit.task,
        "line": hit.number,
        "text": hit.text,
        "match": list(hit.span),
        "started_at": moment(started),
        "result": result,
        "ref_head_name": branch,
    }


def _since(text: str, now: float) -> str:
    """Return the beginning of the names of runs from then on."""
    if not text:
        return ""
    if text[:-1].isdecimal() and text[-1] in _UNITS:
        return clock.stamp(max(0.0, now - int(text[:-1]) * _UNITS[text[-1]]))
    digits = text.replace("-", "")
    if len(text) == 10 and len(digits) == 8 and digits.isdecimal():
        return digits
    raise UsageError(f"`--since {text}` is no time", hint="`30d`, `12h`, `2w`, `1y`, or a date such as `2026-11-22`")


def _follow(runs: str, task: str, pattern: Pattern) -> int:
    import time

    from pitstop.core.events import TaskOutput
    from pitstop.core.text import strip_ansi
    from pitstop.records.folders import run_ids
    from pitstop.records.log import follow, is_live, outputs

    names = [name for name in run_ids(os.listdir(runs)) if is_live(os.path.join(runs, name))]
    if not names:
        raise UsageError("no run is in progress", hint="leave `--follow` out to search the runs that ended")
    folder = os.path.join(runs, names[-1])
    is_wanted = _task_filter(task)
    how = style()
    rests: dict[str, bytes] = {}
    wanted = (e for e in follow(folder, time.sleep) if isinstance(e, TaskOutput) and is_wanted(e.task))
    for event, data in outputs(wanted, folder):
        *lines, rests[event.task] = (rests.pop(event.task, b"") + data).split(b"\n")
        for line in lines:
            text = strip_ansi(line).decode("utf-8", "replace")
            if span := pattern.find(text):
                print(f"{printable(event.task)} | {_marked(Hit('', '', 0, text, span), how)}", flush=True)
    return 0


def _progress(done: int, total: int) -> None:
    if total >= _SLOW:
        print(f"\rreading the logs of {total} runs: {done * 100 // total} %", end="", file=sys.stderr, flush=True)
        if done + 50 >= total:
            print("\r\x1b[K", end="", file=sys.stderr)
