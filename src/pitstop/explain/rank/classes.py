"""What kind of line a line is, by the shapes that tools have in common: a failed test, a stack frame, a count, a rule."""

# ruff: noqa: RUF001, ISC004  signs that test runners print; long patterns and lists of words in several strings

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

LONGEST = 600
"""Characters of a line that are looked at."""

# Name, pattern. A pattern is searched anywhere in the line; all are linear.
_SHAPES = (
    ("exception", r"\b[A-Z]\w*(?:Error|Exception|Failure|Fault|Failed)\b"),
    ("exception first", r"^\W{0,20}(?:[\w$]+(?:\.|::|:|\\))*[A-Z]\w*(?:Error|Exception|Failure)\b(?::|$| \()"),
    (
        "error first",
        r"(?i)^\W{0,20}(?:fatal(?: error)?|errors?|failed|failure|panic|critical|severe|abort(?:ed|ing)?)\b",
    ),
    ("error word: ", r"(?i)(?:^|[\s:\])])(?:fatal(?: error)?|error|failure|panic)(?: ?[\[(]?\w*\d\w*[\])]?)?:(?:\s|$)"),
    ("error in brackets", r"(?i)[\[(<|](?:error|err!?|fatal|fail(?:ed|ure)?|severe|critical|e|\x2d|x)[\])>|](?:\s|$)"),
    ("warning", r"(?i)^\W{0,20}(?:\S+:? ){0,2}(?:\[?warn(?:ing)?\]?|deprecat\w*|notice|info|debug|note|hint)\b"),
    ("place first", r"^\W{0,4}(?:[A-Za-z]:)?[\w./\\@+~-]{0,200}\.\w{1,12}(?:\(\d+|:\d+|\[\d+|, line \d+|\s\(\d+)"),
    ("place", r"[\w./\\@+-]\.[A-Za-z]\w{0,10}(?:\(\d+|:\d+|\[\d+|\"?,? (?:on )?line:? \d+|#L?\d+)"),
    ("place column", r"^\s*(?:L?\d+:\d+|line \d+|\[\d+,\d+\]|\d+:)\b"),
    (
        "frame",
        r"^\s+at \S|^\s*File \"[^\"]*\", line \d+|^\s*(?:from )?\S+:\d+:in ['`]|^\s*#\d+:? +\S|^\s+\S+\.go:\d+ \+0x"
        r"|^\s*\d+: 0x[0-9a-f]|^\s*[\w.$/<>]+\([\w$]+\.(?:java|kt|scala|cs|hs|ml):?\d*\)|^\s*#?\d+ +\S+\(\S*\) (?:called )?at"
        r"|^\s*(?:\w+/)+\S+:\d+$|^\s*/\S+:\d+$|^\s+\(\S+:\d+:\d+\)|^\s+~?/?[\w./-]+\.\w+:\d+(?::\d+)?(?::in .*)?$|^\s*\[\d+\] ",
    ),
    ("numbered", r"^\s*\d+[).] \S|^\s*\d+\)\s*$"),
    (
        "test failed",
        r"FAIL|(?<!\w)not ok|[✗✘✖✕×❌✱]|<<< ERROR|\.\.\. ?(?:ERROR|failed)|^\s*● |\*{3} Failed|' failed \(|^\s*\[[-x]\] ",
    ),
    ("test passed", r"[✓✔√☑]|^\s*(?:\[\s+)?[Oo][Kk]\b|PASS|\.\.\. ?[Oo][Kk]\b|^\s*\[\+\] "),
    (
        "count of failures",
        r"(?i)\b[1-9]\d* (?:[\w-]+ ){0,2}?(?:fail\w*|errors?|problems?|issues?|offen[cs]es?|violations?|crash\w*|broken)\b"
        r"|\b(?:failures?|errors?|failed|failing|broken)\b\W{0,3}[1-9]",
    ),
    (
        "count of passes",
        r"(?i)\b\d+ (?:[\w-]+ ){0,2}?(?:pass\w*|tests?|examples?|specs?|assertions?|ok|succe\w*|completed?|files?)\b",
    ),
    (
        "count of none",
        r"(?i)\b(?:0|no) (?:[\w-]+ ){0,2}?(?:fail\w*|errors?|problems?|issues?)\b|\b(?:failures?|errors?|failed)\W{1,3}0\b",
    ),
    ("expected first", r"(?i)^\W*(?:expect(?:ed|ing)?|actual|got|received|but was|found|wanted|want|left|right)\b"),
    (
        "heading of failures",
        r"(?i)^\W*(?:(?:list of |summary of |found |the following )?(?:\w+ ){0,2}(?:failures?|errors?|failed|failing|problems?|issues?|violations?|failed \w+)"
        r"|there (?:was|were) \d+ \w+|\d+ \w+ (?:failed|failing)|what went wrong)\W*$",
    ),
    ("caret", r"^[\s|>\d*=-]*[\^~](?:[\s~^-]*)$"),
    ("source line", r"^\s*>?\s*\d+ ?[|:│] ?|^\s*[|│]( |$)"),
    ("diff", r"^\s*(?:[+-](?![+-])\s*\S|@@|[+-]{3} )"),
    ("rule", r"^\s*(?:([=*_~#─━═+-])\1{5,}|(?:- ){5,}-?)\s*$"),
    ("title in rule", r"^\s*[=─━═*#-]{2,}[\s\[>]+\S.*?\S[\s\]<]+[=─━═*#-]{2,}\s*$"),
    (
        "wrapper",
        r"npm ERR!|^\S{0,40}make(?:\[\d+\])?: (?:\*\*\*|Leaving|Target)|rror [Cc]ommand failed|exit(?:ed)? (?:with )?(?:\w+ )?(?:status|code|value)?:? ?-?[1-9]"
        r"|recipe for target|BUILD FAILED|uild failed|ailed to execute goal|xecution failed|[Tt]ask .*failed|ee above|on-zero|rocess completed|LIFECYCLE|elifecycle"
        r"|exit (?:status|code)|eturned (?:non|exit|code|an? (?:error|non|exit))|rror(?:ed)? with code|yarn (?:run|help)",
    ),
    ("command", r"^\s*(?:\$|>|\++|\[command\]) +\S|^\+[a-z./]"),
    (
        "hint",
        r"(?i)^\W*(?:see|use|run|try|please|note|help|hint|usage|for more|did you|you (?:may|can|need|should)|consider|to )\b",
    ),
    ("dots", r"^[.FESsIU*xX-]{8,}|\.{12,}"),
    ("assignment", r"^\s*(?:export )?[A-Z_][A-Z0-9_]*=|^\s*[\w-]+ ?(?:=|=>) ?\S+$"),
    ("name: value", r"^\s*[\w -]{2,24}: +\S"),
    ("quoted", r"['`\"‘“][^'`\"’”]+['`\"’”]"),
    ("status code", r"\b[345]\d\d\b"),
)
_WORDS = {
    "skipped": "skip skipped skipping pending ignored ignoring disabled",
    "expectation": "expect expects expected expecting actual actually got received assert asserts asserted assertion"
    " assertionerror should must mismatch mismatched mismatches differ differs different equal equals was toequal tobe",
    "missing": "not no cannot couldn couldnt missing undefined unresolved unknown undeclared unable nonexistent without"
    " doesn doesnt isn never nothing unavailable lost enoent",
    "find": "found find such exist exists exists resolve resolved locate open load loaded read installed defined declared",
    "wrong": "invalid illegal unexpected incorrect wrong bad malformed unsupported incompatible conflict conflicts"
    " conflicting duplicate duplicated denied refused rejected unauthorized forbidden broken corrupt corrupted violation"
    " violations violated violates exceed exceeds exceeded exceeding overfull underfull unsatisfied unsatisfiable"
    " required requires require already ambiguous mistyped typo nonzero unreachable unterminated unbound unmatched"
    " inconsistent outdated obsolete deprecated too longer disallowed allowed",
    "failure": "error errors fail fails failed failing failure failures fatal ko problem problems issue issues bug",
    "crash": "segmentation segfault fault core dumped sigsegv sigabrt sigkill killed signal panic panicked crash crashed"
    " crashes abort aborted aborting aborts oom overflow uncaught unhandled sanitizer addresssanitizer traceback"
    " exception exceptions caught throw throws thrown leak leaks leaked raised backtrace stacktrace",
    "network": "timeout timed timeouts timedout connection network certificate ssl tls http https dns econnrefused"
    " econnreset etimedout temporary temporarily retry retrying mirror download redirect 404 403 500 502 503 504",
    "style": "lint linter linting style styles format formatted formatting whitespace whitespaces indent indentation"
    " indented newline newlines semicolon unused convention formatter prettier trailing blank spacing characters column"
    " columns lines long",
    "work": "downloading downloaded fetching fetched installing installed get hit ign unpacking unpacked setting"
    " selecting preparing compiling compiled building built copying using creating created resolving receiving remote"
    " updating updated generating generated running starting started loading linking extracting adding added writing"
    " finished done cloning processing discovering counting compressing checking requirement satisfied already newest",
    "test": "test tests testing spec specs suite case cases example examples scenario scenarios testcase assertion",
    "code": "line column col file function method class module import type types variable argument arguments parameter"
    " symbol object string member package expression syntax token parse parser declaration definition reference",
    "hint words": "please see visit learn documentation docs rerun verbose debug log logs logfile contact report",
    "warning word": "warning warnings warn deprecated deprecation notice info debug note verbose",
    "travis": "travis travis_time travis_fold",
    "time": "ms sec secs second seconds min minutes elapsed time finished duration",
    "success": "success successful successfully succeeded passed passing pass ok passes",
}
SHAPES = tuple(name for name, _ in _SHAPES)
KINDS = tuple(_WORDS)
NAMES = SHAPES + KINDS
"""Of the figures that `shapes_of` returns."""


