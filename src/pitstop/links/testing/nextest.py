"""Test results from cargo-nextest: its lines for people, and its `--message-format libtest-json-plus`.

From nexte.st/docs/reporting and nextest-runner's reporter/displayer: a status line is `PASS [   0.045s] (1/5) crate::file
test::name`; the counter is missing in releases before 0.9.100, and is dashes for an attempt that will be repeated. The
output of a failed test follows its line, indented, or in older releases under `--- STDOUT: crate test::name ---`.
"""

from __future__ import annotations

import re
from typing import Any

from pitstop.core.events import FAILURE, SKIP, SUCCESS
from pitstop.links.testing.case import TestCase, seconds, shorten, to_text
from pitstop.links.testing.libtest import read_panic

_STATUS = re.compile(
    r" *(?:TRY (\d+) )?([A-Z][A-Z0-9+-]*) +\[(>?) *(\d{1,9}(?:\.\d{1,9})?)s\] +(?:\( *[\d─]+(?:/\d+)? *\) +)?([^\s(]\S*) +(\S.*)"
)
_GOES_ON = frozenset({"SLOW", "TRMNTG", "TERMINATING", "DELAY", "RETRY", "STOPPED", "CONT"})
_OUTCOMES = {"PASS": SUCCESS, "LEAK": SUCCESS, "SKIP": SKIP}
_FRAME = re.compile(r" *(?:stdout|stderr|output) ─+|-+ (?:TRY \d+ )?STD(?:OUT|ERR): .*| *running \d+ tests?")
_RULE = "────".encode()
_SIZE = 1 << 16
_LINE = 4096


class NextestReader:
    """Reads line by line; a failure is told when its text has been read, all else at once."""

    def __init__(self) -> None:
        self.finished: bool | None = None
        """Whether every test was run, once the summary has come."""
        self.suite = ""
        """The binary that the last status line was about; `""` where nextest speaks of the whole run."""
        self._held: TestCase | None = None
        self._text: list[str] = []
        self._size = 0

    def line(self, line: bytes) -> list[TestCase]:
        """Read one line, with or without its end."""
        if self.finished is not None:
            return []  # the summary names the failed ones once more
        if self._held is None and b"[" not in line and not line.startswith(_RULE):
            return []
        text = to_text(line[:_LINE]).rstrip("\r\n")
        if text.lstrip().startswith("Summary ["):
            counts = re.search(r"\] +(\d+)(?:/(\d+))? tests? run", text)
            self.suite = ""
            self.finished = counts is not None and counts[2] in {None, counts[1]}
            return self.end()
        if found := _STATUS.fullmatch(text):
            self.suite = found[5]
            if found[3] or found[2] in _GOES_ON:
                return []
            told = self.end()
            outcome = _OUTCOMES.get(found[2], FAILURE)
            case = TestCase(found[5], found[6], outcome, float(found[4]), attempt=int(found[1] or 1))
            if outcome != FAILURE:
                return [*told, case]
            self._held = case
            return told
        if line.startswith(_RULE):
            self.suite = ""
            return self.end()
        if self._held is not None and self._size < _SIZE and not _FRAME.fullmatch(text):
            self._text.append(text.removeprefix("    "))
            self._size += len(text)
        return []

    def end(self) -> list[TestCase]:
        """Tell of the failure that is held back; the log has ended."""
        case, self._held = self._held, None
        lines, self._text, self._size = self._text, [], 0
        if case is None:
            return []
        message, file, number = read_panic("\n".join(lines))
        return [case._replace(message=message, file=file, line=number)]


def read_nextest(log: bytes) -> list[TestCase]:
    """Return the test cases in what nextest printed for people; a line without its end is not read."""
    reader = NextestReader()
    found = [case for line in log.split(b"\n")[:-1] for case in reader.line(line)]
    return found + reader.end()


def read_libtest_json(log: bytes) -> list[TestCase]:
    """Return the test cases in lines of libtest's JSON, or nextest's likeness of it, with anything between them."""
    import json

    found = []
    suite = ""
    for line in log.split(b"\n"):
        if not line.startswith(b"{"):
            continue
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(event, dict):
            continue
        if event.get("type") == "suite":
            suite = _binary(event.get("nextest"))
        elif event.get("type") == "test" and str(event.get("event")) in _EVENTS:
            found.append(_case(event, suite))
    return found


_EVENTS = {"ok": SUCCESS, "failed": FAILURE, "timeout": FAILURE, "ignored": SKIP}


def _binary(info: Any) -> str:
    """Return the binary id as nextest writes it elsewhere."""
    if not isinstance(info, dict):
        return ""
    crate, binary, kind = (str(info.get(key, "")) for key in ("crate", "test_binary", "kind"))
    if kind in {"lib", "proc-macro"}:
        return crate
    return f"{crate}::{binary}" if kind == "test" else f"{crate}::{kind}/{binary}"


def _case(event: dict[str, Any], suite: str) -> TestCase:
    name = str(event.get("name", ""))
    owner, dollar, rest = name.partition("$")
    attempt = 1
    if dollar:  # nextest's: `crate::binary$test`, and `#2` behind it for the second attempt
        crate, _, binary = owner.partition("::")
        suite, name = (crate if crate.replace("-", "_") == binary.replace("-", "_") else owner), rest
        name, sign, number = rest.rpartition("#")
        if sign and number.isdecimal() and len(number) < 6:
            attempt = int(number)
        else:
            name = rest
    message, file, line = read_panic(str(event.get("stdout") or event.get("message") or event.get("reason") or ""))
    return TestCase(
        suite,
        name,
        _EVENTS[event["event"]],
        seconds(event.get("exec_time")),
        shorten(message),
        file,
        line,
        attempt,
    )
