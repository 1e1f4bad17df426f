"""A failed task, as lines to read: at once with the end of its output, in the verdict with what proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.cli.screen.known import Known
from pitstop.core.events import ERROR, TIMEOUT, TaskFinished, TestFinished
from pitstop.core.text import duration, plural, shorten, strip_ansi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pitstop.cli.screen.report import Kept
    from pitstop.cli.screen.style import Style
    from pitstop.cli.screen.tally import Tally
    from pitstop.core.finding import Finding
    from pitstop.explain.lines import Line
    from pitstop.explain.report.shown import Shown

WHOLE = 30
"""Lines; a log no longer than that is shown whole when its task fails."""
TASKS = 20
"""Failed tasks that the verdict tells of."""
_END = 12  # lines of the end of a longer log
_SHORT_END = 5  # where its evidence stands above
_EVIDENCE = 6  # lines for each failed task in the verdict
_TESTS = 10  # failed tests for each failed task in the verdict
_NAMES = 5  # names in a list before `and 7 more`
_WORTH_SAYING = 0.6  # confidence; below it is a guess that a verdict does not need
_FEATURES = ("--all-features", "--no-default-features", "--features=")
_RUNNERS = frozenset(("uv", "poetry", "pdm", "hatch", "rye"))
"""Programs that know where a project's pytest is; a shell need not."""
_LONGEST = 500  # columns of one line of a log


class Failure(NamedTuple):
    """One failed task with what its output said."""

    finished: TaskFinished
    finding: Finding | None = None
    """Why, as far as its output says it."""
    shown: Sequence[Shown] = ()
    """The lines of its output that prove it."""
    lines: int = 0
    """Of its output in all; 0: unknown or none."""
    shared: str = ""
    """The task that failed in the same process, whose finding is this one's too."""


def how(finished: TaskFinished) -> str:
    """Return how a task ended badly: `exit code 1 after 2.3 s`, `killed by SIGKILL`, `timed out after 30 s`."""
    after = f" after {duration(finished.duration_s)}" if finished.duration_s else ""
    tries = f", {finished.attempts} attempts" if finished.attempts > 1 else ""
    if finished.outcome == TIMEOUT:
        return f"timed out{after}{tries}"
    if finished.signal:
        return f"killed by {_signal_name(finished.signal)}{after}{tries}"
    if finished.outcome == ERROR and finished.message:
        return finished.message + tries
    if finished.exit_code:
        return f"exit code {finished.exit_code}{after}{tries}"
    return (finished.message or finished.outcome) + after + tries


def _signal_name(number: int) -> str:
    from signal import Signals

    try:
        return Signals(number).name
    except ValueError:
        return f"signal {number}"


def report(
    finished: TaskFinished,
    kept: Kept | None,
    run: str,
    style: Style,
    command: str = "",
    known: Callable[[], Known] | None = Known,
) -> tuple[list[str], Failure]:
    """Return the lines to show when a task has just failed, and what the verdict needs of it.

    `command` is the task's, `known` gives what the repository knows; without that nothing is said of why.
    """
    head = f"{style.paint('bad', 'failed')}  {style.paint('name', finished.task)}  {how(finished)}"
    lines = [head]
    if finished.message and finished.message not in head:
        lines.append(f"  {finished.message}")
    log = kept.bytes() if kept else b""
    if kept is None or not log.strip():
        return lines, Failure(finished)
    from pitstop.explain.lines import read_lines

    told = read_lines(log)
    while told and not told[-1].text.strip():
        told.pop()
    count = len(told) if kept.whole else 0
    failure = _explained(finished, told, command, known()) if known else Failure(finished)
    failure = failure._replace(lines=count)
    if len(told) <= WHOLE:
        return [*lines, *(_inside(line.text, style) for line in told)], failure
    first = len(told) - (_SHORT_END if len(failure.shown) > 1 else _END)
    above = 0
    for line in failure.shown:
        if line.number <= first:
            lines += [_gap(style)] * (line.number > above + 1)
            lines.append(_inside(line.text, style))
            above = line.number
    lines += [_gap(style)] * (above < first)
    lines += [_inside(line.text, style) for line in told[first:]]
    lines.append(f"  all {plural(count, 'line') if count else 'of it'}: pitstop logs {run} {quoted(finished.task)}")
    return lines, failure


