"""Haskell: GHC, cabal, stack, HLint, and the tests of hspec, HUnit, tasty and QuickCheck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 40  # lines of one error
_NEAR = 400  # lines between a warning and the word that it ends the build
_SAID = r"error:(?: \[(?P<code>GHC-\d+)\])?(?: \[(?P<flag>[^\]]+)\])?(?P<message>.*)"
_HEAD = (  # under stack, `package> ` stands before each line
    r"(?P<lead>\s*(?:[\w-]+ *> ?)?)(?P<file>[^\s:()]+\.(?:hs|lhs|hsc|chs|x|y|cabal)):(?P<line>\d+|\(\d+,\d+\)(?:-\(\d+,\d+\))?)"
    r"(?::(?P<column>\d+)(?:-\d+)?)?:(?P<rest>.*)$"
)

_ROWS = (
    Row(
        "cabal",
        "cabal: ",
        r"\s*+(?:Error: )?+\s*+cabal: (?P<message>Could not resolve dependencies:?.*)",
        "cabal",
        "package",
        more=r"[\[(\s].*",
        most=30,
    ),
    Row(
        "cabal",
        " [Cabal-| Some packages failed to install| Failed to build|failed to ",
        r"\s*+(?:Error:|cabal:) (?P<message>(?:\[Cabal-\d+\]|Some packages failed to install|Failed to build|.*failed to (?:build|install|compile)).*)",
        "cabal",
        "build",
        summary=True,
    ),
    Row(
        "constructing",
        "While constructing the build plan",
        r"\s*+(?:Error: )?(?P<message>While constructing the build plan.*)",
        "stack",
        "package",
        more=r"\s*+\S|\s*$",
        most=20,
    ),
    Row(
        "building",
        "While building",
        r"\s*+(?:-- +|Error: )?(?P<message>While building .*)",
        "stack",
        "build",
        summary=True,
    ),
    Row(
        "exited",
        "Process exited with code: ",
        r"\s*+(?P<message>Process exited with code: ExitFailure .*)",
        "stack",
        "build",
        summary=True,
    ),
    Row("suite", "Test suite", r"\s*+(?P<message>Test suite (?:failure|\S+: FAIL).*)", "cabal", TEST, summary=True),
    Row(
        "examples|example",
        " example",
        r"\s*+(?:[\w-]+ *> ?)?(?P<message>\d+ examples?, [1-9]\d* failures?.*)",
        "hspec",
        TEST,
        summary=True,
    ),
    Row(
        "tests",
        "tests failed",
        r"\s*+(?:[\w-]+ *> ?)?(?P<message>\d+ out of \d+ tests failed.*)",
        "tasty",
        TEST,
        summary=True,
    ),
    Row(
        "failure|error",
        "### Failure|### Error",
        r"(?:Cases: .*?)?\s*+### (?:Failure|Error) in: +(?P<test>\S.*)",
        "hunit",
        TEST,
        more=r"(?!Cases: |.*### ).*\S",
        most=8,
        below=r"(?P<file>[^\s:]+\.hs):(?P<line>\d+)$|(?P<message>.*\S)",
    ),
    Row(
        "encountered",
        "Encountered missing ",
        r"\s*+(?:Error: |[\w-]+: )?(?P<message>Encountered missing (?:or private )?dependencies:.*)",
        "cabal",
        "package",
        more=r".*\S",
        most=12,
        whole=True,
    ),
    Row(
        "prelude|exhaustive",
        ": Prelude.|Non-exhaustive ",
        r"\s*+(?P<tool>[\w-]+): (?P<message>Prelude\.\S.*|(?P<file>[^\s:]+\.hs):\(?(?P<line>\d+).* Non-exhaustive .*)",
        "haskell",
        "crash",
        more=r"CallStack |  \S",
        most=10,
    ),
    Row(
        "indefinitely",
        ": thread blocked indefinitely ",
        r"\s*+(?P<tool>[\w-]+): (?P<message>thread blocked indefinitely .*)",
        "haskell",
        "crash",
    ),
    Row(
        "callstack",
        "CallStack (from HasCallStack):",
        r"CallStack \(from HasCallStack\):",
        "haskell",
        "crash",
        more=r"  \S+, called at ",
        most=10,
        above=r"(?P<tool>[\w-]+): (?P<message>\S.*)",
        below=r"  \S+, called at (?P<file>[^\s:]+\.hs):(?P<line>\d+):(?P<column>\d+) ",
    ),
    Row(
        "hs",
        ": Error|: Warning|: Suggestion",
        r"\s*+(?P<file>[^\s:()]+\.hs):(?P<line>\d+)(?::(?P<column>\d+)(?:-\d+)?)?: (?:Error|Warning|Suggestion): (?P<message>[A-Z].*)",
        "hlint",
        STYLE,
        more=r"(?:Found|Perhaps|Why not|Note):|\s+\S",
        most=8,
    ),
    Row(
        "failure|error",
        ": expression ",
        r"### (?:Failure|Error) in (?P<file>\S+):(?P<line>\d+): (?P<message>expression .*)",
        "doctest",
        TEST,
        more=r".*\S",
        most=4,
    ),
    Row(
        "failed",
        " failed at ",
        r"\s*+✗ (?P<test>\S.*) failed at (?P<file>[^\s:]+\.hs):(?P<line>\d+):(?P<column>\d+)$",
        "hedgehog",
        TEST,
        more=r"\s{4}\s*\S|\s*$",
        most=40,
        below=r"\s+(?P<message>after \d+ tests?.*)",
    ),
    Row(
        "falsifiable|falsified",
        "*** Failed!",
        r"\s*+(?:\+\+\+ )?\*\*\* (?P<message>Failed! .*)",
        "quickcheck",
        TEST,
        more=r"\s*+\S",
        most=4,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error with its place, each failed test, and the lines that count; warnings where they end the build."""
    refused = [each for each in positions(at, "werror") if "Failing due to -Werror" in text_at(lines, each)]
    for position in positions(at, "hs", "lhs", "hsc", "chs", "cabal"):
        text = text_at(lines, position)
        if text.count(":") >= 2 and (found := compiled(_HEAD).match(text)):
            strict = any(0 < each - position <= _NEAR for each in refused)
            if failure := _error(lines, position, found, strict=strict):
                yield failure
    for each in refused:
        number = lines[each].number
        yield Failure("ghc", COMPILE, sentence(text_at(lines, each)), number, number, summary=True)
    for position in positions(at, "fail"):
        if found := compiled(r"(?P<indent>\s+)(?P<test>\S.*?): +FAIL(?: \(.*\))?$").match(text_at(lines, position)):
            yield _case(lines, position, len(found["indent"]), sentence(found["test"]))
    yield from read(_ROWS, lines, at)


