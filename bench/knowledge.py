"""`python -m bench.knowledge`: what 2,000 patterns cost beside 20, in one pass over a log and as a whole process."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from pitstop.explain.knowledge.base import FOLDER, Knowledge
from pitstop.explain.knowledge.packed import pack
from pitstop.explain.knowledge.read import read_entries
from pitstop.explain.lines import read_lines

if TYPE_CHECKING:
    from collections.abc import Callable

_ROUNDS = 7
_FEW, _MANY = 20, 2000
_LOG = 1_000_000  # bytes
_ENTRY = """\
[[entry]]
code = "made/n{n}"
patterns = ['error {word}: cannot {verb} the (?P<what>\\S+) of `[^`]+`: .* was refused']
summary = "{{what}} cannot be used"
category = "code"
solutions = [{{ text = "Mend it", command = "make {verb}" }}]
references = ["https://example.org/{n}"]
matches = ["error {word}: cannot {verb} the lock of `a`: it was refused"]
"""
_LINES = (
    "2026-11-22T01:15:30Z  INFO compiling module {n} of the shop with 4 workers",
    "   Compiling thing-{n} v1.{n}.0 (/shop/crates/thing-{n})",
    "test tests::works_{n} ... ok",
    "warning: unused variable: `x{n}`",
    "error M{n}: cannot carry the {n} of `b{n}`: it was granted",
    "Downloading https://registry.example.org/a-{n}.tgz [=====>    ] {n} kB",
)


def entries(count: int) -> str:
    """Return a knowledge file of `count` entries that share most of their words, as those of one team do."""
    verbs = ("carry", "lift", "stack", "weigh", "sort")
    return "\n".join(_ENTRY.format(n=n, word=f"M{n}", verb=verbs[n % len(verbs)]) for n in range(count))


def log() -> bytes:
    """Return a log of about 1 MB in which a few entries are found."""
    lines: list[str] = []
    size = number = 0
    while size < _LOG:
        line = _LINES[number % len(_LINES)].format(n=number)
        if number % 5000 == 7:
            line = f"error M{number % 20}: cannot weigh the lock of `a`: it was refused"
        lines.append(line)
        size += len(line) + 1
        number += 1
    return "\n".join(lines).encode()


def main() -> int:
    """Measure, print, and return 0 where the target of a factor of two is met in both."""
    lines = read_lines(log())
    known = {count: Knowledge([pack(entry) for entry in read_entries(entries(count))[0]]) for count in (_FEW, _MANY)}
    passes = {count: _best(lambda k=known[count]: _cpu(lambda: k.match(lines))) for count in known}  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        wholes = _processes(Path(folder))
    print(f"{len(lines)} lines, best of {_ROUNDS}, CPU milliseconds\n")
    good = True
    for name, found in (("one pass over the lines", passes), ("`pitstop explain`, whole process", wholes)):
        factor = found[_MANY] / found[_FEW]
        good = good and factor <= 2
        print(
            f"{name}: {found[_FEW] * 1000:.0f} with {_FEW}, {found[_MANY] * 1000:.0f} with {_MANY}: {factor:.2f} times"
        )
    return 0 if good else 1


def _processes(folder: Path) -> dict[int, float]:
    """Return what the whole program takes in repositories with few and many entries of their own."""
    (folder / "a.log").write_bytes(log())
    for count in (_FEW, _MANY):
        own = folder / str(count) / FOLDER
        own.mkdir(parents=True)
        (own / "made.toml").write_text(entries(count))
        subprocess.run(["git", "init", "--quiet", str(folder / str(count))], check=True)
    env = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    argv = [sys.executable, "-P", "-m", "pitstop", "explain", str(folder / "a.log"), "--format", "lines"]

    def run(count: int) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(argv, cwd=folder / str(count), env=env, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    for count in (_FEW, _MANY):
        first = run(count)  # works the entries out and keeps them
        print(f"first run with {count} entries: {first * 1000:.0f}")
    return {count: _best(lambda c=count: run(c)) for count in (_FEW, _MANY)}  # type: ignore[misc]


def _cpu(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def _best(measure: Callable[[], float]) -> float:
    return min(measure() for _ in range(_ROUNDS))


if __name__ == "__main__":
    sys.exit(main())
