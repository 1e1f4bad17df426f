"""Bytes of TOML, JSON, JSONC and YAML files to plain values; the only home of `yaml`.

Every reader takes the bytes and the file's name (for the error) and raises `ConfigError` with line and column where
the parser knows them, whatever the bytes are: not UTF-8, nested too deep, numbers without end.
"""

from __future__ import annotations

from typing import Any, NoReturn

from pitstop.core.errors import ConfigError

_DEEP = 500
"""Levels of nesting that no file of a person or a package manager has."""

Table = dict[str, Any]
"""What a mapping of a file is read into; its values are checked where they are used."""


def read_toml(data: bytes, file: str) -> Table:
    """Return the table of a TOML file."""
    import tomllib

    text = _text(data, file)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        import re

        place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", str(error))
        problem = str(error)[: place.start()] if place else str(error)
        line, column = (int(place[1]), int(place[2])) if place and place[1] else _end(text)
        raise ConfigError(f"not TOML: {_sentence(problem)}", file=file, line=line, column=column) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"not TOML: {_sentence(str(error))}", file=file) from error


def read_json(data: bytes, file: str) -> Any:
    """Return the value of a JSON file."""
    import json

    text = _text(data, file)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        _not_json(error.msg, file, error.lineno, error.colno, error)
    except (ValueError, RecursionError) as error:
        _not_json(str(error), file, 0, 0, error)


def read_jsonc(data: bytes, file: str) -> Any:
    """Return the value of a JSON file with `//` and `/* */` comments and commas before a closing bracket."""
    import json

    text = _text(data, file)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    return read_json(_plain_json(text).encode("utf-8", "surrogatepass"), file)


def read_yaml(data: bytes, file: str) -> Any:
    """Return the value of a YAML file; every scalar is a `str`, so `1.10` and `no` stay what they are in the file."""
    import yaml

    text = _text(data, file)
    if _is_deep(text):
        raise ConfigError(f"not YAML: nested deeper than {_DEEP} levels", file=file)
    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506  builds only strings, lists and dicts
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        problem = _sentence(error.problem or error.context or "unknown form")
        raise ConfigError(f"not YAML: {problem}", file=file, line=line, column=column) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"not YAML: {_sentence(str(error))}", file=file) from error


def _is_deep(text: str) -> bool:
    """Return whether `text` may be nested so deep that libyaml, which recurses, would end the process."""
    import re

    depth = 0
    for match in re.finditer(r"[\[{]+|[\]}]+", text):
        depth = max(depth + len(match[0]) if match[0][0] in "[{" else depth - len(match[0]), 0)
        if depth > _DEEP:
            return True
    return re.search(rf"^[ ?-]{{{_DEEP},}}", text, re.MULTILINE) is not None


def read_block_yaml(data: bytes, file: str) -> Any:
    """Return the value of a YAML file as `read_yaml` does, faster where it is written as package managers write them.

    That is: mappings in blocks, scalars and small flow collections on one line. Everything else goes to `read_yaml`.
    """
    text = _text(data, file)
    found = _blocks(text)
    return read_yaml(data, file) if found is None else found


