"""Programs and tests of the JVM that neither Maven nor Gradle starts: `java`, `groovy`, JUnit's own runners, TestNG, Ant's junit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 120  # lines of one failure
_MESSAGE = 8  # lines of a message before the stack
_DRAWING = 24  # the same where Groovy draws the value of each part of a condition
_FAILURES = 2_000  # lines after `There were 3 failures:` in which they are looked for
_ANT = r"\s*+(?:\[\w+\] ?)?"  # Ant's name of the task: `[junit] `
_FRAME = r"\s+(?:at )?(?:[\w@.-]+/{1,2})?(?P<where>[\w.$<>][\w.$<> ]*)\((?P<file>[\w$-]+\.\w+):(?P<line>\d+)\)"
_STACK = r"\s+(?:at \S|\.\.\. \d+ more|[\w.$<>/@-]+(?: [^()]*)?\((?:[\w$-]+\.\w+:\d+|Native Method|Unknown Source)\)$)|\s*+(?:Caused by: |Suppressed: )"
_CAUSE = r"\s*+Caused by: (?P<message>\S.*)"
_EXCEPTION = r"(?:[a-z][\w$]*\.)+[A-Z][\w$]*(?::|$)"
_FOREIGN = (
    *("java.", "javax.", "jdk.", "sun.", "com.sun.", "org.junit.", "junit.", "org.testng.", "org.hamcrest.", "kotlin."),
    *(
        "org.assertj.",
        "org.mockito.",
        "scala.",
        "groovy.",
        "org.codehaus.groovy.",
        "org.apache.groovy.",
        "org.opentest4j.",
    ),
    *("org.spockframework.", "spock.", "org.jetbrains.kotlin.", "org.apache.tools.ant."),
)

_ROWS = (
    Row(
        "tests",
        "otal tests run: ",
        r"\s*+Total tests run: \d+,(?: Passes: \d+,)? Failures: [1-9]\d*.*",
        "testng",
        TEST,
        summary=True,
    ),
    Row(
        "fatal",
        "detected by the Java Runtime Environment",
        r"# A fatal error has been detected by the Java Runtime Environment:",
        "java",
        "crash",
        more=r"#",
        most=8,
        below=r"# +(?P<message>(?:SIG[A-Z]+|EXCEPTION_\w+|Internal Error|Out of Memory Error|There is insufficient memory)\b.*)",
    ),
    Row("tests", "tests failed", r"\[ +(?P<message>[1-9]\d* tests failed) +\]", "junit", TEST, summary=True),
)


class _Thrown(NamedTuple):
    message: str
    caused: bool
    framed: bool
    place: Place | None
    last: int


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each failed test with what it threw, what ended a program, and the lines that count."""
    for position in positions(at, "thread", "caught"):
        text = text_at(lines, position)
        if found := compiled(r"(?:Exception in thread \"main\"|Caught:) (?P<message>\S.*)").match(text):
            thrown = _thrown(lines, position + 1)
            message = thrown.message if thrown.caused or found["message"].endswith(": ") else found["message"]
            tool = "groovy" if text.startswith("Caught") else "java"
            if thrown.framed:
                yield Failure(
                    tool, "crash", sentence(message), lines[position].number, lines[thrown.last].number, thrown.place
                )
    for position in positions(at, "testcase"):
        if found := compiled(_ANT + r"Testcase: (?P<test>\S+?)(?: took .*|:\s+Caused an ERROR)$").match(
            text_at(lines, position)
        ):
            begun = position + 1
            below = compiled(_ANT).sub("", text_at(lines, begun), count=1).strip()
            if below in {"FAILED", "Caused an ERROR"}:
                yield _test(lines, position, begun + 1, found["test"])
            elif "ERROR" in found[0]:
                yield _test(lines, position, begun, found["test"])
    for position in positions(at, "methodsource"):
        if " [className" in text_at(lines, position) and position:
            test = text_at(lines, position - 1).rpartition(":")[2]
            yield _test(lines, position - 1, position + 1, test)
    for position in positions(at, "failed"):
        text = text_at(lines, position)
        if text.startswith("FAILED: ") and compiled(_EXCEPTION).match(text_at(lines, position + 1)):
            yield _test(lines, position, position + 1, text.removeprefix("FAILED: "), "testng")
    listed = -1
    for position in positions(at, "failures", "failure"):
        told = compiled(r"There (?:were \d+ failures|was 1 failure):$").match(text_at(lines, position))
        if told and position > listed:
            listed = _end(lines, position)
            yield from _listed(lines, position, listed)
    yield from read(_ROWS, lines, at)


def _end(lines: Sequence[Line], position: int) -> int:
    """Return where JUnit 4's list of failed tests ends that begins at `position`."""
    for ahead in range(position + 1, min(position + _FAILURES, len(lines))):
        if text_at(lines, ahead) == "FAILURES!!!":
            return ahead
    return min(position + _FAILURES, len(lines))


def _listed(lines: Sequence[Line], position: int, end: int) -> Iterator[Failure]:
    """Read JUnit 4's list of failed tests."""
    for ahead in range(position + 1, end):
        if found := compiled(r"\d+\) (?P<test>\S.*)").match(text_at(lines, ahead)):
            yield _test(lines, ahead, ahead + 1, found["test"])


def _test(lines: Sequence[Line], first: int, begun: int, name: str, tool: str = "junit") -> Failure:
    thrown = _thrown(lines, begun)
    test, bracket, suite = name.strip().removesuffix("()").removesuffix(")").partition("(")
    title = f"{suite}.{test}" if bracket and " " not in suite else test
    message = thrown.message or sentence(text_at(lines, first)) or "failed"
    last = max(thrown.last, first)
    return Failure(tool, TEST, message, lines[first].number, lines[last].number, thrown.place, test=sentence(title))


def _thrown(lines: Sequence[Line], begun: int) -> _Thrown:
    """Read an exception from `begun` on: its message, and the stack, whose innermost cause tells most."""
    said: list[str] = []
    drawn = compiled(r".*(?:Condition not satisfied|Assertion failed)").match(
        text_at(lines, begun) + text_at(lines, begun - 1)
    )
    most = begun + (_DRAWING if drawn else _MESSAGE)
    place, last, cause, framed = None, begun - 1, "", False
    owned = False  # whether the first frame that is the program's own was seen
    for ahead in range(begun, min(begun + _LONGEST, len(lines))):
        text = compiled(r"\A\s*+\[\w+\] ").sub("", text_at(lines, ahead), count=1)
        if lines[ahead].mark or (framed and not compiled(_STACK).match(text)) or (not framed and ahead > most):
            break
        if compiled(_STACK).match(text):
            framed = True
            told, frame = compiled(_CAUSE).match(text), compiled(_FRAME).match(text)
            if told:
                cause, last, owned = told["message"], ahead, False
            elif frame and not owned and not frame["where"].startswith(_FOREIGN):
                place = place or Place(frame["file"], number(frame["line"]))
                last, owned = ahead, True
        elif text.strip():
            last = ahead
            said.append(text.strip().removeprefix("=> "))
    return _Thrown(sentence(cause or " ".join(dict.fromkeys(said))), bool(cause), framed, place, last)