def _explained(finished: TaskFinished, lines: Sequence[Line], command: str, known: Known) -> Failure:
    from pitstop.explain.diagnose import explain
    from pitstop.explain.ending import FAILED, TIMED_OUT, Ending
    from pitstop.explain.report.shown import shown_lines

    state = TIMED_OUT if finished.outcome == TIMEOUT else FAILED
    code = -finished.signal if finished.signal else finished.exit_code
    try:
        end = Ending(state, 0, code, command, whole=True)
        findings = explain(lines, knowledge=known.knowledge, end=end, seen=known.seen)
        shown = shown_lines(findings[0], lines, _EVIDENCE) if findings else []
    except Exception:  # noqa: BLE001  whatever a log does to those who read it, the run's own verdict is shown
        return Failure(finished)
    return Failure(finished, findings[0], shown) if findings else Failure(finished)


def _inside(line: str, style: Style) -> str:
    bar = style.paint("dim", "│" if style.unicode else "|")
    return f"  {bar} {shorten(line.expandtabs(4), _LONGEST)}".rstrip()


def _gap(style: Style) -> str:
    return style.paint("dim", "  ⋮" if style.unicode else "  :")


def verdict_lines(tally: Tally, failures: Sequence[Failure], style: Style) -> list[str]:
    """Return what stands above the last line of a run in which something failed or was stopped."""
    lines: list[str] = []
    told: dict[str, str] = {}
    for failure in failures[:TASKS]:
        first = told.setdefault(failure.finished.message or failure.finished.task, failure.finished.task)
        lines += _failed(failure, tally, style, first if first != failure.finished.task else "")
    if len(tally.failed) > TASKS:
        lines.append(f"and {plural(len(tally.failed) - TASKS, 'more failed task')}: pitstop show {tally.run}")
    for reason, names in _by_reason(tally).items():
        listed = ", ".join(names[:_NAMES]) + (f" and {len(names) - _NAMES} more" if len(names) > _NAMES else "")
        lines.append(f"{style.paint('warn', reason)}: {listed}")
    return lines


def _failed(failure: Failure, tally: Tally, style: Style, same: str = "") -> list[str]:
    """Return the lines of one failure; `same`: a task that is told above to have failed by the same error."""
    finished = failure.finished
    told = how(finished)
    lines = [f"{style.paint('bad', 'failed')}  {style.paint('name', finished.task)}  {told}"]
    if finished.message and finished.message not in told:
        lines.append(f"  {finished.message}")
    tests = tally.tests.get(finished.task, [])
    for test in tests[:_TESTS]:
        place = f"  {test.file}:{test.line}" if test.file and test.line else f"  {test.file}" if test.file else ""
        lines.append(f"  test {style.paint('name', name_of(test))}{style.paint('dim', place)}")
        if message := _first_line(test.message):
            lines.append(f"       {message}")
    if len(tests) > _TESTS:
        lines.append(f"  and {plural(len(tests) - _TESTS, 'more failed test')}")
    if same and failure.finding and not tests:
        lines.append(f"  the lines that say why are above, under {same}")
    elif failure.shared:
        lines.append(f"  ran in one process with {failure.shared}: its output is the same")
    else:
        lines += _why(failure, style, brief=bool(tests))
    lines.append(f"  again: {style.paint('name', f'pitstop run {quoted(finished.task)}')}")
    folder = tally.folder(finished.task)
    if tests and (command := only_this_test(tally.commands.get(finished.task, ""), tests[0], folder)):
        command = f"cd {quoted(folder)} && {command}" if folder else command
        lines.append(f"  one test: {style.paint('name', command)}")
    return [*lines, ""]


def summary_lines(failures: Sequence[Failure], tally: Tally) -> list[str]:
    """Return a page of Markdown about what failed, for the summary of a step."""
    from pitstop.core.finding import Finding
    from pitstop.explain.report.explained import Explained
    from pitstop.explain.report.markdown import as_markdown

    lines: list[str] = []
    for failure in failures[:TASKS]:
        if failure.shared:
            continue
        finished = failure.finished
        finding = failure.finding or Finding(how(finished))
        hints = tuple(
            f"test {name_of(test)} failed: {_first_line(test.message)}"
            for test in tally.tests.get(finished.task, [])[:_TESTS]
        )
        again = (f"pitstop run {quoted(finished.task)}",)
        told = Explained(finished.task, (), (finding,), again=again, hints=hints, shown=failure.shown)
        lines += as_markdown([told])
    return lines


