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

from bench.diagnose.logs import Log, read_set
from bench.diagnose.score import Score, score, summary
from pitstop.explain.lines import read_lines
from pitstop.explain.parsers import find_failures
from pitstop.explain.rank import features as figures
from pitstop.explain.rank import model as models
from pitstop.explain.rank.choose import choose
from pitstop.explain.rank.survey import Survey, survey

if TYPE_CHECKING:
    from collections.abc import Sequence

SETS = ("logchunks", "breakages")
WEIGHTS = Path(models.__file__).parent / "weights.json"
SEEDS = (0, 1, 2)
"""Of the models whose trees are averaged: how well one does hangs on chance."""
FIRST = 4
"""So many lines from the beginning of what was marked are worth twice the rest: it is them that a reader needs."""
PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "learning_rate": 0.06,
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
ROUNDS = 150


class Example(NamedTuple):
    """One log, measured."""

    log: Log
    found: Survey
    rows: list[list[float]]
    worth: list[int]
    """2, 1 or 0 for each line that was measured."""


def learn(corpora: Path, *, folds: int, write: bool) -> int:
    """Judge by `folds` folds of projects where that is not 0, learn from all logs, write the weights."""
    examples = [_measure(log) for name in SETS for log in read_set(corpora, name)]
    print(f"{len(examples)} logs measured, {len(figures.NAMES)} figures a line", flush=True)
    if folds:
        _judge(examples, folds)
    if write:
        told = {name: sum(1 for _ in read_set(corpora, name)) for name in SETS}
        _write(_train(examples), ", ".join(f"{count} logs of {name}" for name, count in told.items()))
    return 0


def _measure(log: Log) -> Example:
    lines = read_lines(log.read())
    found = survey(lines)
    rows = figures.features(found, find_failures(lines))
    frame = figures.NAMES.index("frame")
    worth = []
    for index, row in zip(found.chosen, rows, strict=True):
        number = found.solid[index] + 1
        worth.append(0 if number not in log.error else 2 if not row[frame] and _is_early(number, log.error) else 1)
    return Example(log, found, rows, worth)


def _is_early(number: int, error: frozenset[int]) -> bool:
    """Return whether a marked line is one of the first of its run; a gap of one line does not end a run."""
    starts = (at for at in range(number, number - FIRST, -1) if at in error)
    return any(at - 1 not in error and at - 2 not in error for at in starts)


def _train(examples: Sequence[Example]) -> list[Any]:
    lightgbm, arrays = (
        import_module("lightgbm"),
        import_module("numpy"),
    )  # not among what the repository is checked with
    table = arrays.array([row for one in examples for row in one.rows], dtype=arrays.float32)
    worth = arrays.array([each for one in examples for each in one.worth])
    sizes = [len(one.rows) for one in examples]
    trained = []
    for seed in SEEDS:
        data = lightgbm.Dataset(table, worth, group=sizes)
        trained.append(lightgbm.train({**PARAMETERS, "seed": seed}, data, ROUNDS))
    return trained


def _judge(examples: Sequence[Example], folds: int) -> None:
    """Print how well projects are done that were not learned from."""
    groups = sorted({one.log.group for one in examples})
    random.Random(1).shuffle(groups)
    scores: list[Score] = []
    for fold in range(folds):
        held = set(groups[fold::folds])
        trained = _model(_train([one for one in examples if one.log.group not in held]), "")
        for one in examples:
            if one.log.group in held and one.log.name.count("/"):
                shown = choose(one.found, [trained.score(row) for row in one.rows])
                scores.append(score(one.log, [at + 1 for at, _ in shown]))
        print(f"fold {fold + 1} of {folds}: {sorted(held)}", file=sys.stderr, flush=True)
    print(summary(scores))
    for group in groups:
        if ranks := [one.rank for one in scores if one.group == group]:
            print(f"    {group:40} {ranks}")
    table = {"summary": summary(scores)._asdict(), "logs": [one._asdict() for one in scores]}
    results = Path(__file__).parents[1] / "results" / "diagnose-cross-validated.json"
    results.write_text(json.dumps(table, indent=1) + "\n")


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
