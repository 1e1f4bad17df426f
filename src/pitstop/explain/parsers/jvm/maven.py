"""Maven: compilers' errors as it prints them, plug-ins that failed, dependencies and projects that it cannot resolve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST, Failure
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_GOAL = (
    r"\s*+\[ERROR\] (?P<message>(?:Failed to execute goal (?:on project [^:]*: |\S+?:(?P<plugin>[^:\s]+):[^:\s]+:[\w-]+ )?|"
    r"(?=.* -> \[Help )).*?)(?: -> \[Help \d+\])?$"
)
_KINDS = (  # words of the plug-in's name, or of the message; the first that is in it says the kind
    ("could not resolve", "package"),
    ("could not be resolved", "package"),
    ("could not find artifact", "package"),
    ("dependencyresolution", "package"),
    ("could not transfer", "network"),
    ("checkstyle", STYLE),
    ("pmd", STYLE),
    ("findbugs", STYLE),
    ("spotbugs", STYLE),
    ("spotless", STYLE),
    ("formatter", STYLE),
    ("forbiddenapis", STYLE),
    ("license", STYLE),
    ("rat:", STYLE),
    ("rat-plugin", STYLE),
    ("javadoc", "docs"),
    ("compil", COMPILE),
    ("enforcer", "configuration"),
    ("cyclic reference", "configuration"),
    ("unknown lifecycle phase", "configuration"),
    ("no goals have been specified", "configuration"),
    ("could not find goal ", "configuration"),
    ("no plugin found for prefix", "configuration"),
    ("unable to parse configuration of mojo", "configuration"),
    ("are missing or invalid", "configuration"),
)

_ROWS = (
    Row(
        "java|kt|groovy|scala",
        ".java|.kt|.groovy|.scala",
        r"\s*+(?:\[ERROR\] +)?(?P<file>(?:[A-Za-z]:)?[^\s:\[\]]+\.(?:java|kt|groovy|scala)):\[(?P<line>\d+)(?:,(?P<column>\d+))?\] "
        r"(?!\(\w+\) )(?:error: )?(?P<message>.*)",
        "javac",
        COMPILE,
        more=r"(?:\[ERROR\])?\s+(?:symbol|location|required|found|reason|\(|where )|(?:\[ERROR\])? {2,}(?:symbol|location|required|found|reason)",
        most=6,
    ),
    Row(
        "java|xml|properties|kt",
        "[ERROR|[ant:checkstyle",
        r"\s*+(?:\[ant:checkstyle\] )?\[(?:ERROR|ant:checkstyle)\] (?P<file>(?:[A-Za-z]:)?[^\s:\[\]]+\.\w+):\[?(?P<line>\d+)(?:[,:](?P<column>\d+))?\]?: ?(?:\((?P<group>\w+)\) )?"
        r"(?P<message>.*?)\.? \[(?P<code>[A-Z]\w+)\]$",
        "checkstyle",
        STYLE,
    ),
    Row(
        "java|xml|properties|kt",
        "[ERROR|[ant:checkstyle",
        r"\s*+(?:\[ant:checkstyle\] )?\[(?:ERROR|ant:checkstyle)\] (?P<file>(?:[A-Za-z]:)?[^\s:\[\]]+\.\w+):\[(?P<line>\d+)(?:[,:](?P<column>\d+))?\] \(\w+\) (?P<code>[A-Z]\w+): (?P<message>.*)",
        "checkstyle",
        STYLE,
    ),
    Row(
        "java|kt|groovy|scala|xml",
        "[ERROR|[ant:checkstyle",
        r"\s*+(?:\[ant:checkstyle\] )?\[(?:ERROR|ant:checkstyle)\] (?P<file>(?:[A-Za-z]:)?[^\s:\[\]]+\.\w+):(?P<line>\d+)(?::(?P<column>\d+))?: (?:error: )?(?P<message>\S.*)",
        "mvn",
        "build",
    ),
    Row(
        "non|parent|pom|resolvable",
        "on-resolvable ",
        r"\s*+\[(?:FATAL|ERROR)\]\s+(?P<message>Non-resolvable .*?)(?: -> \[Help \d+\])?$",
        "mvn",
        "package",
    ),
    Row(
        "project|reading|model|malformed|poms",
        "Malformed POM| is missing| must be|Non-parseable POM|The goal you specified|Could not find the selected project",
        r"\s*+\[(?:FATAL|ERROR)\] +(?P<message>(?:Malformed POM|'[\w.]+' .* (?:is missing|must be)|"
        r"Non-parseable POM|The goal you specified|Could not find the selected project).*)",
        "mvn",
        "configuration",
    ),
    Row(
        "project",
        "The project ",
        r"\s*+\[(?:FATAL|ERROR)\] +(?P<message>The project .* has \d+ errors?)",
        "mvn",
        "configuration",
        summary=True,
    ),
    Row(
        "compilation",
        "COMPILATION ERROR",
        r"\s*+(?:\[(?:ERROR|INFO)\] )?COMPILATION ERROR ?:?\s*$",
        "mvn",
        COMPILE,
        summary=True,
    ),
    Row(
        "rule",
        "failed with message:",
        r"\s*+\[(?:WARNING|ERROR)\] (?P<message>Rule \d+: .* failed with message:.*)",
        "mvn",
        "configuration",
        more=r"(?!\[)\S",
        most=8,
    ),
    Row(
        "bug|spotbugs|findbugs",
        "[ERROR] ",
        r"\s*+\[ERROR\] (?:High|Medium|Low): (?P<message>.*?) \[(?P<test>[\w.$]+).*\] At (?P<file>\w+\.java):\[lines? (?P<line>\d+).*\] (?P<code>[A-Z_]+)$",
        "spotbugs",
        STYLE,
    ),
    Row(
        "pmd|cpd",
        " Failure: ",
        r"\s*+(?:\[\w+\] )?(?:(?:PMD Failure: (?P<file>[\w.$/-]+):(?P<line>\d+) Rule:(?P<code>\w+) Priority:\d+ )(?P<message>.*)"
        r"|CPD Failure: Found .*)",
        "pmd",
        STYLE,
    ),
    Row(
        "header",
        "] Missing header in",
        r"\s*+\[(?:WARNING|ERROR)\] (?P<message>Missing header in:? (?P<file>\S+).*)",
        "license",
        STYLE,
    ),
    Row(
        "rule",
        "Rule violated for ",
        r"\s*+\[(?:WARNING|ERROR)\] (?P<message>Rule violated for .*)",
        "jacoco",
        TEST,
    ),
    Row(
        "build",
        "] BUILD FAILURE|] BUILD ERROR",
        r"\s*+\[(?:INFO|ERROR)\] (?P<message>BUILD (?:FAILURE|ERROR))\s*$",
        "mvn",
        "build",
        summary=True,
    ),
    Row(
        "checkstyle",
        "] There |] You have ",
        r"\s*+\[(?:INFO|ERROR|WARN)\] (?:There (?:is|are) [1-9]\d* (?:checkstyle )?(?:errors?|violations?).*|You have [1-9]\d* .*violations?.*)",
        "checkstyle",
        STYLE,
        summary=True,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error of a compiler or checker, each goal that failed for a reason of its own, and what repeats them."""
    told: set[str] = set()
    for failure in read(_ROWS, lines, at):
        if not failure.summary:
            told.add(failure.kind)
        yield failure if failure.tool != "spotbugs" else failure._replace(test="")
    for position in positions(at, "goal", "help"):
        text = text_at(lines, position)
        if "[ERROR] " in text and (found := compiled(_GOAL).match(text)):
            yield _goal(found["message"], found["plugin"] or "", lines, position, told)


def _goal(message: str, plugin: str, lines: Sequence[Line], position: int, told: set[str]) -> Failure:
    small = f"{plugin} {message}".lower()
    tests = ("surefire" in plugin or "failsafe" in plugin) and "there are test failures" in small
    kind = TEST if tests else next((kind for word, kind in _KINDS if word in small), "build")
    number, last = lines[position].number, position
    for ahead in range(position + 1, min(position + 12, len(lines))):
        text = text_at(lines, ahead)
        said = text.removeprefix("[ERROR]").strip()
        # Of a message of several lines the others have no prefix, or `[ERROR]` alone; the help text ends it.
        if not said or said.startswith(("-> [Help", "To see the full", "Re-run Maven", "[INFO]", "[WARNING]")):
            break
        last = ahead
    repeats = (
        tests
        or "the build could not read " in small
        or ("look above" in small and kind in told)
        or (kind == COMPILE and COMPILE in told)
        or (kind == STYLE and STYLE in told)
    )
    return Failure("mvn", kind, sentence(message), number, lines[last].number, summary=repeats)
