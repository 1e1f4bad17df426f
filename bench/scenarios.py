"""The scenarios that every tool goes through on its own copy of one workspace, side by side, round by round."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bench import inputs, measure
from bench.tools import link_modules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.measure import Sample
    from bench.peers import Peers
    from bench.tools import Tool

ROUNDS = 5
FEW = 1
"""Rounds of a peer that cannot be the best one: its first run took more than HOPELESS times the fastest peer's."""
HOPELESS = 8.0
SLOW_S = 20.0
"""Whoever needs less than this for one run is measured in all rounds whatever the others need."""

Samples: TypeAlias = "dict[str, list[Sample]]"
"""By the name of the tool, in the order in which they were taken."""


class Bench(NamedTuple):
    """Where the copies are and what surrounds the tools."""

    work: Path
    env: dict[str, str]
    tools: list[Tool]
    say: Callable[[str], None]
    rounds: int = ROUNDS
    shape: inputs.Shape = inputs.Shape()

    def copy(self, tool: Tool) -> Path:
        """Return the copy of the workspace that this tool alone works in."""
        kind = "files-" if self.shape.copies else "copy-"
        return self.work / (kind + "".join(letter for letter in tool.name if letter.isalnum()))

    def run(self, tool: Tool) -> Sample:
        """Run the tool once on its copy."""
        return measure.once(tool.argv, cwd=self.copy(tool), env={**self.env, **tool.env}, log=self.work / "run.log")

    def quietly(self, tool: Tool, argv: tuple[str, ...]) -> None:
        """Run a command that is not measured, and do not mind its end."""
        if argv:
            env = {**self.env, **tool.env}
            subprocess.run(argv, cwd=self.copy(tool), env=env, check=False, capture_output=True)


class Scenario(NamedTuple):
    """What is done to a copy before each measured run."""

    name: str
    title: str
    prepare: Callable[[Bench, Tool, str], None]
    """Gets a text that is new in each round."""
    skip: frozenset[str] = frozenset()
    """Tools that have nothing to show here."""
    copies: bool = False
    """Each build leaves a file for each source (`inputs.Shape.copies`); measured beside the targets, so only on two."""


def _nothing(_bench: Bench, _tool: Tool, _new: str) -> None:
    pass


def _forget(bench: Bench, tool: Tool, _new: str) -> None:
    bench.quietly(tool, tool.before_cold)
    for state in tool.state:
        place = bench.copy(tool) / state
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
    if tool.name == "pitstop":
        forget_pitstop(bench.work, bench.copy(tool))
    _delete(bench, tool, _new)


def forget_pitstop(work: Path, workspace: Path) -> None:
    """Remove the state that pitstop keeps in the workspace and in the user's cache."""
    shutil.rmtree(workspace / ".pitstop", ignore_errors=True)
    shutil.rmtree(work / "home" / ".cache" / "pitstop", ignore_errors=True)


def _delete(bench: Bench, tool: Tool, _new: str) -> None:
    for outputs in (bench.copy(tool) / "packages").glob("*/dist"):
        shutil.rmtree(outputs)


def _leaf(bench: Bench, tool: Tool, new: str) -> None:
    _edit(bench.copy(tool) / "packages" / f"p{bench.shape.packages - 1:04}", new)


def _root(bench: Bench, tool: Tool, new: str) -> None:
    _edit(bench.copy(tool) / "packages" / "p0000", new)


def _edit(package: Path, new: str) -> None:
    source = package / "src" / "s00.txt"
    source.write_text(f"{package.name} {new}\n", encoding="utf-8")


_ALWAYS = frozenset({"just"})
_SLOW = frozenset({"turbo (npm)"})
_SAME = frozenset({"turbo (bare)"})
SCENARIOS = (
    Scenario("cold", "Cold run of all tasks", _forget, _SAME),
    Scenario("noop", "Nothing to do", _nothing, _ALWAYS | _SLOW),
    Scenario("leaf", "One leaf changed", _leaf, _ALWAYS | _SLOW),
    Scenario("restore", "Outputs deleted and restored", _delete, _ALWAYS | _SLOW),
    Scenario("root", "One root dependency changed, all rebuild", _root, _ALWAYS | _SLOW | _SAME),
    Scenario("noop-files", "Nothing to do, where each build leaves 20 files", _nothing, copies=True),
    Scenario("restore-files", "Outputs deleted and restored, 20 files each", _delete, copies=True),
)
MANY_FILES = frozenset({"pitstop", "turbo"})
"""The tools that go through the scenarios with many outputs."""


def prepare(bench: Bench, peers: Peers | None) -> str:
    """Make the copy of each tool, as after a clone and an installation, and return the commit they hold."""
    commits = {}
    for tool in bench.tools:
        copy = inputs.fresh(bench.copy(tool))
        shape = bench.shape._replace(manager=tool.manager)
        commits[tool.manager] = inputs.make(copy, shape)
        if peers is not None:
            if tool.manager == "pnpm":
                bench.quietly(tool, (str(peers.native / "pnpm"), "install", "--offline", "--frozen-lockfile"))
            link_modules(copy, peers)
    # git's index trusts no file as young as itself: let it grow a little older, then write it anew
    time.sleep(1.1)
    for tool in bench.tools:
        bench.quietly(tool, ("git", "status", "--short"))
    return commits.get("pnpm", "")


def measured(bench: Bench, scenario: Scenario) -> Samples:
    """Return the samples of each tool: round by round, in each round one tool after the other.

    Raises BenchError where a tool fails, or where its outputs are not those of the others.
    """
    taking_part = [tool for tool in bench.tools if tool.name not in scenario.skip]
    samples: Samples = {tool.name: [] for tool in taking_part}
    contents = [tool.name for tool in taking_part if tool.checks_contents and tool.name != "pitstop"]
    if scenario.name != "cold":
        for tool in taking_part:  # not measured: brings each copy to the state that the scenario starts from
            bench.run(tool)
            bench.run(tool)
    for number in range(bench.rounds):
        new = f"{scenario.name} {time.time_ns()}"
        found: dict[str, str] = {}
        for tool in taking_part:
            if number >= FEW and hopeless(tool, samples, contents):
                continue
            scenario.prepare(bench, tool, new)
            sample = bench.run(tool)
            samples[tool.name].append(sample)
            found.setdefault(fingerprint(bench.copy(tool)), tool.name)
            bench.say(f"{scenario.name} {number + 1}: {tool.name} {sample.wall_s:.3f} s, CPU {sample.cpu_s:.3f} s")
        if len(found) > 1:
            raise measure.BenchError(f"{scenario.name}: the outputs of {' and '.join(found.values())} differ")
    return samples


def hopeless(tool: Tool, samples: Samples, contents: list[str]) -> bool:
    """Return whether the first run of a peer says that it cannot be the best of those that check contents."""
    if tool.name in {"pitstop", "turbo", "ninja"}:  # a target names them, and they are not slow
        return False
    fastest = min(samples[name][0].wall_s for name in contents)
    return samples[tool.name][0].wall_s > max(SLOW_S, HOPELESS * fastest)


def fingerprint(copy: Path) -> str:
    """Return a digest of all manifests that a build left in this copy."""
    digest = hashlib.sha256()
    for manifest in sorted((copy / "packages").glob("*/dist/manifest.txt")):
        digest.update(manifest.parent.parent.name.encode())
        digest.update(manifest.read_bytes())
    return digest.hexdigest()
