"""From the lines of a log to findings: joins what tools say, what ranks, what is known and what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import CODE, TEST, UNKNOWN, Evidence, Finding
from pitstop.explain.around import around_of, headline, parsing_errors, says_error
from pitstop.explain.cause import Cause, Known, find_cause, flaky
from pitstop.explain.ending import PASSED, clean_up, find_endings, verdict
from pitstop.explain.ending import WORDS as ENDS
from pitstop.explain.parsers import find_failures
from pitstop.explain.parsers import words as parsers_words
from pitstop.explain.purpose import WORDS as NAMES
from pitstop.explain.purpose import failed_names
from pitstop.explain.rank.place import WORDS as PLACES
from pitstop.explain.sentence import sentence
from pitstop.explain.words import find_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.ending import Ending
    from pitstop.explain.knowledge.base import Knowledge
    from pitstop.explain.knowledge.entry import Match
    from pitstop.explain.lines import Line
    from pitstop.explain.purpose import Named
    from pitstop.explain.seen import Seen

_FINDINGS = 10  # of one log
_RANKED = 3  # of those that are ranked on their own, where the telling lines of the whole log are elsewhere
_SURE = 0.9  # of a category: an entry that says another one is not about this
_BEFORE_THE_END = 15  # lines before a job cleans up in which a tool's last word of a failure is that of the job
_TOP = 3  # lines of evidence that an entry must know to be believed against everything else


class _Said(NamedTuple):
    """All that is said in a log, or in a part of it."""

    evidence: Sequence[Evidence]
    failures: Sequence[Failure]
    named: Sequence[Named]
    matches: Sequence[Match]
    parsing: Sequence[int] = ()
    """Numbers of the lines in which an interpreter says that it cannot read the code."""

    @property
    def unparsed(self) -> int:
        """How many such lines there are."""
        return len(self.parsing)

    def within(self, first: int, last: int) -> _Said:
        """Return what is said in the lines from `first` to `last`."""
        return self.where(lambda number: first <= number <= last)

    def where(self, held: Callable[[int], bool]) -> _Said:
        """Return what is said in the lines whose numbers are `held`."""
        return _Said(
            [one for one in self.evidence if held(one.number)],
            [one for one in self.failures if held(one.first)],
            [one for one in self.named if held(one.number)],
            [one for one in self.matches if held(one.number)],
            [one for one in self.parsing if held(one)],
        )


def explain(
    lines: Sequence[Line],
    *,
    good: Sequence[Line] | None = None,
    knowledge: Knowledge | None = None,
    end: Ending | None = None,
    seen: Seen | None = None,
) -> list[Finding]:
    """Return why the log `lines` failed, a finding for each step of it that did; nothing where nothing failed.

    `good` is the log of a run that passed, `knowledge` the entries to look into, by default pitstop's own, `end` says
    how it ended, where more than the log tells that, and `seen` what other logs of the repository hold.
    """
    if knowledge is None:
        from pitstop.explain.knowledge import load

        knowledge = load()
    at = find_words((line.text for line in lines), knowledge.words.union(parsers_words(), ENDS, NAMES, PLACES))
    endings = find_endings(lines, at)
    last = end or verdict(endings)
    if last and last.state == PASSED and last.whole and not good and not last.guessed:
        return []
    failures = find_failures(lines, at)
    if last and last.guessed and not good:
        before = clean_up(lines)
        if not any(before - _BEFORE_THE_END <= one.last < before for one in failures):
            return []
        last = None
    evidence = _evidence(lines, failures, good, at, seen)
    said = _Said(evidence, failures, list(failed_names(lines, at)), knowledge.match(lines, at), parsing_errors(lines))
    if not _failed(lines, said, last, compared=bool(good)):
        return []
    return [_finding(lines, *part) for part in _parts(lines, said, endings, last, seen)]


def telling_lines(
    lines: Sequence[Line], *, good: Sequence[Line] | None = None, seen: Seen | None = None
) -> list[Evidence]:
    """Return the lines of a log that tell most, for a caller who knows that it failed although it does not say so itself.

    Nothing where the log says in so many words that all of it went well.
    """
    at = find_words((line.text for line in lines), parsers_words().union(ENDS, PLACES))
    last = verdict(find_endings(lines, at, guess=False))
    if last and last.state == PASSED and last.whole:
        return []
    return _evidence(lines, find_failures(lines, at), good, at, seen)


def as_flaky(finding: Finding, how: str) -> Finding:
    """Return `finding` as one of what passes and fails on the same state of the code, which `how` says.

    One whose own words blame something else than code or a test is returned as it is.
    """
    if finding.category not in {CODE, TEST, UNKNOWN}:
        return finding
    cause = flaky(Cause(finding.category, finding.kind, finding.confidence, finding.reasons), how)
    return finding._replace(
        category=cause.category, confidence=cause.confidence, reasons=cause.reasons, retry=cause.retry
    )


def _evidence(
    lines: Sequence[Line],
    failures: Sequence[Failure],
    good: Sequence[Line] | None,
    at: Mapping[str, list[int]],
    seen: Seen | None,
) -> list[Evidence]:
    if good:
        from pitstop.explain.compare import compare

        if found := compare(lines, good, failures, at, seen).evidence:
            return list(found)
    from pitstop.explain.rank import rank

    return rank(lines, failures, at, seen)


def _failed(lines: Sequence[Line], said: _Said, end: Ending | None, *, compared: bool) -> bool:
    """Return whether anything failed: it says so, or something in it does."""
    if end and end.state != PASSED:
        return True
    from pitstop.explain.compare import SURE

    after = end.number if end else 0  # what stands before a good end was mended or does not count
    later = said.within(after + 1, 1 << 60)
    if compared and (later.evidence or any(one.score >= SURE for one in said.evidence)):
        return True  # what a service adds at the end may look like a good one although a step before it failed
    if end and end.whole:
        return False
    if any(not one.summary for one in later.failures) or later.named:
        return True
    if any(match.entry.severity != "warning" for match in later.matches):
        return True
    top = _top(later.evidence)
    if any(says_error(line.text) for line in later.evidence[:_TOP]):
        return True
    if any(line.mark == "error" and line.number in top for line in lines):  # the action that ended a step said so
        return True
    return find_cause((), later.evidence, around_of(lines, later.evidence, None)).confidence > 0


def _parts(
    lines: Sequence[Line], said: _Said, endings: Sequence[Ending], last: Ending | None, seen: Seen | None
) -> list[tuple[_Said, Ending | None, str, str]]:
    """Return what is said of each step that failed, how it ended, its command and its name."""
    failed = [one for one in endings if one.state != PASSED and not one.whole]
    if len({one.command or one.step for one in failed}) < 2:
        step = failed[0].step if failed else ""
        command = (failed[0].command if failed else "") or (last.command if last else "") or step
        return [(said, last, command, step)]
    parts: list[tuple[_Said, Ending | None, str, str]] = []
    spans: list[range] = []
    for one in failed[:_FINDINGS]:
        first = max((other.number for other in endings if other.number < one.number), default=0) + 1
        spans.append(range(first, one.number + 1))
        part = said.within(first, one.number)
        if not part.evidence and len(parts) < _RANKED:
            from pitstop.explain.rank import rank

            own = [line for line in lines if first <= line.number <= one.number]
            part = part._replace(evidence=rank(own, part.failures, seen=seen))
        parts.append((part, one, one.command or one.step, one.step or one.command))
    # A command that tells no end, or a good one, may say more than those that tell a bad one.
    rest = said.where(lambda number: not any(number in span for span in spans))
    if rest.evidence and rest.evidence[0] in said.evidence[:_RANKED]:
        at = 0 if rest.evidence[0] == said.evidence[0] else len(parts)
        parts.insert(at, (rest, last, last.command or last.step if last else "", ""))
    return parts


def _finding(lines: Sequence[Line], said: _Said, end: Ending | None, command: str, step: str) -> Finding:
    match = _known(said)
    entry = match.entry if match else None
    known = None
    if match and entry:
        known = Known(entry.code, entry.category, entry.kind, fatal=entry.severity == "fatal", retry=entry.retry)
    around = around_of(lines, said.evidence, end)
    cause = find_cause(said.failures, said.evidence, around, said.named, end, command, known, said.unparsed)
    beside = match and (match.number not in _top(said.evidence) or cause.confidence >= _SURE)
    if entry and entry.category != cause.category and beside:
        match = entry = None  # something else is stronger: the entry would only lead astray
    summary = sentence(cause.kind, said.failures, headline(lines, said.evidence), _how(end))
    if match and not any((one.place or one.test) and one.kind == cause.kind for one in said.failures):
        summary = match.summary  # what names the place or the test says more
    return Finding(
        summary or "it failed without a word",
        cause.category,
        cause.kind,
        cause.confidence,
        cause.reasons,
        tuple(said.evidence),
        tuple(said.failures),
        entry.code if entry else "",
        entry.details if entry else "",
        match.solutions if match else (),
        entry.references if entry else (),
        cause.retry,
        step,
    )


def _known(said: _Said) -> Match | None:
    from pitstop.explain.knowledge.choose import best

    return best(said.matches, said.evidence)


def _top(evidence: Sequence[Evidence]) -> set[int]:
    return {one.number for one in evidence[:_TOP]}


def _how(end: Ending | None) -> str:
    if end is None:
        return ""
    if end.code is not None and end.code < 0:
        return f"it was killed by signal {-end.code}"
    if end.code:
        return f"it ended with exit code {end.code}"
    return end.step or f"it {end.state}"
