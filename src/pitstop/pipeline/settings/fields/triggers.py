"""The `triggers` of a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.pipeline.settings.fields import kinds
from pitstop.pipeline.settings.fields.checks import read_filled, read_strings
from pitstop.pipeline.settings.fields.kinds import Kind, Schema
from pitstop.pipeline.settings.fields.table import Field, read, table
from pitstop.pipeline.stages.model import Trigger

if TYPE_CHECKING:
    from pitstop.pipeline.settings.place import At

_BRANCHES = Field("branches", kinds.STRINGS, "Branches, as names or globs.", "all", '["main"]')
_PATHS = Field("paths", kinds.GLOBS, "Only when a file of these changed.", "all", '["src/**"]')
TRIGGER = table("trigger", (_BRANCHES, _PATHS))


def _trigger(event: str, short: str) -> Kind:
    """`true`, a list of what `short` names, or (for branches) a table."""

    def check(value: object, at: At) -> Trigger | None:
        if isinstance(value, bool) and short != "cron":
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


def _read(value: object, at: At) -> dict[str, Trigger]:
    return {event: trigger for event, trigger in read(TRIGGERS, value, at).items() if trigger is not None}


TRIGGERS_TABLE = table("triggers", TRIGGERS)._replace(check=_read)
