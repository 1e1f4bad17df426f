"""A job that another machine does: what it wrote arrives as events, and how it ended as an answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pitstop.cache.actions import ActionResult, OutputFile, OutputLink
from pitstop.core import clock, events
from pitstop.core.digest import Digest
from pitstop.core.globs import matcher
from pitstop.pipeline import outputs
from pitstop.pipeline.execute.job import Ending, Job

if TYPE_CHECKING:
    from pitstop.pipeline.execute.job import Work
    from pitstop.pipeline.execute.options import World


class AwayJob(Job):
    """One task on another machine."""

    def __init__(self, work: Work, number: int, secrets: set[str]) -> None:
        super().__init__((work,), (), "", {}, secrets)
        self.number = number
        """What it is called between this process and its worker process."""
        self.stage = ""
        """`queued` or `executing`, which stands for servers that do not tell; empty: not heard of yet."""
        self.answer: dict[str, Any] | None = None
        """How it ended, as the worker process tells it; None: it did not end there."""
        self.lost = ""
        """Why it did not end there, in a sentence."""
        self.kept: outputs.Kept | None = None

    @property
    def is_heard(self) -> bool:
        """Whether something that it wrote was told already."""
        return any(log.size for log in self.logs.values())

    def begin(self) -> None:
        """Note that it was sent."""
        self.began = self.began or clock.monotonic()
        self.answer, self.lost, self.stage, self.kept = None, "", "", None

    def arrived(self, answer: dict[str, Any]) -> None:
        """Take in how it ended."""
        self.end = clock.monotonic()
        if answer["duration_s"]:
            self.began = self.end - answer["duration_s"]
        self.answer = answer
        self.exit_code = answer["exit_code"]

    def settle(self, world: World, *, raced: bool) -> None:
        """Put what it left in place; `lost` says why not. `raced`: what else is there is of one that lost."""
        assert self.answer is not None
        try:
            self.kept = _in_place(self.works[0], self.answer, world, raced=raced)
        except OSError as error:
            self.lost = f"its outputs cannot be put in place: {error.strerror or error}"
            return
        if self.kept is None:
            self.lost = "its outputs are not what the cluster said"

    def endings(self) -> list[Ending]:
        """Return how its task ended."""
        work, answer = self.works[0], self.answer
        if self.reason or answer is None:
            return [Ending(work, self.reason or events.ERROR, message=self.lost)]
        outcome = events.FAILURE if self.exit_code else events.SUCCESS
        if answer["status"]:
            outcome = events.TIMEOUT if answer["status"] == "timeout" else events.ERROR
        return [
            Ending(
                work,
                outcome,
                None if answer["status"] else self.exit_code,
                message=answer["message"],
                kept=self.kept,
                origin=events.CACHED if answer["cached"] else events.RAN,
                worker=answer["worker"],
            )
        ]


def _in_place(work: Work, answer: dict[str, Any], world: World, *, raced: bool) -> outputs.Kept | None:
    """Put the files that a task left in place; return those that are its outputs, None when some are missing."""
    planner, task = world.planner, work.task
    files = tuple(OutputFile(path, Digest(name, size), bool(mode)) for path, name, size, mode in answer["files"])
    links = tuple(OutputLink(path, target) for path, target in answer["links"])
    globs = planner.globs(task)
    reports = outputs.patterns(planner.packages[task.package].root, task.spec.reports)
    fits = matcher(globs) if globs else None
    asked = [one for one in (fits, matcher(reports) if reports else None) if one is not None]
    files = tuple(file for file in files if any(one(file.path) for one in asked))
    links = tuple(link for link in links if any(one(link.path) for one in asked))
    if raced:
        made = {file.path for file in files} | {link.path for link in links}
        for path in set(outputs.find(world.root, globs)) - made:
            os.unlink(f"{world.root}/{path}")
    last = planner.memory.tasks.get(task.id)
    before = last.rows if last is not None and not answer["exit_code"] and not answer["status"] else ()
    rows = outputs.restore(world.root, ActionResult(files, links), before, planner.store)
    if rows is None:
        return None
    return outputs.Kept(
        tuple(file for file in files if fits is not None and fits(file.path)),
        tuple(link for link in links if fits is not None and fits(link.path)),
        tuple(row for row in rows if fits is not None and fits(row[0])),
    )
