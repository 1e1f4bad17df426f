"""An event as one line of JSON, and back."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.errors import SurroundingError
from pitstop.core.events import KINDS, SCHEMA

try:
    from _json import encode_basestring_ascii as _quote  # without `json`, which costs 4 ms on the hot path
except ImportError:  # not CPython
    from json.encoder import encode_basestring_ascii as _quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.core.events import Event


class RecordTooNew(SurroundingError):
    """A run was recorded by a pitstop whose stream this one does not understand."""


class _Shape(NamedTuple):
    head: str
    labels: tuple[str, ...]
    """For each field in order the text before its value."""
    defaults: tuple[object, ...]


_REQUIRED = object()
_SHAPES: dict[type[Event], _Shape] = {}


def encode(event: Event) -> bytes:
    r"""Return `event` as `{"event": "TaskFinished", ...}\n`, in ASCII, fields that have their default left out.

    Text may hold surrogate escapes. `TaskOutput.data` is left out: on disk it lies in `output.bin`. A number that is
    not finite has no place in JSON and is written as 0.
    """
    kind = type(event)
    shape = _SHAPES.get(kind) or _shape_of(kind)
    parts = [shape.head]
    for value, label, default in zip(event, shape.labels, shape.defaults, strict=True):
        if value != default:
            write = _WRITERS.get(type(value))
            if write is not None:
                parts.append(label)
                parts.append(write(value))
            elif type(value) is not bytes:
                raise TypeError(f"an event cannot hold {type(value).__name__}")
    parts.append("}\n")
    return "".join(parts).encode("ascii")


def decode(line: bytes | str) -> Event | None:
    """Return the event that `line` holds; None for a kind that this version does not know.

    Fields that this version does not know are left out. Raises `ValueError` for anything that is no whole event, and
    `RecordTooNew` for the start of a run of a greater `SCHEMA`.
    """
    from json import loads

    try:
        value = loads(line if isinstance(line, str) else line.decode())  # `loads` would guess the encoding first
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("no object")  # noqa: TRY004  one error for every line that is no event
    name = value.pop("event", None)
    if not isinstance(name, str):
        raise ValueError("no kind of event")  # noqa: TRY004  the same
    kind = KINDS.get(name)
    if kind is None:
        return None
    schema = value.get("schema", 0)
    if isinstance(schema, int) and schema > SCHEMA:
        raise RecordTooNew(
            f"a run was recorded with schema {schema}, this pitstop reads up to {SCHEMA}", hint="use a newer pitstop"
        )
    readers = _READERS.get(kind) or _readers_of(kind)
    try:
        arguments: dict[str, Any] = {field: readers[field](part) for field, part in value.items() if field in readers}
        return kind(**arguments)
    except TypeError as error:
        raise ValueError(f"no whole {name}: {error}") from error


def _number(value: float) -> str:
    return repr(value) if isfinite(value) else "0.0"


def _list(value: tuple[str, ...]) -> str:
    return "[" + ", ".join([_quote(item) for item in value]) + "]"


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _quote,
    float: _number,
    int: int.__repr__,
    bool: {False: "false", True: "true"}.__getitem__,
    tuple: _list,
    type(None): lambda _: "null",
}


def _shape_of(kind: type[Event]) -> _Shape:
    labels = tuple(f', "{name}": ' for name in kind._fields)
    defaults = tuple(kind._field_defaults.get(name, _REQUIRED) for name in kind._fields)
    shape = _SHAPES[kind] = _Shape(f'{{"event": "{kind.__name__}"', labels, defaults)
    return shape


_READERS: dict[type[Event], dict[str, Callable[[object], object]]] = {}


def _readers_of(kind: type[Event]) -> dict[str, Callable[[object], object]]:
    from typing import get_type_hints

    readers = _READERS[kind] = {name: _BY_TYPE[hint] for name, hint in get_type_hints(kind).items()}
    return readers


def _exactly(*types: type) -> Callable[[object], object]:
    def read(value: object) -> object:
        if not isinstance(value, types):
            raise TypeError(f"{value!r:.40} is no {types[0].__name__}")
        return value

    return read


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{value!r:.40} is no list of texts")
    return tuple(value)


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value.encode("utf-8", "surrogateescape")


_BY_TYPE: dict[object, Callable[[object], object]] = {
    str: _exactly(str),
    float: _exactly(float, int),
    int: _exactly(int),
    bool: _exactly(bool),
    int | None: _exactly(int, type(None)),
    tuple[str, ...]: _texts,
    bytes: _bytes,
}