_FAILED = ("fail", "error", "problem", "issue", "offen", "violation", "crash", "broken", "there w", "went wrong")
# What a line of ASCII must contain to have a shape; a look for these is faster. Whether letter case is of no account.
_SIGNS = {
    "exception": (("Error", "Exception", "Failure", "Fault", "Failed"), False),
    "exception first": (("Error", "Exception", "Failure"), False),
    "error word: ": (("error", "failure", "panic"), True),
    "warning": (("warn", "deprecat", "notice", "info", "debug", "note", "hint"), True),
    "test passed": (("ok", "pass", "[+] "), True),
    "test failed": (
        ("FAIL", "not ok", "<<< ERROR", "...", "*** Failed", "' failed (", "[-] ", "[x] "),
        False,
    ),
    "count of failures": (_FAILED, True),
    "count of none": (_FAILED, True),
    "heading of failures": (_FAILED, True),
    "wrapper": (
        (
            *("npm ERR!", "make", "rror", "exit", "recipe for target", "BUILD FAILED", "uild failed", "ailed to"),
            *("xecution failed", "ask ", "ee above", "on-zero", "rocess completed", "LIFECYCLE", "lifecycle"),
            *("eturned", "yarn "),
        ),
        False,
    ),
}

# What a line begins with that has a shape, beside white space.
_FIRSTS = {
    "place column": frozenset("Ll[0123456789"),
    "numbered": frozenset("0123456789"),
    "source line": frozenset(">|│0123456789"),
    "diff": frozenset("+-@"),
    "rule": frozenset("=*_~#─━═+-"),
    "title in rule": frozenset("=─━═*#-"),
    "command": frozenset("$>+["),
}


