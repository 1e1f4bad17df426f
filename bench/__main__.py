"""`python -m bench`: installs the peers and pitstop, makes the workspaces, measures, and writes the page."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from bench import extremes, peers, report, scenarios, targets
from bench.measure import BenchError
from bench.tools import Tool, named, surroundings, tools

if TYPE_CHECKING:
    from pathlib import Path

RESULTS = peers.REPOSITORY / "bench" / "results"
NOTES = peers.REPOSITORY / "bench" / "notes.md"
PAGE = peers.REPOSITORY / "docs" / "benchmarks.md"
TITLES = {scenario.name: scenario.title for scenario in scenarios.SCENARIOS}
TITLES |= {name: title for name, (title, _) in extremes.EXTREMES.items()}


def main(arguments: list[str]) -> int:
    """Measure, and return the exit code: 0, or 1 where something that is measured does not work."""
    options = _options(arguments)
    wanted = set(options.only.split(",")) if options.only else set(TITLES)
    chosen = set(options.tools.split(",")) if options.tools else set()
    if unknown := wanted - set(TITLES):
        print(f"error: no scenario {', '.join(sorted(unknown))}; there are {', '.join(TITLES)}", file=sys.stderr)
        return 2
    try:
        return _measure(options, wanted, chosen)
    except BenchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", metavar="NAMES", help=f"scenarios, with commas between: {', '.join(TITLES)}")
    parser.add_argument("--tools", metavar="NAMES", help="only these tools, with commas between")
    parser.add_argument("--quick", action="store_true", help="a tenth of the packages and one round: does it work?")
    parser.add_argument("--rounds", type=int, default=scenarios.ROUNDS, help="runs of each tool (%(default)s)")
    parser.add_argument("--compare", action="store_true", help="show what moved since the last results")
    return parser.parse_args(arguments)


def _measure(options: argparse.Namespace, wanted: set[str], chosen: set[str]) -> int:
    root = peers.folder()
    _say(f"everything is installed, made and run below {root}")
    root.mkdir(parents=True, exist_ok=True)
    lock = (root / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until this process ends
    except OSError:
        raise BenchError(f"another bench works in {root}") from None
    with_peers = not chosen or bool(chosen - {"pitstop"})
    installed = peers.install(root / "peers") if with_peers else None
    pitstop = peers.install_pitstop(root / "pitstop") if not chosen or "pitstop" in chosen else None
    everything = tools(installed, pitstop)
    if unknown := chosen - {tool.name for tool in everything}:
        raise BenchError(
            f"no tool {', '.join(sorted(unknown))}; there are {', '.join(tool.name for tool in everything)}"
        )
    work = root / "work"
    shutil.rmtree(work, ignore_errors=True)
    (work / "home").mkdir(parents=True)
    bench = scenarios.Bench(
        work, surroundings(work / "home", installed), named(everything, chosen), _say, options.rounds
    )
    if options.quick:
        bench = bench._replace(rounds=1, shape=bench.shape._replace(packages=bench.shape.packages // 10))
    results: report.Results = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": report.this_machine(),
        "load": f"{os.getloadavg()[0]:.2f}",
        "commit": peers.pitstop_version(),
        "versions": {tool.name: _version(bench, tool) for tool in bench.tools},
        "settings": {tool.name: {"run": tool.note, "env": tool.env} for tool in bench.tools},
        "shape": bench.shape._asdict(),
    }
    earlier = report.latest(RESULTS)
    samples = _samples(bench, wanted, pitstop, installed)
    rows = report.rows_of(samples)
    results["samples"] = samples
    for scenario, found in rows.items():
        print(f"\n{TITLES[scenario]}\n\n{report.table(found)}")
    print(report.targets_table(targets.verdicts(rows), TITLES))
    if options.compare and earlier is not None:
        print(f"since {earlier.name}\n\n{report.compared(report.rows_of(report.load_samples(earlier)), rows)}")
    if options.quick or chosen or wanted != set(TITLES) or options.rounds < scenarios.ROUNDS:
        report.save(root / "last.json", results)
        _say(f"a part only: kept in {root / 'last.json'}")
        return 0
    report.save(RESULTS / f"{results['date']}-{report.short_name()}.json", results)
    notes = NOTES.read_text(encoding="utf-8") if NOTES.exists() else ""
    PAGE.parent.mkdir(exist_ok=True)
    page = report.page(results, rows, TITLES, bench.tools, notes)
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.write_text(report.with_others(page, before), encoding="utf-8")
    _say(f"written: {PAGE}")
    return 0


def _samples(
    bench: scenarios.Bench, wanted: set[str], pitstop: Path | None, installed: peers.Peers | None
) -> dict[str, scenarios.Samples]:
    samples: dict[str, scenarios.Samples] = {}
    few = bench._replace(
        shape=bench.shape._replace(copies=True),
        tools=[tool for tool in bench.tools if tool.name in scenarios.MANY_FILES],
    )
    for copies, one in ((False, bench), (True, few)):
        chosen = [each for each in scenarios.SCENARIOS if each.copies == copies and each.name in wanted]
        try:
            if chosen:
                scenarios.prepare(one, installed)
            for scenario in chosen:
                samples[scenario.name] = scenarios.measured(one, scenario)
        finally:
            for tool in one.tools:
                if one.copy(tool).exists():
                    one.quietly(tool, tool.before_next)
    for name, (_, measured) in extremes.EXTREMES.items():
        if name in wanted:
            samples[name] = measured(bench, pitstop, installed)
    return samples


def _version(bench: scenarios.Bench, tool: Tool) -> str:
    if not tool.version:
        return ""
    env = {**bench.env, **tool.env}
    done = subprocess.run(tool.version, cwd=bench.work, env=env, check=False, stdout=subprocess.PIPE, text=True)
    lines = [line for line in done.stdout.splitlines() if any(letter.isdigit() for letter in line)]
    return lines[0].strip().removeprefix("- ") if lines else "unknown"


def _say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
