"""A run as it is shown and recorded: the screen, the recorder, and what gives events to both."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from pitstop import __version__
from pitstop.cli.screen.style import wants_colour, wants_unicode
from pitstop.cli.screen.terminal import Screen, make_screen
from pitstop.core import clock, events
from pitstop.core.environ import environ, is_github
from pitstop.links import git
from pitstop.records.folders import new_run_id
from pitstop.records.log import close_dead
from pitstop.records.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable


class Session(NamedTuple):
    """One run."""

    runs: str
    """The folder of all runs of this checkout."""
    run: str
    screen: Screen
    recorder: Recorder
    emit: events.Broadcast

    @property
    def folder(self) -> str:
        """The folder of this run; it need not exist."""
        return f"{self.runs}/{self.run}"

    def tick(self, now: float) -> None:
        """Let the screen and the record keep up."""
        self.screen.tick(now)
        if not any(listener is self.recorder for listener, _ in self.emit.lost):
            try:
                self.recorder.flush()
            except OSError as error:
                self.emit.drop(self.recorder, error)

    def close(self) -> None:
        """Take the screen down; say which listener gave up during the run."""
        self.screen.close()
        for listener, error in self.emit.lost:
            if isinstance(error, BrokenPipeError):  # `| head` has seen enough
                continue
            what = "the record of this run is incomplete" if listener is self.recorder else "the screen broke"
            print(f"warning: {what}: {error}", file=sys.stderr)
            if listener is self.screen:  # what it could not write must not fail again when this process ends
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def open_session(
    root: str,
    argv: tuple[str, ...],
    pipeline: str,
    *,
    output: str = "",
    logs: str = "",
    folder: Callable[[str], str] | None = None,
) -> Session:
    """Start to show and to record a run of the tasks or pipeline called `pipeline`."""
    tty = sys.stdout.isatty()
    screen = make_screen(
        output or "auto",
        sys.stdout.buffer,
        tty=tty and environ.get("TERM") != "dumb",
        colour=wants_colour(environ, tty=tty),
        unicode=wants_unicode(environ),
        logs=logs or "errors-only",
        github=is_github(),
        folder=folder,
        summary=environ.get("GITHUB_STEP_SUMMARY", ""),
    )
    runs = f"{root}/.pitstop/runs"
    now = clock.now()
    close_dead(runs, now)
    run = new_run_id(now, runs)
    recorder = Recorder(runs)
    emit = events.Broadcast([screen, recorder])
    revision, branch = git.head(root)
    host = os.uname().nodename if hasattr(os, "uname") else environ.get("COMPUTERNAME", "")
    emit(events.RunStarted(now, run, root, argv, pipeline, revision, branch, __version__, host, os.getpid()))
    return Session(runs, run, screen, recorder, emit)
