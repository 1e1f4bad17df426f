"""JUnit and TestNG as Maven's Surefire and Failsafe, Ant and Gradle report them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import compiled

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 60  # lines of one stack trace
_MESSAGE = 8  # lines of a message before it
_LOG = r"\s*+(?:\[(?:ERROR|INFO|WARNING|junit)\] +)?"
# Surefire 2: `name(com.x.Test)  Time elapsed: 0.1 sec  <<< FAILURE!`; 3: `com.x.Test.name  Time elapsed: ...`;
# with `-- in com.x.Test` behind it from 3.0 on.
_CASE = _LOG + r"(?P<name>\S.*?)(?<!\s)\s++(?:(?:-- )?Time elapsed: .*)?<<< (?:FAILURE|ERROR)!"
_COUNT = _LOG + r"(?P<message>Tests run: \d+, +Failures: (?P<failures>\d+), +Errors: (?P<errors>\d+).*)"
_LIST = _LOG + r"(?:Failed tests:|Tests in error:|Failures:|Errors:)(?:\s|$)"
_ANT = r"Testcase: (?P<name>\S+)(?: took .*)?:\s*(?:FAILED|Caused an ERROR).*"
_GRADLE = r"(?P<class>[\w.$ -]+?) > (?P<test>\S.*?) FAILED$"
_EXCEPTION = (
    r"\s*+(?:\[ERROR\] +)?(?:Caused by: )?(?P<message>(?:[a-zA-Z_$][\w$]*\.)+[A-Z][\w$]*(?::.*)?(?: at \S+:\d+)?)$"
)
_SHORT = r"\s*+(?P<message>[\w.$]+(?:Error|Exception|Failure)\S*) at (?P<file>[\w$]+\.\w+):(?P<line>\d+)"
_FRAME = r"\s*+at (?:[\w@./-]+/)?(?P<where>[\w.$<>]+)\((?P<file>[\w$-]+\.\w+):(?P<line>\d+)\)"
_OTHER = r".*<<< |.* > \S.* (?:FAILED|PASSED|SKIPPED)$|\s*Tests run: |\s*(?:Running|Testcase:|Test|Results|\[INFO\]|>) "
_STACK = r"\s*+(?:at \S|\.\.\. \d+ more|Caused by: |Suppressed: )"
_FOREIGN = (
    *("java.", "javax.", "jdk.", "sun.", "com.sun.", "org.junit.", "junit.", "org.testng.", "org.hamcrest.", "kotlin."),
    *("org.apache.maven.", "org.assertj.", "org.mockito.", "scala.", "org.gradle.", "groovy.", "org.codehaus.groovy."),
    *("com.google.common.truth.", "org.opentest4j.", "reactor.", "org.springframework."),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each test that failed with what it threw and where, and, as summaries, the lists and counts of them."""
    told = False
    for position in positions(at, "failure", "error"):
        text = text_at(lines, position)
        if "<<< " not in text:
            continue
        number = lines[position].number
        if found := compiled(_COUNT).match(text):
            yield Failure("surefire", TEST, sentence(found["message"]), number, number, summary=True)
        elif found := compiled(_CASE).match(text):
            told = True
            yield _case(lines, position, found, _name(found["name"]), "surefire")
    for position in positions(at, "failed"):
        text = text_at(lines, position)
        if " > " in text and (found := compiled(_GRADLE).match(text.strip())):
            test = f"{found['class'].strip()}.{found['test'].removesuffix('()')}"
            yield _case(lines, position, found, test, "gradle")
        elif "Test " in text and (found := compiled(_LOG + r"Test (?P<test>[\w.$]+) FAILED.*").match(text)):
            number = lines[position].number
            yield Failure("junit", TEST, sentence(text), number, number, test=found["test"], summary=told)
        elif "Testcase: " in text and (found := compiled(_LOG + _ANT).match(text)):
            told = True
            yield _case(lines, position, found, _name(found["name"]), "junit")
        elif "completed, " in text and compiled(r"\s*+\d+ tests? completed, [1-9]\d* failed.*").match(text):
            number = lines[position].number
            yield Failure("gradle", TEST, sentence(text), number, number, summary=True)
    for position in positions(at, "forked"):
        if found := compiled(_LOG + r"(?P<message>The forked VM terminated without .*)").match(
            text_at(lines, position)
        ):
            number = lines[position].number
            yield Failure("surefire", "crash", sentence(found["message"]), number, number)
    yield from _lists(lines, at)


def _case(lines: Sequence[Line], position: int, found: re.Match[str], test: str, tool: str) -> Failure:
    """Read what stands under the line that names a failed test: the exception, and its stack."""
    said: list[str] = []
    place = None
    last = position
    framed = False
    for ahead in range(position + 1, min(position + _LONGEST, len(lines))):
        text = compiled(r"\s*+\[(?:ERROR|junit)\] ?").sub("", text_at(lines, ahead), count=1)
        if compiled(_STACK).match(text):
            framed = True
            if place is None and (frame := compiled(_FRAME).match(text)) and not frame["where"].startswith(_FOREIGN):
                place = Place(frame["file"], int(frame["line"]))
        elif short := compiled(_SHORT).match(text):
            framed = True
            said = said or [short["message"]]
            place = place or Place(short["file"], int(short["line"]))
        elif framed and not compiled(_EXCEPTION).match(text):
            break
        elif not text.strip():  # a message may hold blank lines
            if ahead > position + _MESSAGE:
                break
            continue
        elif compiled(_OTHER).match(text) or ahead > position + _MESSAGE:
            break
        elif not framed:
            said.append(text)
        last = ahead
    message = sentence(" ".join(said[:4])) or sentence(found[0])
    return Failure(tool, TEST, message, lines[position].number, lines[last].number, place, test=test)


def _name(name: str) -> str:
    """Return `com.x.Test.name` for `name(com.x.Test)` and for itself."""
    if name.endswith(")") and "(" in name:
        test, _, suite = name[:-1].partition("(")
        return sentence(f"{suite}.{test}" if suite and " " not in suite else name)
    return sentence(name.removesuffix(" --").strip())


def _lists(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    for position in positions(at, "failed", "failures", "errors", "error"):
        text = text_at(lines, position)
        number = lines[position].number
        if found := compiled(_COUNT).match(text):
            if "<<< " not in text and (found["failures"].strip("0") or found["errors"].strip("0")):
                yield Failure("surefire", TEST, sentence(found["message"]), number, number, summary=True)
        elif compiled(_LIST).match(text) and ":" in text and "Tests run" not in text:
            last = position
            while last + 1 < min(len(lines), position + 200) and _is_listed(text_at(lines, last + 1)):
                last += 1
            if last > position or "(" in text:
                yield Failure("surefire", TEST, sentence(text), number, lines[last].number, summary=True)


def _is_listed(text: str) -> bool:
    return compiled(r"(?:\[ERROR\] )? {2,}\S.*(?::\d+| » |->|\(\S+\))").match(text) is not None
