"""The figures that issue 3 asks for, each as a number that was measured beside the number it may not pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

TASKS = 10_000
PACKAGES = 500
MIB = 1 << 20
TIMES = "×"  # noqa: RUF001  the sign is meant
PEERS_BY_CONTENT = ("turbo", "nx", "moon")


class Row(NamedTuple):
    """Medians of one tool in one scenario; the units are those of `measure.Sample`."""

    wall_s: float
    cpu_s: float
    own_cpu_s: float | None
    peak_bytes: float
    runs: int


class Verdict(NamedTuple):
    """One target and what became of it."""

    scenario: str
    text: str
    value: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the value keeps to its limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def verdicts(rows: Mapping[str, Mapping[str, Row]]) -> list[Verdict]:
    """Return a verdict for each target whose figures are in `rows` (scenario, tool), in the issue's order."""
    return [*_noop(rows), *_changes(rows), *_cold(rows), *_extremes(rows), *_start(rows)]


def _noop(rows: Mapping[str, Mapping[str, Row]]) -> list[Verdict]:
    noop = rows.get("noop", {})
    if "pitstop" not in noop:
        return []
    ours = noop["pitstop"]
    found = [Verdict("noop", "CPU", ours.cpu_s, 0.35, "s")]
    if "turbo" in noop:
        found.insert(0, Verdict("noop", "time, of turbo's", ours.wall_s / noop["turbo"].wall_s, 0.5, TIMES))
    best = _best(noop)
    if best:
        found.append(
            Verdict("noop", f"time, of {best}'s, the fastest by contents", ours.wall_s / noop[best].wall_s, 1, TIMES)
        )
    return found


def _changes(rows: Mapping[str, Mapping[str, Row]]) -> list[Verdict]:
    found = []
    for name in ("leaf", "root", "restore"):
        scenario = rows.get(name, {})
        best = _best(scenario)
        if best and "pitstop" in scenario:
            ratio = scenario["pitstop"].wall_s / scenario[best].wall_s
            found.append(Verdict(name, f"time, of {best}'s, the best peer", ratio, 0.5, TIMES))
    return found


def _cold(rows: Mapping[str, Mapping[str, Row]]) -> list[Verdict]:
    cold = rows.get("cold", {})
    if "pitstop" not in cold:
        return []
    ours, found = cold["pitstop"], []
    for turbo in ("turbo (npm)", "turbo"):
        if turbo in cold:
            found.append(Verdict("cold", f"time, of {turbo}'s", ours.wall_s / cold[turbo].wall_s, 0.2, TIMES))
            found.append(Verdict("cold", f"CPU, of {turbo}'s", ours.cpu_s / cold[turbo].cpu_s, 0.2, TIMES))
    if "ninja" in cold:
        found.append(Verdict("cold", "CPU, of ninja's", ours.cpu_s / cold["ninja"].cpu_s, 1.6, TIMES))
    return found


def _extremes(rows: Mapping[str, Mapping[str, Row]]) -> list[Verdict]:
    found = []
    if plan := rows.get("plan", {}).get("pitstop"):
        found.append(Verdict("plan", "CPU", plan.cpu_s, 3, "s"))
        found.append(Verdict("plan", "peak memory", plan.peak_bytes / MIB, 400, "MiB"))
    engine = rows.get("engine", {})
    if ours := engine.get("pitstop"):
        if ours.own_cpu_s is not None:
            found.append(Verdict("engine", "pitstop's own CPU a task", ours.own_cpu_s / TASKS * 1000, 1.5, "ms"))
        if "bare" in engine:
            more = (ours.cpu_s - engine["bare"].cpu_s) / TASKS * 1000
            found.append(Verdict("engine", "CPU of all processes beyond the bare shells', a task", more, 1.5, "ms"))
    if flood := rows.get("flood", {}).get("pitstop"):
        found.append(Verdict("flood", "printed", (1 << 30) / 1e6 / flood.wall_s, 300, "MB/s", at_least=True))
        found.append(Verdict("flood", "peak memory", flood.peak_bytes / MIB, 150, "MiB"))
    return found


def _start(rows: Mapping[str, Mapping[str, Row]]) -> list[Verdict]:
    start = rows.get("start", {})
    bare = start.get("python -I -c pass")
    return [
        Verdict("start", f"CPU of `{name}`, of `python -I -c pass`'s", row.cpu_s / bare.cpu_s, 2.5, TIMES)
        for name, row in start.items()
        if bare and name.startswith("pitstop")
    ]


def _best(scenario: Mapping[str, Row]) -> str | None:
    present = [name for name in PEERS_BY_CONTENT if name in scenario]
    return min(present, key=lambda name: scenario[name].wall_s, default=None)
