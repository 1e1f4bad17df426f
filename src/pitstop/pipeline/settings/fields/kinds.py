"""The kinds of values that a configuration file may hold: their words, their JSON Schema, their check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.task import CACHE_CHECKOUT
from pitstop.pipeline.settings.fields import checks, units

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.pipeline.settings.place import At

Schema = dict[str, Any]


class Kind(NamedTuple):
    """One kind of value. `check` returns what the program works with, or raises ConfigError."""

    name: str
    """In the JSON Schema, under `$defs`."""
    words: str
    """For people, after "takes"."""
    schema: Schema
    check: Callable[[object, At], Any]
    parts: tuple[Kind, ...] = ()
    """The kinds that its schema refers to."""


def choice(name: str, *words: str) -> Kind:
    """Return the kind that takes one of `words`."""

    def check(value: object, at: At) -> str:
        from pitstop.core.errors import did_you_mean

        if (text := checks.read_text(value, at)) not in words:
            raise at.error(
                f"`{text}` is none of " + ", ".join(f"`{word}`" for word in words), hint=did_you_mean(text, words)
            )
        return text

    return Kind(name, "one of " + ", ".join(f'`"{word}"`' for word in words), {"enum": list(words)}, check)


def _strings(name: str, words: str, check: Callable[[object, At], str], **item: object) -> Kind:
    item = {"type": "string", **item}
    return Kind(name, words, {"anyOf": [item, {"type": "array", "items": item}]}, checks.read_strings(check))


_FILLED: Schema = {"type": "string", "minLength": 1}
TEXT = Kind("text", "a string", {"type": "string"}, checks.read_text)
WORD = Kind("word", "a string", _FILLED, checks.read_filled)
BOOLEAN = Kind("boolean", "`true` or `false`", {"type": "boolean"}, checks.read_boolean)
COUNT = Kind("count", "a whole number", {"type": "integer", "minimum": 0}, checks.read_count)
INTEGER = Kind("integer", "a whole number, which may be below 0", {"type": "integer"}, checks.read_integer)
NUMBER = Kind("number", "a number", {"type": "number", "minimum": 0}, checks.read_number)
DURATION = Kind(
    "duration",
    'a duration (`"30m"`, `"1h 30m"`) or seconds',
    {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": f"^{units.DURATION}$"}]},
    checks.read_duration,
)
SIZE = Kind(
    "size",
    'a size (`"2GiB"`, `"512MiB"`) or bytes',
    {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": f"^{units.SIZE}$"}]},
    checks.read_size,
)
PATH = Kind("path", "a path", _FILLED, checks.read_path)
STRINGS = _strings("strings", "a string or an array of strings", checks.read_filled, minLength=1)
VARIABLES = _strings("variables", "an array of names of variables", checks.read_variable, minLength=1)
GLOBS = _strings("globs", "an array of globs", checks.read_glob, minLength=1)
OUTPUTS = _strings("outputs", "an array of globs", checks.read_output, minLength=1, pattern="^!?(?!!|//)")
COMMAND = Kind(
    "command",
    "a string for the shell, or an array of arguments",
    {"anyOf": [_FILLED, {"type": "array", "items": {"type": "string"}}]},
    checks.read_command,
)
ENV = Kind(
    "env",
    "a table of values, or an array of names (`NAME`, or `NAME=value`)",
    {
        "anyOf": [
            {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
            {"type": "array", "items": _FILLED},
        ]
    },
    checks.read_env,
)
CACHE = Kind("cache", '`true`, `false` or `"checkout"`', {"enum": [True, False, CACHE_CHECKOUT]}, checks.read_cache)
COMPILERS = Kind("compilers", '`true`, `false` or `"auto"`', {"enum": [True, False, "auto"]}, checks.read_compilers)
EXPRESSION = Kind(
    "expression",
    "a condition",
    {"anyOf": [_FILLED, {"type": "object", "minProperties": 1}]},
    checks.read_expression,
)
