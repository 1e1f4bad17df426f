"""Each kind of tier with each fault: the run ends well and right, and says once what happened.

What came of it is docs/reference/cache-faults.md. To write that anew:

    PITSTOP_WRITE_FAULTS=1 python -m pytest tests/e2e/test_fault_matrix.py
"""

from __future__ import annotations

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.cli.scripted import endings, tasks
from tests.e2e.faults import KINDS, LARGE, TCP, Case, Setup, World, cases, plain
from tests.support.pit import Pit
from tests.support.redact import redact

if TYPE_CHECKING:
    from tests.support.pit import Result

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="its servers run there")]

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "cache-faults.md"
REWRITE = "PITSTOP_WRITE_FAULTS=1 python -m pytest tests/e2e/test_fault_matrix.py"
ALL = [(kind, name) for kind in KINDS for name in cases(kind)]
TASKS = """\
[cache]
upload_wait = "{wait}"

[[cache.tiers]]
{tier}

[tasks.small]
command = "mkdir -p dist/small && for n in 1 2 3; do echo small $n > dist/small/$n.txt; done"
inputs = ["//a.txt"]
outputs = ["dist/small/*"]

[tasks.large]
command = "mkdir -p dist && cat noise > dist/large.bin"
inputs = ["//noise"]
outputs = ["dist/large.bin"]

[tasks.after]
command = "cat dist/small/1.txt dist/large.bin | cksum > dist/after.txt"
depends_on = ["small", "large"]
inputs = ["//a.txt"]
outputs = ["dist/after.txt"]
"""
NOISE = Random(5).randbytes(LARGE)


CHANCE = {"connections are cut in the middle of a blob", "it ends its answer in the middle of a blob"}
"""How far a blob has come when it is asked for again is chance, and so whether all of it comes."""
WAITING = {"it never answers", "it stops in the middle of a blob"}


class Outcome(NamedTuple):
    """What came of one run."""

    result: Result
    right: bool
    """Whether all outputs are what they should be."""
    happened: bool
    """Whether the fault did happen."""

    @property
    def taken(self) -> list[str]:
        """The tasks whose results came from the tier."""
        return sorted(task for task, how in endings(self.result).items() if how == "cache")

    @property
    def done(self) -> str:
        """Where the results are from, in words."""
        if len(self.taken) == 3:
            return "all results are taken"
        return "what is whole is taken, the rest is made" if self.taken else "all results are made"

    @property
    def said(self) -> list[str]:
        """What it told, without what differs between two runs."""
        told = [event["message"] for event in self.result.events if event["event"] == "Notice"]
        return sorted(_plain(text) for text in told if "not sent yet" not in text)


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """All outcomes, of which those of a kind are made when it is asked for first."""
    return Matrix(request, tmp_path_factory.mktemp("faults"))


