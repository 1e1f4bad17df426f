"""`python -m bench.diagnose --corpora DIR`: score on labelled logs; `… learn` writes the weights that ranking uses."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.diagnose.categories import score_categories
from bench.diagnose.logs import CATEGORIES, LINED, MADE, PAIRED, read_set
from bench.diagnose.score import Score, score, summary
from bench.diagnose.tools import PAIR_TOOLS, TOOLS

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = Path(__file__).parents[1] / "results"
PAIRS = "pairs"
"""`breakages` with the log of the run that passed."""


def main(arguments: Sequence[str]) -> int:
    """Score or learn, and return the exit code."""
    options = _options(arguments)
    if options.what == "learn":
        from bench.diagnose.learn import learn

        return learn(options.corpora, folds=options.folds, write=not options.dry)
    print(_row("set", "tool", ("logs", "hit@1", "hit@5", "hit@10", "MRR", "recall", "precision", "shown")))
    for name in options.set or (*LINED, PAIRS, CATEGORIES, MADE):
        if name == CATEGORIES:
            table = score_categories(read_set(options.corpora, CATEGORIES))
            print("\n".join(table.pop("lines")))
            _keep(name, table)
        else:
            _score_set(options, name)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.diagnose", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("score", "learn"), default="score")
    parser.add_argument("--corpora", type=Path, metavar="DIR", help="where the sets of logs are; `made` is here")
    parser.add_argument("--set", action="append", choices=(*LINED, PAIRS, CATEGORIES, MADE), help="only this one")
    parser.add_argument("--tool", action="append", choices=TOOLS, help="only this one")
    parser.add_argument("--per-log", action="store_true", help="print the rank on each log")
    parser.add_argument("--folds", type=int, default=0, help="learn: judge by so many folds of projects first")
    parser.add_argument("--dry", action="store_true", help="learn: write no weights")
    options = parser.parse_args(arguments)
    if options.corpora is None and (options.what == "learn" or options.set != [MADE]):
        parser.error("--corpora is needed for all sets but `made`")
    return options


def _score_set(options: argparse.Namespace, name: str) -> None:
    logs = list(read_set(options.corpora, PAIRED if name == PAIRS else name))
    rows: dict[str, list[Score]] = defaultdict(list)
    for log in logs:
        data = log.read()
        if name == PAIRS:
            good = log.read_good()
            for tool, judged in PAIR_TOOLS.items():
                rows[tool].append(score(log, judged(data, good)))
        else:
            for tool in options.tool or TOOLS:
                rows[tool].append(score(log, TOOLS[tool](data)))
    for tool, scores in rows.items():
        print(_row(name, tool, summary(scores)))
        if options.per_log:
            for one in scores:
                print(f"    {one.rank or '-':>4}  {one.name}")
    table = {
        "set": name,
        "summary": {tool: summary(scores)._asdict() for tool, scores in rows.items()},
        "logs": {tool: [one._asdict() for one in scores] for tool, scores in rows.items()},
    }
    _keep(name, table)


def _keep(name: str, table: dict[str, Any]) -> None:
    (RESULTS / f"diagnose-{name}.json").write_text(json.dumps(table, indent=1) + "\n")


def _row(first: str, second: str, figures: Sequence[object]) -> str:
    cells = [f"{one:.3f}" if isinstance(one, float) else str(one) for one in figures]
    return f"{first:<10} {second:<17}" + "".join(f"{cell:>10}" for cell in cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
