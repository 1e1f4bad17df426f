"""`python -m bench.tiers`: restores from each tier, beside what the plain client of its server moves.

Writes `bench/results/tiers.json` and the section of `docs/benchmarks.md`; a part of it is only printed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from bench import measure, peers, report
from bench.tiers import ours, section
from bench.tiers.ours import Load, Whole
from bench.tiers.plain import PLAIN
from bench.tiers.servers import SERVERS

_LOADS = {"small": Load(10_000, 1024), "large": Load(1, 1 << 30)}
_QUICK = {"small": Load(1_000, 1024), "large": Load(1, 64 << 20)}
_ROUNDS = 5


def main(arguments: list[str]) -> int:
    """Measure, print and, when it was everything, keep the figures."""
    options = _options(arguments)
    root = peers.folder()
    work = options.work or root
    work.mkdir(parents=True, exist_ok=True)
    loads = _QUICK if options.quick else _LOADS
    rounds = 1 if options.quick else options.rounds
    tiers, names = options.tiers.split(","), options.loads.split(",")
    scripts = None if options.no_runs else peers.install_pitstop(root / "pitstop-tiers")
    if scripts is not None:
        _extras(scripts)
    rows: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(dir=work) as temporary:  # nothing small is removed before the end
        for kind, name in product(tiers, names):
            folder = Path(temporary) / f"{kind}-{name}"
            (folder / "server").mkdir(parents=True)
            with SERVERS[kind](folder / "server") as served:
                row = _measured(kind, served, loads[name], folder, scripts, rounds)
            rows[f"{kind} {name}"] = row
            print(section.line(f"{kind} {name}", row), flush=True)
            if loads[name].files == 1:
                shutil.rmtree(folder)
    if options.quick or options.no_runs or len(rows) < len(SERVERS) * len(_LOADS):
        return 0
    report.keep("tiers", section.TITLE, {"rounds": rounds, "rows": rows}, section.of)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.tiers", description=__doc__)
    parser.add_argument("--tiers", default=",".join(SERVERS), help="some of them, with commas between (%(default)s)")
    parser.add_argument("--loads", default=",".join(_LOADS), help="the same (%(default)s)")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="(%(default)s)")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", help="where servers and stores are (the user's cache folder)"
    )
    parser.add_argument("--quick", action="store_true", help="a tenth, once: does it work?")
    parser.add_argument("--no-runs", action="store_true", help="the tiers alone, without `pitstop run`")
    return parser.parse_args(arguments)


def _extras(scripts: Path) -> None:
    """Install what the tiers need beside pitstop."""
    peers.quietly(
        [str(scripts / "python"), "-m", "pip", "install", "--quiet", f"{peers.REPOSITORY}[redis,s3,reapi,http]"],
        peers.REPOSITORY,
    )


def _measured(kind: str, served: Any, load: Load, folder: Path, scripts: Path | None, rounds: int) -> dict[str, Any]:
    """Return the medians of all that is measured, seconds; one is measured after the other, in turns."""
    plain = PLAIN[kind](served, load.files, load.size)
    kept = ours.fill(served, load, folder)
    whole = Whole(served, load, folder, scripts) if scripts is not None else None
    found: dict[str, list[float]] = {}
    for _ in range(rounds + 1):  # the first round fills caches and counts for nothing
        turn = {
            "plain": plain(),
            "moved": ours.moved(kept),
            "written": ours.written(load, folder),
            "brought": ours.brought(kept, folder),
        }
        if whole is not None:
            from_tier, from_store = whole.from_tier(), whole.from_store()
            turn |= {"run": from_tier.wall_s, "run_local": from_store.wall_s}
            turn |= {"run_cpu": from_tier.cpu_s, "run_local_cpu": from_store.cpu_s}
        for name, value in turn.items():
            found.setdefault(name, []).append(value)
    row: dict[str, Any] = {name: round(measure.median(values[1:]), 4) for name, values in found.items()}
    row |= {"count": load.files, "size": load.size}
    return row


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
