"""`pitstop explain learn`: make an entry of the repository's knowledge out of a line of a failure that was resolved."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pitstop.core.errors import UsageError
from pitstop.core.finding import CATEGORIES, UNKNOWN, Solution

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from pitstop.cli.explain.subject import Subject
    from pitstop.explain.knowledge.base import Knowledge
    from pitstop.explain.knowledge.draft import Draft
    from pitstop.explain.knowledge.learn import Checked, Log
    from pitstop.explain.report.explained import Explained

_RUNS = 500  # newest recorded runs that an entry is checked against
_BYTES = 256 << 20  # and of their output at most so much
_ONE = 16 << 20  # of one task


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(
        prog="pitstop explain learn",
        description="Make an entry of the repository's knowledge (`.pitstop/knowledge/learned.toml`) out of a line of a "
        "failure that was resolved, checked against all recorded logs.",
    )
    add = made.add_argument
    add(
        "what",
        nargs="?",
        default="",
        metavar="WHAT",
        help="as for `pitstop explain`: a run, a log, a message in quotes",
    )
    add("task", nargs="?", default="", metavar="TASK", help="of a recorded run only this task")
    add("--line", type=int, default=0, metavar="N", help="the line that tells it; by default the most telling one")
    add("--pattern", default="", help="a regular expression, instead of the one that is made out of the line")
    add("--code", default="", help="name of the entry, like `shop/stock-service-down`")
    add("--summary", default="", help="what happened, in a sentence")
    add("--category", default="", choices=[name for name in CATEGORIES if name != UNKNOWN], help="whose failure it is")
    add("--solution", action="append", default=[], metavar="TEXT", help="what to do about it; may be given again")
    add("--command", default="", help="what to type for the first solution")
    add("--retry", default="", metavar="WHY", help="why running it again may help, where it may")
    add("--dry-run", action="store_true", help="print the entry instead of writing it")
    add("--anyway", action="store_true", help="also where logs of what passed match, or the line is known already")
    return made


def learn(args: list[str], explained: Callable[[Subject, str, Knowledge], Explained]) -> int:
    """Carry out `pitstop explain learn`; `explained` says why one log failed, as `pitstop explain` does."""
    given = parser().parse_args(args)
    from pitstop.explain.knowledge import load
    from pitstop.explain.knowledge.learn import append, check, entry_of_draft
    from pitstop.links.git import find_root

    root = find_root(os.getcwd())
    knowledge = load(root)
    made = _asked(_drafted(given, knowledge, explained), given)
    entry = entry_of_draft(made)
    if not given.anyway and not given.pattern and (known := _known(made.example, knowledge)):
        raise UsageError(
            f"this line is known: `{known}`",
            hint=f"`pitstop explain --show {known}` tells what; give another `--line`, or `--anyway`",
        )
    checked = check(entry, _recorded_logs(os.path.join(root, ".pitstop", "runs")))
    if given.dry_run:
        from pitstop.explain.knowledge.draft import as_toml

        print(as_toml(made), end="")
        print("\n".join(_told(checked)), file=sys.stderr)
        return 0
    if checked.wrong and not given.anyway:
        from pitstop.core.text import plural

        raise UsageError(
            f"`{made.pattern}` is also found in {plural(len(checked.wrong), 'log')} of what passed, "
            f"first in {checked.wrong[0]}",
            hint="give a `--line` that says more, a `--pattern`, or `--anyway`",
        )
    path = os.path.relpath(append(root, made))
    print(f"learned {made.code}: {made.summary}")
    print(f"  pattern  {made.pattern}")
    print("\n".join(_told(checked)))
    if not made.solutions:
        print(f"  say what to do about it in {path}")
    print(f"  commit it: git add {path}")
    return 0


def _drafted(
    given: argparse.Namespace, knowledge: Knowledge, explained: Callable[[Subject, str, Knowledge], Explained]
) -> Draft:
    from pitstop.explain.knowledge.draft import draft
    from pitstop.explain.knowledge.read import Wrong, pattern_of

    text, category, kind = _line(given, knowledge, explained)
    taken = [entry.code for entry in knowledge.entries()]
    try:
        made = draft(text, category=given.category or category, kind=kind, taken=taken)
    except Wrong as error:
        if not given.pattern:
            raise UsageError(
                f"line `{text}` cannot be learned: {error}", hint="give a `--line` that says more"
            ) from error
        try:
            pattern_of(given.pattern)
        except Wrong as wrong:
            raise UsageError(str(wrong), hint="`docs/guides/knowledge.md` says what a pattern may be") from wrong
        raise
    return made


def _line(
    given: argparse.Namespace, knowledge: Knowledge, explained: Callable[[Subject, str, Knowledge], Explained]
) -> tuple[str, str, str]:
    """Return the line to learn from, and the category and kind of the finding that it belongs to."""
    from pitstop.cli.explain.find import find_subjects

    for subject in find_subjects(given.what, given.task):
        if given.line:
            lines = subject.log.lines
            found = next((line.text for line in lines if line.number == given.line), "")
            if found.strip():
                return found, "", ""
            last = lines[-1].number if lines else 0
            raise UsageError(f"line {given.line} of {subject.name} is empty or not there; it has {last}")
        for finding in explained(subject, "", knowledge).findings:
            for one in finding.evidence:
                if one.text.strip():
                    return one.text, finding.category, finding.kind
    raise UsageError("there is nothing to learn from: nothing failed", hint="name the line: `--line N`")


def _asked(made: Draft, given: argparse.Namespace) -> Draft:
    """Return the draft with what was given on the command line, and on a terminal with what a person answers."""
    made = made._replace(code=given.code or made.code, pattern=given.pattern or made.pattern, retry=given.retry)
    summary, solutions = given.summary, list(given.solution)
    if sys.stdin.isatty() and sys.stderr.isatty() and not given.dry_run:
        summary = summary or _answer(f"what happened? [{made.summary}] ")
        if not solutions and (text := _answer("what is to be done about it? [nothing yet] ")):
            solutions = [text]
    rows = [Solution(text, given.command if not at else "") for at, text in enumerate(solutions)]
    if given.command and not rows:
        rows = [Solution("run this", given.command)]
    return made._replace(summary=summary or made.summary, solutions=tuple(rows))


def _answer(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _known(text: str, knowledge: Knowledge) -> str:
    from pitstop.explain.knowledge.choose import best
    from pitstop.explain.lines import Line

    found = best(knowledge.match([Line(1, text, text)]))
    return found.entry.code if found and not found.entry.general and found.entry.severity != "warning" else ""


def _told(checked: Checked) -> Iterator[str]:
    from pitstop.core.text import plural

    if not checked.failed and not checked.passed:
        yield "  checked  against nothing: no run is recorded here"
        return
    among = f"{len(checked.found)} of {plural(checked.failed, 'recorded log')} of what failed"
    yield f"  checked  found in {among}, in {len(checked.wrong)} of {checked.passed} of what passed"


def _recorded_logs(runs: str) -> Iterator[Log]:
    """Yield what the tasks of the newest recorded runs wrote."""
    from pitstop.core.events import SUCCESS, TaskFinished, TaskStarted
    from pitstop.explain.knowledge.learn import Log
    from pitstop.records.codec import RecordTooNew
    from pitstop.records.folders import run_ids
    from pitstop.records.log import outputs, read

    try:
        names = run_ids(os.listdir(runs))
    except OSError:
        return
    left = _BYTES
    for run in reversed(names[-_RUNS:]):
        folder = os.path.join(runs, run)
        try:
            events = list(read(folder))
        except (OSError, RecordTooNew):
            continue
        batch = {event.task: event.batch for event in events if isinstance(event, TaskStarted) and event.batch}
        passed: dict[str, bool] = {}
        for event in events:
            if isinstance(event, TaskFinished):
                name = batch.get(event.task, event.task)
                passed[name] = passed.get(name, True) and event.outcome == SUCCESS
        written: dict[str, list[bytes]] = {}
        for output, data in outputs(events, folder):
            piece = data[: max(0, min(left, _ONE - sum(map(len, written.get(output.task, ())))))]
            left -= len(piece)
            written.setdefault(output.task, []).append(piece)
        for task, pieces in written.items():
            if task in passed:
                yield Log(f"run {run}, {task}", passed[task], b"".join(pieces))
        if left <= 0:
            return
