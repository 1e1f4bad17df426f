"""Traces: what runs would ask a shared cache for, in order. Made from a seed, the same on every machine.

- `zipf`: independent requests of which few keys get most. Exponent 0.8, as Breslau et al. found 0.64 to 0.83 in six
  traces ("Web Caching and Zipf-like Distributions", INFOCOM 1999).
- `scans`: the same, and now and then somebody goes once through everything old: a bisect, a nightly run of a release.
- `drift`: the same, but what is popular changes.
- `branches`: a model of CI in a monorepo: packages that need each other, branches that change one to three of them and
  run on each push, merges into the main branch and a run there, branches that are brought up to date. Each task asks for
  its result; tasks that a change reaches get new keys. This is what `pitstop run` does in CI.
- `teams`: the same with several repositories in one cache, and a nightly run that builds all at another setting once.

Sizes are log-normal: most outputs are of a few KiB, and most bytes are in few of them.
"""

from __future__ import annotations

from hashlib import sha256
from math import exp
from random import Random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Request(NamedTuple):
    """Somebody asks for a key; whoever asks first makes it."""

    key: str
    size: int


Trace = list[Request]


def zipf(seed: int, *, keys: int = 20_000, requests: int = 60_000, exponent: float = 0.8) -> Trace:
    """Return independent requests whose keys follow Zipf's law."""
    random = Random(seed)
    names = [_named(f"zipf {seed} {n}", random) for n in range(keys)]
    weights = [1 / (n + 1) ** exponent for n in range(keys)]
    return random.choices(names, weights, k=requests)


def scans(seed: int) -> Trace:
    """Return Zipf's requests with four scans between them, each through 8,000 keys that are wanted only then."""
    random = Random(seed)
    found: Trace = []
    usual = zipf(seed)
    for number in range(4):
        found += usual[number * 15_000 : (number + 1) * 15_000]
        found += [_named(f"scan {seed} {number} {n}", random) for n in range(8_000)]
    return found


def drift(seed: int) -> Trace:
    """Return Zipf's requests where another set of keys is popular after every 15,000."""
    return [request for number in range(4) for request in zipf(seed * 10 + number, requests=15_000)]


def branches(seed: int, *, packages: int = 300, runs: int = 300, name: str = "") -> Trace:
    """Return what the runs of CI ask for in a repository of `packages` packages."""
    return [request for run in _runs(seed, packages, runs, name) for request in run]


def teams(seed: int) -> Trace:
    """Return what the runs of three repositories ask for, by turns, with a nightly one that nobody asks for again."""
    random = Random(seed)
    each = [list(_runs(seed + n, 150, 150, f"team {n} ")) for n in range(3)]
    found: Trace = []
    for number, round_ in enumerate(zip(*each, strict=True)):
        found += [request for run in round_ for request in run]
        if number % 30 == 29:
            found += [_named(f"nightly {seed} {number} {n}", random) for n in range(2_000)]
    return found


def _runs(seed: int, packages: int, runs: int, name: str) -> Iterator[Trace]:
    random = Random(f"{seed} {name}")
    needs = [sorted(random.sample(range(n), min(n, random.choice((0, 1, 2, 3))))) for n in range(packages)]
    sizes = [_size(random) for _ in range(packages)]
    main = [0] * packages
    open_branches: list[list[int]] = []
    version = 0
    for _ in range(runs):
        what = random.random()
        if what < 0.25 or not open_branches:  # somebody starts a branch
            state = list(main)
            open_branches.append(state)
        else:
            state = random.choice(open_branches)
        if what < 0.85:  # and pushes to it
            version += 1
            for changed in random.sample(range(packages), random.choice((1, 1, 1, 2, 3))):
                state[changed] = version
        else:  # or it is merged, and runs as the main branch
            main = [max(ours, theirs) for ours, theirs in zip(main, state, strict=True)]
            open_branches.remove(state)
            state = main
            for other in open_branches[: random.randrange(3)]:
                other[:] = [max(ours, theirs) for ours, theirs in zip(main, other, strict=True)]
        yield list(_tasks(state, needs, sizes, f"{name}{seed}"))


def _tasks(state: list[int], needs: list[list[int]], sizes: list[int], name: str) -> Iterator[Request]:
    keys: list[str] = []
    for package, version in enumerate(state):
        text = f"{name} {package} {version} {' '.join(keys[needed] for needed in needs[package])}"
        keys.append(sha256(text.encode()).hexdigest())
        yield Request(keys[-1], sizes[package])


def _named(name: str, random: Random) -> Request:
    return Request(sha256(name.encode()).hexdigest(), _size(random))


def _size(random: Random) -> int:
    return max(200, min(int(exp(random.gauss(9.5, 2.0))), 1 << 28))  # median 13 KiB, mean 100 KiB


TRACES: dict[str, Callable[[int], Trace]] = {
    "zipf": zipf,
    "scans": scans,
    "drift": drift,
    "branches": branches,
    "teams": teams,
}
