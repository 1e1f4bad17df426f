"""One check for each kind of value: what it takes becomes what the program works with, all else a ConfigError."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.task import CACHE_CHECKOUT, CACHE_NEVER, CACHE_STORE
from pitstop.pipeline.settings.fields import units
from pitstop.pipeline.settings.model import Env

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.core.errors import ConfigError
    from pitstop.pipeline.settings.place import At


def found(value: object) -> str:
    """Return what `value` is, in TOML's words."""
    import datetime as dt

    words: dict[type, str] = {
        bool: "a boolean",
        int: "an integer",
        float: "a float",
        str: "a string",
        list: "an array",
        tuple: "an array",
        dict: "a table",
        dt.datetime: "a date",
        dt.date: "a date",
        dt.time: "a time",
    }
    return words.get(type(value), f"a value of type {type(value).__name__}")


def wrong(kind: str, value: object, at: At) -> ConfigError:
    """Return the error for a value of another type than the key takes."""
    name = next((part for part in reversed(at.path) if isinstance(part, str)), "value")
    return at.error(f"`{name}` takes {kind}, not {found(value)}")


def read_text(value: object, at: At) -> str:
    """A string, whatever is in it."""
    if not isinstance(value, str):
        raise wrong("a string", value, at)
    return value


def read_filled(value: object, at: At) -> str:
    """A string that is not blank."""
    if not (text := read_text(value, at)).strip():
        raise at.error("an empty text stands here", hint="give it a value, or remove it")
    return text


def read_boolean(value: object, at: At) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise wrong("true or false", value, at)
    return value


def read_count(value: object, at: At) -> int:
    """A whole number from 0 on."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong("a whole number", value, at)
    if not 0 <= value < 1 << 53:
        raise at.error(f"{value} is out of range: a number from 0 on is wanted")
    return value


def read_integer(value: object, at: At) -> int:
    """A whole number that 32 bits hold."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong("a whole number", value, at)
    if not -1 << 31 <= value < 1 << 31:
        raise at.error(f"{value} is out of range")
    return value


