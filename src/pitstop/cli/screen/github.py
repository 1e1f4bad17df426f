"""The form for a step of GitHub Actions: output in groups, annotations for failures, no control codes."""

from __future__ import annotations

from contextlib import suppress
from os.path import exists, isabs, join, normpath, relpath
from typing import TYPE_CHECKING

from pitstop.cli.screen.failure import how, name_of
from pitstop.cli.screen.plain import ERRORS_ONLY, FULL, NEW_ONLY, NONE, asking
from pitstop.cli.screen.report import Reporter
from pitstop.cli.screen.style import Style
from pitstop.cli.screen.tally import Tally
from pitstop.core.events import (
    CANCELLATION,
    RAN,
    SKIP,
    SUCCESS,
    ApprovalRequested,
    Event,
    Notice,
    RunFinished,
    TaskFinished,
    TaskOutput,
    TaskStarted,
)
from pitstop.core.text import duration, strip_ansi

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from pitstop.cli.screen.failure import Failure

_ANNOTATIONS = 10  # GitHub shows no more errors of one step


class Github:
    """Writes to `out` the workflow commands of https://docs.github.com/actions (`::group::`, `::error::`).

    `summary` is the file whose Markdown the page of the step shows (`GITHUB_STEP_SUMMARY`).
    """

    def __init__(
        self,
        out: BinaryIO,
        logs: str = ERRORS_ONLY,
        folder: Callable[[str], str] | None = None,
        summary: str = "",
    ) -> None:
        self._out = out
        self._summary = summary
        self._logs = logs
        self._tally = Tally(folder)
        self._reporter = Reporter(self._tally, Style())
        self._annotated = 0

    def __call__(self, event: Event) -> None:
        """Show `event`."""
        lines: list[str] = []
        match event:
            case TaskFinished():
                lines = self._finished(event)
            case TaskStarted():
                self._reporter.started(event)
            case TaskOutput():
                self._reporter.output(event)
            case Notice():
                lines = [f"::notice::{_data(event.message)}"]
            case ApprovalRequested():
                lines = [f"wait    {asking(event, self._tally.run, terminal=False)}"]
            case _:
                pass
        self._tally(event)
        if isinstance(event, RunFinished):
            badly = self._tally.failed or self._tally.stopped
            lines = [*(["", *self._reporter.verdict()] if badly else []), self._tally.verdict()]
            if self._summary and self._reporter.failures:
                self._write_summary()
        if lines:
            self._out.write("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
            self._out.flush()

    def _write_summary(self) -> None:
        """Append to the page of the step what failed, and why."""
        from pitstop.cli.screen.failure import summary_lines

        text = "".join(f"{line}\n" for line in summary_lines(self._reporter.failures, self._tally))
        with suppress(OSError), open(self._summary, "ab") as file:  # the screen says the same
            file.write(text.encode("utf-8", "replace"))

    def tick(self, now: float) -> None:
        """Do nothing: what does not change needs no line."""

    def close(self) -> None:
        """Do nothing: nothing is kept back."""

    def _finished(self, event: TaskFinished) -> list[str]:
        log = self._reporter.log_of(event.task)
        failed = event.outcome not in {SUCCESS, SKIP, CANCELLATION}
        self._reporter.finished(event)
        if failed:
            return self._failed(self._reporter.failures[-1], log)
        if event.outcome != SUCCESS or self._logs == NONE or (event.origin != RAN and self._logs != FULL):
            return []
        head = f"ok      {event.task}  {event.message or duration(event.duration_s)}"
        if event.origin != RAN:
            head = f"cached  {event.task}"
        return _group(head, log) if log and self._logs in {FULL, NEW_ONLY} else [head]

    def _failed(self, failure: Failure, log: bytes) -> list[str]:
        head = f"{failure.finished.task}  {how(failure.finished)}"
        lines = [] if failure.shared or not log or self._logs == NONE else _group(f"output of {head}", log)
        lines.append(f"failed  {head}")
        lines += [f"  {line.text.strip()}" for line in failure.shown]
        for error in self._errors(failure):
            if self._annotated < _ANNOTATIONS:
                self._annotated += 1
                lines.append(error)
        return lines

    def _errors(self, failure: Failure) -> list[str]:
        task = failure.finished.task
        errors = [
            self._error(f"{task}: {name_of(test)}", test.message or test.outcome, test.file, test.line, task)
            for test in self._tally.tests.get(task, [])
        ]
        if errors or failure.shared:
            return errors
        file, line = "", 0
        finding = failure.finding
        for told in finding.failures if finding else ():
            if told.place and told.kind == (finding and finding.kind) and self._path(told.place.file, task):
                file, line = told.place.file, told.place.line
                break
        message = "\n".join(line.text.strip() for line in failure.shown) or how(failure.finished)
        return [self._error(f"{task} failed", message, file, line, task)]

    def _error(self, title: str, message: str, file: str, line: int, task: str) -> str:
        place = ""
        if path := self._path(file, task):
            place = f"file={_property(path)},line={line}," if line else f"file={_property(path)},"
        return f"::error {place}title={_property(title)}::{_data(strip_ansi(message).strip())}"

    def _path(self, file: str, task: str) -> str:
        """Return the path of `file`, as a tool wrote it, relative to the repository; empty where there is none."""
        root = self._tally.root
        if not file or not root:
            return ""
        for base in (join(root, self._tally.folder(task)), root):
            path = normpath(join(base, file))
            inside = relpath(path, root)
            if not inside.startswith("..") and not isabs(inside) and exists(path):
                return inside
        return ""


def _group(title: str, log: bytes) -> list[str]:
    text = strip_ansi(log).decode("utf-8", "replace").rstrip("\n")
    return [f"::group::{_data(title)}", *text.split("\n"), "::endgroup::"]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
