"""Ruby: RSpec, minitest, test-unit, Cucumber, RuboCop, Rake, and exceptions of any program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 40  # lines of one failed example
_FOREIGN = ("/gems/", "/lib/ruby/", "/.rvm/", "/.rbenv/", "/vendor/", "<internal:")
_FRAME = r"\s*+(?:# )?(?:from )?(?P<file>(?:\./|/)?[^\s:]+\.(?:rb|rake|ru|gemspec|cr)):(?P<line>\d+)(?::in|$|\]|:)"

_ROWS = (
    Row(
        "rb",
        ".rb:",
        r"(?P<test>[\w:]+#.*?) +\[(?P<file>[^\s:]+\.rb):(?P<line>\d+)\]:?$",
        "minitest",
        TEST,
        more=r".*\S",
        most=12,
        whole=True,
        above=r"\s*+(?:\d+\) )?Failure:$",
    ),
    Row(
        "failure",
        "Failure:",
        r"(?P<message>Failure: (?P<test>\w+)\([\w:]+\).*)",
        "test-unit",
        TEST,
        more=r"\s*+\S",
        most=14,
        below=r"\s*+(?P<file>[^\s:]+\.rb):(?P<line>\d+):in",
    ),
    Row(
        "error",
        "Error:",
        r"(?P<message>Error: (?P<test>test\w*)\([\w:]+\):? ?.*)",
        "test-unit",
        TEST,
        more=r"\s*+\S",
        most=14,
        below=r"\s*+(?P<file>[^\s:]+\.rb):(?P<line>\d+):in",
    ),
    Row(
        "rb|rake|gemspec|gemfile|rakefile|ru",
        ": ",
        r"\s*+(?P<file>[^\s:]+):(?P<line>\d+):(?P<column>\d+): [CWEFR]: (?:\[\w+\] )?(?P<code>[A-Z]\w+(?:/\w+)*): (?P<message>.*)",
        "rubocop",
        STYLE,
        more=r".*\S",
        most=2,
    ),
    Row(
        "offenses|offense",
        "inspected, ",
        r"\s*+(?P<message>\d+ files? inspected, .*(?<!\d)[1-9]\d*+ offenses? detected.*)",
        "rubocop",
        STYLE,
        summary=True,
    ),
    Row(
        "examples|example",
        "failure",
        r"\s*+(?P<message>\d+ examples?, (?:[1-9]\d* failures?.*|0 failures?, .*error.*))",
        "rspec",
        TEST,
        summary=True,
    ),
    Row(
        "errors",
        "occurred outside of examples",
        r"\s*+(?P<message>.*(?<!\d)[1-9]\d*+ errors? occurred outside of examples.*)",
        "rspec",
        TEST,
        summary=True,
    ),
    Row(
        "rspec",
        "rspec ",
        r"(?P<message>rspec (?:'?\./)(?P<file>[^\s:'\[]+)(?::(?P<line>\d+)|\[[\d:]+\]'?) # .*)",
        "rspec",
        TEST,
        summary=True,
    ),
    Row(
        "runs|tests|assertions",
        "assertions, ",
        r"\s*+(?P<message>\d+ (?:runs|tests), \d+ assertions, (?:[1-9]\d* failures?, \d+ errors?|\d+ failures?, [1-9]\d* errors?).*)",
        "minitest",
        TEST,
        summary=True,
    ),
    Row(
        "rake",
        "rake aborted!",
        r"\s*+rake aborted!",
        "rake",
        "build",
        more=r"(?!Tasks: |\(See full).*\S",
        most=3,
        whole=True,
    ),
    Row(
        "syntaxerror|syntax",
        ": syntax error",
        r"\s*+(?:\S+: )?(?:ruby: )?(?P<file>[^\s:]+\.rb):(?P<line>\d+): (?P<message>syntax errors?.*)",
        "ruby",
        COMPILE,
        more=r"\s*+[>^.]|\s+\S",
        most=6,
    ),
    Row(
        "rb|rake",
        ":in ",
        r"\s*+(?:\S*ruby: )?(?P<file>[^\s:]+\.(?:rb|rake)):(?P<line>\d+):in [`'][^']*': (?P<message>.* \((?P<code>(?:[A-Z]\w*::)*[A-Z]\w*)\))$",
        "ruby",
        "crash",
        more=r"\s+from ",
        most=40,
    ),
    Row(
        "cucumber",
        "cucumber ",
        r"(?P<message>cucumber (?P<file>\S+\.feature):(?P<line>\d+) # (?P<test>.*))",
        "cucumber",
        TEST,
    ),
    Row(
        "scenarios|scenario|steps",
        "failed",
        r"\s*+(?P<message>\d+ (?:scenarios?|steps?) \(.*(?<!\d)[1-9]\d*+ failed.*\))",
        "cucumber",
        TEST,
        summary=True,
    ),
    Row(
        "rails",
        "rails test ",
        r"\s*+(?P<message>(?:bin/)?rails test (?P<file>[^\s:]+):(?P<line>\d+))$",
        "minitest",
        TEST,
        summary=True,
    ),
    Row(
        "external|internally|alt|linking",
        "*  External link|*  internally linking|*  image |*  linking to| does not have an alt",
        r"\s+\*  (?P<message>(?:External link|internally linking|image .* (?:has no alt|does not)|linking to|.* does not have an alt).*)",
        "html-proofer",
        "docs",
    ),
    Row(
        "proofer",
        "HTML-Proofer found ",
        r"\s*+(?:\S*: )?(?P<message>HTML-Proofer found [1-9]\d* failures?!.*)",
        "html-proofer",
        "docs",
        summary=True,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each failed example and test, each offence, what Bundler misses, and exceptions that nobody caught."""
    steps = list(_steps(lines, at))
    yield from steps
    for failure in read(_ROWS, lines, at):
        ran = failure.tool == "rake" and failure.message.startswith("Command failed with status")
        listed = bool(steps) and failure.tool == "cucumber"
        yield failure._replace(summary=True) if ran or listed else failure
    yield from _loading(lines, at)
    if "rspec" in at or "spec" in at or "examples" in at:
        yield from _examples(lines, at)
    yield from _errors(lines, at)