def _error(lines: Sequence[Line], position: int, found: re.Match[str], *, strict: bool) -> Failure | None:
    lead, rest = found["lead"], found["rest"].strip()
    told = compiled(_SAID).match(rest)
    # GHC before 8 has no word for an error: an empty rest, and an indented message below.
    below = text_at(lines, position + 1).removeprefix(lead)
    warns = (rest or below.strip()).lower().startswith("warning")
    silent = not rest and below[:4].isspace() and below.strip() and not warns
    parse = rest.startswith(("parse error", "lexical error", "Could not find module", "Not in scope"))
    if not rest and compiled(r"\s*+\d+\) ").match(below):
        return _example(lines, position, lead, found["file"], found["line"], found["column"])
    if not (told or silent or parse or (warns and strict)):
        return None
    said = [told["message"].strip() if told else compiled(r"[Ww]arning:(?: \[[^\]]*\])*").sub("", rest, count=1)]
    last = position
    for ahead in range(position + 1, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead).removeprefix(lead)
        if not text.strip() or not (text.startswith((" ", "\t")) or compiled(r"\d+ +\|").match(text)):
            break
        last = ahead
        if len(said) < 4 and compiled(r"\s*+(?:• )?(?:In the|\d* +\|)").match(text) is None:
            said.append(text.strip().removeprefix("• "))
        else:
            said.extend([""] * 4)
    message = sentence(" ".join(said)) or sentence(text_at(lines, position))
    first, end = lines[position].number, lines[last].number
    code = (told["code"] or told["flag"] or "") if told else ""
    kind = "package" if "It is a member of the hidden package" in message else COMPILE
    return Failure("ghc", kind, message, first, end, _place(found["file"], found["line"], found["column"]), code)


def _example(lines: Sequence[Line], position: int, lead: str, file: str, line: str, column: str | None) -> Failure:
    """Read what hspec says of one failed example, whose place stands first, then its number and name."""
    test = compiled(r"\s*+\d+\) ").sub("", text_at(lines, position + 1).removeprefix(lead), count=1)
    said: list[str] = []
    last = position + 1
    for ahead in range(position + 2, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead).removeprefix(lead.strip() and lead)
        if not text.strip():
            if said:
                break
            continue
        said.append(text)
        last = ahead
    message = sentence(" ".join(said)) or sentence(test) or "failed"
    first, end = lines[position].number, lines[last].number
    return Failure("hspec", TEST, message, first, end, _place(file, line, column), test=sentence(test))


def _case(lines: Sequence[Line], position: int, indent: int, test: str) -> Failure:
    """Read what tasty says of one failed test: all that stands further in than its name."""
    said: list[str] = []
    place, last = None, position
    for ahead in range(position + 1, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead)
        if text.strip() and (
            len(text) - len(text.lstrip()) <= indent or text.strip().startswith(("Use -p ", "Use --"))
        ):
            break
        if found := compiled(r"\s+(?P<file>[^\s:]+\.hs):(?P<line>\d+):$").match(text):
            place = place or Place(found["file"], int(found["line"]))
        elif text.strip():
            said.append(text)
        last = ahead if text.strip() else last
    message = sentence(" ".join(said[:6])) or sentence(text_at(lines, position))
    return Failure("tasty", TEST, message, lines[position].number, lines[last].number, place, test=test)


def _place(file: str, line: str, column: str | None) -> Place:
    """Read `12`, or `(12,5)-(13,9)` of an error that spans lines."""
    first, _, second = line.strip("()").partition(",")
    return Place(file, int(first), int(column or second.partition(")")[0] or 0))