def _blocks(text: str) -> Table | None:
    """Return the mappings of `text`, or None where it has something else."""
    import re

    line_form = re.compile(
        r"""( *)(?:'((?:[^'\n]|'')*)'|"([^"\\\n]*)"|([^\s'"\[\]{}#&*!|>%@`,?\-:][^\n]*?)):(?:[ ]+([^\n]*?))?[ ]*"""
    ).fullmatch
    item_form = re.compile(r"( *)- +([^ ].*?) *").fullmatch
    top: Table = {}
    levels: list[tuple[int, Table]] = [(0, top)]
    wanted: tuple[Table, str, int] | None = None  # a key that has no value yet, and its indent
    items: list[str] = []
    dashes: str | None = None  # the indent of `items`, while more of them may come
    for line in text.split("\n"):
        if not line or line.isspace() or line.lstrip(" ").startswith("#"):
            continue
        match = line_form(line)
        if match is None:
            item = item_form(line)
            scalar = _scalar(item[2]) if item is not None else None
            if item is None or not isinstance(scalar, str):
                return None
            if wanted is not None and len(item[1]) >= wanted[2]:
                items = wanted[0][wanted[1]] = []
                dashes, wanted = item[1], None
            if item[1] != dashes:
                return None
            items.append(scalar)
            continue
        dashes = None
        spaces, single, double, plain, value = match.groups()
        indent = len(spaces)
        if wanted is not None:
            owner, key, outer = wanted
            if indent > outer:
                inner: Table = {}
                owner[key] = inner
                levels.append((indent, inner))
            wanted = None
        while levels[-1][0] > indent:
            levels.pop()
        if levels[-1][0] != indent:
            return None
        if plain is not None and (" #" in plain or "\t" in plain or ": " in plain):
            return None
        key = plain if plain is not None else double if double is not None else single.replace("''", "'")
        here = levels[-1][1]
        if not value:
            here[key] = ""
            wanted = here, key, indent
        else:
            scalar = _scalar(value)
            if scalar is None:
                return None
            here[key] = scalar
    return top


def _scalar(text: str) -> str | Table | list[str] | None:
    """Return the value on the right of a colon, or None where it is not plainly one."""
    import re

    first = text[0]
    if first not in "'\"{[":
        return text if _is_plain(text) else None
    if first in "'\"":
        return _unquoted(text)
    parts = re.findall(r"""((?:'(?:[^']|'')*'|"[^"]*"|[^,'"{}\[\]])+)(?:, |$)""", text[1:-1])
    if ", ".join(parts) != text[1:-1] or text[-1] != {"{": "}", "[": "]"}[first]:
        return None
    if first == "[":
        items = [_unquoted(part) for part in parts]
        return None if None in items else [item for item in items if item is not None]
    table: Table = {}
    for part in parts:
        key, colon, value = part.partition(": ")
        name, found = _unquoted(key), _unquoted(value)
        if not colon or name is None or found is None:
            return None
        table[name] = found
    return table


def _unquoted(text: str) -> str | None:
    """Return what a quoted or a plain scalar on one line means, or None where a second look is needed."""
    inner = text[1:-1]
    if len(text) > 1 and text[0] == text[-1] == "'":
        return None if "'" in inner.replace("''", "") else inner.replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return None if '"' in inner or "\\" in inner else inner
    return text if _is_plain(text) else None


def _is_plain(text: str) -> bool:
    """Return whether `text` is a plain scalar whose meaning needs no second look."""
    if not text or text != text.strip() or text[0] in "'\"[]{}#&*!|>%@`,?-:" or text.endswith(":"):
        return False
    return not (" #" in text or ": " in text or "\t" in text)


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        raise ConfigError("not UTF-8", file=file, line=line, column=column) from error


def _end(text: str) -> tuple[int, int]:
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _sentence(problem: str) -> str:
    """Return one line that starts with a lower-case letter."""
    line = problem.strip().partition("\n")[0].rstrip(".")
    return line[:1].lower() + line[1:]


def _not_json(problem: str, file: str, line: int, column: int, error: Exception) -> NoReturn:
    raise ConfigError(f"not JSON: {_sentence(problem)}", file=file, line=line, column=column) from error


def _plain_json(text: str) -> str:
    """Return `text` with comments and trailing commas as blanks, so that places in it stay what they were."""
    import re

    blank = re.compile(r"[^\n\r]")
    token = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n\r]*|/\*.*?(?:\*/|\Z)', re.DOTALL)

    def hide(match: re.Match[str]) -> str:
        found = match[0]
        return found if found[0] == '"' else blank.sub(" ", found)

    text = token.sub(hide, text)
    comma = re.compile(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[\]}])', re.DOTALL)
    return comma.sub(lambda match: match[1] or " ", text)
