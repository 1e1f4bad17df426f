"""CMake and the autotools: what keeps a project from being configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_HEAD = r"\s*+CMake Error(?: at (?P<file>[^:]+?):(?P<line>\d+)(?: \(.*\))?| in (?P<in>\S+))?(?P<end>:.*)$"
_MISSING = (
    "could not find",
    "could not be found",
    "not found",
    "no package '",
    "is required",
    "did not find",
    "cannot find",
    "missing",
)
_LONGEST = 40  # lines of one error

_ROWS = (
    Row(
        "configuring",
        "Configuring incomplete",
        r"-- (?P<message>Configuring incomplete, errors occurred!)",
        "cmake",
        "configuration",
        summary=True,
    ),
    Row(
        "configure",
        "error: ",
        r"\s*+(?:\S*/)?configure(?:\.\w+)?: error: (?P<message>.*)",
        "configure",
        "configuration",
    ),
    Row(
        "configure",
        "syntax error",
        r"\s*+(?:\S*/)?(?P<file>configure): (?:line )?(?P<line>\d+): (?P<message>syntax error.*)",
        "configure",
        "configuration",
    ),
    Row(
        "ac|am|m4",
        "error: ",
        r"\s*+(?P<file>\S+\.(?:ac|am|m4|in)):(?P<line>\d+): (?:error: )(?P<message>.*)",
        "autoconf",
        "configuration",
        more=r"\s+\S|\S+:\d+: (?:the top level|\.\.\/)",
    ),
    Row(
        "aclocal|automake|autoconf|autoreconf|autom4te|libtoolize|autopoint|libtool",
        "aclocal|automake|autoconf|autoreconf|autom4te|libtoolize|autopoint|libtool",
        r"\s*+(?:\S*/)?(?:aclocal|automake|autoconf|autoreconf|autom4te|libtoolize|autopoint|libtool)(?:-[\d.]+)?: (?:fatal )?error: (?P<message>.*)",
        "autoconf",
        "configuration",
    ),
    Row(
        "autoreconf|autom4te",
        "failed with exit status",
        r"\s*+(?:\S*/)?(?:autoreconf|autom4te)\S*: (?P<message>.*failed with exit status: \d+)",
        "autoconf",
        "configuration",
        summary=True,
    ),
    Row(
        "meson",
        "ERROR: ",
        r"\s*+(?:(?P<file>\S*meson\S*):(?P<line>\d+):(?P<column>\d+): )?ERROR: (?P<message>.*)",
        "meson",
        "configuration",
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error of CMake with its text, of configure scripts, autotools and Meson."""
    for position in positions(at, "cmake"):
        text = text_at(lines, position)
        if "CMake Error" in text and (found := compiled(_HEAD).match(text)):
            yield _error(found, lines, position)
    for failure in read(_ROWS, lines, at):
        yield failure if failure.summary else failure._replace(kind=_kind(failure.message))


def _error(found: object, lines: Sequence[Line], position: int) -> Failure:
    from re import Match

    assert isinstance(found, Match)
    number = lines[position].number
    said = [found["end"].lstrip(":").strip()]
    last = position
    ended = bool(said[0])
    for ahead in range(position + 1, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead)
        if text.strip() and not text.startswith((" ", "Call Stack")):
            break
        if not text.strip():
            ended = ended or len(said) > 1
            if ahead + 1 < len(lines) and not text_at(lines, ahead + 1).startswith((" ", "Call Stack")):
                break
            continue
        if text.startswith("Call Stack"):
            ended = True
        last = ahead
        if not ended:
            said.append(text.strip())
    message = sentence(" ".join(said)) or sentence(found[0])
    file = found["file"] or found["in"] or ""
    place = Place(file.rstrip(":"), int(found["line"] or 0)) if file.rstrip(":") else None
    return Failure("cmake", _kind(message), message, number, lines[last].number, place)


def _kind(message: str) -> str:
    small = message.lower()
    return "package" if any(word in small for word in _MISSING) else "configuration"
