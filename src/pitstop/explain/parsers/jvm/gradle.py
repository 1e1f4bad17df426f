"""Gradle: what went wrong, in which build file, and the tasks that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_TOLD_ELSEWHERE = (  # reasons that only say that something above has failed
    "compilation failed; see",
    "compilation error. see",
    "compilation failed with",
    "there were failing tests",
    "there was a failing test",
    "finished with non-zero exit value",
    "lint found errors",
    "checkstyle rule violations were found",
)
_WHERE = r"(?:Build|Settings|Initialization script|Script|Build script|Included build) ?(?:file|script)? '(?P<file>[^']+)' line: (?P<line>\d+)"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each `What went wrong` with its reasons; as summaries the tasks that failed and the end."""
    for position in positions(at, "wrong"):
        if "* What went wrong:" in text_at(lines, position):
            yield _wrong(lines, position)
    for position in positions(at, "failed", "failure"):
        text = text_at(lines, position).strip()
        number = lines[position].number
        task = compiled(r"(?:> Task )?(:[\w:.-]+) FAILED$").match(text)
        ended = text == "BUILD FAILED" or text.startswith(("FAILURE: Build ", "BUILD FAILED in "))
        if task or ended:
            yield Failure("gradle", "build", sentence(text), number, number, summary=True)


def _wrong(lines: Sequence[Line], position: int) -> Failure:
    said: list[str] = []
    last = position
    for ahead in range(position + 1, min(position + 30, len(lines))):
        text = text_at(lines, ahead)
        if not text.strip() or text.startswith("* "):
            if said:
                break
            continue
        said.append(text.strip().lstrip("> "))
        last = ahead
    reasons = [each for each in said[1:] if each]
    message = sentence(" ".join([*said[:1], *reasons[:3]])) or "Build failed"
    small = message.lower()
    place = None
    for behind in range(position - 1, max(position - 6, -1), -1):
        if where := compiled(_WHERE).match(text_at(lines, behind).strip()):
            place = Place(where["file"], int(where["line"]))
    summary = any(told in small for told in _TOLD_ELSEWHERE)
    return Failure("gradle", _kind(small), message, lines[position].number, lines[last].number, place, summary=summary)


def _kind(small: str) -> str:
    if (
        "could not resolve" in small
        or compiled(r".*could not find \S+:\S+:\S").match(small)
        or "not found in any of the following sources" in small
    ):
        return "package"
    if "could not get " in small or "could not head " in small or "connect" in small or "timed out" in small:
        return "network"
    if small.startswith(
        ("could not compile build file", "could not compile settings file", "a problem occurred evaluating")
    ):
        return "configuration"
    if "compil" in small:
        return COMPILE
    if "failing test" in small or ":test'" in small:
        return TEST
    if any(
        word in small for word in ("lint", "checkstyle", "pmd", "spotless", "detekt", "license", "format", "findbugs")
    ):
        return STYLE
    return "build"
