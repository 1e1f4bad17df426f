"""Test results from JUnit XML, in the dialects of surefire, Gradle, pytest, nextest, jest-junit, vitest and others.

There is no standard; what is read is what these tools write (maven.apache.org/surefire/…/surefire-test-report.xsd,
docs.pytest.org `junit_family`, docs.rs/quick-junit). Files are streamed, entities that a document declares are refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pitstop.core.events import ERROR, FAILURE, SKIP, SUCCESS
from pitstop.links.testing.case import TestCase, shorten
from pitstop.links.testing.libtest import read_panic
from pitstop.links.testing.place import place_in

if TYPE_CHECKING:
    from codecs import IncrementalDecoder
    from collections.abc import Iterable, Iterator

_CONTROLS = dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF])
_TEXT = 1 << 16  # characters of one failure that are kept
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")
_RESULTS = {"failure": FAILURE, "error": ERROR, "skipped": SKIP}
_EARLIER = {"flakyFailure": FAILURE, "flakyError": ERROR, "rerunFailure": FAILURE, "rerunError": ERROR}
_NOT_RUN = frozenset({"notrun", "skipped", "disabled", "suppressed", "ignored", "pending"})
_STACK = re.compile(r"\n\s+(?:at |\u276f |\.\.\. \d+ more)")  # the second is vitest's


class _Result:
    """One child of a test case that says how it ended."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.message = attributes.get("message", "")
        self.kind = attributes.get("type", "")
        self.time = attributes.get("time", "")
        self.text: list[str] = []
        self.size = 0


