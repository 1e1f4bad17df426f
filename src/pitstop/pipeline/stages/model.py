"""PipelineSpec and StageSpec: a pipeline as it was declared, in TOML or in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.origin import Origin

if TYPE_CHECKING:
    from pitstop.core.task import Retry

Leg = tuple[tuple[str, str], ...]
"""One combination of a matrix: names and values, in the order of the axes."""


class Matrix(NamedTuple):
    """What a stage is multiplied by, as GitHub's `strategy.matrix`."""

    axes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    include: tuple[Leg, ...] = ()
    exclude: tuple[Leg, ...] = ()


class StageSpec(NamedTuple):
    """Tasks that a pipeline runs together."""

    name: str
    tasks: tuple[str, ...] = ()
    """Names of tasks (`test`: of every package that has one), ids (`api:test`), or globs of ids (`apps-*:test`)."""
    run: tuple[str, ...] | str = ()
    """A command in the place of tasks."""
    depends_on: tuple[str, ...] = ()
    """Stages that must pass first."""
    matrix: Matrix = Matrix()
    when: str = ""
    retry: Retry | None = None
    timeout_s: float | None = None
    approval_required: bool = False
    approval_timeout_s: float | None = None
    description: str = ""
    origin: Origin = Origin("")
    continue_on_error: bool | None = None
    """None: as each task says."""


class Trigger(NamedTuple):
    """What starts a pipeline on a CI service."""

    event: str
    """`push`, `pull_request`, `tag` or `schedule`."""
    branches: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    cron: tuple[str, ...] = ()


class Notify(NamedTuple):
    """Who is to hear of a run's end."""

    on: str
    """`failure`, `success` or `always`."""
    channel: str
    """The kind of the receiver: `slack`, `email`, `webhook`."""
    target: str


class PipelineSpec(NamedTuple):
    """A named order of stages."""

    name: str
    stages: tuple[StageSpec, ...]
    triggers: tuple[Trigger, ...] = ()
    notify: tuple[Notify, ...] = ()
    description: str = ""
    origin: Origin = Origin("")

    def without_origin(self) -> PipelineSpec:
        """Return the same pipeline wherever it was written: two are alike when these are equal."""
        nowhere = Origin("")
        return self._replace(origin=nowhere, stages=tuple(stage._replace(origin=nowhere) for stage in self.stages))
