"""`python -m bench.clone`: what a run costs that has nothing to make, its results in a store elsewhere or in the one here.

500 tasks in five rows, each of which needs one of the row before and leaves one small file. Writes
`bench/results/clone.json` and the section of `docs/benchmarks.md`; `--quick` only prints.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import measure, peers, report
from bench.measure import BenchError
from bench.tiers.servers import SERVERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.tiers.servers import Served

TARGET = 2.0
TITLE = "## A fresh clone"
_ROWS, _TASKS = 5, 500
_TEXT = """
`python -m bench.clone`, servers on the loopback of the same machine; {cpu}, {cores} cores, {date}, medians of {rounds}.
A checkout in which no run ever was, of {tasks} tasks in {rows} rows: each needs one of the row before and leaves one small
file, and all of it was made elsewhere. With an empty local store everything comes from the tier; beside it the same
with a local store that has everything. At most {target:.0f} times as long is asked for. CPU is that of the run; the
process that asks the tier works beside it.

"""


def main(arguments: list[str]) -> int:
    """Measure, print and, when it was everything, keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.clone", description=__doc__)
    parser.add_argument("--tiers", default=",".join(SERVERS), help="some of them, with commas between (%(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="(%(default)s)")
    parser.add_argument("--quick", action="store_true", help="once, and print it only: does it work?")
    options = parser.parse_args(arguments)
    root = peers.folder()
    root.mkdir(parents=True, exist_ok=True)
    scripts = peers.install_pitstop(root / "pitstop-clone")
    extras = f"{peers.REPOSITORY}[redis,s3,reapi,http]"
    peers.quietly([str(scripts / "python"), "-m", "pip", "install", "--quiet", extras], peers.REPOSITORY)
    rounds = 1 if options.quick else options.rounds
    rows: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(dir=root) as temporary:
        for kind in options.tiers.split(","):
            folder = Path(temporary) / kind
            (folder / "server").mkdir(parents=True)
            with SERVERS[kind](folder / "server") as served:
                rows[kind] = _measured(served, folder, str(scripts / "pitstop"), rounds)
            print(_line(kind, rows[kind]), flush=True)
    if options.quick or len(rows) < len(SERVERS):
        return 0
    report.keep("clone", TITLE, {"rounds": rounds, "rows": rows}, section)
    return 0


def _measured(served: Served, folder: Path, program: str, rounds: int) -> dict[str, float]:
    """Return the medians of a run with an empty store and of one with a full one, in turns."""
    repository = _repository(folder, served)
    _run(program, repository, folder / "first", {**served.environ, "CI": "true"})
    found: dict[str, list[float]] = {}
    for turn in range(rounds + 1):  # the first round fills caches and counts for nothing
        machine = folder / f"machine{turn}"
        for name in ("tier", "store"):
            sample = _run(program, repository, machine, served.environ)
            found.setdefault(f"{name}_s", []).append(sample.wall_s)
            found.setdefault(f"{name}_cpu_s", []).append(sample.cpu_s)
    return {name: round(measure.median(values[1:] or values), 4) for name, values in found.items()}


def _repository(folder: Path, served: Served) -> Path:
    root = folder / "repository"
    (root / "src").mkdir(parents=True)
    names = [f"t{number}" for number in range(_TASKS)]
    settings = f"[run]\ntasks = {names}\n{served.settings}"
    for number, name in enumerate(names):
        (root / f"src/{number}.txt").write_text(f"{number}\n")
        before = number - _TASKS // _ROWS
        settings += f"[tasks.{name}]\ncommand = 'mkdir -p out/{number} && cp src/{number}.txt out/{number}/made'\n"
        settings += f"inputs = ['src/{number}.txt']\noutputs = ['out/{number}/**']\n"
        settings += f"depends_on = ['t{before}']\n" if before >= 0 else ""
    (root / "pitstop.toml").write_text(settings)
    (root / ".gitignore").write_text("out/\n.pitstop/\n")
    for argv in (["init", "-q"], ["add", "-A"], ["-c", "user.name=b", "-c", "user.email=b@b", "commit", "-qm", "."]):
        subprocess.run(["git", *argv], cwd=root, check=True)
    return root


def _run(program: str, root: Path, machine: Path, env: Mapping[str, str]) -> measure.Sample:
    """Run everything in a checkout without a past, on a machine with a store of its own."""
    for name in ("out", ".pitstop"):
        shutil.rmtree(root / name, ignore_errors=True)
    machine.mkdir(exist_ok=True)
    first = "CI" in env
    given = {**env, "PATH": os.environ["PATH"], "HOME": str(machine)}
    log = machine / "log"
    sample = measure.once([program, "run", "--logs", "none"], cwd=root, env=given, log=log)
    if not first and f"{_TASKS} cached" not in log.read_text():
        raise BenchError(log.read_text()[-2000:])
    return sample


def _line(kind: str, row: Mapping[str, float]) -> str:
    times = row["tier_s"] / row["store_s"]
    return f"{kind:<6} from the tier {report.seconds(row['tier_s'])}, from the store {report.seconds(row['store_s'])}: {times:.2f}"


def section(results: Mapping[str, Any]) -> str:
    """Return the section of `docs/benchmarks.md`."""
    text = _TEXT.format(
        target=TARGET, tasks=_TASKS, rows=_ROWS, rounds=results["rounds"], date=results["date"], **results["machine"]
    )
    rows = [
        "| tier | from the tier | from the local store | times | CPU | CPU, local store |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind, row in results["rows"].items():
        times = row["tier_s"] / row["store_s"]
        cells = [kind, report.seconds(row["tier_s"]), report.seconds(row["store_s"])]
        cells += [f"{times:.2f}" if times <= TARGET else f"**{times:.2f}**"]
        cells += [report.seconds(row["tier_cpu_s"]), report.seconds(row["store_cpu_s"])]
        rows.append(f"| {' | '.join(cells)} |")
    return f"{TITLE}\n" + text + "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