class JunitReader:
    """Reads chunks of a document; what follows a mistake in it is not read."""

    def __init__(self) -> None:
        self.problem = ""
        """Why the rest of the document was not read."""
        self._parser: object | None = None
        self._head = b""
        self._decoder: IncrementalDecoder | None = None
        self._suites: list[dict[str, str]] = []
        self._case: dict[str, str] | None = None
        self._results: list[_Result] = []
        self._current: _Result | None = None
        self._muted = ""
        """The element inside of a result that is being passed over."""
        self._found: list[TestCase] = []

    def feed(self, data: bytes) -> list[TestCase]:
        """Read a chunk; return the cases that ended in it."""
        if self._parser is None and not self.problem:
            self._head += data
            if len(self._head) < 256:
                return []
            data, self._head = self._head, b""
            self._open(data)
        self._parse(data, final=False)
        return self._take()

    def end(self) -> list[TestCase]:
        """Read what is left."""
        if self._parser is None and not self.problem:
            data, self._head = self._head, b""
            self._open(data)
            self._parse(data, final=False)
        self._parse(b"", final=True)
        return self._take()

    def _take(self) -> list[TestCase]:
        found, self._found = self._found, []
        return found

    def _open(self, head: bytes) -> None:
        import codecs
        from xml.parsers import expat

        declared = _ENCODING.search(head[:256])
        name = declared[1].decode() if declared else "utf-8"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            name = "utf-16"
        try:
            codec = codecs.getincrementaldecoder(name)
            codec("replace").decode(b"")
        except (LookupError, TypeError, UnicodeError):  # an unknown one, or one that is no text
            codec = codecs.getincrementaldecoder("utf-8")
        self._decoder = codec("replace")
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = _refuse
        self._parser = parser

    def _parse(self, data: bytes, *, final: bool) -> None:
        if self.problem or self._parser is None or self._decoder is None:
            return
        from xml.parsers import expat

        try:
            text = self._decoder.decode(data, final).removeprefix("\ufeff").translate(_CONTROLS)
            self._parser.Parse(text.encode("utf-8", "replace"), final)  # type: ignore[attr-defined]
        except (expat.ExpatError, UnicodeError, _EntityRefused) as error:
            self.problem = str(error) or type(error).__name__

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "testsuite":
            self._suites.append(attributes)
        elif tag == "testcase":
            self._case, self._results, self._current = attributes, [], None
        elif self._case is not None and (tag in _RESULTS or tag in _EARLIER):
            self._current = _Result(tag, attributes)
            self._results.append(self._current)
        elif self._current is not None and tag in {"system-out", "system-err"}:
            self._muted = tag

    def _characters(self, text: str) -> None:
        if self._current is not None and not self._muted and self._current.size < _TEXT:
            self._current.text.append(text[:_TEXT])
            self._current.size += len(text)

    def _close(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "testsuite" and self._suites:
            self._suites.pop()
        elif tag == "testcase" and self._case is not None:
            self._found += _cases(self._case, self._results, self._suites[-1] if self._suites else {})
            self._case, self._results, self._current, self._muted = None, [], None, ""
        elif tag == self._muted:
            self._muted = ""
        elif self._current is not None and tag == self._current.tag:
            self._current = None


class _EntityRefused(Exception):
    """A document declares an entity: there is no use for one in results, and a few make gigabytes."""


def _refuse(*_: object) -> None:
    raise _EntityRefused("the document declares entities, which are refused")


def _cases(case: dict[str, str], results: list[_Result], suite: dict[str, str]) -> list[TestCase]:
    """Return the attempts at one test case, the one that counts last."""
    name = case.get("name", "")
    owner = case.get("classname") or case.get("class") or suite.get("name", "")
    file = case.get("file") or suite.get("file") or suite.get("filepath") or ""
    line = _number(case.get("line", ""))
    if line and suite.get("name") == "pytest":
        line += 1  # it counts from 0
    base = TestCase(owner, name, SUCCESS, _number(case.get("time", "")), "", file, int(line))
    earlier = [one for one in results if one.tag in _EARLIER]
    last = [one for one in results if one.tag in _RESULTS]
    ended = max(last, key=lambda one: one.tag != "skipped", default=None)
    if ended is not None:
        first = _ended(base, ended, _RESULTS[ended.tag])
        return [first._replace(attempt=1), *_numbered(base, earlier, 2)]
    status = f"{case.get('status', '')} {case.get('result', '')}".lower().split()
    if not earlier and not _NOT_RUN.isdisjoint(status):
        return [base._replace(outcome=SKIP)]
    attempts = _numbered(base, earlier, 1)
    return [*attempts, base._replace(attempt=len(attempts) + 1)]


def _numbered(base: TestCase, results: list[_Result], first: int) -> list[TestCase]:
    return [
        _ended(base, one, _EARLIER[one.tag])._replace(attempt=number) for number, one in enumerate(results, start=first)
    ]


def _ended(base: TestCase, result: _Result, outcome: str) -> TestCase:
    text = "".join(result.text).strip()
    message = result.message.strip()
    if not message and text:
        message = _STACK.split(text, maxsplit=1)[0]
    if message == "collection failure":  # pytest's; what failed stands in the lines with an E
        told = [line[1:].strip() for line in text.splitlines() if line.startswith("E  ")]
        if told and told[0].startswith('File "'):  # code that cannot be read: what is wrong with it comes last
            told = [told[-1], *told[:-1]]
        message = "\n".join(told) or message
    if not message:
        message = result.kind
    if result.time:
        base = base._replace(duration_s=_number(result.time))
    if outcome == SKIP:
        return base._replace(outcome=outcome, message=shorten(message))
    if " panicked at " in text:
        message = read_panic(text)[0]
    file, line = place_in(f"{text}\n{result.message}", base.suite)
    if base.file and not (line and _same(base.file, file)):
        file, line = base.file, base.line
    return base._replace(outcome=outcome, message=shorten(message), file=file, line=line)


def _same(one: str, other: str) -> bool:
    return one.replace("\\", "/").rpartition("/")[2] == other.replace("\\", "/").rpartition("/")[2]


def _number(text: str) -> float:
    """Return a number as written by tools of any country, 0 for what is none."""
    try:
        value = float(text.replace(",", "") if "." in text else text.replace(",", "."))
    except ValueError:
        return 0.0
    return value if 0 <= value < 1e9 else 0.0


def read_junit(chunks: Iterable[bytes]) -> Iterator[TestCase]:
    """Yield the test cases of one document that comes in chunks."""
    reader = JunitReader()
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.end()


def read_junit_bytes(document: bytes) -> list[TestCase]:
    """Return the test cases of a document, or of the first one in a log."""
    start = max(document.find(b"<testsuite"), 0)
    declared = document.rfind(b"<?xml", 0, start)
    return list(read_junit((document[max(declared, 0) if declared >= 0 else start :],)))
