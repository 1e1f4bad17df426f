"""Pipelines in Python, for `pitstop_pipeline.py`; it says what a table of `pitstop.toml` says.

    from pitstop import Pipeline, branch

    Pipeline("release").stage("test", retry=2).stage("publish", when=branch("main"), approval_required=True)

Nothing is checked here: whoever reads the file checks the tables as those of TOML, and names the lines that are kept.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from pitstop.pipeline.stages.conditions import branch_is, event_is, paths_changed, tag_is

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FILE = "pitstop_pipeline.py"
"""At the root of the repository."""

Strings = str | tuple[str, ...] | list[str]

_made: list[Pipeline] = []


class Condition:
    """When a stage runs; join them with `&`, `|` and `~`."""

    def __init__(self, text: str, *, joined: bool = False) -> None:
        self.text = text
        self._part = f"({text})" if joined else text

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"{self._part} and {other._part}", joined=True)

    def __or__(self, other: Condition) -> Condition:
        return Condition(f"{self._part} or {other._part}", joined=True)

    def __invert__(self) -> Condition:
        return Condition(f"not {self._part}", joined=True)


def branch(*names: str) -> Condition:
    """The branch is one of these, which may be globs; none: there is a branch."""
    return Condition(branch_is(*names))


def tag(*names: str) -> Condition:
    """The tag is one of these, which may be globs; none: there is a tag."""
    return Condition(tag_is(*names))


def event(*names: str) -> Condition:
    """The run was started by one of these: `push`, `pull_request`, `schedule`."""
    return Condition(event_is(*names))


def paths(*globs: str) -> Condition:
    """A file that one of these globs means has changed, or it is not known what changed."""
    return Condition(paths_changed(*globs))


def expression(text: str) -> Condition:
    """A condition in the language of `when`: `branch == "main" and not env.SKIP`."""
    return Condition(text, joined=True)


class Pipeline:
    """A pipeline that is being written down. Each method returns the same pipeline."""

    def __init__(self, name: str, *, description: str = "") -> None:
        self.name = name
        self.table: dict[str, Any] = {"stages": []}
        """What stands under `[pipelines.NAME]` in TOML."""
        self.lines: dict[tuple[str | int, ...], int] = {(): _line()}
        """Lines of `pitstop_pipeline.py`, by path in the table."""
        if description:
            self.table["description"] = description
        _made.append(self)

    def stage(
        self,
        name: str,
        *,
        tasks: Strings | None = None,
        parallel: Strings | None = None,
        run: Strings | None = None,
        depends_on: Strings | None = None,
        matrix: Mapping[str, Sequence[object]] | None = None,
        when: Condition | str | None = None,
        retry: int | Mapping[str, object] | None = None,
        timeout: str | float | None = None,
        continue_on_error: bool | None = None,
        approval_required: bool | None = None,
        approval_timeout: str | float | None = None,
        description: str | None = None,
    ) -> Self:
        """Add a stage; the words mean what they mean in TOML, and None is as if a word were not there."""
        given = {
            "name": name,
            "tasks": tasks,
            "parallel": parallel,
            "run": run,
            "depends_on": depends_on,
            "matrix": matrix,
            "when": when.text if isinstance(when, Condition) else when,
            "retry": retry,
            "timeout": timeout,
            "continue_on_error": continue_on_error,
            "approval_required": approval_required,
            "approval_timeout": approval_timeout,
            "description": description,
        }
        stages: list[dict[str, object]] = self.table["stages"]
        self.lines["stages", len(stages)] = _line()
        stages.append({key: value for key, value in given.items() if value is not None})
        return self

    def on(
        self, event: str, *, branches: Strings = (), paths: Strings = (), tags: Strings = (), cron: Strings = ()
    ) -> Self:
        """Add what starts it on a CI service: `push`, `pull_request`, `tag` or `schedule`."""
        short = {"tag": tags, "schedule": cron}.get(event)
        given = {"branches": branches, "paths": paths, "tags": tags, "cron": cron}
        table = {key: value for key, value in given.items() if value}
        self.lines["triggers", event] = _line()
        fits = short and len(table) == 1
        self.table.setdefault("triggers", {})[event] = (short if fits else table) or (event != "schedule" or ())
        return self

    def notify_on_failure(self, channel: str, target: str) -> Self:
        """Add who is to hear of a failed run: `notify_on_failure("slack", "#releases")`."""
        receivers: dict[str, list[str]] = self.table.setdefault("notify_on_failure", {})
        receivers.setdefault(channel, []).append(target)
        self.lines["notify_on_failure", channel] = _line()
        return self

    def notify(self, channel: str, target: str, *, on: str = "always") -> Self:
        """Add who is to hear of a run's end: after `failure`, `success` or `always`."""
        entries: list[dict[str, str]] = self.table.setdefault("notify", [])
        self.lines["notify", len(entries)] = _line()
        entries.append({"on": on, "channel": channel, "target": target})
        return self


@contextmanager
def collected() -> Iterator[list[Pipeline]]:
    """Gather the pipelines that are made inside the block."""
    before = _made[:]
    _made.clear()
    made: list[Pipeline] = []
    try:
        yield made
        made += _made
    finally:
        _made[:] = before


def _line() -> int:
    """Return the line of `pitstop_pipeline.py` that is being executed; 0 when there is none."""
    frame = sys._getframe(1)  # noqa: SLF001  the documented way to the caller's line
    while frame.f_back is not None and frame.f_code.co_filename != FILE:
        frame = frame.f_back
    return frame.f_lineno if frame.f_code.co_filename == FILE else 0
