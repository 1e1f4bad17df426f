"""Has the artifacts of a run's tasks kept when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core import clock, events
from pitstop.links import git
from pitstop.pipeline.artifacts import ci_run, keep_declared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.cli.pipeline.session import Session
    from pitstop.core.task import Task
    from pitstop.pipeline.plan import Planner
    from pitstop.pipeline.workspace import Workspace


def keep_artifacts(space: Workspace, planner: Planner, session: Session, done: Sequence[Task]) -> None:
    """Keep what `done`, the tasks that have ended well, declare; what cannot be kept is a notice."""
    revision, branch = git.head(space.root)
    works = [(task, planner.packages[task.package]) for task in done]
    actions = keep_declared(space.root, planner.store, works, (session.run, revision, branch, ci_run()), session.emit)
    if actions:
        from pitstop.pipeline.far_results import send

        send(
            planner.store,
            space.settings.cache,
            actions,
            lambda text: session.emit(events.Notice(clock.now(), text)),
        )
