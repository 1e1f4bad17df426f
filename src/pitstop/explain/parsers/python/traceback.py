"""Tracebacks of Python, the errors of its parser, and of a program's arguments (argparse).

Of a chain the last exception, placed in the project's own code. Format: docs.python.org/3/library/traceback.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import COMPILE, TEST, Failure, Place
from pitstop.explain.parsers.reading import lacks_library, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read, without_prefix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "error",
        ": error: ",
        r"(?!\S*pytest: |__main__)[\w .-]+: error: (?P<message>(?:the following arguments are required: "
        r"|unrecognized arguments: |argument \S+: |one of the arguments ).*)",
        "python",
        "command",
    ),
)
_HEAD = "Traceback (most recent call last):"
_FRAME = r"\s*File \"([^\"]+)\", line (\d+)"
_ERROR = r"(?:E\s+)?((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Exit|Interrupt|Failure|Warning|Timeout|Fault|Impossible)?)(?:: (.*)|:?$)"
_NAMED = r"\w*(?:Error|Exception|Exit|Interrupt|Failure|Warning|Timeout|Fault)$"
_SYNTAX = r"(?:\w+\.)*(?:SyntaxError|IndentationError|TabError): "
_CHAIN = ("The above exception was the direct cause", "During handling of the above exception")
_FOREIGN = ("site-packages", "dist-packages", "/lib/python", "\\lib\\", "<frozen", "<string>", "/.tox/", "/runpy.py")
_IGNORED = ("Exception ignored in", "--- Logging error ---")
_FAR = 400  # lines of one traceback


class _Trace(NamedTuple):
    end: int
    """Position of the exception; -1: there is none."""
    place: Place | None
    own: bool
    text: str = ""
    """The exception as it is written, without what stands before every line."""
    test: str = ""
    """Of the section of pytest that it stands in."""


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield the last exception of each chain, and each error of the parser."""
    yield from read(_ROWS, lines, at)
    done, waiting = -1, None
    for position in at.get("traceback", []):
        text = without_prefix(text_at(lines, position))
        if position <= done or _HEAD not in text or text_at(lines, position - 1).lstrip().startswith(_IGNORED):
            continue
        indent = text.index(_HEAD)
        trace = _read(lines, position, indent)
        if trace.end < 0:
            continue
        done = trace.end
        if section := compiled(r"_{3,} (?:ERROR at \w+ of )?(.+?) _{3,}$").match(text_at(lines, position - 1)):
            trace = trace._replace(test=section[1])
        if waiting is not None and not _chained(lines, waiting.end, position):
            yield _failure(lines, waiting)
        elif waiting is not None:
            place = waiting.place if waiting.own and not trace.own else trace.place
            trace = trace._replace(place=place, test=waiting.test)
        waiting = trace
    if waiting is not None:
        yield _failure(lines, waiting)
    for word in ("syntaxerror", "indentationerror", "taberror"):
        for position in at.get(word, []):
            if compiled(r"(?:E\s+)?" + _SYNTAX).match(text_at(lines, position).lstrip()):
                yield from _syntax(lines, position)


def _read(lines: Sequence[Line], head: int, indent: int) -> _Trace:
    """Return the traceback whose head stands at position `head`, behind `indent` characters of something else."""
    place, own = None, False
    for position in range(head + 1, min(head + _FAR, len(lines))):
        text = without_prefix(text_at(lines, position))[indent:]
        if frame := compiled(_FRAME).match(text):
            here = Place(frame[1], number(frame[2]))
            if not any(part in frame[1] for part in _FOREIGN):
                place, own = here, True
            elif not own:
                place = here
        elif text and not text[0].isspace() and text[0] not in "|+~^":
            return _Trace(position, place, own, text) if compiled(_ERROR).match(text) else _Trace(-1, None, own=False)
        elif (
            not text.strip()
            and position > head + 1
            and without_prefix(text_at(lines, position - 1))[indent:].strip() == ""
        ):
            break
    return _Trace(-1, None, own=False)


def _chained(lines: Sequence[Line], end: int, head: int) -> bool:
    return any(text_at(lines, n).lstrip(" |E").startswith(_CHAIN) for n in range(max(end + 1, head - 4), head))


def _failure(lines: Sequence[Line], trace: _Trace) -> Failure:
    text = trace.text.strip()
    name = compiled(r"[\w.]*").match(text)
    kind = _kind(name[0].rpartition(".")[2] if name else "", text)
    here = lines[trace.end].number
    if trace.test:
        kind = kind if kind in {"package", COMPILE} else TEST
        return Failure("pytest", kind, sentence(text), here, here, trace.place, test=trace.test)
    return Failure("python", kind, sentence(text), here, here, trace.place)


def _kind(name: str, text: str) -> str:
    if name in {"DistributionNotFound", "VersionConflict"} or lacks_library(text):
        return "package"
    if name in {"SyntaxError", "IndentationError", "TabError"}:
        return COMPILE
    if name == "MemoryError" or "Cannot allocate memory" in text:
        return "memory"
    if name == "PermissionError":
        return "permission"
    if "No space left" in text:
        return "disk"
    if name in {
        "ConnectionError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "URLError",
        "HTTPError",
        "SSLError",
        "gaierror",
        "ReadTimeoutError",
        "ConnectTimeout",
        "ReadTimeout",
        "NewConnectionError",
        "MaxRetryError",
        "timeout",
    }:
        return "network"
    return TEST if name == "AssertionError" else "runtime"


def _syntax(lines: Sequence[Line], position: int) -> Iterator[Failure]:
    """Yield the error of the parser at `position`, if above it stands where."""
    for above in range(position - 1, max(position - 5, -1), -1):
        text = text_at(lines, above).lstrip("E ")
        if frame := compiled(_FRAME).match(text):
            message = sentence(text_at(lines, position).lstrip("E "))
            place = Place(frame[1], number(frame[2]))
            yield Failure("python", COMPILE, message, lines[position].number, lines[position].number, place)
            return
