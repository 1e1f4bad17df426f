"""Two runs, or two logs, side by side: everything that is told of how they differ, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.explain.compare.comparison import Comparison, compare
from pitstop.explain.compare.differences.facts import differing, facts_of
from pitstop.explain.compare.differences.history import History, between
from pitstop.explain.compare.differences.runs import differing_inputs, differing_rows, same_inputs
from pitstop.explain.compare.differences.steps import differing_steps
from pitstop.explain.compare.differences.suspects import find_suspects
from pitstop.explain.compare.differences.values import COMMIT, FILE, KINDS, TEST
from pitstop.explain.compare.hunks import AROUND, View, lay_side_by_side
from pitstop.explain.lines import read_lines
from pitstop.explain.parsers import find_failures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pitstop.core.finding import Evidence
    from pitstop.explain.compare.differences.values import Commit, Difference, Suspect
    from pitstop.records.summary import Summary


class Logs(NamedTuple):
    """Two logs to compare: of one task, or as they are given."""

    name: str
    """Of the task; empty for two files."""
    first: str
    """What the first log is called: a run, a file."""
    second: str
    good: bytes
    bad: bytes


class LogPair(NamedTuple):
    """How two logs differ."""

    name: str
    first: str
    second: str
    comparison: Comparison
    view: View


class Beside(NamedTuple):
    """How two runs differ."""

    logs: tuple[LogPair, ...] = ()
    differences: tuple[Difference, ...] = ()
    """In the order of `values.KINDS`."""
    commits: tuple[Commit, ...] = ()
    """Between the two runs, newest first."""
    suspects: tuple[Suspect, ...] = ()
    """Most probable first."""
    same_inputs: tuple[str, ...] = ()
    """Tasks that ended otherwise with the same cache key."""
    notes: tuple[str, ...] = ()
    """What could not be compared, and why."""


def lay_logs(logs: Sequence[Logs], *, root: str = "", around: int = AROUND) -> Beside:
    """Compare logs alone; where they name the commits, and the repository at `root` knows these, what lies between."""
    pairs, found = _pairs(logs, around)
    history = History()
    commit = next((each for each in found if each.kind == COMMIT), None)
    if root and commit is not None:
        history = between(root, commit.before, commit.after)._replace(note="")
    return _joined(pairs, [*found, *history.differences], history)


def lay_runs(
    first: Summary,
    second: Summary,
    logs: Sequence[Logs],
    misses: Iterable[tuple[str, Iterable[str]]] = (),
    *,
    root: str = "",
    around: int = AROUND,
) -> Beside:
    """Compare two recorded runs of the repository at `root`, of which `first` is the good one.

    `misses`: of the runs after `first` up to `second` each task that missed the cache, with what it noted as reasons.
    """
    pairs, found = _pairs(logs, around)
    history = between(root, first.run.ref_head_revision, second.run.ref_head_revision) if root else History()
    rows = differing_rows(first, second)
    inputs = differing_inputs(misses)
    files = {each.name for each in history.differences if each.kind == FILE}
    inputs = [each for each in inputs if each.name.removesuffix(" changed") not in files]
    joined = _joined(pairs, [*found, *history.differences, *inputs, *rows], history)
    return joined._replace(same_inputs=tuple(same_inputs(first, second)))


def _pairs(logs: Sequence[Logs], around: int) -> tuple[list[LogPair], list[Difference]]:
    pairs = []
    found: dict[Difference, None] = {}
    for each in logs:
        good, bad = read_lines(each.good), read_lines(each.bad)
        found.update(dict.fromkeys(differing(facts_of(good), facts_of(bad))))
        found.update(dict.fromkeys(differing_steps(good, bad)))
        view = lay_side_by_side(good, bad, around=around)
        pairs.append(LogPair(each.name, each.first, each.second, compare(bad, good, find_failures(bad)), view))
    return pairs, list(found)


def _joined(pairs: Sequence[LogPair], found: Sequence[Difference], history: History) -> Beside:
    evidence: list[Evidence] = [line for pair in pairs for line in pair.comparison.evidence]
    turned = [each for each in found if each.kind == TEST]
    ordered = sorted(found, key=lambda each: KINDS.index(each.kind))
    suspects = find_suspects(evidence, ordered, history.commits, turned) if evidence or turned else []
    notes = (history.note,) if history.note else ()
    return Beside(tuple(pairs), tuple(ordered), history.commits, tuple(suspects), notes=notes)
