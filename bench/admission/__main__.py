"""`python -m bench.admission`: what the admission policy makes of each trace, beside always promoting and LRU."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from bench.admission.simulate import FAR, NEAR, STRATEGIES, Outcome, simulate
from bench.admission.traces import TRACES
from bench.measure import median
from bench.report import this_machine
from pitstop.cache.tiers.policy import Admission

if TYPE_CHECKING:
    from bench.admission.traces import Trace

_BENCH = Path(__file__).parent.parent
_RESULT = _BENCH / "results" / "admission.json"
_PAGES = (_BENCH / "notes.md", _BENCH.parent / "docs" / "benchmarks.md")
_BEGIN, _END = "<!-- python -m bench.admission -->\n", "<!-- end -->\n"
_ROOMS = (0.01, 0.05, 0.2, 0.4)
_SEEDS = (1, 2, 3)


def main() -> int:
    """Measure, print, keep the figures in `bench/results/admission.json` and the table in the pages."""
    rows: dict[str, dict[str, dict[str, list[float]]]] = {}
    cost: list[float] = []
    for name, make in TRACES.items():
        for seed in _SEEDS:
            trace = make(seed)
            total = sum(dict(trace).values())
            cost.append(_cost(trace, total // 20))
            for room in _ROOMS:
                for strategy, how in STRATEGIES.items():
                    outcome = simulate(trace, int(total * room), how)
                    for figure, value in _figures(outcome).items():
                        rows.setdefault(f"{name} {room:.0%}", {}).setdefault(strategy, {}).setdefault(
                            figure, []
                        ).append(value)
    medians = {
        row: {
            strategy: {name: round(median(values), 4) for name, values in figures.items()}
            for strategy, figures in of.items()
        }
        for row, of in rows.items()
    }
    results = {
        "machine": this_machine(),
        "seeds": _SEEDS,
        "near": NEAR._asdict(),
        "far": FAR._asdict(),
        "cpu_us_per_request": round(median(cost) * 1e6, 1),
        "medians": medians,
    }
    _RESULT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    text = section(medians, results["cpu_us_per_request"])
    for page in _PAGES:
        page.write_text(replaced(page.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    return 0


def _figures(outcome: Outcome) -> dict[str, float]:
    return {
        "hits": outcome.hits / outcome.reads,
        "bytes": outcome.hit_bytes / outcome.read_bytes,
        "written_mb": outcome.written_bytes / 1e6,
        "seconds": outcome.seconds,
    }


def _cost(trace: Trace, capacity: int) -> float:
    policy = Admission(capacity)
    begin = process_time()
    for key, size in trace:
        policy.wants(key, size, 0.03)
    return (process_time() - begin) / len(trace)


def section(medians: dict[str, dict[str, dict[str, float]]], cost: object) -> str:
    """Return the part of the page that tells the figures."""
    lines = [
        "## Which results go up into a nearer tier\n",
        (
            "`python -m bench.admission` replays traces against a near tier (1 ms and 200 MB/s) with room for a part of all "
            "bytes, before a far one (30 ms and 30 MB/s) that has everything. The traces are made from seeds: Zipf's law with "
            "exponent 0.8, the same with scans or with changing favourites, and a model of CI in monorepos with branches, "
            "merges and nightly runs (`bench/admission/traces.py` says what each is after). Compared are promoting always "
            "into a tier that lets go of what came first, always into one that lets go of what was not used for longest "
            "(LRU), and what `cache/tiers/policy.py` admits into the second. Medians of three seeds; the policy costs "
            f"{cost} µs of CPU a request, and what it keeps between runs is below 16 KB.\n"
        ),
        "| trace, room | hits: first out | hits: LRU | hits: pitstop | read time of LRU's | written of LRU's |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row, of in medians.items():
        first, lru, ours = (of[name] for name in ("always, first in first out", "always, LRU", "pitstop, LRU"))
        lines.append(
            f"| {row} | {first['hits']:.0%} | {lru['hits']:.0%} | {ours['hits']:.0%} "
            f"| {ours['seconds'] / lru['seconds']:.2f} | {ours['written_mb'] / lru['written_mb']:.2f} |"
        )
    ratios = [of["pitstop, LRU"]["seconds"] / of["always, LRU"]["seconds"] for of in medians.values()]
    lines.append(
        f"\nOver all rows, reads take {median(ratios):.2f} of the time that they take with LRU (median), "
        f"{max(ratios):.2f} at worst, where nearly everything fits and there is little to win.\n"
    )
    return "\n".join(lines)


def replaced(page: str, text: str) -> str:
    """Return `page` with the section in the place of the one that it has, or before its figures, or at its end."""
    whole = f"{_BEGIN}{text}{_END}"
    if _BEGIN in page:
        before, _, rest = page.partition(_BEGIN)
        return before + whole + rest.partition(_END)[2]
    before, figures, rest = page.partition("## Figures\n")
    return f"{before.rstrip()}\n\n{whole}" + (f"\n{figures}{rest}" if figures else "")


if __name__ == "__main__":
    sys.exit(main())
