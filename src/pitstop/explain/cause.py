"""Whose failure it is: category, kind, how sure that is, and why.

Several witnesses speak, each for one kind of failure: what the log says failed by name, the tools' own failures, the
entry that knows it, the marks of the runner, the exit code, the words of the telling lines. The kind with the most
weight wins; how sure that is depends on what speaks against it and on how many kinds of witness agree.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import (
    CANCELLATION,
    CODE,
    COMPILE,
    CONFIGURATION,
    DEPENDENCY,
    FLAKY,
    INFRASTRUCTURE,
    RESOURCE,
    STYLE,
    TEST,
    UNKNOWN,
)
from pitstop.explain.ending import CANCELLED, TIMED_OUT
from pitstop.explain.purpose import purpose_of

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Sequence

    from pitstop.core.finding import Evidence, Failure
    from pitstop.explain.ending import Ending
    from pitstop.explain.purpose import Named

CATEGORY_OF = {
    COMPILE: CODE,
    TEST: TEST,
    STYLE: CODE,
    "link": CODE,
    "types": CODE,
    "docs": CODE,
    "crash": CODE,
    "package": DEPENDENCY,
    "network": INFRASTRUCTURE,
    "git": INFRASTRUCTURE,
    "service": INFRASTRUCTURE,
    "permission": CONFIGURATION,
    "configuration": CONFIGURATION,
    "command": CONFIGURATION,
    "memory": RESOURCE,
    "disk": RESOURCE,
    "time": RESOURCE,
    "cancel": CANCELLATION,
}
"""The category that a kind of failure belongs to where nothing better is known."""


class Cause(NamedTuple):
    """Whose failure it is."""

    category: str = UNKNOWN
    kind: str = ""
    confidence: float = 0.0
    reasons: tuple[str, ...] = ()
    retry: str = ""


class Known(NamedTuple):
    """What an entry of the knowledge base says."""

    code: str
    category: str
    kind: str
    fatal: bool = False
    retry: str = ""


class Vote(NamedTuple):
    """What one witness says."""

    kind: str
    weight: float
    witness: str
    """What sort of witness it is; of one sort only the strongest counts fully."""
    reason: str
    category: str = ""


_RETRY = {
    "network": "the network or a service did not answer; it may the next time",
    "service": "the service that runs this failed, not what it ran",
    "git": "fetching the sources failed before anything of them ran",
    "cancel": "it was cancelled, nothing says that it would fail",
}
_SIGNALS = {
    137: ("memory", "exit code 137: killed from outside, mostly for its memory"),
    143: ("cancel", "exit code 143"),
}
_CRASHES = {132, 134, 136, 138, 139, -4, -6, -7, -8, -11}

# Kind, weight, what the reason says, pattern. Of the telling lines; general words of many tools.
_SAID = (
    (
        TEST,
        2.5,
        "counts failed tests",
        r"(?i)\b(?:tests? run|tests?|specs?|examples?|assertions?|scenarios?)\b.{0,60}\b(?:fail\w*|errors?)\W{0,3}[1-9]|\b[1-9]\d* (?:of \d+ )?(?:tests?|specs?|examples?|scenarios?) (?:fail|did not pass)",
    ),
    (
        TEST,
        2.0,
        "counts failed tests",
        r"(?i)\b[1-9]\d* (?:failed|failing|failures?)\b|^FAILED \((?:.*\b)?(?:failures|errors)=[1-9]|(?:there (?:are|were)|some) (?:test failures|tests? failed|failing tests)|^FAILURES!$|^Test(?:s| suite)? failed",
    ),
    (
        TEST,
        1.5,
        "an expectation was not met",
        r"(?i)\bassert(?:ion)?(?:_?error|_?failed|\w*exception)?\b|\bexpected\b.{0,200}\b(?:but|got|actual|received|to (?:be|equal|include|match))\b|^\W*not ok \d|^--- FAIL|<<< FAIL",
    ),
    (
        COMPILE,
        3.0,
        "does not compile",
        r"(?i)\bcompilation (?:error|failure|failed|aborted|terminated)\b|\bcould not compile\b|error: cannot find symbol|\bcompile(?:r)? (?:error|failed)|^\S+\.(?:c|cc|cpp|cxx|h|hpp|m|mm|swift|java|kt|scala|rs|go|hs|ml|d|nim|vala|f90|cs|vb|fs)[:(]\d+.{0,12}(?:fatal |syntax )?error\b",
    ),
    (
        COMPILE,
        2.5,
        "a syntax error",
        r"(?<!\w)(?:SyntaxError|IndentationError|TabError)\b|(?i:\b(?:syntax|parse) error\b)|E999|E901",
    ),
    (
        COMPILE,
        1.5,
        "something is undefined",
        r"(?i)undefined reference to|undeclared identifier|was not declared in this scope|unresolved (?:reference|import|symbol)|cannot find (?:symbol|type|name)|not in scope:",
    ),
    (
        STYLE,
        2.5,
        "a check of style complains",
        r"(?i)\b(?:style|lint|format(?:ting)?|checkstyle|rubocop|eslint|pep ?8) (?:violations?|errors?|offen[cs]es?|warnings?|issues?|problems?|check failed)|\boffen[cs]es? detected|would reformat|[1-9]\d* problems? \([1-9]\d* errors?|is not formatted|needs? format",
    ),
    (
        "package",
        3.0,
        "a dependency cannot be had",
        r"(?i)could not resolve (?:all )?(?:\w+ )?dependenc|could not find (?:artifact|a version|gem|package|any (?:version|compatible))|no matching (?:version|distribution|package)|unable to (?:locate package|resolve dependency)|non-resolvable|failed to (?:resolve|collect|download|fetch) (?:\w+ )?(?:dependenc|package|artifact)|ERESOLVE|unsatisfiable|version solving failed|package .{1,100} (?:is not available|not found|has no installation candidate)|peer dep|E404|conflicting (?:requirements|dependencies)",
    ),
    (
        "package",
        2.0,
        "a library is missing",
        r"(?i)\bno module named\b|ModuleNotFoundError|cannot find module|module not found|(?:cannot|could not) load (?:such file|library)|error while loading shared libraries|package .{1,80} does not exist|ClassNotFoundException|NoClassDefFoundError|cannot find package|could not find (?:module|crate)|there is no package called",
    ),
    (
        "network",
        2.5,
        "the network did not answer",
        r"(?i)could ?n[o']t resolve host|temporary failure in name resolution|unknown host|name or service not known|connection (?:timed out|refused|reset)|network is unreachable|operation timed out|ETIMEDOUT|ECONNRE(?:SET|FUSED)|EAI_AGAIN|(?:50[0234]|429) (?:bad gateway|service unavailable|gateway time-?out|internal server error|too many requests)|TLS handshake timeout|failed to connect to|socket hang up|read timed out|hash sum mismatch",
    ),
    (
        "git",
        3.0,
        "git failed",
        r"(?i)^(?:fatal|error): .{0,200}(?:repository|refs?|remote|revision|pathspec|clone|submodule|could not read from|unable to access)|(?:clone|fetch|fetching) of .{1,200} failed|unable to checkout|failed to (?:clone|fetch)|reference is not a tree",
    ),
    (
        "permission",
        2.0,
        "a permission is missing",
        r"(?i)permission denied|access denied|\bEACCES\b|\bEPERM\b|operation not permitted|(?:401|403) (?:unauthorized|forbidden)|authentication failed|not authorized|bad credentials",
    ),
    (
        "memory",
        3.5,
        "no memory is left",
        r"(?i)out of memory|cannot allocate memory|java heap space|OutOfMemoryError|heap out of memory|OOM-?killed|\bMemoryError\b|virtual memory exhausted|GC overhead limit",
    ),
    (
        "disk",
        4.0,
        "the disk is full",
        r"(?i)no space left on device|\bENOSPC\b|disk quota exceeded|there is not enough space on the disk",
    ),
    (
        "time",
        3.5,
        "it took too long",
        r"(?i)no output has been received in the last|exceeded the maximum (?:time|execution)|execution took longer than|job .{0,60}timed out after|cancell?ed because it exceeded",
    ),
    (
        "command",
        2.0,
        "a program is missing",
        r"(?i)\bcommand not found\b|: not found$|is not recognized as an internal or external command|executable file not found|spawn \S+ ENOENT|No such file or directory.{0,20}$|Missing script",
    ),
    (
        "configuration",
        2.0,
        "a setting is wrong",
        r"(?i)invalid (?:configuration|workflow|option|argument|value for)|unknown (?:option|argument|flag|command)|unrecognized (?:option|argument)|no such (?:option|task|target)|no rule to make target|must be set|is not set\b|missing required|yaml.{0,20}error|unsupported (?:class file )?(?:major )?version|Configure error",
    ),
    (
        "crash",
        2.0,
        "a program crashed",
        r"(?i)segmentation fault|core dumped|\bSIG(?:SEGV|ABRT|BUS|ILL)\b|bus error|stack overflow|access violation",
    ),
    (
        "link",
        3.0,
        "linking failed",
        r"(?i)\bundefined symbols? for architecture|ld returned \d|linker command failed|collect2: error|\bLNK\d{4}\b|undefined reference to|ld: (?:symbol|library|cannot)",
    ),
    (
        "docs",
        2.0,
        "building the documents failed",
        r"(?i)\bsphinx\b.{0,60}(?:error|failed)|javadoc.{0,40}(?:error|failed)|LaTeX Error|Emergency stop",
    ),
)


def find_cause(
    failures: Sequence[Failure],
    evidence: Sequence[Evidence] = (),
    around: Sequence[str] = (),
    named: Sequence[Named] = (),
    end: Ending | None = None,
    command: str = "",
    known: Known | None = None,
    unparsed: int = 0,
) -> Cause:
    """Return whose failure this is.

    `around` are lines beside the evidence, which may say what it does not, `named` is what the log says failed by name, `end` how it ended, `command` the one that failed, `known` the entry
    that knows it, `unparsed` how often an interpreter says that it cannot read the code.
    """
    votes = [
        *_of_end(end),
        *_of_known(known),
        *_of_names(named, command),
        *_of_failures(failures, next((one.kind for one in reversed(named) if one.steady and one.kind), "")),
        *_of_words(evidence, around),
        *_of_parsing(unparsed),
    ]
    if not votes:
        return Cause()
    weights: dict[str, float] = {}
    for kind in dict.fromkeys(vote.kind for vote in votes):
        weights[kind] = _sum(vote for vote in votes if vote.kind == kind)
    best = max(weights, key=lambda kind: weights[kind])
    mine = sorted((vote for vote in votes if vote.kind == best), key=lambda vote: -vote.weight)
    category = next((vote.category for vote in mine if vote.category), "") or CATEGORY_OF.get(best, UNKNOWN)
    against = max((weight for kind, weight in weights.items() if _category(kind, votes) != category), default=0.0)
    confidence = _confidence(weights[best], against, len({vote.witness for vote in mine}))
    retry = known.retry if known and known.category == category else ""
    return Cause(
        category, best, confidence, tuple(dict.fromkeys(vote.reason for vote in mine)), retry or _RETRY.get(best, "")
    )


def flaky(cause: Cause, hint: str) -> Cause:
    """Return the cause of a test that is known to pass and fail on the same code; `hint` says from where."""
    retry = "the same code passed before"
    return Cause(FLAKY, cause.kind, 0.95, (hint, *cause.reasons), retry)


def _category(kind: str, votes: Iterable[Vote]) -> str:
    return next((v.category for v in votes if v.kind == kind and v.category), "") or CATEGORY_OF.get(kind, UNKNOWN)


def _sum(votes: Iterable[Vote]) -> float:
    """Return what votes for one thing weigh: of each sort of witness the strongest, and a little of the rest."""
    total = 0.0
    seen: set[str] = set()
    for vote in sorted(votes, key=lambda vote: -vote.weight):
        total += vote.weight if vote.witness not in seen else vote.weight * 0.15
        seen.add(vote.witness)
    return total


def _confidence(weight: float, against: float, witnesses: int) -> float:
    share = weight / (weight + against + 1.0)
    agreed = {1: 0.8, 2: 0.95}.get(witnesses, 1.0)
    return min(0.98, (0.35 + 0.65 * min(1.0, share * 1.35)) * agreed)


def _of_end(end: Ending | None) -> Iterator[Vote]:
    if end is None:
        return
    if end.state == TIMED_OUT:
        yield Vote("time", 5.0, "end", "it was stopped because it took too long")
    elif end.state == CANCELLED:
        yield Vote("cancel", 4.0, "end", "it was cancelled")
    code = end.code
    if code in _SIGNALS:
        kind, reason = _SIGNALS[code]
        yield Vote(kind, 2.0, "exit code", reason)
    elif code in {-9, -15}:
        yield Vote("memory" if code == -9 else "cancel", 1.5, "exit code", "it was killed by a signal")
    elif code in _CRASHES:
        yield Vote("crash", 2.5, "exit code", "a program crashed")
    elif code in {126, 127}:
        yield Vote("command", 3.0, "exit code", f"exit code {code}: a command cannot be started")


def _of_known(known: Known | None) -> Iterator[Vote]:
    if known:
        kind = known.kind or known.category
        yield Vote(kind, 4.0 if known.fatal else 2.5, "known", f"known as {known.code}", known.category)


def _of_names(named: Sequence[Named], command: str) -> Iterator[Vote]:
    told = [one for one in named if one.kind]
    for place, one in enumerate(reversed(told)):
        weight = (4.0 if one.steady else 2.0) if not place else 1.0
        yield Vote(one.kind, weight, "name", f"`{one.name}` failed")
    if command and (kind := purpose_of(command)):
        weight = {"package": 1.2, COMPILE: 1.0, "git": 4.0}.get(kind, 2.0)
        yield Vote(kind, weight, "command", f"`{command[:80]}` failed")


def _of_failures(failures: Sequence[Failure], step: str) -> Iterator[Vote]:
    """Yield what tools say; `step` is what the step that failed is for: what others say weighs less then."""
    from math import log2

    counts: dict[tuple[str, str], int] = {}
    for failure in failures:
        if failure.kind:
            key = (failure.kind, failure.tool)
            counts[key] = counts.get(key, 0) + (0 if failure.summary else 1)
    for (kind, tool), count in counts.items():
        weight = 1.0 + min(2.0, log2(1 + count)) if count else 1.5
        weight *= 0.6 if step not in {"", kind} else 1.0
        yield Vote(kind, weight, "tool", f"{tool} says so" + (f" {count} times" if count > 1 else ""))


def _of_parsing(count: int) -> Iterator[Vote]:
    """Yield what it says that code cannot be parsed: the tests that fail for it have not run."""
    if count:
        from math import log2

        yield Vote(COMPILE, 4.5 + min(3.0, log2(count)), "parser", "the code cannot be parsed")


def _of_words(evidence: Sequence[Evidence], around: Sequence[str]) -> Iterator[Vote]:
    for place, line in enumerate(evidence[:12]):
        yield from _words_of(line.text, 1.0 if place < 3 else 0.7)
    said: set[str] = set()
    for text in around:
        if text not in said:
            said.add(text)
            yield from _words_of(text, 0.6)


def _words_of(text: str, part: float) -> Iterator[Vote]:
    text = text[:1000]
    if any(sign.isalpha() for sign in text):
        for kind, weight, reason, pattern in _said():
            if pattern.search(text):
                yield Vote(kind, weight * part, "words", reason)


@cache
def _said() -> list[tuple[str, float, str, re.Pattern[str]]]:
    import re

    return [(kind, weight, reason, re.compile(pattern)) for kind, weight, reason, pattern in _SAID]