def _why(failure: Failure, style: Style, *, brief: bool) -> Iterator[str]:
    """Yield what broke, the lines that prove it, whose failure it is and how to mend it; `brief`: the tests say the first."""
    finding = failure.finding
    if finding is None:
        return
    if not brief:
        said = finding.summary.rpartition(": ")[2].rstrip("…")
        if not any(said in line.text for line in failure.shown):
            yield f"  {shorten(finding.summary, _LONGEST)}"
        digits = len(str(failure.shown[-1].number)) if failure.shown else 0
        margin = min((len(line.text) - len(line.text.lstrip()) for line in failure.shown), default=0)
        for line in failure.shown:
            label = style.paint("dim", f"{line.number:>{digits}}") + "  " if failure.lines else ""
            yield f"  {label}{shorten(line.text[margin:], _LONGEST)}"
    if finding.confidence >= _WORTH_SAYING and finding.kind not in {"time", "cancel"}:  # how it ended says those
        from pitstop.explain.report.explained import certainty

        kind = f", {finding.kind}" if finding.kind and finding.kind != finding.category else ""
        reason = next((f": {one}" for one in finding.reasons if not one.startswith("known as")), "")
        yield f"  whose: {finding.category}{kind} ({certainty(finding.confidence)}){reason}"
    if finding.code:
        yield f"  known: {finding.code}" + (f": {finding.solutions[0].text}" if finding.solutions else "")
        if finding.solutions and finding.solutions[0].command:
            yield f"         $ {style.paint('name', finding.solutions[0].command)}"
    if finding.retry:
        yield f"  retry: {finding.retry}"


def name_of(test: TestFinished) -> str:
    """Return the name of a test as its own tool would say it."""
    if not test.suite or test.name.startswith(test.suite):
        return test.name
    return f"{test.suite}{'.' if test.file.endswith('.py') else ' '}{test.name}"


def _first_line(message: str) -> str:
    for line in strip_ansi(message).split("\n"):
        if line.strip():
            return shorten(line.strip().expandtabs(4), 200)
    return ""


def only_this_test(command: str, test: TestFinished, folder: str = "") -> str:
    """Return a command that runs nothing but `test`, in the `folder` of its package; empty where that is not known.

    `command` is the task's.
    """
    words = command.split()
    name = test.name
    features = "".join(f" {word}" for word in words if word.startswith(_FEATURES))
    if "nextest" in words:
        return f"cargo nextest run{features} -E {quoted(f'test(={name})')}"
    if words[:2] == ["cargo", "test"]:
        return f"cargo test{features} {quoted(name)} -- --exact"
    if words[:2] == ["go", "test"]:
        from re import escape

        parts = (f"^{escape(part)}$" for part in name.split("/"))
        return f"go test ./... -run {quoted('/'.join(parts))}"
    if "pytest" in words and test.file:
        call = " ".join(words[: words.index("pytest") + 1]) if words[0] in _RUNNERS else "pytest"
        file = test.file.removeprefix(folder + "/")
        if name in {file, test.file, test.file.removesuffix(".py").replace("/", ".")}:  # it could not be collected
            return f"{call} {quoted(file)}"
        return f"{call} {quoted('::'.join((file, *_classes(test.suite, file), name)))}"
    return ""


def _classes(suite: str, file: str) -> list[str]:
    """Return the classes that `suite`, in dots as pytest names it, has behind the module in `file`."""
    module = file.removesuffix(".py").rpartition("/")[2]
    parts = suite.split(".")
    return parts[len(parts) - parts[::-1].index(module) :] if module in parts else []


def quoted(word: str) -> str:
    """Return `word` as a shell wants it."""
    if word.isascii() and word.replace(":", "").replace("-", "").replace("_", "").replace("/", "").isalnum():
        return word
    from shlex import quote

    return quote(word)


def _by_reason(tally: Tally) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for finished in tally.stopped:
        reason = f"{'skipped' if finished.outcome == 'skip' else 'cancelled'}"
        if finished.message:
            reason += f" ({finished.message})"
        reasons.setdefault(reason, []).append(finished.task)
    return reasons
