"""What common words of tools say of a line: which kind of failure it speaks of. General phrases, no rule for one tool."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, TEST

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_LONGEST = 1000  # characters of a line that are looked at

# Kind, weight, what the reason says, phrases in lower case that stand in the line.
_PHRASES = (
    (
        TEST,
        2.0,
        "counts failed tests",
        (
            "there are test failures|there were failing tests|there are failing tests|there were failures|tests failed|"
            "some tests failed|test failed|test suite failed|failures!"
        ),
    ),
    (
        TEST,
        1.5,
        "an expectation was not met",
        (
            "assertionerror|assertion failed|assert failed|assertionfailed|assert_|assertion `|--- fail|<<< fail|<<< error|"
            "comparisonfailure|expectation|not equal to"
        ),
    ),
    (
        COMPILE,
        3.0,
        "does not compile",
        (
            "compilation error|compilation failure|compilation failed|compilation aborted|compilation terminated|"
            "could not compile|error: cannot find symbol|compile error|compiler error|compile failed"
        ),
    ),
    (COMPILE, 2.5, "a syntax error", "syntaxerror|indentationerror|taberror|syntax error|parse error|e999|e901"),
    (
        COMPILE,
        1.5,
        "something is undefined",
        (
            "undeclared identifier|was not declared in this scope|unresolved reference|unresolved import|unresolved symbol|"
            "cannot find symbol|cannot find type|cannot find name|not in scope:"
        ),
    ),
    (
        STYLE,
        2.5,
        "a check of style complains",
        (
            "style violation|checkstyle violation|style error|lint error|linting error|format error|formatting error|"
            "checkstyle error|lint failed|offenses detected|offense detected|would reformat|is not formatted|"
            "not properly formatted|format check failed|style issues|lint issues|lint problems"
        ),
    ),
    (
        "package",
        3.0,
        "a dependency cannot be had",
        (
            "could not resolve dependenc|could not resolve all|could not find artifact|could not find a version|"
            "could not find gem|could not find any version|could not find package|no matching distribution|"
            "no matching version|no matching package|unable to locate package|unable to resolve dependency|non-resolvable|"
            "failed to collect dependencies|failed to download package|failed to fetch package|eresolve|unsatisfiable|"
            "version solving failed|has no installation candidate|e404|conflicting dependencies|conflicting requirements|"
            "dependency resolution failed|unmet peer dep|failed to select a version"
        ),
    ),
    (
        "package",
        2.0,
        "a library is missing",
        (
            "no module named|modulenotfounderror|cannot find module|module not found|cannot load such file|"
            "could not load library|error while loading shared libraries|classnotfoundexception|noclassdeffounderror|"
            "cannot find package|there is no package called|no such module|can't find crate|cannot find -l|"
            "could not find module|collection not found|no code for module|missing or private dependenc"
        ),
    ),
    (
        "network",
        2.5,
        "the network did not answer",
        (
            "could not resolve host|couldn't resolve host|temporary failure in name resolution|unknown host|"
            "name or service not known|connection timed out|connection refused|connection reset|network is unreachable|"
            "operation timed out|etimedout|econnreset|econnrefused|eai_again|bad gateway|service unavailable|"
            "gateway timeout|gateway time-out|too many requests|tls handshake timeout|failed to connect to|socket hang up|"
            "read timed out|hash sum mismatch|unexpected end of stream|remote host closed connection"
        ),
    ),
    (
        "git",
        3.0,
        "git failed",
        (
            "fatal: could not read from|fatal: unable to access|fatal: repository|fatal: couldn't find remote|"
            "fatal: reference is not a tree|fatal: remote error|error: pathspec|unable to checkout|failed to clone|"
            "reference is not a tree|fatal: clone of|unable to fetch in submodule|fatal: not a git repository"
        ),
    ),
    (
        "permission",
        2.0,
        "a permission is missing",
        (
            "permission denied|access denied|access is denied|eacces|eperm|operation not permitted|401 unauthorized|"
            "403 forbidden|authentication failed|authentication required|not authorized|bad credentials|permission to"
        ),
    ),
    (
        "memory",
        3.5,
        "no memory is left",
        (
            "out of memory|cannot allocate memory|java heap space|outofmemoryerror|heap out of memory|oomkilled|oom-kill|"
            "memoryerror|virtual memory exhausted|gc overhead limit|memory exhausted|std::bad_alloc"
        ),
    ),
    (
        "disk",
        4.0,
        "the disk is full",
        "no space left on device|enospc|disk quota exceeded|not enough space on the disk",
    ),
    (
        "time",
        3.5,
        "it took too long",
        (
            "no output has been received in the last|exceeded the maximum time|exceeded the maximum execution|"
            "execution took longer than|canceled because it exceeded|cancelled because it exceeded"
        ),
    ),
    (
        "command",
        2.0,
        "a program is missing",
        (
            "command not found|is not recognized as an internal or external command|executable file not found|"
            "missing script|program not found|is currently not installed|no such file or directory: '"
        ),
    ),
    (
        "configuration",
        2.0,
        "a setting is wrong",
        (
            "invalid configuration|invalid workflow|invalid option|invalid value for|unknown option|unknown argument|"
            "unknown flag|unrecognized option|unrecognized argument|no such option|no such task|no rule to make target|"
            "must be set|missing required|unsupported class file|unsupported major|invalid yaml|no such target|"
            "necessary to set"
        ),
    ),
    (
        "crash",
        2.0,
        "a program crashed",
        "segmentation fault|core dumped|sigsegv|sigabrt|sigbus|sigill|bus error|stack overflow|access violation",
    ),
    (
        "link",
        3.0,
        "linking failed",
        (
            "undefined symbols for architecture|linker command failed|collect2: error|undefined reference to|"
            "undefined symbol:|ld: symbol|ld: library|ld returned 1|fatal error lnk|error lnk"
        ),
    ),
    (
        "docs",
        2.0,
        "building the documents failed",
        "latex error|emergency stop|sphinx error|undefined control sequence",
    ),
)
# The same with a pattern, which is tried only where one of the words occurs.
_PATTERNS = (
    (
        TEST,
        2.5,
        "counts failed tests",
        "test|spec|example|assertion|scenario",
        (
            r"\b(?:tests?|specs?|examples?|assertions?|scenarios?)\b.{0,60}\b(?:fail\w*|errors?)\W{0,3}[1-9]"
            r"|\b[1-9]\d* (?:of \d+ )?(?:tests?|specs?|examples?|scenarios?) (?:fail|did not pass)"
        ),
    ),
    (
        TEST,
        2.0,
        "counts failed tests",
        "fail|errors=",
        r"\b[1-9]\d* (?:failed|failing|failures?)\b|^failed \(.{0,60}\b(?:failures|errors)=[1-9]",
    ),
    (
        TEST,
        1.5,
        "an expectation was not met",
        "expect|not ok|assert",
        r"\bexpected\b.{0,200}\b(?:but|got|actual|received|to (?:be|equal|include|match))\b|^\W*not ok \d|\bassert(?:ion)?\b",
    ),
    (
        COMPILE,
        3.0,
        "does not compile",
        "error",
        r"^\S+\.(?:c|cc|cpp|cxx|h|hpp|m|mm|swift|java|kt|scala|rs|go|hs|ml|d|nim|vala|f90|cs|vb|fs)[:(]\d+.{0,12}(?:fatal |syntax )?error\b(?=:|$| ?\[| [a-z]{1,6}\d)",
    ),
    (STYLE, 2.5, "a check of style complains", "problem", r"[1-9]\d* problems? \([1-9]\d* errors?"),
    (
        "package",
        3.0,
        "a dependency cannot be had",
        "package",
        r"package .{1,100} (?:is not available|not found)|failed to (?:resolve|download|fetch) (?:\w+ )?package",
    ),
    (
        "package",
        2.0,
        "a library is missing",
        "library|classpath",
        r"library [\"'`][^\"'`]+[\"'`] (?:is )?not found|could not locate .{1,300} on classpath",
    ),
    (
        "configuration",
        2.0,
        "a setting is missing",
        "environment variable",
        (
            r"environment variables? .{0,60}\b(?:not set|not defined|missing|required|empty)\b"
            r"|\b(?:missing|required|set) .{0,30}\benvironment variable"
        ),
    ),
    ("command", 2.0, "a program is missing", "not found|enoent", r": not found$|spawn \S+ enoent"),
    ("docs", 2.0, "building the documents failed", "javadoc", r"javadoc.{0,40}(?:error|failed)"),
)


def said_of(text: str) -> Iterator[tuple[str, float, str]]:
    """Yield the kind of failure that a line speaks of, with the weight of that and what it says."""
    small = text[:_LONGEST].strip().lower()
    for kind, weight, reason, phrases in _phrases():
        if any(phrase in small for phrase in phrases):
            yield kind, weight, reason
    for at, (kind, weight, reason, words, _) in enumerate(_PATTERNS):
        if any(word in small for word in words.split("|")) and _compiled(at).search(small):
            yield kind, weight, reason


@cache
def _phrases() -> list[tuple[str, float, str, tuple[str, ...]]]:
    return [(kind, weight, reason, tuple(text.split("|"))) for kind, weight, reason, text in _PHRASES]


@cache
def _compiled(at: int) -> re.Pattern[str]:
    import re

    return re.compile(_PATTERNS[at][4])
