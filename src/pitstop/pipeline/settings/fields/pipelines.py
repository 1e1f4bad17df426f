"""What may stand in `[pipelines.NAME]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.pipeline.settings.fields import kinds
from pitstop.pipeline.settings.fields.checks import found, read_filled
from pitstop.pipeline.settings.fields.kinds import Kind, choice
from pitstop.pipeline.settings.fields.matrix import MATRIX
from pitstop.pipeline.settings.fields.table import Field, table
from pitstop.pipeline.settings.fields.tasks import RETRY
from pitstop.pipeline.settings.fields.triggers import TRIGGERS_TABLE

if TYPE_CHECKING:
    from pitstop.pipeline.settings.place import At


def _name(value: object, at: At) -> str:
    name = read_filled(value, at)
    if any(char.isspace() or not char.isprintable() for char in name) or "[" in name:
        raise at.error(f"`{name}` is no name of a stage", hint="blanks and `[` cannot stand in it")
    return name


STAGE = (
    Field(
        "name",
        Kind("stageName", "a name", {"type": "string", "pattern": r"^[^\s\[]+$"}, _name),
        "What the stage is called.",
        example='"test"',
        required=True,
    ),
    Field(
        "tasks",
        kinds.STRINGS,
        "The tasks it runs, in parallel as far as their own dependencies allow: `test` of every package that has "
        "it, `api:test` of one, `apps-*:test` of those whose id the glob means.",
        "the tasks that are called as the stage is",
        '["unit", "integration"]',
    ),
    Field("parallel", kinds.STRINGS, "Another word for `tasks`.", "", '["unit", "integration"]'),
    Field(
        "run",
        kinds.COMMAND,
        "A command in the place of tasks. It runs at the root of the repository, each time.",
        "",
        '"scripts/publish.sh"',
    ),
    Field(
        "depends_on",
        kinds.STRINGS,
        "The stages that must pass first; `[]`: none, it starts at once.",
        "the stage before it",
        '["test"]',
    ),
    Field(
        "matrix",
        MATRIX,
        "Runs its tasks once for each combination, with `include` and `exclude` as in GitHub Actions. A task sees its "
        "combination as `MATRIX_OS` and the like. Locally only the legs run whose `os` and `arch` are this machine's; "
        "those left out are named.",
        "",
        '{ os = ["linux", "macos"], python = ["3.11", "3.12"] }',
    ),
    Field(
        "when",
        kinds.EXPRESSION,
        "A condition for the stage, see [Conditions](#conditions). When it does not hold the stage is left out, and "
        "what depends on it goes on as if it had passed.",
        "always",
        '{ branch = "main" }',
    ),
    Field(
        "retry",
        RETRY,
        "How often each of its tasks is tried again, in the place of the task's own.",
        "the task's own",
        "2",
    ),
    Field(
        "timeout",
        kinds.DURATION,
        "The longest that each of its tasks may take; a shorter one of the task's own counts.",
        "the task's own",
        '"30m"',
    ),
    Field(
        "continue_on_error",
        kinds.BOOLEAN,
        "Whether a failure of one of its tasks fails neither the run nor the stages after it, in the place of the "
        "task's own.",
        "the task's own",
        "true",
    ),
    Field("approval_required", kinds.BOOLEAN, "Whether a person must approve before it starts.", "false", "true"),
    Field("approval_timeout", kinds.DURATION, "How long the approval is waited for.", "no limit", '"1d"'),
    Field("description", kinds.TEXT, "What it is for, in a sentence.", "", '"Hand the packages out."'),
)
_STAGE = table("stage", STAGE)


def _stages(value: object, at: At) -> list[dict[str, Any]]:
    if not isinstance(value, (list, tuple)):
        raise at.error(f"`stages` takes an array, not {found(value)}")
    if not value:
        raise at.error("a pipeline needs a stage")
    return [
        {"name": _name(item, at / index)} if isinstance(item, str) else _STAGE.check(item, at / index)
        for index, item in enumerate(value)
    ]


STAGES = Kind(
    "stages",
    "an array of names, or of tables",
    {
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [{"type": "string", "minLength": 1}, {"$ref": "#/$defs/stage"}]},
    },
    _stages,
    (_STAGE,),
)

NOTIFY = (
    Field(
        "on",
        choice("outcome", "failure", "success", "always"),
        "Which end of a run.",
        example='"failure"',
        required=True,
    ),
    Field("channel", kinds.WORD, "The kind of the receiver.", example='"slack"', required=True),
    Field("target", kinds.WORD, "The receiver.", example='"#releases"', required=True),
)
_NOTIFY = table("notify", NOTIFY)


def _notify(value: object, at: At) -> list[dict[str, Any]]:
    if not isinstance(value, (list, tuple)):
        raise at.error(f"`notify` takes an array of tables, not {found(value)}")
    return [_NOTIFY.check(item, at / index) for index, item in enumerate(value)]


def _notify_on_failure(value: object, at: At) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        raise at.error(f"a table is wanted here, not {found(value)}", hint='for example `{ slack = "#releases" }`')
    return [
        (read_filled(channel, at), target)
        for channel, targets in value.items()
        for target in kinds.STRINGS.check(targets, at / channel)
    ]


PIPELINE_FIELDS = (
    Field(
        "stages",
        STAGES,
        "The stages, see [Stages](#stages): names, which run the tasks of that name, or tables.",
        example='["format", "lint", "test"]',
        required=True,
    ),
    Field("description", kinds.TEXT, "What it is for, in a sentence.", "", '"All that a change must pass."'),
    Field(
        "triggers",
        TRIGGERS_TABLE,
        "What starts it on a CI service, see [Triggers](#triggers). A local run does not ask.",
        "",
        '{ push = ["main"], pull_request = true }',
    ),
    Field(
        "notify_on_failure",
        Kind(
            "notifyOnFailure",
            "a table of receivers by their kind",
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/strings"}},
            _notify_on_failure,
            (kinds.STRINGS,),
        ),
        "Who is to hear of a failed run. It is kept with the pipeline; nothing is sent yet.",
        "",
        '{ slack = "#releases" }',
    ),
    Field(
        "notify",
        Kind(
            "notifyEntries",
            "an array of tables `{ on, channel, target }`",
            {"type": "array", "items": {"$ref": "#/$defs/notify"}},
            _notify,
            (_NOTIFY,),
        ),
        "Who is to hear of a run's end. It is kept with the pipeline; nothing is sent yet.",
        "",
        '[{ on = "always", channel = "slack", target = "#builds" }]',
    ),
)
PIPELINE = table("pipeline", PIPELINE_FIELDS)
