"""The figures of shared caches: what the ratios say, and a section that replaces itself and nothing else."""

from __future__ import annotations

from bench import report
from bench.tiers import section

ROW = {"plain": 0.2, "moved": 0.25, "written": 0.3, "brought": 1.0, "run": 1.5, "run_local": 0.5}
RESULTS = {
    "date": "2026-11-22",
    "rounds": 5,
    "machine": {"cpu": "a processor", "cores": 2},
    "rows": {"redis small": ROW, "s3 large": {**ROW, "brought": 0.5}},
}
PAGE = "# A page\n\n## Figures\n\nsome\n\n## Tools\n\nothers\n"


def test_speeds_are_parts_of_what_is_plainly_possible() -> None:
    assert section.ratios(ROW) == (0.8, 0.5)
    made = section.of(RESULTS)
    assert (
        "| redis | 10,000 of 1 KiB | `redis-benchmark` GET | 200 ms | 250 ms | 80% | 300 ms | 1.00 s | **50%** |"
        in made
    )
    assert "| s3 | 1 GiB |" in made
    assert "100%" in made


def test_a_section_takes_the_place_of_the_one_before() -> None:
    once = report.put_in(PAGE, section.TITLE, section.of(RESULTS))
    assert once.startswith(PAGE.rstrip())
    assert report.put_in(once, section.TITLE, section.of(RESULTS)) == once
    moved = report.put_in(once, "## Figures", "## Figures\n\nothers\n")
    assert moved == once.replace("some\n", "others\n")


def test_a_page_that_is_made_anew_keeps_what_other_benches_wrote() -> None:
    before = report.put_in(PAGE, section.TITLE, section.of(RESULTS))
    anew = "# A page\n\n## Figures\n\nnew\n\n## Tools\n\nnewer\n"
    assert report.with_others(anew, before) == report.put_in(anew, section.TITLE, section.of(RESULTS))
    assert report.with_others(anew, "") == anew