@cache
def _search(at: int) -> Callable[[str], re.Match[str] | None]:
    import re

    return re.compile(_SHAPES[at][1]).search


@cache
def _kinds() -> dict[bytes, list[int]]:
    kinds: dict[bytes, list[int]] = {}
    for at, words in enumerate(_WORDS.values()):
        for word in words.split():
            kinds.setdefault(word.encode(), []).append(at)
    return kinds


def shapes_of(
    texts: Sequence[str], words: Iterable[Iterable[bytes]], looked: Container[int] = range(len(NAMES))
) -> list[tuple[int, ...]]:
    """Return for each line, and each of `NAMES`, how much it has of it: a shape 1 or 0, a kind of word how many of it.

    `words` are those of the lines, in lower case. A shape that is not among `looked` is 0.
    """
    cut = [text[:LONGEST] for text in texts]
    columns: list[Sequence[int]] = []
    lower = [text.lower() for text in cut]
    firsts = [text.lstrip()[:1] for text in cut]
    having: dict[tuple[str, ...], list[int]] = {}
    for at, name in enumerate(SHAPES):
        if at not in looked:
            columns.append(bytes(len(cut)))
        elif name in _FIRSTS:
            begins = _FIRSTS[name]
            those = [i for i, first in enumerate(firsts) if first in begins or first > "\x7f"]
            columns.append(_column(at, cut, those))
        elif name in _SIGNS:
            signs, folded = _SIGNS[name]
            if signs not in having:
                having[signs] = [i for i, text in enumerate(lower if folded else cut) if _has(signs, text)]
            columns.append(_column(at, cut, having[signs]))
        else:
            search = _search(at)
            columns.append([1 if search(text) else 0 for text in cut])
    kinds = _kinds()
    shapes = zip(*columns, strict=True)
    return [shape + _counts(own, kinds) for shape, own in zip(shapes, words, strict=True)]


def _column(at: int, texts: Sequence[str], those: Iterable[int]) -> Sequence[int]:
    """Return which of the texts have a shape, where only `those` may."""
    column = bytearray(len(texts))
    for i in those:
        if _search(at)(texts[i]):
            column[i] = 1
    return column


def _has(signs: Iterable[str], text: str) -> bool:
    for sign in signs:  # three times as fast as `any`
        if sign in text:
            return True
    return not text.isascii()


def _counts(words: Iterable[bytes], kinds: Mapping[bytes, list[int]]) -> tuple[int, ...]:
    counts = [0] * len(KINDS)
    for word in words:
        if word in kinds:
            for at in kinds[word]:
                counts[at] += 1
    return tuple(counts)
