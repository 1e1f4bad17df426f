"""What is made of the samples: medians, targets, tables."""

from __future__ import annotations

import statistics
import sys
from typing import TYPE_CHECKING

import pytest
from bench import measure, report, scenarios, targets, tools
from bench.measure import Sample
from bench.targets import Row
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

floats = st.floats(0.001, 1e6)


def row(wall: float, cpu: float = 0.1, own: float | None = 0.1, peak: float = 1 << 20) -> Row:
    return Row(wall, cpu, own, peak, 5)


def sample(wall: float) -> Sample:
    return Sample(wall, wall, None, 1)


def tool(name: str, *, contents: bool = True) -> tools.Tool:
    return tools.Tool(name, (name,), {}, (), checks_contents=contents)


@given(st.lists(floats, min_size=1))
def test_the_median_is_that_of_the_standard_library(values: list[float]) -> None:
    assert measure.median(values) == pytest.approx(statistics.median(values))


@given(
    floats,
    st.sampled_from(["leaf", "root", "restore"]),
    st.dictionaries(st.sampled_from(targets.PEERS_BY_CONTENT), floats, min_size=1),
)
def test_a_change_is_fast_enough_when_it_takes_half_of_every_peer(
    ours: float, scenario: str, peers: dict[str, float]
) -> None:
    found = targets.verdicts(
        {scenario: {"pitstop": row(ours), "ninja": row(1e-9)} | {n: row(w) for n, w in peers.items()}}
    )
    assert [verdict.met for verdict in found] == [all(ours / wall <= 0.5 for wall in peers.values())]


def test_without_pitstop_or_without_peers_nothing_is_judged() -> None:
    assert targets.verdicts({"noop": {"turbo": row(1)}, "cold": {"turbo": row(1)}, "leaf": {"pitstop": row(1)}}) == []


def test_each_figure_of_the_issue_has_its_verdict() -> None:
    peers = {
        "turbo": row(1, 1),
        "turbo (npm)": row(10, 10),
        "nx": row(3, 3),
        "moon": row(2, 2),
        "ninja": row(0.01, 0.1),
    }
    ours = row(0.4, 0.16, own=16.0, peak=200 << 20)
    changes = {key: {"pitstop": ours, **peers} for key in ["noop", "leaf", "root", "restore", "cold"]}
    rows = {
        **changes,
        "plan": {"pitstop": ours},
        "engine": {"pitstop": row(20, 40, own=16.0), "bare": row(5, 20)},
        "flood": {"pitstop": row(2, peak=200 << 20)},
        "start": {"pitstop --version": row(1, 0.03), "pitstop --help": row(1, 0.02), "python -I -c pass": row(1, 0.01)},
    }
    assert [(verdict.scenario, round(verdict.value, 3), verdict.met) for verdict in targets.verdicts(rows)] == [
        ("noop", 0.4, True),
        ("noop", 0.16, True),
        ("noop", 0.4, True),
        ("leaf", 0.4, True),
        ("root", 0.4, True),
        ("restore", 0.4, True),
        ("cold", 0.04, True),
        ("cold", 0.016, True),
        ("cold", 0.4, False),
        ("cold", 0.16, True),
        ("cold", 1.6, True),
        ("plan", 0.16, True),
        ("plan", 200, True),
        ("engine", 1.6, False),
        ("engine", 2.0, False),
        ("flood", 536.871, True),
        ("flood", 200, False),
        ("start", 3.0, False),
        ("start", 2.0, True),
    ]


def test_a_peer_that_cannot_be_the_best_is_not_waited_for() -> None:
    contents = ["turbo", "nx", "moon"]
    samples = {
        "pitstop": [sample(300)],
        "turbo": [sample(12)],
        "nx": [sample(180)],
        "moon": [sample(90)],
        "make": [sample(1)],
    }
    given_up = [name for name in samples if scenarios.hopeless(tool(name), samples, contents)]
    assert given_up == ["nx"]


def test_the_table_shows_times_beside_pitstops_own() -> None:
    assert report.table({"pitstop": row(0.5), "turbo": row(1.25, 12.34)}) == (
        "| tool | time | CPU | peak memory | × pitstop | runs |\n"  # noqa: RUF001  the sign is meant
        "| --- | ---: | ---: | ---: | ---: | ---: |\n"
        "| pitstop | 500 ms | 100 ms | 1 MiB | 1.00 | 5 |\n"
        "| turbo | 1.25 s | 12.3 s | 1 MiB | 2.50 | 5 |\n"
    )


def test_saved_results_are_read_back_and_compared(tmp_path: Path) -> None:
    samples = {"noop": {"turbo": [sample(1), sample(2), sample(4)], "nx": [Sample(1, 2, 0.5, 7)]}}
    report.save(tmp_path / "results.json", {"samples": samples})
    assert report.load_samples(tmp_path / "results.json") == samples
    before, after = report.rows_of(samples), report.rows_of({"noop": {"turbo": [sample(3)]}})
    assert report.compared(before, after).splitlines()[2:] == [
        "| noop | turbo | 2.00 s | 3.00 s | +50% | 2.00 s | 3.00 s | +50% |"
    ]


def test_the_page_holds_targets_notes_figures_and_settings_in_this_order() -> None:
    samples = {"noop": {"pitstop": [sample(0.2)], "turbo": [sample(0.25)]}, "odd": {"ninja": [sample(1)]}}
    results = {
        "date": "2026-01-02",
        "machine": {"cpu": "abacus", "cores": 2, "memory_gib": 4, "system": "Linux", "python": "3.11"},
        "load": "0.10",
        "versions": {"turbo": "2.0"},
    }
    text = report.page(results, report.rows_of(samples), {"noop": "Nothing to do"}, [tool("turbo")], "Notes.\n")
    wanted = [
        "Measured on 2026-01-02 with `python -m bench`: abacus, 2 cores, 4 GiB, Linux, Python 3.11; load before",
        "| Nothing to do | time, of turbo's | ≤ 0.5 × | 0.8 × | **missed** |",  # noqa: RUF001  the sign is meant
        "\nNotes.\n",
        "### Nothing to do",
        "| turbo | 250 ms |",
        "| turbo | 2.0 |",
    ]
    places = [text.index(part) for part in wanted]
    assert places == sorted(places)
    assert "ninja" not in text.partition("## Figures")[2]


SPEND = "import time\nwhile time.process_time() < {s}: pass\n"


@pytest.mark.slow
def test_a_run_is_charged_for_its_children_but_its_own_share_is_told_apart(tmp_path: Path) -> None:
    child = SPEND.format(s=0.3)
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); x = bytearray(64 << 20)"
    found = measure.once([sys.executable, "-c", script], cwd=tmp_path, env={}, log=tmp_path / "log")
    assert found.cpu_s >= 0.3
    assert found.own_cpu_s is None or found.own_cpu_s <= found.cpu_s - 0.28
    assert found.peak_bytes >= 64 << 20


def test_a_program_that_fails_ends_the_bench_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(measure.BenchError, match=r"(?s)ended with 3.*oh no"):
        measure.once(["/bin/sh", "-c", "echo oh no; exit 3"], cwd=tmp_path, env={}, log=tmp_path / "log")