def _examples(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give what stands under RSpec's `Failures:`, a number and a name each."""
    for position in positions(at, "failure"):
        if not (found := compiled(r"\s+Failure/Error: ?(?P<code>.*)").match(text_at(lines, position))):
            continue
        head = next((each for each in range(position - 1, max(position - 6, -1), -1) if _numbered(lines, each)), None)
        first = position if head is None else head
        test = "" if head is None else _numbered(lines, head)
        said, place, last = "", None, position
        for ahead in range(position + 1, min(position + _LONGEST, len(lines))):
            text = text_at(lines, ahead)
            if not text.strip():
                continue
            if not text[:1].isspace() or _numbered(lines, ahead):
                break
            last = ahead
            if frame := compiled(_FRAME).match(text):
                if place is None and not any(part in text for part in _FOREIGN):
                    place = Place(frame["file"], int(frame["line"]))
            elif not text.lstrip().startswith(("# ", "Shared Example", "Diff:", "@@")) and len(said) < 200:
                said += f" {text.strip()}"
        message = sentence(said) or sentence(found["code"]) or "Failure/Error"
        yield Failure("rspec", TEST, message, lines[first].number, lines[last].number, place, test=test)


def _loading(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give what kept RSpec from loading a file: the exception and, below it, its message."""
    for position in at.get("loading", []):
        named = compiled(r"An error occurred while loading (\S+?)\.(?: - Did you mean\?)?$").match(
            text_at(lines, position)
        )
        for ahead in range(position + 1, min(position + 16, len(lines)) if named else 0):
            if named and (raised := compiled(r"((?:[A-Z]\w*::)*[A-Z]\w*):$").match(text_at(lines, ahead))):
                last = ahead
                while last - ahead < 12 and text_at(lines, last + 1).startswith("  "):
                    last += 1
                kind = {"LoadError": "package", "SyntaxError": COMPILE}.get(raised[1], "crash")
                message = sentence(text_at(lines, ahead + 1)) or sentence(raised[1])
                first, end, place = lines[position].number, lines[last].number, Place(named[1])
                yield Failure("rspec", kind, message, first, end, place, raised[1])
                break


def _steps(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give what Cucumber says below a failed step: message, frames, and at the end the step's own place."""
    for position in at.get("feature", []):
        found = compiled(r"\s+(\S+\.feature):(\d+):in [`'](.+)'$").match(text_at(lines, position))
        first = position
        while found and position - first < 30 and compiled(r"\s{2,}\S").match(text_at(lines, first - 1)):
            if compiled(r".* # \S+:\d+$").match(text_at(lines, first - 1)):
                break
            first -= 1
        if found and first < position:
            place, message = Place(found[1], int(found[2])), sentence(text_at(lines, first))
            yield Failure("cucumber", TEST, message, lines[first].number, lines[position].number, place, test=found[3])


def _numbered(lines: Sequence[Line], position: int) -> str:
    found = compiled(r"\s+\d+(?:\.\d+)?\) (.*)").match(text_at(lines, position))
    return sentence(found[1]) if found else ""


def _errors(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give minitest's errors: `Error:`, the test's name and a colon, the exception, its stack."""
    for position in positions(at, "error"):
        if not compiled(r"\s*+(?:\d+\) )?Error:$").match(text_at(lines, position)):
            continue
        name = compiled(r"(?P<test>[\w:]+#\S+?):$").match(text_at(lines, position + 1).strip())
        message = sentence(text_at(lines, position + 2))
        if not name or not message:
            continue
        place, last = None, position + 2
        for ahead in range(position + 3, min(position + _LONGEST, len(lines))):
            text = text_at(lines, ahead)
            if not text.strip() or not (frame := compiled(_FRAME).match(text)):
                break
            last = ahead
            if place is None and not any(part in text for part in _FOREIGN):
                place = Place(frame["file"], int(frame["line"]))
        yield Failure(
            "minitest", TEST, message, lines[position].number, lines[last].number, place, test=sentence(name["test"])
        )
