"""Test results from what `cargo test` prints for people: libtest's lines and rustdoc's.

The format is from library/test/src/formatters/pretty.rs and std's panic messages; libtest has no stable machine-readable
one. A panic's place stands in one line since Rust 1.73 (`panicked at src/lib.rs:4:9:`), before that at the end of the
message (`panicked at 'message', src/lib.rs:4:9`).
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from pitstop.core.events import FAILURE, SKIP, SUCCESS
from pitstop.links.testing.case import TestCase, shorten, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADING = re.compile(rb" *(?:Running (?:unittests )?(?:(\S.*?) \((\S.*)\)|(\S+))|Doc-tests (\S+))\s*")
_TEST = re.compile(rb"test (.+?)(?: - (?:should panic|compile fail|compile|no_run))? \.\.\. ?(.*)")
_RESULT = re.compile(rb"(ok|FAILED|ignored|bench:)(?:, (.*)| *<(\d{1,9}(?:\.\d{1,9})?)s>.*| .*)?")
_SECTION = re.compile(rb"---- (.+) (?:stdout|stderr) ----")
_PANIC = re.compile(
    r"^thread '.*?'(?: \(\d+\))? panicked at (?:'(.*)', )?([^\n']+?):(\d+):\d+(:?)$", re.MULTILINE | re.DOTALL
)
_DOC_PLACE = re.compile(r"(.+) - .*\(line (\d+)\)$")
_NOISE = re.compile(r"^(?:stack backtrace:|note: (?:run with|Some details))", re.MULTILINE)
_SECTION_SIZE = 1 << 16  # the last bytes of one failure; a test that prints gigabytes must not be held in memory
_HEADING_SIZE = 4096  # no path is longer
_OUTCOMES = {b"ok": SUCCESS, b"bench:": SUCCESS, b"FAILED": FAILURE, b"ignored": SKIP}


class LibtestReader:
    """Reads line by line; a failure is told when its text has been read, all else at once.

    `suite` is what stood in the last heading: the path of the test executable, or `Doc-tests NAME`.
    """

    def __init__(self) -> None:
        self.suite = ""
        self._failed: dict[bytes, deque[bytes]] = {}
        """Tests that failed in this executable, each with the last lines of its output."""
        self._section: deque[bytes] | None = None
        self._size = 0
        """Of the lines in the section."""
        self._pending = b""
        """A test whose result does not stand in its line, because it wrote between the two."""

    def line(self, line: bytes) -> list[TestCase]:
        """Read one line, with or without its end."""
        line = line.rstrip(b"\r\n")
        if (
            line.startswith((b" ", b"\x1b"))
            and len(line) < _HEADING_SIZE
            and (heading := HEADING.fullmatch(_plain(line)))
        ):
            told = self.end()
            place = heading[2] or heading[3]
            self.suite = place.decode("utf-8", "replace") if place else f"Doc-tests {heading[4].decode()}"
            return told
        if line.startswith(b"test result: "):
            return self.end()
        if section := _SECTION.fullmatch(line):
            self._section = self._failed.setdefault(section[1], deque())
            self._size = sum(map(len, self._section))
            return []
        if self._section is not None:
            if line == b"failures:":
                self._section = None
            else:
                self._section.append(line)
                self._size += len(line)
                while self._size > _SECTION_SIZE:
                    self._size -= len(self._section.popleft())
            return []
        if line.startswith(b"test ") and (found := _TEST.fullmatch(line)):
            if result := _RESULT.fullmatch(found[2]):
                self._pending = b""
                return self._ended(found[1], result)
            self._pending = found[1]
        elif self._pending and (result := _RESULT.fullmatch(line)):
            name, self._pending = self._pending, b""
            return self._ended(name, result)
        return []

    def ignores(self, lines: bytes) -> bool:
        """Return whether whole `lines`, with a line feed before the first, hold nothing for this reader."""
        if self._section is not None or self._pending:
            return False
        return not any(mark in lines for mark in (b"\ntest ", b"\n---- ", b"Running ", b"Doc-tests "))

    def end(self) -> list[TestCase]:
        """Tell of what is still held back; the executable or the log has ended."""
        told = [_failure(self.suite, name, lines) for name, lines in self._failed.items()]
        self._failed = {}
        self._section = None
        self._pending = b""
        return told

    def _ended(self, name: bytes, result: re.Match[bytes]) -> list[TestCase]:
        outcome = _OUTCOMES[result[1]]
        if outcome == FAILURE:
            self._failed.setdefault(name, deque())
            return []
        text = to_text(name)
        place = _DOC_PLACE.fullmatch(text)
        reason = to_text(result[2]) if result[2] and outcome == SKIP else ""
        duration = float(result[3] or 0)
        file, at = (place[1], int(place[2])) if place else ("", 0)
        return [TestCase(_name(self.suite), text, outcome, duration, shorten(reason), file, at)]


def _failure(suite: str, name: bytes, lines: Iterable[bytes]) -> TestCase:
    called = to_text(name)
    message, file, line = read_panic(to_text(b"\n".join(lines)))
    if place := _DOC_PLACE.fullmatch(called):
        file, line = place[1], int(place[2])
    return TestCase(_name(suite), called, FAILURE, 0.0, message, file, line)


def read_panic(text: str) -> tuple[str, str, int]:
    """Return the message of the first panic in what a test wrote, its file and line; without one the text as it is."""
    file, line = "", 0
    if panic := _PANIC.search(text):
        file, line = panic[2], int(panic[3])
        text = panic[1] if panic[1] is not None else text[panic.end() :].lstrip("\n")
    if noise := _NOISE.search(text):
        text = text[: noise.start()]
    return shorten(text), file, line


def _name(suite: str) -> str:
    """Return `money` for `target/debug/deps/money-dec39c55b3a707af`."""
    name = re.split(r"[/\\]", suite)[-1].removesuffix(".exe")
    stem, _, digest = name.rpartition("-")
    return stem if stem and len(digest) == 16 else name


def _plain(line: bytes) -> bytes:
    if b"\x1b" not in line:
        return line
    from pitstop.core.text import strip_ansi

    return strip_ansi(line)


def read_libtest(log: bytes) -> list[TestCase]:
    """Return the test cases in what `cargo test` printed; a line without its end is not read."""
    reader = LibtestReader()
    found = [case for line in log.split(b"\n")[:-1] for case in reader.line(line)]
    return found + reader.end()
