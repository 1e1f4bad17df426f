"""Which package a diagnostic of rustc or rustfmt is about, when all there is is the text for people; and which tests failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pitstop.pipeline.batch.values import Piece, Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.core.task import TaskId
    from pitstop.links.testing.case import TestCase

_PLACE = re.compile(rb"\s*--> (.+?):\d+:\d+\s*")
_STATUS = re.compile(rb" {0,11}[A-Z][a-z-]+ ")
_FAILING = (
    re.compile(rb"error: could not compile `([^`]+)`"),
    re.compile(rb"error: failed to run custom build command for `([^\s`]+)"),
    re.compile(rb"error: package(?: ID specification)? `([^`]+)` .*(?:did not match|not found)"),
    re.compile(rb"package `([^`]+)` is not a member of the workspace"),
)
_HELD = 50
"""Lines between the first of a diagnostic and its place; rustc needs one."""


def plain_text(line: bytes) -> bytes:
    """Return `line` without colours."""
    if b"\x1b" not in line:
        return line
    from pitstop.core.text import strip_ansi

    return strip_ansi(line)


def is_status(line: bytes) -> bool:
    """Return whether cargo says what it is doing: a verb in the first twelve columns."""
    return line[12:13] == b" " and _STATUS.fullmatch(line[:13]) is not None


def named_in(line: bytes) -> str:
    """Return the package that a line of cargo says is at fault, or `""`."""
    for pattern in _FAILING:
        if found := pattern.match(line):
            return found[1].decode("utf-8", "replace")
    return ""


def note(seen: set[tuple[object, ...]], owner: TaskId | None, text: bytes) -> bool:
    """Put the first two lines of a diagnostic among those `seen`; return whether they are new there."""
    key = (owner, *(line.strip() for line in text.split(b"\n", 2)[:2]))
    if key in seen:
        return False
    seen.add(key)
    return True


class TextDiagnostics:
    """Gives each line of a diagnostic to the package whose file it names in its second line."""

    def __init__(self, owner: Callable[[bytes], TaskId | None], seen: set[tuple[object, ...]]) -> None:
        self._owner = owner
        self._seen = seen
        self._held: list[bytes] = []
        self._current: TaskId | None = None
        self._mute = False
        """This one was told before: cargo says again what it said when it built."""
        self.errors: dict[TaskId, str] = {}
        """The first error of each package, with its place."""
        self.latest = ""
        """The last error, whosever it is."""

    def line(self, line: bytes, plain: bytes) -> list[Told]:
        """Read one line, as it came and without colours."""
        if plain.startswith((b"error", b"warning")):
            told = self.rest()
            self._current = None
            self._mute = False
            self._held = [line]
            return told
        if self._held:
            if found := _PLACE.fullmatch(plain):
                self._current = self._owner(found[1])
                held, self._held = self._held, []
                first = plain_text(held[0])
                self._mute = not note(self._seen, self._current, first + plain)
                if first.startswith(b"error"):
                    place = plain.strip().removeprefix(b"--> ").rpartition(b":")[0]
                    text = f"{first.decode('utf-8', 'replace').strip()} ({place.decode('utf-8', 'replace')})"
                    self.latest = text
                    if self._current is not None:
                        self.errors.setdefault(self._current, text)
                return [] if self._mute else [Piece(self._current, b"".join((*held, line)))]
            if plain[:1].isspace() and plain.strip() and len(self._held) < _HELD:
                self._held.append(line)
                return []
            return [*self.rest(), Piece(None, line)]
        if plain[:1].isalpha() or is_status(plain):
            self._current = None
            self._mute = False
        return [] if self._mute else [Piece(self._current, line)]

    def rest(self) -> list[Told]:
        """Tell of a diagnostic that names no file."""
        held, self._held = self._held, []
        return [Piece(None, b"".join(held))] if held else []


class Failures:
    """Which tests of which members failed, to be said in one sentence each."""

    def __init__(self) -> None:
        self._names: dict[TaskId, dict[str, str]] = {}

    def add(self, task: TaskId, case: TestCase) -> None:
        """Take note of a case; a later attempt that passed takes a failure back."""
        names = self._names.setdefault(task, {})
        key = f"{case.suite} {case.name}"
        if case.outcome in {"failure", "error"}:
            names[key] = case.name
        else:
            names.pop(key, None)

    def tasks(self) -> list[TaskId]:
        """Return the members with a test that failed."""
        return [task for task, names in self._names.items() if names]

    def sentence(self, task: TaskId, otherwise: str = "") -> str:
        """Return `2 tests failed: a, b`, or `otherwise` when no test is known to have failed."""
        names = list(self._names.get(task, {}).values())
        if not names:
            return otherwise
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        listed = ", ".join(f"`{name}`" for name in names[:3])
        return f"{'1 test' if len(names) == 1 else f'{len(names)} tests'} failed: {listed}{more}"
