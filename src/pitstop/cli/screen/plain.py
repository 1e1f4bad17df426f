"""Plain lines: a line for each task that ran, the output of those that failed, a verdict. No cursor is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from pitstop.core.text import duration, shorten

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from pitstop.cli.screen.report import Reporter
    from pitstop.cli.screen.stream import Stream
    from pitstop.cli.screen.style import Style

FULL = "full"
NEW_ONLY = "new-only"
ERRORS_ONLY = "errors-only"
NONE = "none"
LOGS = (FULL, NEW_ONLY, ERRORS_ONLY, NONE)
"""Whose output is shown: everyone's, also from the cache; of those that ran; of those that failed; nobody's."""
_SILENCE_S = 60.0
_WORKER = 40  # columns that the name of another machine may take


def asking(event: ApprovalRequested, run: str, *, terminal: bool) -> str:
    """Return the question that a run asks a person."""
    until = f", within {duration(event.deadline - event.time)}" if event.deadline else ""
    answer = f"type y or n and Enter, or elsewhere `pitstop approve {run}`" if terminal else f"`pitstop approve {run}`"
    return f"{event.task} waits for approval{until}: {answer}"


class Plain:
    """Writes to `out` as things happen. What it needs for output and failures it loads when there are some."""

    def __init__(
        self, out: BinaryIO, style: Style, logs: str = ERRORS_ONLY, folder: Callable[[str], str] | None = None
    ) -> None:
        self.tally = Tally(folder)
        self.terminal = False
        """Whether a person can answer where this is shown."""
        self.out = out
        self._style = style
        self._logs = logs
        self._reporter: Reporter | None = None
        self._stream: Stream | None = None
        self._has_written = True
        self._silent_since = 0.0

    def __call__(self, event: Event) -> None:
        """Show `event`."""
        tally = self.tally
        match event:
            case TaskFinished():
                lines = []
                if event.origin == RAN and event.outcome == SUCCESS and self._logs != NONE:
                    how = event.message or duration(event.duration_s)
                    how += f" on {shorten(event.worker, _WORKER)}" if event.worker else ""
                    lines = [f"{self._style.paint('good', 'ok')}      {event.task}  {how}"]
                if self._stream:
                    self._write(self._stream.end(event.task))
                if self._reporter or event.outcome not in {SUCCESS, SKIP, CANCELLATION}:
                    failed = self._report().finished(event, brief=self._stream is not None)
                    lines += [] if self._logs == NONE else failed
                tally(event)
                self._print(lines)
                return
            case TaskStarted():
                if self._reporter or event.batch:
                    self._report().started(event)
            case TaskOutput():
                self._output(event)
            case Notice():
                self._print([f"{self._style.paint('warn', 'note')}    {event.message}"])
            case ApprovalRequested():
                self._print(
                    [f"{self._style.paint('warn', 'wait')}    {asking(event, tally.run, terminal=self.terminal)}"]
                )
            case RunFinished():
                tally(event)
                lines = ["", *self._report().verdict()] if tally.failed or tally.stopped else []
                lines += [event.message] if event.message else []
                self._print([*lines, self._style.paint(tally.role, tally.verdict())])
                return
            case _:
                pass
        tally(event)

    def tick(self, now: float) -> None:
        """Say what goes on after each minute without a line: silence looks like a hang, and some CI ends it."""
        running = self.tally.running
        if self._has_written or not running or self._logs == NONE:
            self._has_written, self._silent_since = False, now
        elif now - self._silent_since >= _SILENCE_S:
            first = min(running.values(), key=lambda event: event.time)
            more = f" and {len(running) - 1} more" if len(running) > 1 else ""
            self._print([f"{self._style.paint('dim', 'runs')}    {first.task}{more}  {duration(now - first.time)}"])

    def close(self) -> None:
        """Do nothing: nothing is kept back."""

    def _output(self, event: TaskOutput) -> None:
        self._report().output(event)
        if self._logs == FULL or (self._logs == NEW_ONLY and event.task in self.tally.sources):
            if self._stream is None:
                from pitstop.cli.screen.stream import Stream

                self._stream = Stream(colour=self._style.colour)
            self._write(self._stream.lines(event.task, event.data))

    def _report(self) -> Reporter:
        if self._reporter is None:
            from pitstop.cli.screen.report import Reporter

            self._reporter = Reporter(self.tally, self._style)
        return self._reporter

    def _print(self, lines: list[str]) -> None:
        if lines:
            self._write("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))

    def _write(self, data: bytes) -> None:
        if data:
            self._has_written = True
            self.out.write(data)
            self.out.flush()
