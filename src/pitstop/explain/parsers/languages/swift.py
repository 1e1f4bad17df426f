"""Swift and Xcode: swiftc, xcodebuild (plain and through xcpretty), XCTest, Swift Testing, SwiftLint, CocoaPods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_FILE = r"(?P<file>[^\s:][^:]{0,300}\.(?:swift|m|mm|xib|storyboard|xcassets|plist|h)):(?:(?P<line>\d+):)?(?:(?P<column>\d+):)? "

_ROWS = (
    Row(
        "error",
        " error: ",
        r"\s*+" + _FILE + r"error: -?\[?(?P<test>[\w.]+[ .]\w+)\]? : (?P<message>.*)",
        "xctest",
        TEST,
    ),
    Row(
        "swift",
        " error: ",
        r"\s*+" + _FILE + r"error: (?P<message>.*?)(?: \((?P<code>[a-z]\w+)\))?$",
        "swiftc",
        COMPILE,
        more=r"\s+\S|\S.*[({;]$|\s*\^|[\d ]+\|",
        most=4,
    ),
    Row(
        "❌|swift|m|mm",
        "❌",
        r".{0,8}?❌ +" + _FILE + r"(?P<message>.*)",
        "xcodebuild",
        COMPILE,
        more=r"\s*+\S|\s*$",
        most=4,
    ),
    Row("✗", "✗ ", r"\s+✗ (?P<test>\w+), (?P<message>.*)", "xctest", TEST),
    Row(
        "failed",
        "Test Case '",
        r"\s*+(?P<message>Test Case '-?\[?(?P<test>[\w. ]+?)\]?' failed .*)",
        "xctest",
        TEST,
        summary=True,
    ),
    Row(
        "executed",
        "Executed ",
        r"\s*+(?P<message>Executed \d+ tests?, with [1-9]\d* failures?.*)",
        "xctest",
        TEST,
        summary=True,
    ),
    Row(
        "recorded",
        "recorded an issue",
        r"\s*+\S? ?Test (?P<test>.*?) recorded an issue(?: with .*?)? at (?P<file>[^\s:]+):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)",
        "swift-testing",
        TEST,
    ),
    Row(
        "failed",
        " FAILED **",
        r"\s*+(?P<message>\*\* (?:BUILD|TEST|ARCHIVE|CLEAN|ANALYZE|TEST BUILD|INSTALL|EXPORT) FAILED \*\*.*)",
        "xcodebuild",
        "build",
        summary=True,
    ),
    Row(
        "failed|failures",
        "The following build commands failed",
        r"\s*+(?P<message>The following build commands failed:)",
        "xcodebuild",
        "build",
        summary=True,
        more=r"\s+\S",
        most=30,
    ),
    Row(
        "xcodebuild",
        "error: ",
        r"\s*+xcodebuild: error: (?P<message>.*)",
        "xcodebuild",
        "configuration",
        more=r"\s+\S|\s*$",
        most=6,
    ),
    Row(
        "xcodebuild|testing",
        "Testing failed:",
        r"\s*+(?P<message>Testing failed:)",
        "xcodebuild",
        TEST,
        summary=True,
        more=r"\s+\S",
        most=20,
    ),
    Row(
        "sign|signing|provisioning|certificate",
        "error: ",
        r"\s*+(?:\S+ )?error: (?P<message>.*(?:[Pp]rovisioning profile|[Ss]igning|certificate).*)",
        "xcodebuild",
        "permission",
    ),
    Row(
        "swift|package",
        "error: ",
        r"\s*+(?:'[\w.-]+' [\w./-]*: |[\w.-]+: )?error: (?P<message>(?:manifest parse error|the package|package '|dependency '|product '|no such module|unable to resolve|terminated\().*)",
        "swift",
        "package",
    ),
    Row("pod|podfile|cocoapods", "[!] ", r"\s*+\[!\] (?P<message>(?!Unable to load a spec).*)", "pod", "package"),
    Row("pod|error", "- ERROR", r"\s+- ERROR +\| (?P<message>.*)", "pod", "package", more=r"\s{6,}\S|\s*$", most=12),
    Row(
        "carthage",
        "***  Skipped |Failed to check out ",
        r"\s*+(?P<message>\*\*\*  Skipped .*|Failed to check out .*)",
        "carthage",
        "package",
    ),
    Row(
        "swift",
        "error: ",
        r"\s*+" + _FILE + r"(?:error: )(?P<message>.*) \((?P<code>[a-z_]+)\)$",
        "swiftlint",
        STYLE,
    ),
    Row(
        "fatal",
        "atal error: ",
        r"\s*+(?P<message>Fatal error: .*?): file (?P<file>\S+\.swift), line (?P<line>\d+)",
        "swift",
        "crash",
    ),
    Row(
        "fatal",
        ": Fatal error: ",
        r"\s*+(?P<file>\S+\.swift):(?P<line>\d+): (?P<message>Fatal error: .*)",
        "swift",
        "crash",
    ),
    Row(
        "shell",
        "A shell task (",
        r"\s*+(?P<message>A shell task \(.*\) failed with exit code \d+.*)",
        "carthage",
        "build",
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error and each failed check with its place, and, as summaries, what counts and repeats them."""
    listed = list(_pretty(lines, at))
    told = {failure.test for failure in listed}
    for failure in read(_ROWS, lines, at):
        if failure.tool == "swiftc" and failure.code:
            yield failure._replace(tool="swiftlint", kind=STYLE)
        else:
            yield failure._replace(summary=True) if failure.test in told and not failure.place else failure
    yield from listed


def _pretty(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give the tests that xcpretty lists at the end: `  test, message`, and below it `  /path/Tests.swift:12`."""
    for position in positions(at, "swift", "m", "mm"):
        place = compiled(r"\s+(?P<file>/\S.*\.(?:swift|m|mm)):(?P<line>\d+)$").match(text_at(lines, position))
        if not place:
            continue
        for above in range(position - 1, max(position - 4, -1), -1):
            text = text_at(lines, above)
            if found := compiled(r"\s+(?P<test>\w+), (?P<message>\S.*)").match(text):
                first, last = lines[above].number, lines[position].number
                where = Place(place["file"], int(place["line"]))
                yield Failure("xctest", TEST, sentence(found["message"]), first, last, where, test=found["test"])
            if text.strip():
                break