def read_number(value: object, at: At) -> float:
    """A number from 0 on, as a float."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise wrong("a number", value, at)
    if not 0 <= value < 1 << 53:  # false for nan too
        raise at.error(f"{value} is out of range: a number from 0 on is wanted")
    return float(value)


def read_duration(value: object, at: At) -> float:
    """A duration or a number of seconds, as seconds greater than zero."""
    seconds = units.duration(value) if isinstance(value, str) else read_number(value, at)
    if seconds is None:
        raise at.error(f"`{value}` is no duration", hint='write it as `"30m"`, `"1h 30m"`, `"90s"`, or as seconds')
    if seconds <= 0:
        raise at.error("a duration must be greater than zero", hint="remove the key for no limit")
    return seconds


def read_size(value: object, at: At) -> int:
    """A size or a number of bytes, as bytes."""
    count = units.size(value) if isinstance(value, str) else read_count(value, at)
    if count is None:
        raise at.error(f"`{value}` is no size", hint='write it as `"2GiB"`, `"512MiB"`, or as bytes')
    return count


def read_strings(check: Callable[[object, At], str]) -> Callable[[object, At], tuple[str, ...]]:
    """Return the check of an array of what `check` takes, which one string may stand for."""

    def strings(value: object, at: At) -> tuple[str, ...]:
        if isinstance(value, str):
            return (check(value, at),)
        if not isinstance(value, (list, tuple)):
            raise wrong("a string, or an array of strings", value, at)
        return tuple(check(item, at / index) for index, item in enumerate(value))

    return strings


def read_variable(value: object, at: At) -> str:
    """The name of a variable."""
    name = read_filled(value, at)
    if "=" in name or "\0" in name or name != name.strip():
        raise at.error(f"`{name}` is no name of a variable")
    return name


def read_path(value: object, at: At) -> str:
    """A path inside the package, or with `//` inside the repository."""
    text = read_filled(value, at)
    inner = text.removeprefix("//") if text != "//" else ""
    if "\0" in text or "\\" in text:
        raise at.error(f"`{text}` is no path", hint="write folders with `/`")
    if inner.startswith("/") or inner[1:2] == ":":
        raise at.error(
            f"`{text}` is absolute", hint="write it relative to the package, or with `//` relative to the repository"
        )
    if ".." in inner.split("/"):
        raise at.error(f"`{text}` leaves the folder", hint="`//folder` is relative to the repository")
    return text


def read_glob(value: object, at: At) -> str:
    """A glob of paths, which may begin with `!`, or `$default`."""
    text = read_filled(value, at)
    pattern = text.removeprefix("!")
    if pattern == "$default":
        return text
    for opening, closing in ("[]", "{}"):
        if pattern.count(opening) > pattern.count(closing):
            raise at.error(f"`{text}` is no glob: `{opening}` is not closed")
    read_path(pattern, at)
    return text


def read_output(value: object, at: At) -> str:
    """A glob of files that a task makes: they lie inside its package."""
    bare = read_filled(value, at).removeprefix("!")
    if bare.startswith("/") or ".." in bare.split("/"):
        raise at.error(
            f"the output `{bare}` lies outside the package",
            hint="declare a task of the repository (`//:name`), or one of the package that holds the folder",
        )
    if bare == "$default":
        raise at.error("`$default` stands for files that are read; it is no output")
    return read_glob(value, at)


def read_command(value: object, at: At) -> str | tuple[str, ...]:
    """A text for the shell, or arguments; an empty array is no command."""
    if isinstance(value, str):
        if not value.strip():
            raise at.error("the command is empty", hint="`command = []` makes a task that only waits for others")
        return value
    if not isinstance(value, (list, tuple)):
        raise wrong("a string for the shell, or an array of arguments", value, at)
    argv = tuple(read_text(item, at / index) for index, item in enumerate(value))
    if argv and not argv[0].strip():
        raise (at / 0).error("the program's name is empty")
    if any("\0" in argument for argument in argv):
        raise at.error("an argument has a NUL in it")
    return argv


def read_env(value: object, at: At) -> Env:
    """A table of values, or an array of names and of `NAME=value`."""
    if isinstance(value, dict):
        sets = {}
        for name, content in value.items():
            read_variable(name, at / name)
            if isinstance(content, bool) or not isinstance(content, (str, int, float)):
                raise (at / name).error(
                    f"`{name}` takes a string, not {found(content)}", hint='write it in quotes: `"…"`'
                )
            if "\0" in (text := str(content)):
                raise (at / name).error(f"`{name}` has a NUL in it")
            sets[name] = text
        return Env(tuple(sorted(sets.items())))
    if not isinstance(value, (list, tuple)):
        raise wrong("a table of values, or an array of names", value, at)
    sets, reads = {}, []
    for index, item in enumerate(value):
        name, equals, content = read_filled(item, at / index).partition("=")
        read_variable(name, at / index)
        if equals:
            sets[name] = content
        else:
            reads.append(name)
    return Env(tuple(sorted(sets.items())), tuple(reads))


def read_cache(value: object, at: At) -> str:
    """`true`, `false` or `"checkout"`, as the words of `core.task`."""
    if isinstance(value, bool):
        return CACHE_STORE if value else CACHE_NEVER
    if value == CACHE_CHECKOUT:
        return CACHE_CHECKOUT
    raise at.error('`cache` takes true, false or "checkout"')


def read_compilers(value: object, at: At) -> bool | str:
    """`true`, `false` or `"auto"`."""
    if isinstance(value, bool) or value == "auto":
        return value if isinstance(value, bool) else "auto"
    raise at.error('`compilers` takes true, false or "auto"')


def read_expression(value: object, at: At) -> str:
    """A condition, as a text or as a table of short ones; it must be able to hold."""
    from pitstop.pipeline.stages.impossible import find_impossible
    from pitstop.pipeline.stages.when import WhenError, check

    text = _conditions(value, at) if isinstance(value, dict) else read_filled(value, at)
    try:
        check(text)
    except WhenError as error:
        origin = at.origin
        if isinstance(value, str) and origin.column and "\n" not in value:
            origin = origin._replace(column=origin.column + 1 + error.column)  # 1: the quote
        raise origin.error(error.problem, hint=error.hint) from error
    if reason := find_impossible(text):
        raise at.error(reason)
    return text


def _conditions(value: dict[str, object], at: At) -> str:
    """`when = {branch = "main", paths = ["src/**"]}`: all keys must hold, of each key one value."""
    from pitstop.core.errors import did_you_mean
    from pitstop.pipeline.stages.conditions import SHORT, all_of

    parts = []
    for key, wanted in value.items():
        if (make := SHORT.get(key)) is None:
            raise (at / key).key.error(f"unknown condition `{key}`", hint=did_you_mean(key, SHORT))
        if not (texts := read_strings(read_filled)(wanted, at / key)):
            raise (at / key).error(f"`{key}` is empty: it would never hold")
        parts.append(make(*texts))
    if not parts:
        raise at.error("no condition stands here", hint='for example `when = { branch = "main" }`')
    return all_of(*parts)
