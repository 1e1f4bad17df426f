"""What broke, in one sentence without a full stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST
from pitstop.core.text import plural, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.finding import Failure

_LONGEST = 160  # columns of what a tool said
_NOISE = ("error:", "ERROR:", "Error:", "[ERROR]", "##[error]", "fatal:", "error -", "FAILED", "FAIL:", "ERR!")


def sentence(kind: str, failures: Sequence[Failure], line: tuple[int, str], otherwise: str = "") -> str:
    """Return what broke: what the tools told of this kind of failure, else the most telling line, else `otherwise`.

    `line` is the most telling line, with its number.
    """
    told = [failure for failure in failures if failure.kind == kind and not failure.summary]
    first = next((one for one in told if one.first <= line[0] <= one.last), None)
    first = first or (told[0] if told else None)
    if first is not None:
        return _told(kind, first, told)
    return _bare(line[1]) or otherwise


def _told(kind: str, first: Failure, told: Sequence[Failure]) -> str:
    message = _bare(first.message)
    if kind == TEST:
        names = dict.fromkeys(one.test for one in told if one.test)
        if not first.test:
            return message if len(told) == 1 else f"{plural(len(told), 'test failure')}, the first: {message}"
        head = f"test {first.test} failed"
        if len(names) > 1:
            head = f"{len(names)} tests failed, the first {first.test}"
        return head + (f": {message}" if message and first.test not in message else "")
    place = ""
    if first.place:
        place = _short(first.place.file) + (f":{first.place.line}" if first.place.line else "")
    more = len({(one.place, one.message) for one in told}) - 1
    if kind == COMPILE and place:
        head = f"{place} does not compile"
    elif kind == STYLE and place:
        head = f"{place} breaks a rule of {first.tool}"
    elif kind == "types" and place:
        head = f"{place} has a type error"
    else:
        head = place or first.tool
    if place and more > 0:
        head += f" ({more} more)" if more < 500 else " (and many more)"
    if not message or message in head:
        return head
    return f"{head}: {message}" if head else message


def _short(path: str) -> str:
    """Return the end of a path that begins at the root of some machine."""
    parts = path.replace("\\", "/").split("/")
    absolute = len(parts) > 4 and (not parts[0] or parts[0].endswith(":"))
    return "…/" + "/".join(parts[-3:]) if absolute else path


def _bare(text: str) -> str:
    """Return a line of a log without the signs that only say that it is an error."""
    if text.startswith("E  "):  # pytest's mark
        text = text[1:]
    text = " ".join(text.split())
    for _ in range(3):
        for noise in _NOISE:
            if text.startswith(noise) and len(text) > len(noise) + 8:
                text = text[len(noise) :].lstrip(" :-")
    return shorten(text, _LONGEST).rstrip(" .:")
