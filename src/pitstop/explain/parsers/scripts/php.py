"""PHP: the interpreter's own errors, PHPUnit, Composer, PHPStan, Psalm, PHP_CodeSniffer, PHP-CS-Fixer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 80  # lines of one failed test
_TEST = r"\d+\) (?P<test>\\?[A-Za-z_][\w\\]*(?:::\w+|(?:Cest|Test|Cept): ).*)$"
_BAR = r"\s+[│┐├┊┴╵|] ?(.*)"
_BOXED = ((" could not be downloaded", "network"), ("does not contain valid JSON", "configuration"))
_FRAME = r"(?P<file>(?:/|[A-Za-z]:\\|phar://)\S.*?\.(?:php|phpt)):(?P<line>\d+)$"

_ROWS = (
    Row(
        "parse|syntax",
        "syntax error",
        r"\s*+(?:PHP )?(?:Parse|Fatal) error: +(?P<message>syntax error.*?) in (?P<file>\S+) on line (?P<line>\d+)",
        "php",
        COMPILE,
    ),
    Row(
        "fatal",
        "atal error:",
        r"\s*+(?:PHP )?(?:Catchable f|F|Recoverable f)atal error: +(?P<message>Allowed memory size.*?) in (?P<file>\S+?)(?: on line |:)(?P<line>\d+)",
        "php",
        "memory",
    ),
    Row(
        "fatal",
        "atal error:",
        r"\s*+(?:PHP )?(?:Catchable f|F|Recoverable f)atal error: +(?P<message>.*?) in (?P<file>\S+?)(?: on line |:)(?P<line>\d+)",
        "php",
        "crash",
        more=r"Stack trace:|#\d|\s+thrown",
        most=30,
    ),
    Row("fatal", "atal error:", r"\s*+PHP Fatal error: +(?P<message>.*)", "php", "crash"),
    Row(
        "requirements",
        "requirements could not be resolved",
        r"\s*+(?P<message>Your requirements could not be resolved.*)",
        "composer",
        "package",
        more=r"\s+\S|\s*$",
        most=30,
    ),
    Row(
        "composer|lock",
        "lock file",
        r"\s*+(?P<message>(?:- )?Required package \".*\" is not present in the lock file.*)",
        "composer",
        "package",
    ),
    Row(
        "exception|runtimeexception|logicexception|invalidargumentexception|errorexception|unexpectedvalueexception|transportexception|domainexception|badmethodcallexception",
        "Exception]",
        r"\s+\[(?:[A-Z]\w*\\)*(?P<code>[A-Z]\w*Exception)\]\s*(?:\(.*\))?$",
        "php",
        "crash",
        more=r"\s+\S",
        most=6,
        below=r"\s+(?P<message>\S.*)",
    ),
    Row(
        "script",
        "returned with error code",
        r"\s*+(?P<message>Script .* returned with error code \d+)",
        "composer",
        "build",
        summary=True,
    ),
    Row(
        "failures|errors",
        "FAILURES|ERRORS",
        r"(?P<message>(?:FAILURES|ERRORS)!)\s*$",
        "phpunit",
        TEST,
        summary=True,
        more=r"Tests: ",
        most=2,
    ),
    Row(
        "tests",
        "Tests: ",
        r"(?P<message>Tests: \d+, Assertions: \d+.*, (?:Failures|Errors): [1-9]\d*.*)",
        "phpunit",
        TEST,
        summary=True,
    ),
    Row("found", "FOUND ", r"(?P<message>FOUND [1-9]\d* ERRORS? .*)", "phpcs", STYLE, summary=True),
    Row(
        "found|error", "[ERROR] Found ", r"\s*+\[ERROR\] (?P<message>Found \d+ errors?)", "phpstan", STYLE, summary=True
    ),
    Row(
        "error",
        "ERROR: ",
        r"ERROR: (?P<code>[A-Z]\w+) - (?P<file>[^\s:]+\.php):(?P<line>\d+):(?P<column>\d+) - (?P<message>.*)",
        "psalm",
        "types",
        more=r"\s+\S|.*\S",
        most=2,
    ),
    Row(
        "php",
        ".php (",
        r"\s*+\d+\) (?P<file>\S+\.php) \((?P<message>[\w, /-]+)\)$",
        "php-cs-fixer",
        STYLE,
        more=r"\s+-|\s*[+@-]",
        most=40,
    ),
    Row("php", ".php (", r"\s+\d+\) (?P<file>\S+\.php) \((?P<message>[a-z][\w, /-]+)\)$", "php-cs-fixer", STYLE),
    Row(
        "feature",
        ".feature:",
        r"\s+(?P<message>(?P<file>\S+\.feature):(?P<line>\d+)(?: \(.*\))?)$",
        "behat",
        TEST,
        summary=True,
    ),
    Row(
        "scenarios|scenario",
        "failed",
        r"\s*+(?P<message>\d+ scenarios? \(.*(?<!\d)[1-9]\d*+ failed.*\))",
        "behat",
        TEST,
        summary=True,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each fatal error, failed test, unmet requirement and breach of style, and the lines that count."""
    yield from read(_ROWS, lines, at)
    yield from _tests(lines, at)
    yield from _sentences(lines, at)
    yield from _console(lines, at)
    yield from _sniffs(lines, at)


