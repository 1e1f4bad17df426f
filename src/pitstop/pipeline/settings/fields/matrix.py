"""The `matrix` of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.pipeline.settings.fields.checks import found, read_filled
from pitstop.pipeline.settings.fields.kinds import Kind, Schema
from pitstop.pipeline.stages.model import Leg, Matrix

if TYPE_CHECKING:
    from pitstop.pipeline.settings.place import At


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
