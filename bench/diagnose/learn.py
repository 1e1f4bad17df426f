"""Learns the weights by which lines are ranked, from the labelled logs, and judges them on projects held back in turn.

Needs LightGBM and numpy; nothing else of the repository does.
"""

from __future__ import annotations

import json
import random
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.diagnose.logs import MADE, Log, read_set
from bench.diagnose.score import Score, score, summary
from pitstop.explain.lines import read_lines
from pitstop.explain.parsers import find_failures
from pitstop.explain.rank import features as figures
from pitstop.explain.rank import model as models
from pitstop.explain.rank.choose import choose
from pitstop.explain.rank.survey import Survey, survey
from pitstop.explain.rank.told import NAMES as TOLD
from pitstop.explain.rank.told import telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.explain.lines import Line

SETS = ("logchunks", "breakages", MADE)
RESULTS = Path(__file__).parents[1] / "results" / "diagnose-cross-validated.json"
WEIGHTS = Path(models.__file__).parent / "weights.json"
SEEDS = (0, 1)
"""Of the models whose trees are averaged: how well one does hangs on chance."""
HELD_BACK = frozenset(
    (
        "FreeCodeCamp@freecodecamp",
        "Microsoft@TypeScript",
        "dkhamsing@open-source-ios-apps",
        "major@MySQLTuner-perl",
        "rabbitmq@rabbitmq-server",
        "tldr-pages@tldr",
    )
)
"""Projects of the first set that no choice was made by: features, parameters and labels were settled on the others."""
FIRST = 4
"""So many lines from the beginning of what was marked are worth twice the rest: it is them that a reader needs."""
PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "learning_rate": 0.08,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "lambdarank_truncation_level": 20,
    "max_bin": 31,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
ROUNDS = 100


class Example(NamedTuple):
    """One log, measured."""

    log: Log
    found: Survey
    rows: list[list[float]]
    worth: list[int]
    """2, 1 or 0 for each line that was measured."""
    whole: bool = True
    """Not a part that was cut out of a log."""

    def untold(self) -> list[list[float]]:
        """Return the rows as they would be if no parser knew the tools of this log."""
        known = figures.NAMES.index(TOLD[0])
        nothing = telling(())(1)
        return [row[:known] + nothing for row in self.rows]


def learn(corpora: Path, *, folds: int, write: bool) -> int:
    """Judge by `folds` folds of projects where that is not 0, learn from all logs, write the weights."""
    logs = [log for name in SETS for log in read_set(corpora, name)]
    examples = [_measure(log) for log in logs]
    examples += [_measure(log, _cut(log, at)) for at, log in enumerate(logs)]
    print(f"{len(logs)} logs measured, and a part of each, {len(figures.NAMES)} figures a line", flush=True)
    if folds:
        _judge(examples, folds)
    if write:
        told = {name: sum(1 for _ in read_set(corpora, name)) for name in SETS}
        _write(_train(examples), ", ".join(f"{count} logs of {name}" for name, count in told.items()))
    return 0


def _cut(log: Log, seed: int) -> list[Line]:
    """Return the lines around what was marked, as somebody pastes a part of a log: without the end that says so much."""
    chance = random.Random(seed)
    lines = read_lines(log.read())
    first, last = min(log.error), max(log.error)
    above, below = int(2 ** chance.uniform(1, 9)), int(2 ** chance.uniform(0, 7)) - 1  # pasted parts are often short
    return lines[max(first - 1 - above, 0) : last + below]


def _measure(log: Log, part: Sequence[Line] | None = None) -> Example:
    lines = read_lines(log.read()) if part is None else part
    found = survey(lines)
    rows = figures.features(found, find_failures(lines))
    frame = figures.NAMES.index("frame")
    worth = []
    for index, row in zip(found.chosen, rows, strict=True):
        number = found.numbers[found.solid[index]]
        worth.append(0 if number not in log.error else 2 if not row[frame] and _is_early(number, log.error) else 1)
    return Example(log, found, rows, worth, part is None)


def _is_early(number: int, error: frozenset[int]) -> bool:
    """Return whether a marked line is one of the first of its run; a gap of one line does not end a run."""
    starts = (at for at in range(number, number - FIRST, -1) if at in error)
    return any(at - 1 not in error and at - 2 not in error for at in starts)


