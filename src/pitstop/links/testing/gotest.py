"""Test results of Go: `go test -json`, and the lines of `go test -v` for people.

The events are described in `go doc test2json` and, for builds, in `go help buildjson`. What `go test` would show of them
without `-json` is told as text: the output of what failed, and one line for each package.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Any, NamedTuple

from pitstop.core.events import ERROR, FAILURE, SKIP, SUCCESS
from pitstop.links.testing.case import TestCase, seconds, shorten, to_text

_SIZE = 1 << 18  # bytes of output of one test or package that are kept until it ends
_OUTCOMES = {"pass": SUCCESS, "bench": SUCCESS, "fail": FAILURE, "skip": SKIP}
_FRAME = re.compile(r"^(?:=== (?:RUN|PAUSE|CONT|NAME) .*| *--- (?:FAIL|PASS|SKIP): .*)$")
_PLACE = re.compile(r"^\s+(\S+\.go):(\d+): ", re.MULTILINE)
_TRACE = re.compile(r"^\t(\S+_test\.go):(\d+) \+0x", re.MULTILINE)
_INDENT = re.compile(r"^ {4,}(?:\S+\.go:\d+: )?", re.MULTILINE)
_HUMAN = re.compile(rb" *--- (PASS|FAIL|SKIP): (\S+) \((\d{1,9}(?:\.\d{1,9})?)s\)\s*")
_PACKAGE = re.compile(rb"(?:ok  |FAIL|---)\t(\S+)\t.*")


class Told(NamedTuple):
    """What one event leads to."""

    text: bytes = b""
    """For people."""
    cases: tuple[TestCase, ...] = ()


class _Output:
    """The last bytes that a test or a package wrote."""

    def __init__(self) -> None:
        self.parts: deque[str] = deque()
        self.size = 0

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)
        while self.size > _SIZE and len(self.parts) > 1:
            self.size -= len(self.parts.popleft())

    def text(self) -> str:
        return "".join(self.parts)


class GoTestReader:
    """Reads event by event. `verbose`: everything is shown as it comes, as `go test -v` does."""

    def __init__(self, *, verbose: bool = False) -> None:
        self.packages: dict[str, str] = {}
        """Import path -> outcome; `""` while it is under way."""
        self._verbose = verbose
        self._tests: dict[tuple[str, str], _Output] = {}
        self._own: dict[str, _Output] = {}

    def event(self, event: dict[str, Any]) -> Told:
        """Take one event in."""
        action = event.get("Action")
        package = str(event.get("Package", ""))
        if action == "build-output":
            return Told(_bytes(event.get("Output")))
        if not package:
            return Told()
        test = str(event.get("Test", ""))
        self.packages.setdefault(package, "")
        if action == "output":
            return self._output(package, test, str(event.get("Output", "")))
        if action == "run" and test:
            self._tests.setdefault((package, test), _Output())
        elif action in _OUTCOMES:
            duration = seconds(event.get("Elapsed"))
            return self._test(package, test, str(action), duration) if test else self._end(package, str(action))
        return Told()

    def end(self) -> Told:
        """Tell of what never ended: the log is over."""
        told = [self._end(package, "fail") for package, outcome in self.packages.items() if not outcome]
        for package in self.packages:
            self.packages[package] = self.packages[package] or ERROR
        return Told(b"".join(one.text for one in told), tuple(case for one in told for case in one.cases))

    def _output(self, package: str, test: str, text: str) -> Told:
        if test:
            self._tests.setdefault((package, test), _Output()).add(text)
        else:
            self._own.setdefault(package, _Output()).add(text)
        return Told(_bytes(text) if self._verbose else b"")

    def _test(self, package: str, test: str, action: str, duration: float) -> Told:
        output = self._tests.pop((package, test), _Output()).text()
        case = _case(package, test, _OUTCOMES[action], duration, output)
        shown = action == "fail" and not self._verbose
        return Told(_bytes(_without_frame(output)) if shown else b"", (case,))

    def _end(self, package: str, action: str) -> Told:
        self.packages[package] = _OUTCOMES[action]
        parts = []
        cases = []
        for key in [key for key in self._tests if key[0] == package]:
            output = self._tests.pop(key).text()
            cases.append(_case(package, key[1], ERROR, 0.0, output or "it did not come to its end"))
            parts.append(_without_frame(output))
        own = self._own.pop(package, _Output()).text()
        if action == "fail":
            parts += [line for line in own.splitlines(keepends=True) if line not in {"PASS\n", "FAIL\n"}]
        else:
            parts += [line for line in own.splitlines(keepends=True) if line.startswith(("ok  \t", "?   \t"))]
        return Told(b"" if self._verbose else _bytes("".join(parts)), tuple(cases))


def _case(package: str, test: str, outcome: str, duration: float, output: str) -> TestCase:
    if outcome == SUCCESS:
        return TestCase(package, test, outcome, duration)
    text = "\n".join(line for line in output.splitlines() if not _FRAME.match(line))
    place = _PLACE.search(text) or _TRACE.search(text)
    message = shorten(_INDENT.sub("", to_text(text.encode("utf-8", "surrogatepass"))))
    file, line = (place[1], int(place[2])) if place else ("", 0)
    return TestCase(package, test, outcome, duration, message, file, line)


def _without_frame(output: str) -> str:
    return "".join(line for line in output.splitlines(keepends=True) if not line.startswith("=== "))


def _bytes(text: object) -> bytes:
    return str(text or "").encode("utf-8", "surrogatepass")


def read_event(line: bytes) -> dict[str, Any] | None:
    """Return the event in one line of `go test -json`, or None when there is none."""
    if not line.startswith(b"{") or b'"Action":' not in line:
        return None
    import json

    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("Action"), str) else None


def read_gotest(log: bytes) -> list[TestCase]:
    """Return the test cases of `go test -json`, with anything between its events."""
    reader = GoTestReader()
    found: list[TestCase] = []
    for line in log.split(b"\n"):
        if (event := read_event(line)) is not None:
            found += reader.event(event).cases
    return [*found, *reader.end().cases]


def read_gotest_text(log: bytes) -> list[TestCase]:
    """Return the test cases in what `go test` printed for people: with `-v` all, else those that failed."""
    found: list[TestCase] = []
    waiting: list[tuple[str, str, float, list[str]]] = []
    for line in log.split(b"\n"):
        if ended := _HUMAN.fullmatch(line):
            waiting.append((to_text(ended[2]), ended[1].decode().lower(), float(ended[3]), []))
        elif package := _PACKAGE.fullmatch(line):
            suite = to_text(package[1])
            found += [_case(suite, name, _OUTCOMES[how], s, "\n".join(text)) for name, how, s, text in waiting]
            waiting = []
        elif waiting and line.startswith(b"    ") and len(waiting[-1][3]) < 200:
            waiting[-1][3].append(to_text(line[:1000]))
    return found + [_case("", name, _OUTCOMES[how], s, "\n".join(text)) for name, how, s, text in waiting]
