"""From bytes to a checked TOML document with positions."""

from __future__ import annotations

from typing import Any

from pitstop.core.origin import Origin
from pitstop.pipeline.settings.place import At


def parse(file: str, data: bytes) -> tuple[dict[str, Any], At]:
    """Return the document in `data` and its place. Raises ConfigError with line and column when it is no TOML."""
    import tomllib

    from pitstop.pipeline.settings.positions import locate

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise Origin(file, line, column).error("this is no UTF-8 text", hint="save the file as UTF-8") from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(file, text, str(error)) from error
    except RecursionError as error:
        raise Origin(file).error("its values are nested too deeply") from error
    return document, At(file, locate(text))


def _broken(file: str, text: str, message: str) -> Exception:
    """Make an error of ours of tomllib's: `Invalid value (at line 3, column 5)`, or `(at end of document)`."""
    import re

    if place := re.search(r" \(at line (\d+), column (\d+)\)$", message):
        line, column = int(place[1]), int(place[2])
    else:
        place = re.search(r" \(at end of document\)$", message)
        lines = text.split("\n")
        line, column = len(lines), len(lines[-1]) + 1
    problem = message[: place.start()] if place else message
    return Origin(file, line, column).error(f"this is no TOML: {problem[:1].lower()}{problem[1:]}")
