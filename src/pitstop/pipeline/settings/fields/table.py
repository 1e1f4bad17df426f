"""Tables of fields: what each key of a configuration file takes, says and becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.errors import did_you_mean
from pitstop.pipeline.settings.fields.checks import found
from pitstop.pipeline.settings.fields.kinds import Kind, Schema

if TYPE_CHECKING:
    from pitstop.pipeline.settings.place import At


class Field(NamedTuple):
    """One key of a table."""

    name: str
    kind: Kind
    doc: str
    """Sentences in Markdown, for the reference and for an editor's bubble."""
    default: str = ""
    """In TOML, or in words."""
    example: str = ""
    """The value in TOML."""
    required: bool = False


def read(fields: tuple[Field, ...], value: object, at: At) -> dict[str, Any]:
    """Return the keys of a table that are given, each as its kind reads it.

    Raises ConfigError for an unknown key, a missing one, and whatever the kinds refuse.
    """
    if not isinstance(value, dict):
        raise at.error(f"a table is wanted here, not {found(value)}")
    known = {field.name: field for field in fields}
    given = {}
    for key, content in value.items():
        if (field := known.get(key)) is None:
            hint = did_you_mean(str(key), known, "known here: " + ", ".join(f"`{name}`" for name in known))
            raise (at / key).key.error(f"unknown key `{key}`", hint=hint)
        given[key] = field.kind.check(content, at / key)
    for field in fields:
        if field.required and field.name not in given:
            raise at.error(f"`{field.name}` is missing", hint=f"for example `{field.name} = {field.example}`")
    return given


def table(name: str, fields: tuple[Field, ...], words: str = "a table") -> Kind:
    """Return the kind of a table with these keys."""
    schema: Schema = {
        "type": "object",
        "properties": {field.name: schema_of(field) for field in fields},
        "additionalProperties": False,
    }
    if required := [field.name for field in fields if field.required]:
        schema["required"] = required
    parts = tuple(field.kind for field in fields)
    return Kind(name, words, schema, lambda value, at: read(fields, value, at), parts)


def schema_of(field: Field) -> Schema:
    """Return the JSON Schema of a key: a reference to its kind's, with the words about it."""
    return {"$ref": f"#/$defs/{field.kind.name}", "description": field.doc}


def mapping(name: str, inner: Kind, words: str) -> Kind:
    """Return the kind of a table whose keys are names and whose values are of the kind `inner`."""

    def check(value: object, at: At) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise at.error(f"a table is wanted here, not {found(value)}")
        return {key: inner.check(content, at / key) for key, content in value.items()}

    schema: Schema = {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{inner.name}"}}
    return Kind(name, words, schema, check, (inner,))


def either(name: str, words: str, plain: Kind, full: Kind, key: str) -> Kind:
    """Return the kind of a table that may be shortened to the value of one of its keys."""

    def check(value: object, at: At) -> dict[str, Any]:
        checked: dict[str, Any] = full.check(value, at) if isinstance(value, dict) else {key: plain.check(value, at)}
        return checked

    return Kind(name, words, {"anyOf": [plain.schema, full.schema]}, check, full.parts)
