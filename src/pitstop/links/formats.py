"""Bytes of TOML, JSON, JSONC and YAML files to plain values; the only home of `yaml`.

Every reader takes the bytes and the file's name (for the error) and raises `ConfigError` with line and column where
the parser knows them, whatever the bytes are: not UTF-8, nested too deep, numbers without end.
"""

from __future__ import annotations

from typing import Any, NoReturn

from pitstop.core.errors import ConfigError

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


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
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
