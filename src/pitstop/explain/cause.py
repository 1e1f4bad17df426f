"""Whose failure it is: category, kind, how sure that is, and why.

Several witnesses speak, each for one kind of failure: what the log says failed by name, the tools' own failures, the
entry that knows it, the marks of the runner, the exit code, the words of the telling lines. The kind with the most
weight wins; how sure that is depends on what speaks against it and on how many kinds of witness agree.
"""

from __future__ import annotations

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
from pitstop.explain.said import said_of

if TYPE_CHECKING:
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
    "runtime": CODE,
    "package": DEPENDENCY,
    "network": INFRASTRUCTURE,
    "git": INFRASTRUCTURE,
    "service": INFRASTRUCTURE,
    "runner": INFRASTRUCTURE,
    "permission": CONFIGURATION,
    "configuration": CONFIGURATION,
    "command": CONFIGURATION,
    "environment": CONFIGURATION,
    "file": CONFIGURATION,
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
    "runner": "the machine that ran this was lost, nothing says that it would fail",
    "git": "fetching the sources failed before anything of them ran",
    "cancel": "it was cancelled, nothing says that it would fail",
}
_SIGNALS = {
    137: ("memory", "exit code 137: killed from outside, mostly for its memory"),
    143: ("cancel", "exit code 143"),
}
_WEAK = {"runtime", "command", "file", "environment"}  # kinds that also what goes by without harm has
_SOURCES = {"pip", "apt"}  # that say something does not exist when they could not ask whether it does
_UNREACHED = (
    "Could not resolve '",
    "Could not connect to ",
    "Failed to resolve '",
    "Name or service not known",
    "Temporary failure in name resolution",
    "Temporary failure resolving",
    "NewConnectionError",
    "ConnectTimeoutError",
    "Network is unreachable",
)
_CRASHES = {132, 134, 136, 138, 139, -4, -6, -7, -8, -11}


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
        *_of_sources(failures, [*(line.text for line in evidence), *around]),
    ]
    if not votes:
        return Cause()
    weights: dict[str, float] = {}
    for kind in dict.fromkeys(vote.kind for vote in votes):
        weights[kind] = _sum(vote for vote in votes if vote.kind == kind)
    best = max(weights, key=lambda kind: weights[kind])
    mine = sorted((vote for vote in votes if vote.kind == best), key=lambda vote: -vote.weight)
    category = _category(best, votes)
    against = max((weight for kind, weight in weights.items() if _category(kind, votes) != category), default=0.0)
    confidence = _confidence(weights[best], against, len({vote.witness for vote in mine}))
    retry = known.retry if known and known.category == category and _may_pass_again(category, best) else ""
    return Cause(
        category, best, confidence, tuple(dict.fromkeys(vote.reason for vote in mine)), retry or _RETRY.get(best, "")
    )


def _may_pass_again(category: str, kind: str) -> bool:
    """Return whether an entry's word on trying again is believed: it knows a message, not what stands behind it here."""
    return category in {INFRASTRUCTURE, RESOURCE, CANCELLATION, FLAKY} or kind == "network"


def flaky(cause: Cause, hint: str) -> Cause:
    """Return the cause of a test that is known to pass and fail on the same code; `hint` says from where."""
    retry = "the same code passed before"
    return Cause(FLAKY, cause.kind, 0.95, (hint, *cause.reasons), retry)


def _category(kind: str, votes: Iterable[Vote]) -> str:
    """Return whose failure one of this kind is: an entry's word counts where no step or tool says the kind itself."""
    mine = [vote for vote in votes if vote.kind == kind]
    usual = CATEGORY_OF.get(kind, UNKNOWN)
    if usual != UNKNOWN and any(vote.witness in {"name", "tool", "end"} for vote in mine):
        return usual
    return next((vote.category for vote in mine if vote.category), usual)


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
        kind, reason = ("memory", "killed from outside, often for its memory") if code == -9 else ("cancel", "SIGTERM")
        yield Vote(kind, 0.7, "exit code", reason)
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
        if failure.kind in CATEGORY_OF and not (failure.summary and failure.kind in _WEAK):
            key = (failure.kind, failure.tool)
            counts[key] = counts.get(key, 0) + (0 if failure.summary else 1)
    for (kind, tool), count in counts.items():
        weight = 1.0 + min(2.0, log2(1 + count)) if count else 1.5
        weight *= 0.6 if step not in {"", kind} else 1.0
        weight *= 0.6 if kind in _WEAK else 1.0
        yield Vote(kind, weight, "tool", f"{tool} says so" + (f" {count} times" if count > 1 else ""))


def _of_parsing(count: int) -> Iterator[Vote]:
    """Yield what it says that code cannot be parsed: the tests that fail for it have not run."""
    if count:
        from math import log2

        yield Vote(COMPILE, 4.5 + min(3.0, log2(count)), "parser", "the code cannot be parsed")


def _of_sources(failures: Sequence[Failure], texts: Sequence[str]) -> Iterator[Vote]:
    """Yield what it says that a tool, before it found nothing, did not reach where it looked."""
    asked = any(failure.kind == "package" and failure.tool in _SOURCES for failure in failures)
    if asked and any(sign in text for text in texts for sign in _UNREACHED):
        yield Vote("network", 9.0, "source", "what it asked for packages could not be reached")


def _of_words(evidence: Sequence[Evidence], around: Sequence[str]) -> Iterator[Vote]:
    for place, line in enumerate(evidence[:12]):
        yield from _words_of(line.text, 1.0 if place < 3 else 0.7)
    said: set[str] = set()
    for text in around:
        if text not in said:
            said.add(text)
            yield from _words_of(text, 0.6)


def _words_of(text: str, part: float) -> Iterator[Vote]:
    for kind, weight, reason in said_of(text):
        yield Vote(kind, weight * part, "words", reason)
