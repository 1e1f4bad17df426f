"""`python -m bench.remote`: what running on a cluster costs this machine, and how busy it keeps the cluster.

Two figures, on the loopback. *Overhead*: the processor time of `pitstop run --remote` and of its worker process for many
small tasks at buildbox-casd, for each task, less what a bare gRPC client needs that has the same actions executed there
(upload, Execute, download). *Utilisation*: four workers that do nothing but sleep for 0.5 s a task; how much of the time
between the first start and the last end they slept. Writes `bench/results/remote.json` and the section of
`docs/benchmarks.md`; with `--json` the figures are only printed.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.parts.casd import casd
from tests.parts.engine import STAGE, at, engine, over

from bench import report
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.parts.engine import Act, Asked

    from pitstop.cache.reapi.proto import operations_pb2 as operations

_TITLE = "## On a cluster"
_SUBREAPER = 36  # prctl(2), PR_SET_CHILD_SUBREAPER
_WORKERS, _SLEEP_S = 4, 0.5
_PITSTOP = (sys.executable, "-P", "-m", "pitstop")


class Cost(NamedTuple):
    """Of one call with all that it started, also what outlived it."""

    wall_s: float
    cpu_s: float


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=200, metavar="N", help="so many tasks for the overhead")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="the best of so many")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    if ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0):
        raise OSError("the worker process cannot be waited for on this system")
    figures = {**overhead(options.tasks, options.rounds), "utilisation": round(utilisation(80), 3)}
    if options.json:
        print(json.dumps(figures, indent=2))
        return 0
    for name, value in figures.items():
        print(f"{name:<28} {value}")
    report.keep("remote", _TITLE, figures, section)
    return 0


def section(results: dict[str, Any]) -> str:
    """Return the section of `docs/benchmarks.md`."""
    machine = results["machine"]
    return f"""{_TITLE}

`python -m bench.remote`, servers on the loopback; {machine["cpu"]}, {machine["cores"]} cores, {results["date"]}.

| | | asked for |
| --- | ---: | ---: |
| processor time of `pitstop run --remote` for each small task, at buildbox-casd | {results["pitstop_ms_per_task"]:.1f} ms | |
| the same of a bare gRPC client: upload, Execute, download | {results["bare_client_ms_per_task"]:.1f} ms | |
| more than the bare client | {results["over_bare_ms_per_task"]:.1f} ms | 15 ms |
| of the time that four workers worked at tasks of 0.5 s | {results["utilisation"]:.1%} | 95% |
"""


def overhead(tasks: int, rounds: int) -> dict[str, float]:
    """Return the milliseconds of processor time for each task, of pitstop and of the bare client."""
    ours: list[float] = []
    bare: list[float] = []
    for number in range(rounds):
        with _folder() as folder, casd(folder / "casd", jobs=4) as address:
            repository = _repository(folder / "repo", tasks, f"echo {number} $0 > out/{{}}")
            env = _environment(folder)
            warm = cost((*_PITSTOP, "run", "t0", "--remote", f"grpc://{address}"), repository, env)
            names = [f"t{task}" for task in range(1, tasks)]
            argv = (*_PITSTOP, "run", *names, "--remote", f"grpc://{address}", "--logs", "none")
            ours.append((cost(argv, repository, env).cpu_s - warm.cpu_s) / (tasks - 2) * 1000)
            script = (sys.executable, "-P", str(Path(__file__).with_name("bare_client.py")), address)
            one = cost((*script, "1"), folder, env)
            bare.append((cost((*script, str(tasks)), folder, env).cpu_s - one.cpu_s) / (tasks - 1) * 1000)
    return {
        "pitstop_ms_per_task": round(min(ours), 2),
        "bare_client_ms_per_task": round(min(bare), 2),
        "over_bare_ms_per_task": round(min(ours) - min(bare), 2),
    }


def utilisation(tasks: int) -> float:
    """Return which part of the time the workers of a stand-in slept in."""
    free = threading.Semaphore(_WORKERS)
    spans: list[tuple[float, float]] = []

    def act(_asked: Asked) -> Iterator[operations.Operation]:
        yield at(STAGE.QUEUED)
        with free:
            start = time.monotonic()
            yield at(STAGE.EXECUTING)
            time.sleep(_SLEEP_S)
            spans.append((start, time.monotonic()))
        yield over(reapi.ActionResult())

    class Same:
        def popleft(self) -> Act:
            return act

    with _folder() as folder, engine() as cluster:
        cluster.acts = Same()  # type: ignore[assignment]  # every action is alike
        repository = _repository(folder / "repo", tasks, "true {}", f'[remote]\nurl = "{cluster.url}"\njobs = 8\n')
        argv = (*_PITSTOP, "run", *(f"t{task}" for task in range(tasks)), "--remote", cluster.url, "--logs", "none")
        cost(argv, repository, _environment(folder))
    begin, end = min(start for start, _ in spans), max(end for _, end in spans)
    return tasks * _SLEEP_S / (_WORKERS * (end - begin))


def cost(argv: Sequence[str], cwd: Path, env: dict[str, str]) -> Cost:
    """Run `argv` and wait for all that it started."""
    begin = time.monotonic()
    process = subprocess.Popen(argv, cwd=cwd, env=env, stdout=subprocess.DEVNULL)
    cpu, wall = 0.0, 0.0
    mine = _children() - {process.pid}
    while left := _children() - mine:
        pid, status, used = os.wait4(-1, 0) if not mine else os.wait4(min(left), 0)
        cpu += used.ru_utime + used.ru_stime
        if pid == process.pid:
            wall = time.monotonic() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(argv[:6])} … ended with {process.returncode}")
    return Cost(wall, cpu)


def _children() -> set[int]:
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def _repository(folder: Path, tasks: int, command: str, settings: str = "") -> Path:
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    (folder / ".gitignore").write_text("out/\n.pitstop/\n")
    (folder / "src").mkdir()
    rules = ["root = true", settings]
    for task in range(tasks):
        (folder / f"src/{task}").write_text(f"{task}\n" * 100)
        rules.append(
            f'[tasks.t{task}]\ncommand = "{command.format(task)}"\ninputs = ["src/{task}"]\noutputs = ["out/{task}"]\n'
        )
    (folder / "pitstop.toml").write_text("\n".join(rules))
    return folder


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="pitstop-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "NO_COLOR": "1", "LANG": "C.UTF-8"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
