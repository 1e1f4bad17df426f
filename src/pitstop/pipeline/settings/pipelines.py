"""From the checked tables of a pipeline to its value; the same for TOML and for Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.pipeline.stages.check import problems
from pitstop.pipeline.stages.model import Matrix, Notify, PipelineSpec, StageSpec, Trigger

if TYPE_CHECKING:
    from pitstop.pipeline.settings.place import At


def pipeline_of(name: str, given: dict[str, Any], at: At) -> PipelineSpec:
    """Return the pipeline that `given`, read by `fields.pipelines.PIPELINE`, declares.

    A stage that names no `depends_on` waits for the stage before it. Raises ConfigError for what cannot be meant.
    """
    stages: list[StageSpec] = []
    for index, stage in enumerate(given["stages"]):
        before = (stages[-1].name,) if stages else ()
        stages.append(_stage(stage, before, at / "stages" / index))
    notify = [Notify("failure", *entry) for entry in given.get("notify_on_failure", ())]
    notify += [Notify(entry["on"], entry["channel"], entry["target"]) for entry in given.get("notify", ())]
    triggers: dict[str, Trigger] = given.get("triggers", {})
    spec = PipelineSpec(
        name,
        tuple(stages),
        tuple(trigger for _, trigger in sorted(triggers.items())),
        tuple(notify),
        given.get("description", ""),
        at.key,
    )
    for problem in problems(spec):
        where = at
        for part in problem.path:
            where /= part
        raise where.error(problem.text, hint=problem.hint)
    return spec


def _stage(given: dict[str, Any], before: tuple[str, ...], at: At) -> StageSpec:
    from pitstop.pipeline.settings.lay import retry_of

    name = given["name"]
    ways = [key for key in ("tasks", "parallel", "run") if key in given]
    if len(ways) > 1:
        hint = "`parallel` is another word for `tasks`" if ways == ["tasks", "parallel"] else "make it two stages"
        raise (at / ways[1]).key.error(f"the stage has `{ways[0]}` and `{ways[1]}`", hint=hint)
    if ways and not given[ways[0]]:
        raise (at / ways[0]).error(f"`{ways[0]}` is empty", hint="without it the stage runs the tasks of its name")
    if "approval_timeout" in given and not given.get("approval_required"):
        raise (at / "approval_timeout").key.error(
            "`approval_timeout` without an approval", hint="add `approval_required = true`"
        )
    tasks = given.get("tasks") or given.get("parallel") or (() if "run" in given else (name,))
    return StageSpec(
        name,
        tuple(dict.fromkeys(tasks)),
        given.get("run", ()),
        tuple(dict.fromkeys(given.get("depends_on", before))),
        given.get("matrix", Matrix()),
        given.get("when", ""),
        retry_of(given["retry"]) if "retry" in given else None,
        given.get("timeout"),
        given.get("approval_required", False),
        given.get("approval_timeout"),
        given.get("description", ""),
        at.origin,
        given.get("continue_on_error"),
    )
