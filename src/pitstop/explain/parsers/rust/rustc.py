"""rustc and clippy: errors as people see them, as cargo's JSON messages, and as rustc wrote them before 2016."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 60  # lines of one diagnostic
_LINT = "rust-clippy/"
_ABSENT = " target may not be installed"


@cache
def _head() -> re.Pattern[str]:
    return re.compile(r"\s{0,12}error(?:\[([A-Z]\d+|[a-z_:]+)\])?: (.*)")


@cache
def _arrow() -> re.Pattern[str]:
    return re.compile(r"\s*+--> ([^\s:][^:]*(?::\\[^:]*)?):(\d+):(\d+)")


@cache
def _old() -> re.Pattern[str]:
    return re.compile(r"(\S+\.rs):(\d+):(\d+): \d+:\d+ (?:fatal )?error: (.*?)(?: \[(E\d+)\])?$")


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error of the compiler that names a place, and the lines that count them."""
    for position in positions(at, "error"):
        text = text_at(lines, position)
        if "error" not in text[:240]:
            continue
        if text.startswith("{"):
            yield from _of_json(text, lines, position)
        elif found := _head().match(text):
            yield from _of_text(found, lines, position)
        elif ".rs:" in text and (old := _old().match(text)):
            file, line, column, message, code = old.groups()
            number = lines[position].number
            place = Place(file, int(line), int(column))
            yield Failure("rustc", COMPILE, sentence(message), number, number, place, code or "")


def _of_text(found: re.Match[str], lines: Sequence[Line], position: int) -> Iterator[Failure]:
    code, message = found[1] or "", sentence(found[2])
    number = lines[position].number
    if message.startswith(("aborting due to ", "could not compile `", "Could not compile `")):
        yield Failure("rustc", COMPILE, message, number, number, summary=True)
        return
    for ahead in range(position + 1, position + 4):
        if arrow := _arrow().match(text_at(lines, ahead)):
            break
    else:
        if code.startswith("E"):  # an error about no place, as of a whole crate
            note = next((at for at in range(position + 1, position + 4) if _ABSENT in text_at(lines, at)), position)
            kind = COMPILE if note == position else "configuration"
            yield Failure("rustc", kind, message, number, lines[note].number, None, code)
        return
    last = position
    lint = ""
    for ahead in range(position + 1, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead)
        if not text.strip() or _head().match(text):
            break
        last = ahead
        if _LINT in text:
            lint = text.partition("#")[2].strip()
    tool, kind = ("clippy", STYLE) if lint else ("rustc", COMPILE)
    place = Place(arrow[1], int(arrow[2]), int(arrow[3]))
    if place.file.endswith(".toml"):
        tool, kind = "cargo", "configuration"
    yield Failure(tool, kind, message, number, lines[last].number, place, code or lint)


def _of_json(text: str, lines: Sequence[Line], position: int) -> Iterator[Failure]:
    """Read a line of `cargo --message-format=json`, or of `rustc --error-format=json`, of which the end may be cut."""
    if '"level":"error"' not in text and '"compiler-message"' not in text:
        return
    message = _json_of(lines[position].text)
    if message.get("level") != "error":
        return
    number = lines[position].number
    told = sentence(str(message.get("message") or ""))
    spans = message.get("spans")
    main = next((span for span in spans if _is_main(span)), None) if isinstance(spans, list) else None
    code = message.get("code")
    name = str(code.get("code") or "") if isinstance(code, dict) else ""
    if main is None and not name:
        yield Failure("rustc", COMPILE, told, number, number, summary=True)
        return
    place = Place(str(main["file_name"]), main["line_start"], main["column_start"]) if main else None
    lint = name.startswith("clippy::")
    yield Failure("clippy" if lint else "rustc", STYLE if lint else COMPILE, told, number, number, place, name)


def _json_of(text: str) -> dict[str, object]:
    if len(text) > 1 << 20:
        return {}
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    inner = value.get("message", value) if isinstance(value, dict) else None
    if isinstance(inner, str):
        inner = value
    return inner if isinstance(inner, dict) else {}


def _is_main(span: object) -> bool:
    return (
        isinstance(span, dict)
        and span.get("is_primary") is True
        and isinstance(span.get("file_name"), str)
        and all(type(span.get(key)) is int and span[key] >= 0 for key in ("line_start", "column_start"))
    )
