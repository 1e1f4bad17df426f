"""The section of the bench of compiler caches."""

from __future__ import annotations

from bench.compilers import TITLE, section
from bench.report import put_in

ROW = {"wall_s": 10.0, "cpu_s": 20.0, "hits": 0, "misses": 0}
RESULTS = {
    "date": "2026-01-02",
    "rounds": 3,
    "machine": {"cpu": "a processor", "cores": 2},
    "rows": {"nothing": ROW, "redis cold": {**ROW, "misses": 7}, "redis warm": {**ROW, "cpu_s": 5.0, "hits": 7}},
}


def test_each_build_stands_beside_the_one_without_any_cache() -> None:
    made = section(RESULTS)
    assert "| none |  | 10.0 s | 20.0 s | 100% |  |\n" in made
    assert "| redis | cold | 10.0 s | 20.0 s | 100% | 0 of 7 |\n" in made
    assert "| redis | warm | 10.0 s | 5.0 s | 25% | 7 of 7 |\n" in made


def test_the_section_takes_the_place_of_the_one_before_and_leaves_the_others() -> None:
    page = "# How fast\n\n## One\n\nA.\n\n## Two\n\nB.\n"
    once = put_in(page, TITLE, section(RESULTS))
    assert once.startswith(page)
    assert put_in(once, TITLE, section(RESULTS)) == once
    between = put_in("# T\n\n## Compiler caches\n\nformer\n\n## Two\n\nB.\n", TITLE, section(RESULTS))
    assert "former" not in between
    assert between.endswith("7 of 7 |\n\n## Two\n\nB.\n")