def _train(examples: Sequence[Example]) -> list[Any]:
    lightgbm, arrays = (
        import_module("lightgbm"),
        import_module("numpy"),
    )  # not among what the repository is checked with
    worth = arrays.array([each for one in examples for each in one.worth])
    sizes = [len(one.rows) for one in examples]
    trained = []
    for seed in SEEDS:
        # Parsers know the tools of the logs that they were written beside better than those of any other log. So
        # that too much is not made of them, every other log is learned from as if they had said nothing.
        chosen = [one.untold() if at % 2 == seed % 2 else one.rows for at, one in enumerate(examples)]
        table = arrays.array([row for rows in chosen for row in rows], dtype=arrays.float32)
        data = lightgbm.Dataset(table, worth, group=sizes)
        trained.append(lightgbm.train({**PARAMETERS, "seed": seed}, data, ROUNDS))
    return trained


def _judge(examples: Sequence[Example], folds: int) -> None:
    """Print how well projects are done that were not learned from."""
    told: list[Score] = []
    untold: list[Score] = []
    made: dict[str, list[Score]] = {"with parsers": [], "without parsers": []}
    for fold in range(folds):
        held = _held(examples, fold, folds)
        trained = _model(_train([one for one in examples if one.log.group not in held]), "")
        for one in examples:
            if not one.whole or one.log.group not in held:
                continue
            if SETS[0] in one.log.path.parts:
                told.append(_score(trained, one, one.rows))
                untold.append(_score(trained, one, one.untold()))
            elif MADE in one.log.path.parts:
                made["with parsers"].append(_score(trained, one, one.rows))
                made["without parsers"].append(_score(trained, one, one.untold()))
        print(f"fold {fold + 1} of {folds}", file=sys.stderr, flush=True)
    print("with parsers   ", summary(told))
    print("without parsers", summary(untold))
    back = [one for one in told if one.group in HELD_BACK]
    print("held back until the end", summary(back))
    for kind, scores in made.items():
        print(f"made, {kind}", summary(scores))
    for group in sorted({one.group for one in told}):
        print(f"    {group:36}", *(f"{one.rank or '-':>3}" for one in told if one.group == group))
    table = {
        "with parsers": summary(told)._asdict(),
        "without parsers": summary(untold)._asdict(),
        "held back, with parsers": summary(back)._asdict(),
        "held back, without parsers": summary([one for one in untold if one.group in HELD_BACK])._asdict(),
        **{f"made, {kind}": summary(scores)._asdict() for kind, scores in made.items()},
        "folds": folds,
        "logs": [one._asdict() for one in told],
    }
    RESULTS.write_text(json.dumps(table, indent=1) + "\n")


def _held(examples: Sequence[Example], fold: int, folds: int) -> set[str]:
    """Return the groups that are held back: every so many-th of the projects, and of the tools of the logs made here."""
    held: set[str] = set()
    for is_made in (False, True):
        groups = sorted({one.log.group for one in examples if (MADE in one.log.path.parts) is is_made})
        random.Random(1).shuffle(groups)
        held |= set(groups[fold::folds])
    return held


def _score(trained: models.Model, one: Example, rows: Sequence[Sequence[float]]) -> Score:
    shown = choose(one.found, [trained.score(row) for row in rows])
    return score(one.log, [at + 1 for at, _ in shown])


def _model(trained: Sequence[Any], source: str) -> models.Model:
    trees = [_tree(tree["tree_structure"], len(trained)) for one in trained for tree in one.dump_model()["tree_info"]]
    return models.Model(figures.NAMES, trees, source)


def _tree(node: dict[str, Any], parts: int) -> Any:
    if "leaf_value" in node:
        return round(node["leaf_value"] / parts, 4)
    left, right = _tree(node["left_child"], parts), _tree(node["right_child"], parts)
    mean = round(node["internal_value"] / parts, 4)
    return [node["split_feature"], float(f"{node['threshold']:.5g}"), left, right, mean]


def _write(trained: Sequence[Any], source: str) -> None:
    made = _model(trained, source)
    data = {
        "format": models.FORMAT,
        "learned from": source,
        "features": made.names,
        "trees": made.trees,
    }
    text = json.dumps(data, separators=(",", ":")).replace('"trees":[', '"trees":[\n').replace("]],[", "]],\n[")
    WEIGHTS.write_text(text + "\n")
    print(f"{WEIGHTS.name}: {len(made.trees)} trees, {len(text)} bytes")
