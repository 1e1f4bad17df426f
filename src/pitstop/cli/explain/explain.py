"""`pitstop explain`: why a run, a log or a message failed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pitstop.cli.explain.subject import Subject
    from pitstop.explain.knowledge.base import Knowledge
    from pitstop.explain.report.explained import Explained
    from pitstop.explain.seen import Seen

FORMATS = ("text", "lines", "json", "markdown", "sarif", "prompt")


def parser(width: int | None = None) -> argparse.ArgumentParser:
    """Return the parser of this command; to ask for the `width` of the terminal costs 3 ms, and only help needs it."""
    import argparse
    from functools import partial

    made = argparse.ArgumentParser(
        prog="pitstop explain",
        description="Say why a run failed: what broke, the lines that prove it, whose failure it is, what to type next.",
        formatter_class=partial(argparse.HelpFormatter, width=width),
    )
    add = made.add_argument
    add(
        "what",
        nargs="?",
        default="",
        metavar="WHAT",
        help="a recorded run (`last-failed`, the default, or as `pitstop show` takes it), a log file, a zip of logs, "
        "the address of a run of GitHub Actions, `github` for the newest that failed of this branch, `-` for standard "
        "input, or a message in quotes",
    )
    add("task", nargs="?", default="", metavar="TASK", help="of a recorded run only this task")
    add("--against", default="", metavar="GREEN", help="a log file or a recorded run that passed, to compare with")
    add("--format", choices=FORMATS, default="text", help="how to print it; by default `text`")
    add("--why-this-line", type=int, default=0, metavar="N", help="say what the score of line N is made of")
    add("--list", action="store_true", help="list all kinds of failure that are known")
    add("--show", default="", metavar="CODE", help="print all that is known of one kind of failure")
    for name in FORMATS[2:]:
        add(f"--{name}", dest="format", action="store_const", const=name, help=f"the same as `--format {name}`")
    return made


def more_parsers() -> list[argparse.ArgumentParser]:
    """Return the parsers of the commands within this one."""
    from pitstop.cli.explain.learn import parser as of_learn

    return [of_learn()]


def explain(args: list[str]) -> int:
    """Carry out `pitstop explain`."""
    if args[:1] == ["learn"]:
        from pitstop.cli.explain.learn import learn

        return learn(args[1:], explained_of)
    given = parser(None if {"-h", "--help"}.intersection(args) else 80).parse_args(args)
    import gc

    from pitstop.cli.explain.find import find_subjects

    gc.disable()  # a log is a hundred thousand values without circles, and looking for some takes a tenth of the time

    knowledge = known_here()
    if given.list or given.show:
        from pitstop.cli.explain.known import listed, shown
        from pitstop.cli.records.opened import style

        if given.format == "json" and (entries := knowledge.find(given.show) if given.show else knowledge.entries()):
            from pitstop.cli.explain.entries import as_json

            print(as_json(entries))
            return 0
        how = style()
        print("\n".join(shown(given.show, knowledge, how) if given.show else listed(knowledge, how)))
        return 0
    seen = seen_here()
    told: set[str] = set()
    explained = []
    for subject in find_subjects(given.what, given.task):
        if (note := subject.log.note) and note not in told:
            told.add(note)
            print(f"note: {note}", file=sys.stderr)
        explained.append(explained_of(subject, given.against, knowledge, seen, failed=given.format == "lines"))
    if given.why_this_line:
        from pitstop.cli.explain.known import why_lines

        print("\n".join(line for one in explained for line in why_lines(one, given.why_this_line, seen)))
        return 0
    sys.stdout.buffer.write(_page(explained, given.format).encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return 0


def known_here() -> Knowledge:
    """Return what is known of failures, with the entries of the repository that we stand in; say what is wrong in them."""
    import os

    from pitstop.explain.knowledge import load
    from pitstop.links.git import find_root

    knowledge = load(find_root(os.getcwd()))
    for problem in knowledge.problems:
        print(f"note: {problem}", file=sys.stderr)
    return knowledge


def seen_here() -> Seen | None:
    """Return what the recorded runs of the repository that we stand in wrote; None where there are none."""
    import os

    from pitstop.links.git import find_root

    folder = os.path.join(find_root(os.getcwd()), ".pitstop")
    if not os.path.isdir(os.path.join(folder, "runs")):
        return None
    from pitstop.explain.seen import seen_in

    return seen_in(folder)


def explained_of(
    subject: Subject,
    against: str = "",
    knowledge: Knowledge | None = None,
    seen: Seen | None = None,
    *,
    failed: bool = False,
) -> Explained:
    """Return why one log failed, compared with the log `against` where that is given, and with what was `seen` before.

    `failed`: the caller knows that it did, so where the log does not say so there is a finding of its most telling lines.
    """
    from pitstop.cli.explain.find import find_green
    from pitstop.explain.diagnose import explain
    from pitstop.explain.report.explained import Explained

    good = find_green(against, subject.task) if against else subject.good() if subject.good else None
    lines = subject.log.lines
    findings = explain(lines, good=good.lines if good else None, knowledge=knowledge, end=subject.end, seen=seen)
    if failed and not findings:
        from pitstop.core.finding import Finding
        from pitstop.explain.diagnose import telling_lines

        findings = [Finding("", evidence=tuple(telling_lines(lines, good=good.lines if good else None, seen=seen)))]
    if subject.flaky:
        from pitstop.explain.diagnose import as_flaky

        findings = [as_flaky(finding, subject.flaky) for finding in findings]
    again = subject.again
    if not again and findings:
        from pitstop.explain.again import run_again

        again = tuple(dict.fromkeys(filter(None, (run_again(finding.failures) for finding in findings))))
    return Explained(
        subject.name,
        lines,
        findings,
        subject.file,
        subject.run,
        subject.task,
        again,
        subject.hints,
        good.name if good else "",
    )


def _page(explained: list[Explained], form: str) -> str:
    if form == "lines":
        from pitstop.explain.report.lines import as_lines

        return _joined(as_lines(explained))
    if form == "markdown":
        from pitstop.explain.report.markdown import as_markdown

        return _joined(as_markdown(explained))
    if form == "prompt":
        from pitstop.core.environ import environ
        from pitstop.core.text import secret_values
        from pitstop.explain.report.prompt import as_prompt

        return as_prompt(explained, secret_values(environ))
    if form in {"json", "sarif"}:
        from json import dumps

        from pitstop import __version__
        from pitstop.explain.report.data import as_data
        from pitstop.explain.report.sarif import as_sarif

        return dumps(as_data(explained) if form == "json" else as_sarif(explained, __version__), indent=2) + "\n"
    return _joined(_text(explained))


def _text(explained: list[Explained]) -> Iterator[str]:
    from pitstop.cli.records.opened import style
    from pitstop.explain.report.text import page_of

    how = style()
    yield from page_of(explained, how.paint, unicode=how.unicode)
    if not explained:
        yield "nothing failed here: all of it passed"


def _joined(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
