"""What may stand in a task's `artifacts`: what of its outputs is kept by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.core.artifact import NAME, Artifact, is_name
from pitstop.pipeline.settings.fields import kinds
from pitstop.pipeline.settings.fields.kinds import Kind
from pitstop.pipeline.settings.fields.table import Field, either, mapping, table

if TYPE_CHECKING:
    from pitstop.pipeline.settings.place import At

ARTIFACT_FIELDS = (
    Field(
        "paths",
        kinds.OUTPUTS,
        "The files, as globs relative to the package. They count as `outputs` as well.",
        example='["dist/**"]',
        required=True,
    ),
    Field(
        "keep",
        kinds.DURATION,
        "How long it is kept.",
        '"30d"',
        '"90d"',
    ),
)
_ONE = either(
    "artifact",
    "an array of globs, or a table with `paths` and `keep`",
    kinds.OUTPUTS,
    table("artifactTable", ARTIFACT_FIELDS),
    "paths",
)
_ALL = mapping("artifactTables", _ONE, "a table of artifacts by name")


def _read(value: object, at: At) -> tuple[Artifact, ...]:
    given: dict[str, Any] = _ALL.check(value, at)
    for name in given:
        if not is_name(name):
            raise (at / name).key.error(f"`{name}` is no name of an artifact", hint=NAME)
    usual = Artifact("")
    return tuple(Artifact(name, one["paths"], one.get("keep", usual.keep_s)) for name, one in sorted(given.items()))


ARTIFACTS = Kind("artifacts", "a table of artifacts by name", _ALL.schema, _read, _ALL.parts)
