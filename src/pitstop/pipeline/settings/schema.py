"""The JSON Schema of `pitstop.toml`, so that editors complete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.pipeline.settings.fields.sections import TOP
from pitstop.pipeline.settings.fields.table import table

if TYPE_CHECKING:
    from pitstop.pipeline.settings.fields.kinds import Kind, Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Schema:
    """Return the schema, draft 2020-12, with everything that it refers to under `$defs`."""
    top = table("pitstop", TOP)
    defs: dict[str, Schema] = {}
    _collect(top, defs)
    return {
        "$schema": DIALECT,
        "title": "pitstop.toml",
        "description": "Tasks, pipelines and settings of a repository for pitstop.",
        **top.schema,
        "$defs": dict(sorted(defs.items())),
    }


def as_text() -> str:
    """Return the schema as it is published."""
    import json

    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _collect(kind: Kind, defs: dict[str, Schema]) -> None:
    for part in kind.parts:
        if part.name not in defs:
            defs[part.name] = part.schema
            _collect(part, defs)