def _tests(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give what stands below `There was 1 failure:` and `There were 2 errors:`: a number and a test each."""
    for position in positions(at, "failure", "failures", "error", "errors"):
        if not compiled(r"\s*+There (?:was|were) [1-9]\d* (?:failure|error)s?:$").match(text_at(lines, position)):
            continue
        head: int | None = _next_head(lines, position + 1, position + 4)
        while head is not None:
            end = min(head + _LONGEST, len(lines))
            following = _next_head(lines, head + 1, end)
            yield _test(lines, head, end if following is None else following)
            head = following


def _next_head(lines: Sequence[Line], begin: int, end: int) -> int | None:
    for position in range(begin, min(end, len(lines))):
        text = text_at(lines, position)
        if compiled(_TEST).match(text):
            return position
        if text.startswith(("FAILURES!", "ERRORS!", "--", "There w")):
            return None
    return None


def _test(lines: Sequence[Line], head: int, end: int) -> Failure:
    found = compiled(_TEST).match(text_at(lines, head))
    test = sentence(found["test"]) if found else ""
    said, place, last = "", None, head
    for position in range(head + 1, end):
        text = text_at(lines, position).strip()
        if text.startswith(("FAILURES!", "ERRORS!", "There w")) or (text == "--" and place):
            break
        if not text:
            continue
        last = position
        if frame := compiled(_FRAME).match(text):
            if "/vendor/" not in text or place is None:
                place = Place(frame["file"], int(frame["line"]))
        elif place is None and len(said) < 200:
            said += f" {text}"
    return Failure("phpunit", TEST, sentence(said) or test, lines[head].number, lines[last].number, place, test=test)


def _sentences(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give what PHPUnit's testdox says below a failed test, behind a bar."""
    for position in at.get("✘", []):
        head = compiled(r" ✘ (\S.*)").match(text_at(lines, position))
        said, place, last = "", None, position
        while head and last - position < _LONGEST and (bar := compiled(_BAR).match(text_at(lines, last + 1))):
            last += 1
            if frame := compiled(_FRAME).match(bar[1]):
                place = Place(frame["file"], int(frame["line"]))
            elif place is None and len(said) < 200:
                said += f" {bar[1]}"
        if head and said.strip():
            first, end, test = lines[position].number, lines[last].number, sentence(head[1])
            yield Failure("phpunit", TEST, sentence(said), first, end, place, test=test)


def _console(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give an exception as Symfony's console shows it: `In X.php line 7:`, and its message in a box of spaces."""
    for position in positions(at, "php"):
        head = compiled(r"\s*+In (\S+\.php) line (\d+):\s*$").match(text_at(lines, position))
        first = position + 1
        while head and first < position + 4 and not text_at(lines, first).strip():
            first += 1
        last = first
        while head and last - first < 20 and compiled(r" {2,}\S").match(text_at(lines, last + 1)):
            last += 1
        message = " ".join(text_at(lines, each).strip() for each in range(first, last + 1))
        if head and text_at(lines, first).startswith("  ") and message:
            kind = next((kind for words, kind in _BOXED if words in message), "crash")
            place = Place(head[1], int(head[2])) if kind == "crash" else None
            yield Failure("php", kind, sentence(message), lines[first].number, lines[last].number, place)


def _sniffs(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give the errors of PHP_CodeSniffer: `FILE: x.php`, and a table of lines."""
    for position in positions(at, "file"):
        text = text_at(lines, position)
        if not text.startswith("FILE: "):
            continue
        file = text.removeprefix("FILE: ").strip()
        for ahead in range(position + 1, min(position + 200, len(lines))):
            row = text_at(lines, ahead)
            if row.startswith("FILE: ") or not row.strip():
                break
            told = compiled(r"\s*+(?P<line>\d+) \| ERROR +\| (?:\[.\] )?(?P<message>.*)").match(row)
            if told and file:
                number = lines[ahead].number
                place = Place(file, int(told["line"]))
                yield Failure("phpcs", STYLE, sentence(told["message"]) or sentence(row), number, number, place)
