"""What may stand in `[pipelines.NAME]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.pipeline.settings.fields import kinds
from pitstop.pipeline.settings.fields.checks import found, read_filled, read_strings
from pitstop.pipeline.settings.fields.kinds import Kind, Schema, choice
from pitstop.pipeline.settings.fields.table import Field, read, table
from pitstop.pipeline.settings.fields.tasks import RETRY
from pitstop.pipeline.stages.model import Leg, Matrix, Trigger

if TYPE_CHECKING:
    from pitstop.pipeline.settings.place import At


def _name(value: object, at: At) -> str:
    name = read_filled(value, at)
    if any(char.isspace() or not char.isprintable() for char in name) or "[" in name:
        raise at.error(f"`{name}` is no name of a stage", hint="blanks and `[` cannot stand in it")
    return name


def _legs(value: object, at: At) -> tuple[Leg, ...]:
    if not isinstance(value, (list, tuple)):
        raise at.error(f"an array of tables is wanted here, not {found(value)}")
    legs = []
    for index, item in enumerate(value):
        if not isinstance(item, dict) or not item:
            raise (at / index).error('a table is wanted here, for example `{ os = "linux" }`')
        legs.append(tuple((_axis(name, at / index), _scalar(item[name], at / index / name)) for name in item))
    return tuple(legs)


def _axis(name: object, at: At) -> str:
    text = read_filled(name, at)
    if not text.replace("-", "_").isidentifier() or not text.isascii():
        raise (at / text).key.error(f"`{text}` is no name of an axis", hint="letters, digits, `-` and `_` make one")
    return text


def _scalar(value: object, at: At) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int, float)):
        raise at.error(f"a string or a number is wanted here, not {found(value)}")
    text = str(value)
    if not text.isprintable() or any(char in text for char in ",[]"):
        raise at.error(f"{text!r} cannot be a value of a matrix", hint="`,`, `[` and `]` cannot stand in it")
    return text


def _matrix(value: object, at: At) -> Matrix:
    if not isinstance(value, dict):
        raise at.error(f"a table of axes is wanted here, not {found(value)}")
    axes = []
    for name, values in value.items():
        if name in {"include", "exclude"}:
            continue
        if not isinstance(values, (list, tuple)):
            raise (at / name).error(f"the axis `{name}` takes an array, not {found(values)}")
        texts = tuple(_scalar(item, at / name / index) for index, item in enumerate(values))
        axes.append((_axis(name, at), tuple(dict.fromkeys(texts))))
    matrix = Matrix(
        tuple(axes), _legs(value.get("include", ()), at / "include"), _legs(value.get("exclude", ()), at / "exclude")
    )
    if not (matrix.axes or matrix.include):
        raise at.error("the matrix is empty", hint='for example `matrix = { os = ["linux", "macos"] }`')
    return matrix


_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_ENTRIES: Schema = {
    "type": "array",
    "items": {"type": "object", "minProperties": 1, "additionalProperties": _SCALAR},
}
MATRIX = Kind(
    "matrix",
    "a table of arrays, with `include` and `exclude` as arrays of tables",
    {
        "type": "object",
        "minProperties": 1,
        "properties": {"include": _ENTRIES, "exclude": _ENTRIES},
        "additionalProperties": {"type": "array", "minItems": 1, "items": _SCALAR},
    },
    _matrix,
)

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

_BRANCHES = Field("branches", kinds.STRINGS, "Branches, as names or globs.", "all", '["main"]')
_PATHS = Field("paths", kinds.GLOBS, "Only when a file of these changed.", "all", '["src/**"]')
TRIGGER = table("trigger", (_BRANCHES, _PATHS))


def _trigger(event: str, short: str) -> Kind:
    """`true`, a list of what `short` names, or (for branches) a table."""

    def check(value: object, at: At) -> Trigger | None:
        if isinstance(value, bool):
            return Trigger(event) if value else None
        if isinstance(value, dict) and short == "branches":
            return Trigger(event, **TRIGGER.check(value, at))
        texts = read_strings(read_filled)(value, at)
        if not texts:
            raise at.error(f"`{event}` is empty", hint="`true` takes all")
        if short == "cron":
            for index, text in enumerate(texts):
                _cron(text, at / index if isinstance(value, (list, tuple)) else at)
        given: dict[str, Any] = {short: texts}
        return Trigger(event, **given)

    words = {
        "branches": "`true`, an array of branches, or a table `{ branches, paths }`",
        "tags": "`true`, or an array of tags",
        "cron": "an array of cron lines",
    }
    forms: list[Schema] = [kinds.STRINGS.schema]
    forms += [{"type": "boolean"}] if short != "cron" else []
    forms += [TRIGGER.schema] if short == "branches" else []
    return Kind(f"{event}Trigger", words[short], {"anyOf": forms}, check, TRIGGER.parts)


def _cron(text: str, at: At) -> None:
    import re

    fields = text.split()
    if len(fields) != 5 or not all(re.fullmatch(r"[\d*/,A-Za-z-]+", field) for field in fields):
        raise at.error(f"`{text}` is no cron line", hint="minute, hour, day, month, weekday: `0 3 * * *`")


TRIGGERS = (
    Field("push", _trigger("push", "branches"), "A push to a branch.", "", '["main"]'),
    Field(
        "pull_request",
        _trigger("pull_request", "branches"),
        "A pull request against a branch.",
        "",
        '{ branches = ["main"], paths = ["src/**"] }',
    ),
    Field("tag", _trigger("tag", "tags"), "A tag that is pushed.", "", '["v*"]'),
    Field("schedule", _trigger("schedule", "cron"), "Times, in UTC.", "", '["0 3 * * *"]'),
)


def _triggers(value: object, at: At) -> dict[str, Trigger]:
    return {event: trigger for event, trigger in read(TRIGGERS, value, at).items() if trigger is not None}


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
        table("triggers", TRIGGERS)._replace(check=_triggers),
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