class Matrix:
    """Runs what it is asked for."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request = request
        self._folder = folder
        self._found: dict[str, dict[str, Outcome]] = {}

    def of(self, kind: str) -> dict[str, Outcome]:
        """Return what came of each fault of a kind: many runs at once, since most of their time is waiting."""
        if kind not in self._found:
            folder = self._folder / kind
            folder.mkdir(exist_ok=True)
            world = self._world(kind, folder)
            first = _tried(world, Case("", plain), folder / "warm")
            assert first.result.exit == 0, first.result
            assert first.said == []
            with ThreadPoolExecutor(6) as pool:
                runs = {name: pool.submit(_tried, world, case, folder / name) for name, case in cases(kind).items()}
                found = {name: run.result() for name, run in runs.items()}
            for name, case in cases(kind).items():
                if not found[name].happened:  # a busy machine gave the tier up before that: once more, alone
                    found[name] = _tried(world, case, folder / f"{name} again")
            self._found[kind] = found
        return self._found[kind]

    def _world(self, kind: str, folder: Path) -> World:
        world = World(kind, folder)
        if kind == "redis":
            world.address = self._request.getfixturevalue("redis_address")
        if kind == "reapi":
            world.address = self._request.getfixturevalue("casd_address")
        if kind == "s3":
            world.s3 = self._request.getfixturevalue("s3_bucket")
            world.address = world.s3.endpoint.removeprefix("http://")
        return world


def _tried(world: World, case: Case, folder: Path) -> Outcome:
    """Run the tasks on a new machine with a tier that has a fault."""
    folder.mkdir()
    with case.arrange(world, folder) as setup:
        if setup.writers > 1:
            with ThreadPoolExecutor(setup.writers) as pool:
                list(pool.map(lambda n: _ran(folder / f"writer-{n}", setup), range(setup.writers)))
        pit, result = _ran(folder / "machine", setup)
        happened = setup.happened()
    made = {path.relative_to(pit.root).as_posix(): path.read_bytes() for path in pit.root.glob("dist/**/*.*")}
    wanted = {f"dist/small/{n}.txt": f"small {n}\n".encode() for n in (1, 2, 3)} | {"dist/large.bin": NOISE}
    after = made.pop("dist/after.txt", b"")
    return Outcome(result, made == wanted and after.split()[1:] == [str(LARGE + 8).encode()], happened)


def _ran(folder: Path, setup: Setup) -> tuple[Pit, Result]:
    pit = (
        tasks(Pit(folder), TASKS.format(tier=setup.toml, wait=setup.upload_wait))
        .write("noise", NOISE)
        .write("a.txt", "a")
    )
    pit.commit()
    result = pit("run", "small", "large", "after", "--output", "json", env={"CI": "true", **setup.env})
    pit.close()
    return pit, result


def _plain(text: str) -> str:
    """Return a notice without addresses, times, and the words of libraries, which change with their versions."""
    text = re.sub(r"`[^`]*(?:127\.0\.0\.1|s3://shared/|github)[^`]*`", "`TIER`", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "TIER", text)
    text = re.sub(r" failed: [^;]*;", " failed: …;", text)
    text = re.sub(r"(UNAVAILABLE|does not answer) \(.*?\)+(?=;| \(tier)", r"\1", text)
    return redact(text, {})


@pytest.mark.parametrize(("kind", "name"), ALL, ids=[f"{kind}-{name}" for kind, name in ALL])
def test_whatever_a_tier_does_the_run_ends_well_and_says_so_once(outcomes: Matrix, kind: str, name: str) -> None:
    outcome = outcomes.of(kind)[name]
    assert outcome.result.exit == 0, outcome.result
    assert outcome.right, outcome.result
    assert outcome.happened, "the fault did not happen"
    assert outcome.result.raw_err == b""
    assert len(outcome.said) <= 1, outcome.said
    assert all("TIER" in text for text in outcome.said), "it is not said where"
    if cases(kind)[name].fault in WAITING:
        assert "it is not waited for any more in this run" in outcome.said[0], outcome.said
    if len(outcome.taken) < 3:
        assert outcome.said, "results are missing, and nothing is said of it"
    if name in {"nothing-is-wrong", "two-machines-write-at-once"}:
        assert (outcome.done, outcome.said) == ("all results are taken", [])


def test_the_page_says_what_comes_of_each_fault(outcomes: Matrix) -> None:
    text = page({kind: outcomes.of(kind) for kind in KINDS})
    if os.environ.get("PITSTOP_WRITE_FAULTS"):
        PAGE.write_text(text)
    assert PAGE.read_text() == text, f"to write it anew: {REWRITE}"


def page(found: dict[str, dict[str, Outcome]]) -> str:
    """Return docs/reference/cache-faults.md."""
    lines = [
        "<!-- Written by tests/e2e/test_fault_matrix.py: change that. -->",
        "",
        "# What happens when a shared cache fails",
        "",
        (
            "A run never fails because a tier does: what a tier does not give, or gives wrong, is made here. Each row is a run "
            "of three tasks on a machine with an empty cache, with a tier that has all results and the fault that the row "
            "names; it ends with exit code 0 and the right outputs. What is said is said once. `TIER` stands for the "
            "address, and what could not be sent goes with the next run, which a run in CI says too. The "
            "[guide](../guides/shared-cache.md#when-a-tier-fails) says what to do about each."
        ),
        "",
    ]
    for kind, outcomes in found.items():
        lines += [f"## {TITLES[kind]}", "", "| fault | results | said |", "| --- | --- | --- |"]
        for name, case in cases(kind).items():
            outcome = outcomes[name]
            done, said = outcome.done, " ".join(outcome.said) or "nothing"
            if case.fault in TCP:  # the hint depends on what a library says
                said = re.sub(r" \([^;]*\)$", "", said)
            if case.fault in WAITING:  # who tells of it first is chance: the tier, or who waits for it
                said = "that it does not answer, and is not waited for any more"
            if case.fault in CHANCE:
                done = "what is whole is taken, the rest is asked for again or made"
                said = "why, if something is made"
            lines.append(f"| {case.fault} | {done} | {said} |")
        lines.append("")
    return "\n".join(lines)


TITLES = {
    "redis": "Redis",
    "s3": "S3",
    "http": "HTTP (Bazel's cache protocol)",
    "reapi": "REAPI",
    "github": "GitHub Actions",
}
